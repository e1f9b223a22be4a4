"""An answer in the making."""

from assistant.citing.citations import Quoting, note
from assistant.draft import Composed, capitalised, complete, counted, hits_of, listed
from assistant.records import Scope
from corpus.structure.graph import Framework


def test_a_draft_keeps_its_closing_last_and_a_refusal_its_reason() -> None:
    composed = Composed()
    composed.closing.append(note("Last."))
    composed.statements.append(note("First."))
    draft = composed.draft(Scope(operation="list"), "hand-1")
    assert [one.text for one in draft.statements] == ["First.", "Last."]
    assert (draft.status, draft.reason, draft.composer) == ("answered", "", "hand-1")
    assert draft.scope.operation == "list"
    composed = Composed()
    composed.refuse("partial", "coverage_gap")
    draft = composed.draft(Scope(), "hand-1")
    assert (draft.status, draft.reason) == ("partial", "coverage_gap")


def test_every_cited_passage_is_a_hit_once_and_in_order(framework: Framework) -> None:
    quoting = Quoting(framework)
    items = [framework.item(one) for one in ("gsr:C12", "gsr:P3-O4", "gsr:C12")]
    hits = hits_of([quoting.entry(item) for item in items])
    assert [hit.passage_id for hit in hits] == ["gsr:C12", "gsr:P3-O4"]
    assert [(hit.rank, hit.ranks) for hit in hits] == [(1, {"structure": 1}), (2, {"structure": 2})]
    assert hits[0].score > hits[1].score


def test_completeness_says_whose_and_how_many_in_the_singular_for_one(framework: Framework) -> None:
    outcome = framework.kind_by_id["outcome"]
    assert (counted(1, outcome), counted(0, outcome)) == ("1 outcome", "0 outcomes")
    assert complete(outcome, "gsr:P3", 1, 1).label == "outcome"
    assert complete(outcome, "gsr:P3", 5, 5).label == "outcomes"
    told = complete(framework.kind_by_id["partner"], "gsr:P3", 1, 4)
    assert (told.facet, told.group, told.listed, told.total) == ("partners", "gsr:P3", 1, 4)


def test_words_are_listed_as_a_sentence_does_and_only_the_first_letter_raised() -> None:
    assert [listed(words) for words in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
    assert (capitalised("the UN"), capitalised("")) == ("The UN", "")
