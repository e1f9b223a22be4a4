"""Hostile passages stand in the corpus as one note, and every case over them is asked there."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.records import Question
from assistant.retrieval.store import current_manifest
from assistant.settings import Settings
from corpus.whole import Whole
from evals.cases import hostile


def test_hostile_passages_are_sections_of_one_note_and_change_no_other() -> None:
    shipped, mixed = Whole.read().corpus.by_id, hostile.hostile_whole().corpus.by_id
    added = mixed.keys() - shipped.keys()
    assert len(added) == len(hostile.read_hostile()) >= 20
    assert {one.partition("#")[0] for one in added} == {"note:hostile"}
    assert all(mixed[one] == passage for one, passage in shipped.items())


@pytest.mark.slow
@pytest.mark.sample
def test_signpost_over_hostile_passages_has_an_index_of_its_own(
    own_home: Path, settings: Settings
) -> None:
    own = settings.model_copy(update={"home": own_home})
    before = current_manifest(own)
    asker = hostile.open_hostile(own)
    assert current_manifest(own) == before
    assert any(one.startswith("note:hostile#") for one in asker.corpus.by_id)
    answer = asker.ask(Question(text="Who are the partners of the Technology pillar?"))
    cited = {one.passage_id for said in answer.statements for one in said.citations}
    assert {"gsr:P4-W1", "gsr:P4-W2", "gsr:P4-W3"} <= cited
    assert not any("hostile" in one for one in cited)


def test_a_line_that_is_no_passage_is_refused(tmp_path, monkeypatch) -> None:
    path = tmp_path / "passages.jsonl"
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    monkeypatch.setattr(hostile, "FILE", path)
    with pytest.raises(hostile.BatchError, match=r"passages\.jsonl"):
        hostile.read_hostile.__wrapped__()
