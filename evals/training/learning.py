"""Learning that goes on in the background as a run does, and going back from it."""

import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import ModelError
from assistant.understanding.reader import learned_path
from corpus.readers.questions import LabelledQuestion
from evals.cases.own_cases import OwnRows
from evals.folder import write_file
from evals.running.job import LEARNED, Worker, main
from evals.running.shelf import FOLDER


class Apprentice(Worker):
    """Trains the reader of a home, and says how it did before and after."""

    def _do(self) -> None:
        from evals.training.fit_reader import learn

        home = self._settings.home
        rows = own_rows(home)
        self._say(phase="learning", rows=len(rows))
        told = partial(self._progress, phase="learning")
        done = learn(self._settings, learned_path(home), rows, progress=told)
        before = done.before._asdict() if done.before else {}
        self._say(phase="done", before=before, after=done.after._asdict(), kept=done.kept)
        write_file(home / FOLDER / LEARNED, self._job.model_dump_json() + "\n")


def own_rows(home: Path) -> tuple[LabelledQuestion, ...]:
    """Return the labelled questions of a home, all to be learned from, or `CorpusError`."""
    return tuple(row.model_copy(update={"split": "train"}) for row in OwnRows(home).read())


def check_installed() -> None:
    """Refuse to learn, by a `ModelError`, where what trains is missing."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise ModelError(
            "Learning needs torch and sentence-transformers; install signpost[models]."
        )


def undo(home: Path) -> bool:
    """Put the weights before in the place of those learned; return whether those were learned too.

    `ModelError` where nothing was learned here.
    """
    path = learned_path(home)
    before = path.with_suffix(".before")
    if not path.exists():
        raise ModelError("Nothing was learned here; the shipped weights are in use.")
    if learned := before.exists():
        before.replace(path)
    else:
        path.unlink()
    # What it says of before and after is of weights that are no longer in use.
    (home / FOLDER / LEARNED).unlink(missing_ok=True)
    return learned


if __name__ == "__main__":
    sys.exit(main(worker=Apprentice))
