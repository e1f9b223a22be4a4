import pytest

from assistant.answering.decide import join_parts
from assistant.answering.structured import EXTRACTIVE, UNTOLD
from assistant.citing.citations import Quoting, cite, note
from assistant.draft import Composed
from assistant.records import CLOSEST, Completeness, Draft, Hit, Scope
from corpus.passage import Doubt, Lines, Span
from tests.fakes import passage


def draft(status="answered", *, hits="", **fields):
    held = tuple(
        Hit(passage_id=one, rank=rank, score=1.0, ranks={"structure": rank})
        for rank, one in enumerate(hits, start=1)
    )
    base = {"status": status, "scope": Scope(), "composer": "a-1", "hits": held}
    return Draft.model_validate(base | fields)


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        (("answered", "answered"), "answered"),
        (("answered", "not_covered"), "partial"),
        (("not_covered", "answered"), "partial"),
        (("not_covered", "not_covered"), "not_covered"),
        (("out_of_scope", "not_covered"), "out_of_scope"),
    ],
)
def test_the_status_of_a_whole_follows_its_parts(statuses, wanted):
    whole = join_parts([draft(one, reason="" if one == "answered" else "why") for one in statuses])
    assert whole.status == wanted
    assert (whole.reason == "") == (wanted == "answered")
    assert [part.status for part in whole.parts] == list(statuses)
    assert join_parts([alone := draft()]) is alone


def test_what_drafts_have_in_common_is_joined_once_each():
    said, other = note("Once."), note("Twice.")
    count = Completeness(facet="owners", group="h:A1", listed=2, total=2)
    near = cite(passage("h:1", "Ships"))
    fields = {"completeness": (count,), "follow_ups": ("Which?",), "nearest": (near,)}
    first = Scope(subjects=("a",), groups=("g",), facets=("owners",), operation="describe")
    second = Scope(subjects=("b", "a"), groups=("g",), facets=("dates",), operation="count")
    whole = join_parts(
        [
            draft(hits="ab", scope=first, statements=(said,), **fields),
            draft(hits="cbd", scope=second, statements=(said, other), composer="b-1", **fields),
            draft(scope=first),
        ]
    )
    assert {name: getattr(whole, name) for name in fields} == fields
    assert whole.statements == (said, other)
    found = [(hit.passage_id, hit.rank) for hit in whole.hits]
    assert found == [*zip("abcd", range(1, 5), strict=True)]
    told = {"subjects": ("a", "b"), "groups": ("g",), "facets": ("owners", "dates")}
    assert whole.scope == Scope(operation="describe", **told)
    assert whole.composer == "a-1+b-1"


def test_what_an_earlier_part_gives_in_full_is_not_shown_again_as_what_comes_close(framework):
    quoting = Quoting(framework)
    own, other = (quoting.entry(framework.item(f"gsr:{one}")) for one in ("C8", "C9"))
    near = own.model_copy(update={"section": "Pillar 2: Criminal justice"})
    given = draft(statements=(own, note(UNTOLD)))
    for composer in (f"{EXTRACTIVE}+a-1", CLOSEST):
        shown = draft(statements=(note("Close."), near, other), composer=composer)
        assert join_parts([given, shown]).statements == (own, note("Close."), other)
        bare = draft(statements=(note("Close."), near), composer=composer)
        assert join_parts([given, bare]).statements == (own,)
    listed = draft(statements=(near, other), composer="b-1")
    assert join_parts([given, listed]).statements == (own, near, other)


def test_a_draft_keeps_its_closing_last_its_reason_and_every_cited_passage_once(framework):
    quoting, composed = Quoting(framework), Composed()
    composed.closing.append(note("Last."))
    composed.say(*(quoting.entry(framework.item(f"gsr:{one}")) for one in ("C12", "P3-O4", "C12")))
    draft = composed.draft(Scope(operation="list"), "hand-1")
    assert draft.statements[-1].text == "Last."
    assert (draft.status, draft.reason, draft.composer) == ("answered", "", "hand-1")
    assert draft.scope.operation == "list"
    assert [(one.passage_id, one.rank, one.ranks) for one in draft.hits] == [
        ("gsr:C12", 1, {"structure": 1}),
        ("gsr:P3-O4", 2, {"structure": 2}),
    ]
    assert draft.hits[0].score > draft.hits[1].score
    composed.refuse("partial", "coverage_gap")
    draft = composed.draft(Scope(), "hand-1")
    assert (draft.status, draft.reason) == ("partial", "coverage_gap")


def test_a_citation_is_the_words_at_their_place_with_tier_lines_and_doubts(framework):
    made = cite(passage("h:1", "Mooring checks"), Span(start=8, end=14))
    assert (made.quote, made.start, made.end, made.passage_id) == ("checks", 8, 14, "h:1")
    made = cite(framework.passage_by_id["gsr:C12"])
    assert (made.tier, str(made.lines), made.source_id) == ("framework", "145-147", "gsr")
    assert made.printed != made.quote
    doubt = Doubt(
        lines=Lines(first=1, last=1),
        printed="morring",
        suspected="mooring",
        confidence="high",
        basis="A letter is wrong.",
    )
    low = doubt.model_copy(update={"confidence": "low"})
    doubtful = passage("h:1", "morring checks").model_copy(update={"doubts": (doubt, low)})
    (told,) = cite(doubtful).doubts
    assert all(one in told for one in ("morring", "mooring", "A letter is wrong."))


def test_items_are_quoted_as_entries_or_joined(framework):
    quoting = Quoting(framework)
    made = quoting.entry(framework.item("gsr:C12"), "A section", "direct")
    assert made.text == "Victim identity protection: Preserve the anonymity of victims"
    assert len(made.citations) == 2
    assert (made.section, made.relation, made.kind) == ("A section", "direct", "framework")
    quotes = [quoting.words(framework.item(one)) for one in ("gsr:P2", "gsr:P2-W1", "gsr:P2-W2")]
    assert quoting.joined(quotes).text == "Criminal justice: National law enforcement; Interpol"
