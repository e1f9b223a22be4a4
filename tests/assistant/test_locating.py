"""Questions for the place where something is said."""

from __future__ import annotations

import pytest

from assistant.answering.structured import Locating
from assistant.draft import Composed
from assistant.understanding.query import Query
from corpus.structure.graph import Framework
from tests.assistant.conftest import noted, quoted


@pytest.fixture
def locate(framework: Framework):
    def make(**fields: object) -> Composed | None:
        query = {"text": "where is it", "operation": "locate"} | fields
        return Locating(framework).compose(Query.model_validate(query))

    return make


def test_every_place_that_speaks_of_it_is_told_in_reading_order_with_its_lines(locate):
    composed = locate(subjects=("gsr:C16",))
    assert "lines 188-192 (capability 16" in noted(composed.statements)
    assert quoted(composed.statements) == ["C16"]
    composed = locate(matches=("gsr:P2-O7", "gsr:C4"))
    assert quoted(composed.statements) == ["C4", "P2-O7"]
    assert "2 places" in noted(composed.statements)
    assert quoted(locate(entities=("interpol",)).statements) == ["P2-W2"]
    assert locate() is None
