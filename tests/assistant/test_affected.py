import json
from datetime import date

import pytest

from assistant.certificates.affected import (
    Matching,
    Quote,
    Recount,
    SavedAnswer,
    match_answers,
    read_answers,
)
from assistant.errors import BatchError
from assistant.records import Completeness
from corpus.editions.difference import compare
from corpus.passage import Lines, Span
from corpus.readers.notes import Marked
from corpus.whole import Whole
from tests.harbour import HARBOUR, LIGHT, OPENING, cited, harbour_whole, saved, walkways

TODAY = date(2026, 11, 25)
OLD = HARBOUR
INSERTED = (Marked(text="Painters renew the marks each spring.", marks=("rules",)),)


def matched(new, *answers):
    rows = [SavedAnswer(id=f"a{number}", answer=one) for number, one in enumerate(answers)]
    difference = compare(OLD.corpus, new.corpus, TODAY)
    return match_answers(rows, difference, OLD.corpus, new.corpus, OLD.corpus.digest)


def test_an_answer_is_affected_by_what_it_cites_shows_as_nearest_or_rests_on():
    found = matched(OLD, saved(cited("note:walkways#2")), saved())
    assert found == Matching(total=2, affected=(), foreign=())
    new = harbour_whole(walkways(("", OPENING), ("Light", INSERTED)))
    found = matched(new, saved(status="not_covered", nearest=(cited("note:walkways#2", 0),)))
    assert [one.id for one in found.affected] == ["a0"]
    found = matched(new, saved(cited("note:walkways#2"), corpus=new.corpus), saved())
    assert found.foreign == ("a0",)
    assert [one.id for one in found.affected] == ["a0"]


BEHIND = (("", OPENING), ("Paint", INSERTED), ("Light", LIGHT))
LONGER = (*LIGHT, Marked(text="Lamps are cleaned each week.", marks=("rules",)))


@pytest.mark.parametrize(
    ("sections", "reason", "fate", "now"),
    [
        ((("", OPENING), ("Light", LONGER)), "reworded", "stands", "note:walkways#2"),
        (BEHIND, "renumbered", "moved", "note:walkways#3"),
        ((("", OPENING),), "removed", "gone", ""),
    ],
)
def test_a_quote_stands_has_moved_or_is_gone(sections, reason, fate, now):
    quote = cited("note:walkways#2", 0)
    (affected,) = matched(harbour_whole(walkways(*sections)), saved(quote)).affected
    assert affected.changed == {"note:walkways#2": (reason,)}
    assert affected.quotes == (
        Quote(passage_id="note:walkways#2", quote=quote.quote, fate=fate, now=now),
    )


def with_passages(passages):
    page = OLD.framework.model_copy(update={"passages": tuple(passages)})
    return Whole(framework=page, notes=OLD.notes, glossary=OLD.glossary)


def test_an_answer_whose_citation_rests_on_a_changed_item_is_affected():
    changed = {"harbour:A1": {"locator": "line 99"}}
    passages = (one.model_copy(update=changed.get(one.id, {})) for one in OLD.framework.passages)
    found = matched(with_passages(passages), saved(cited("note:walkways#1", 0)))
    assert [one.changed for one in found.affected] == [{"harbour:A1": ("resourced",)}]
    assert found.affected[0].quotes == ()


@pytest.mark.parametrize(
    ("facet", "group", "total", "now"),
    [
        *(("owners", "A1", 2, 3), ("owners", "T1", 5, 6), ("owners", "", 12, 13)),
        # What holds or is of something else is let be.
        *(("deadlines", "A1", 1, None), ("owners", "A1", 7, None)),
    ],
)
def test_a_count_that_no_longer_holds_is_told_though_all_quotes_stand(facet, group, total, now):
    told = {"facet": facet, "group": f"harbour:{group}".rstrip(":"), "total": total}
    count = Completeness(listed=total, **told)
    place = {"lines": Lines(first=6, last=6), "sentences": (Span(start=0, end=8),)}
    owner = OLD.framework.passage_by_id["harbour:A1-W2"]
    added = owner.model_copy(update={"id": "harbour:A1-W3", **place})
    new = with_passages((*OLD.framework.passages, added))
    affected = matched(new, saved(completeness=(count,))).affected
    wanted = [({}, (Recount(now=now, **told),))] if now else []
    assert [(one.changed, one.counts) for one in affected] == wanted


def test_rows_and_bare_answers_are_read_and_other_lines_refused_by_file_and_number(tmp_path):
    file = tmp_path / "answers.jsonl"
    bare = saved().model_dump(mode="json")
    rows = [{"id": "q1", "answer": bare, "seconds": 0.1}, bare]
    file.write_text("\n\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert [one.id for one in read_answers(file)] == ["q1", "line 3"]
    assert [one.answer for one in read_answers(file)] == [saved(), saved()]
    partial = '{"answer": {"question": "q"}}'
    for line in ("no json", "[]", "{}", '{"id": "a", "answer": null}', partial):
        file.write_text(f"{saved().model_dump_json()}\n{line}\n", encoding="utf-8")
        with pytest.raises(BatchError) as refused:
            read_answers(file)
        assert str(refused.value).startswith(f"{file}, line 2 is no saved answer: ")
        assert "\n" not in str(refused.value)
