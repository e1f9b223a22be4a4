"""Learning in the background: what it says on the way and at its end, and going back."""

from pathlib import Path

import pytest

from assistant.errors import ModelError
from assistant.settings import Settings
from assistant.understanding.reader import learned_path
from corpus.readers.questions import Asked, LabelledQuestion
from evals.cases.own_cases import OwnRows
from evals.running.job import LEARNED, Order, read_job
from evals.running.jobs import command_of
from evals.running.shelf import FOLDER
from evals.training import fit_reader
from evals.training.fit_reader import Learned, Scores
from evals.training.learning import Apprentice, own_rows, undo

BEFORE, AFTER = (Scores((n, 10), (n, 10), (n, 10), (n, 10)) for n in (8, 9))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    row = LabelledQuestion(
        id="zz-0001",
        question="Who are they?",
        asked=Asked(operation="list", subjects=("gsr:P3",)),
        answerable=True,
        voice="formal",
        author="zz",
        split="development",
    )
    OwnRows(tmp_path).save(row)
    return tmp_path


def test_learning_takes_own_rows_and_tells_before_and_after(home, monkeypatch):
    seen: list[object] = []

    def learn(settings: Settings, out: Path, extra: object, *, tell: object, progress: object):  # type: ignore[no-untyped-def]
        progress(1, 4)  # type: ignore[operator]
        going = read_job(settings.home / FOLDER)
        seen.extend((extra, going.phase if going else "", out))
        return Learned(BEFORE, AFTER, kept=True)

    monkeypatch.setattr(fit_reader, "learn", learn)
    order = Order(name="learning", learn=True)
    assert Apprentice(order, Settings(home=home)).work() == 0
    assert seen == [own_rows(home), "learning", learned_path(home)]
    assert own_rows(home)[0].split == "train"
    told = read_job(home / FOLDER, LEARNED)
    assert told
    assert (told.phase, told.kept, told.rows) == ("done", True, 1)
    assert (told.before["facets"], told.after["facets"]) == ((8, 10), (9, 10))
    assert "evals.training.learning" in command_of(order)


def test_what_was_learned_is_undone_one_step_at_a_time(home: Path) -> None:
    path = learned_path(home)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"second")
    path.with_suffix(".before").write_bytes(b"first")
    assert undo(home) is True
    assert path.read_bytes() == b"first"
    assert undo(home) is False
    with pytest.raises(ModelError, match="Nothing was learned"):
        undo(home)
