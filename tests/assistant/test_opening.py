import pytest

from assistant import opening
from assistant.errors import CorpusError, StoreError
from assistant.foreign import Foreign
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval.store import current_manifest, damage_of, rollback
from assistant.settings import Settings
from tests.park import ROWS, write_park


@pytest.fixture
def ours(own_home, tmp_path):
    """A home of the shipped corpus in which a foreign one was built after it."""
    settings = Settings(home=own_home)
    opening.build_foreign(write_park(tmp_path / "park.jsonl"), settings)
    return settings


def test_the_home_remembers_its_foreign_corpus_and_what_that_lacks_is_not_covered(ours, tmp_path):
    (tmp_path / "park.jsonl").unlink()
    opened = opening.open_assistant(ours)
    assert isinstance(opened, Foreign)
    assert [one.id for one in opened.corpus.passages] == [row["id"] for row in ROWS]
    answer = opened.ask(Question(text="Who dug the lake?"))
    assert any("Ada Birch" in one.text for one in answer.statements)
    for text in ("How do I renew a passport abroad?", "What is the boiling point of tungsten?"):
        answer = opened.ask(Question(text=text))
        assert answer.status == "not_covered"
        assert answer.nearest


@pytest.mark.slow
def test_a_build_without_passages_returns_to_the_shipped_corpus(ours):
    opening.build_shipped(ours)
    assert opening.foreign_corpus(ours) is None
    assert isinstance(opening.open_assistant(ours), Assistant)
    rollback(ours)
    assert isinstance(opening.open_assistant(ours), Foreign)


def test_built_again_a_home_keeps_the_corpus_that_answers_and_returns_to_the_one_before(
    ours, tmp_path
):
    before = current_manifest(ours)
    built = opening.build_again(ours)
    assert built.build != before.build
    assert (built.passages, built.corpus) == (before.passages, before.corpus)
    assert isinstance(opening.open_assistant(ours), Foreign)
    for count in (2, 1):
        opening.build_foreign(write_park(tmp_path / "fewer.jsonl", ROWS[:count]), ours)
    assert len([*(ours.home / opening.FOLDER).iterdir()]) == 2
    rollback(ours)
    assert len(opening.foreign_corpus(ours).passages) == 2


def test_a_damaged_build_is_named_and_the_next_one_mends_it(ours, tmp_path):
    build = current_manifest(ours).build
    assert damage_of(ours, build) == ""
    (ours.home / "index" / "builds" / build / "manifest.json").unlink()
    assert "is damaged" in damage_of(ours, build)
    for folder in ours.home.glob("index/builds/*"):
        (folder / "manifest.json").write_text("spoilt")
    opening.build_foreign(write_park(tmp_path / "again.jsonl"), ours)
    assert isinstance(opening.open_assistant(ours), Foreign)


def test_a_home_returns_to_the_shipped_corpus_and_a_bad_file_changes_nothing(ours, tmp_path):
    rollback(ours)
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="line 1"):
        opening.build_foreign(rows, ours)
    assert isinstance(opening.open_assistant(ours), Assistant)
    for settings in (ours, Settings(home=tmp_path / "none")):
        assert opening.corpus_at_hand(settings).by_id["gsr:C12"]


def test_passages_that_were_changed_or_lost_are_refused_by_name(ours):
    (kept,) = (ours.home / opening.FOLDER).iterdir()
    kept.write_bytes(kept.read_bytes() + b"\n")
    with pytest.raises(StoreError, match="changed since they were indexed"):
        opening.open_assistant(ours)
    kept.unlink()
    with pytest.raises(StoreError, match="are not in"):
        opening.open_assistant(ours)
