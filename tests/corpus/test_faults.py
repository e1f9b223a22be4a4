import re

import pytest

from corpus.passage import Lines
from corpus.structure.faults import Problem, faults_of
from corpus.structure.framework_records import ItemReading, Reading, load_reading
from tests.corpus.conftest import HARBOUR

AT = Lines(first=4, last=5)


@pytest.fixture
def reading() -> Reading:
    return load_reading(HARBOUR)


def faults_with(reading: Reading, item: ItemReading) -> list[Problem]:
    """Faults of the reading with one item more, those of that item only."""
    more = reading.model_copy(update={"items": (*reading.items, item)})
    return [fault for fault in faults_of(more) if fault.id == item.id]


def an_item(**fields: object) -> ItemReading:
    return ItemReading.model_validate({"id": "harbour:Z", **fields})


def test_a_sound_reading_has_no_faults(reading: Reading) -> None:
    assert faults_of(reading) == ()


def test_a_sound_item_adds_no_fault(reading: Reading) -> None:
    item = an_item(kind="deadline", parent="harbour:A1", description="Soon", description_lines=AT)
    assert faults_with(reading, item) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "tower"}, "declared"),
        ({"kind": "theme"}, "title"),
        ({"kind": "theme"}, "no words"),
        ({"kind": "theme", "title": "A", "description": "B"}, "not described"),
        ({"kind": "theme", "title": "A", "number": 1}, "not numbered"),
        ({"kind": "theme", "title": "A", "parent": "harbour:T1"}, "at the top"),
        ({"kind": "action", "title": "A", "parent": "harbour:T1"}, "number"),
        ({"kind": "deadline", "parent": "harbour:T1"}, "'action'"),
        ({"kind": "deadline", "parent": "harbour:A99"}, "'action'"),
        ({"kind": "deadline", "title": "A", "title_lines": AT}, "not titled"),
        ({"kind": "deadline", "title_lines": AT}, "title_lines"),
        ({"kind": "deadline", "description": "Soon"}, "description_lines"),
        ({"kind": "deadline", "entities": ("pilot-service",)}, "not shared"),
        ({"kind": "deadline", "sentence": 1, "entry": 1}, "keep one"),
        ({"kind": "owner", "entities": ("nobody",)}, "names 'nobody'"),
    ],
)
def test_an_item_that_does_not_fit_its_kind_is_named(
    reading: Reading, fields: dict[str, object], message: str
) -> None:
    said = [fault.message for fault in faults_with(reading, an_item(**fields))]
    assert any(message in sentence for sentence in said), said


def test_a_kind_whose_parent_comes_later_is_named(reading: Reading) -> None:
    turned = reading.model_copy(update={"kinds": tuple(reversed(reading.kinds))})
    assert {"owner", "deadline", "action"} <= {fault.id for fault in faults_of(turned)}


def test_two_kinds_with_one_facet_are_named(reading: Reading) -> None:
    twin = reading.kinds[-1].model_copy(update={"id": "limit", "plural": "limits"})
    more = reading.model_copy(update={"kinds": (*reading.kinds, twin)})
    (fault,) = faults_of(more)
    assert re.search("'deadlines' .*twice", fault.message)


def test_a_label_beside_an_unknown_kind_is_named(reading: Reading) -> None:
    label = reading.labels[0].model_copy(update={"kind": "tower"})
    (fault,) = faults_of(reading.model_copy(update={"labels": (label,)}))
    assert fault.id == "line 15"


def test_a_source_of_another_tier_is_named(reading: Reading) -> None:
    source = reading.source.model_copy(update={"tier": "guidance"})
    (fault,) = faults_of(reading.model_copy(update={"source": source}))
    assert fault.id == "harbour"
