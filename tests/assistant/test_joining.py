"""The parts of a question, joined."""

import pytest

from assistant.answering.decide import join_parts
from assistant.citing.citations import cite, note
from assistant.records import Completeness, Draft, Hit, Scope, Status
from tests.fakes import passage


def draft(status: Status = "answered", *, hits: str = "", **fields: object) -> Draft:
    held = tuple(
        Hit(passage_id=one, rank=rank, score=1.0, ranks={"structure": rank})
        for rank, one in enumerate(hits, start=1)
    )
    base = {"status": status, "scope": Scope(), "composer": "a-1", "hits": held}
    return Draft.model_validate(base | fields)


def test_a_single_draft_stays_as_it_is() -> None:
    alone = draft()
    assert join_parts([alone]) is alone


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


def test_what_drafts_have_in_common_is_joined_once_each() -> None:
    said, other = note("Once."), note("Twice.")
    count = Completeness(facet="owners", group="h:A1", listed=2, total=2)
    near = cite(passage("h:1", "Ships"))
    fields = {"completeness": (count,), "follow_ups": ("Which?",), "nearest": (near,)}
    whole = join_parts(
        [draft(statements=(said,), **fields), draft(statements=(said, other), **fields)]
    )
    assert whole.statements == (said, other)
    assert whole.completeness == (count,)
    assert whole.follow_ups == ("Which?",)
    assert whole.nearest == (near,)
    whole = join_parts([draft(hits="ab"), draft(hits="cbd")])
    assert [(hit.passage_id, hit.rank) for hit in whole.hits] == [
        *zip("abcd", range(1, 5), strict=True)
    ]
    first = Scope(subjects=("a",), groups=("g",), facets=("owners",), operation="describe")
    second = Scope(subjects=("b", "a"), groups=("g",), facets=("dates",), operation="count")
    whole = join_parts(
        [draft(scope=first), draft(scope=second, composer="b-1"), draft(scope=first)]
    )
    assert whole.scope.subjects == ("a", "b")
    assert whole.scope.groups == ("g",)
    assert whole.scope.facets == ("owners", "dates")
    assert whole.scope.operation == "describe"
    assert whole.composer == "a-1+b-1"
