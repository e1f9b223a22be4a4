from datetime import date

import pytest

from corpus.editions.difference import Resourced, compare, misplaced
from corpus.passage import Corpus
from tests.fakes import passage, source
from tests.harbour import RULES

TODAY = date(2026, 11, 25)
OPENING = "harbour masters keep lists of all ships that enter"
PILOTS = "pilots bring large ships through the narrow channel at high water"
TOWER = "the old tower shows a green light when the bar is open"
ROPES = "crews mend ropes and nets on the quay in winter"

WORK = RULES.model_copy(update={"locator": "Rule 1"})


def note(name="note:port", **fields):
    fields = {"as_of": "2026-07-31", "review_by": "2027-07-31", **fields}
    return source(name, "guidance").model_copy(update=fields)


def edition(texts, of=None, **fields):
    """Return a note with one section a text, each with some fields of its own."""
    owner = of or note()
    passages = (
        passage(f"{owner.id}#{number}", text, source_id=owner.id).model_copy(update=fields)
        for number, text in enumerate(texts, start=1)
    )
    return Corpus(sources=(owner,), passages=tuple(passages))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([OPENING, PILOTS], [OPENING, PILOTS], {}),
        ([OPENING], [OPENING, PILOTS], {"added": [2]}),
        ([OPENING, PILOTS], [OPENING], {"removed": [2]}),
        ([OPENING, PILOTS], [OPENING, TOWER], {"reworded": [(2, 2)]}),
        ([PILOTS, TOWER], [ROPES, PILOTS, TOWER], {"added": [1], "renumbered": [(1, 2), (2, 3)]}),
        ([OPENING, PILOTS, TOWER], [OPENING, TOWER], {"removed": [2], "renumbered": [(3, 2)]}),
        ([PILOTS], [ROPES, f"All {PILOTS}"], {"added": [1], "reworded": [(1, 2)]}),
    ],
)
def test_each_section_is_told_once_by_what_became_of_it(before, after, told):
    old, new = edition(before), edition(after)
    found = compare(old, new, TODAY)
    at = "note:port#{}".format
    for kind in ("added", "removed"):
        assert getattr(found, kind) == tuple(map(at, told.get(kind, ())))
    both = []
    for kind in ("reworded", "renumbered"):
        pairs = [(at(then), at(now)) for then, now in told.get(kind, ())]
        assert [(one.id, one.now) for one in getattr(found, kind)] == pairs
        both += pairs
    for one in found.reworded:
        assert (one.old, one.new) == (old.by_id[one.id].text, new.by_id[one.now].text)
    assert found.moved == {then: now for then, now in both if then != now}
    assert found.reasons.keys() == {*found.removed, *(then for then, _ in both)}
    assert found.is_empty is not bool(told)
    gone = [one for one in found.removed if one not in new.by_id]
    assert misplaced(old, new) == dict.fromkeys(gone, "") | found.moved


def test_a_passage_is_told_by_its_words_headings_and_kind():
    found = compare(edition([OPENING]), edition([OPENING], of=note("note:quay")), TODAY)
    assert found.moved == {"note:port#1": "note:quay#1"}
    assert found.removed == found.added == ()

    def page(*rows):
        passages = (
            passage(id_, "industry").model_copy(update={"heading_path": (heading, "partners")})
            for id_, heading in rows
        )
        return Corpus(sources=(source(),), passages=tuple(passages))

    found = compare(
        page(("1-W1", "one"), ("2-W1", "two")), page(("2-W9", "two"), ("1-W9", "one")), TODAY
    )
    assert {(one.id, one.now) for one in found.renumbered} == {("1-W1", "1-W9"), ("2-W1", "2-W9")}
    assert not found.resourced
    old = Corpus(sources=(source(),), passages=(passage("a", PILOTS),))
    other = passage("b", PILOTS + " again", facets={"kind": "other"})
    found = compare(old, Corpus(sources=(source(),), passages=(other,)), TODAY)
    assert (found.removed, found.added) == (("a",), ("b",))


@pytest.mark.parametrize(
    ("of", "fields", "names"),
    [
        ({"confidence": "low"}, {}, ("confidence",)),
        ({"dated": True}, {}, ("dated",)),
        ({"url": "https://example.org"}, {}, ("url",)),
        ({"licence": "free"}, {}, ("licence",)),
        ({}, {"grounds": (("rules",),)}, ("grounds", "references")),
        ({}, {"grounds": (("harbour:A1",),)}, ("grounds",)),
        ({}, {"locator": "section 9"}, ("locator",)),
        ({}, {"heading_path": ("Port", "Quay")}, ("heading_path",)),
    ],
)
def test_the_same_words_of_another_source_on_other_grounds_are_resourced(of, fields, names):
    owner = note(references=(WORK,))
    new = edition([OPENING], of=owner.model_copy(update=of), **fields)
    found = compare(edition([OPENING], of=owner), new, TODAY)
    assert found.resourced == (Resourced(id="note:port#1", now="note:port#1", fields=names),)
    assert found.reasons == {"note:port#1": ("resourced",)}


def test_a_work_described_otherwise_touches_only_what_rests_on_it():
    old = edition([OPENING, PILOTS], of=note(references=(WORK,)), grounds=(("signpost",),))
    first = old.passages[0].model_copy(update={"grounds": (("rules",),)})
    old = old.model_copy(update={"passages": (first, old.passages[1])})
    moved = WORK.model_copy(update={"locator": "Rule 2"})
    new = old.model_copy(update={"sources": (note(references=(moved,)),)})
    found = compare(old, new, TODAY)
    assert [(one.id, one.fields) for one in found.resourced] == [("note:port#1", ("references",))]


def test_what_was_checked_again_holds_and_what_only_a_search_sees_is_no_difference():
    checked = note(as_of="2027-07-31", review_by="2028-07-31")
    found = compare(edition([OPENING]), edition([OPENING], of=checked), TODAY)
    assert [one.fields for one in found.resourced] == [("as_of", "review_by")]
    assert found.resourced[0].checked_again
    assert found.reasons == {}
    other = note(sha256="0" * 64)
    new = edition([OPENING], of=other, also=("lists",), facets={"tier": "guidance"})
    assert compare(edition([OPENING]), new, TODAY).is_empty


def test_what_is_past_its_review_is_stale_and_news_if_it_was_not_so_before():
    old = edition([OPENING], of=note(review_by="2026-10-31"))
    found = compare(old, old, TODAY)
    (stale,) = found.stale
    assert (stale.id, stale.review_by, stale.since_old) == ("note:port#1", "2026-10-31", True)
    assert found.reasons == {"note:port#1": ("stale",)}
    assert found.is_empty
    old = edition([OPENING], of=note(review_by="2026-07-30"))
    found = compare(old, old, TODAY)
    assert ([one.since_old for one in found.stale], found.reasons) == ([False], {})
    corpus = edition([OPENING], of=note(review_by="2026-11-25"))
    assert compare(corpus, corpus, TODAY).stale == ()
    assert len(compare(corpus, corpus, date(2026, 11, 26)).stale) == 1
    owner = note(review_by="2026-10-31")
    found = compare(edition([PILOTS], of=owner), edition([ROPES, PILOTS], of=owner), TODAY)
    assert found.reasons == {"note:port#1": ("renumbered", "stale")}
