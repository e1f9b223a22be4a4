import pytest

from corpus.errors import CorpusError
from corpus.structure.graph import Framework, Item, Link


def ids(items: tuple[Item, ...]) -> list[str]:
    return [item.id for item in items]


def test_the_kinds_at_the_top_are_those_without_a_parent(shipped: Framework) -> None:
    assert [kind.id for kind in shipped.top_kinds] == ["pillar", "strip"]


def test_the_lineage_of_an_item_leads_to_the_top(harbour: Framework) -> None:
    assert ids(harbour.lineage("harbour:A6-W2")) == ["harbour:A6-W2", "harbour:A6", "harbour:T3"]
    assert harbour.top("harbour:A6-W2").id == "harbour:T3"
    assert harbour.top("harbour:T3").id == "harbour:T3"


def test_what_stands_below_an_item_is_found_at_any_depth(harbour: Framework) -> None:
    assert ids(harbour.below("harbour:T2", "owner")) == [
        "harbour:A4-W1",
        "harbour:A4-W2",
        "harbour:A5-W1",
    ]
    assert harbour.below("harbour:A6-W2", "owner") == ()


def test_a_capability_shares_the_outcomes_of_its_pillar(shipped: Framework) -> None:
    found = shipped.facet("gsr:C12", "outcome")
    assert found is not None
    owner, outcomes = found
    assert owner.id == "gsr:P3"
    assert ids(outcomes) == [f"gsr:P3-O{number}" for number in range(1, 6)]


def test_an_action_has_owners_of_its_own(harbour: Framework) -> None:
    found = harbour.facet("harbour:A2", "owner")
    assert found is not None
    assert found[0].id == "harbour:A2"
    assert ids(found[1]) == ["harbour:A2-W1", "harbour:A2-W2"]


def test_the_strip_has_no_partners(shipped: Framework) -> None:
    assert shipped.facet("gsr:X", "partner") is None
    assert shipped.facet("gsr:X-1", "outcome") is None


def test_items_of_a_kind_come_in_reading_order(shipped: Framework) -> None:
    assert [item.number for item in shipped.of_kind("capability")] == list(range(1, 27))


def test_the_links_of_an_item_are_found_from_both_ends_strongest_first(shipped: Framework) -> None:
    assert [link.source for link in shipped.links_of("gsr:P2-O5")] == ["gsr:C4", "gsr:C5"]
    assert [link.strength for link in shipped.links_of("gsr:P2-O5")] == ["high", "low-medium"]
    assert [link.target for link in shipped.links_of("gsr:C12")] == ["gsr:P3-O4"]
    assert shipped.links_of("gsr:C26") == ()


def test_an_unknown_item_is_named(shipped: Framework) -> None:
    with pytest.raises(CorpusError, match="no item 'gsr:C99'"):
        shipped.item("gsr:C99")


def test_the_label_of_an_item_is_its_title_or_its_words(shipped: Framework) -> None:
    assert shipped.item("gsr:C12").label == "Victim identity protection"
    assert shipped.item("gsr:P3-O5").label == "Expand victims’ voice groups"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"items": (Item(id="gsr:P9", kind="tower"),)}, "unknown kind 'tower'"),
        ({"items": (Item(id="gsr:C1", kind="capability", parent="gsr:P9"),)}, "is no item"),
        (
            {"items": (Item(id="gsr:P9", kind="pillar", entities=("nobody",)),)},
            "unknown entity 'nobody'",
        ),
        ({"links": (Link(source="gsr:C1", target="gsr:C99", strength="low"),)}, "'gsr:C99'"),
    ],
)
def test_a_framework_refuses_a_reference_to_nothing(
    shipped: Framework, changes: dict[str, object], message: str
) -> None:
    parts = {name: getattr(shipped, name) for name in Framework.model_fields}
    with pytest.raises(CorpusError, match=message):
        Framework.model_validate(parts | changes)
