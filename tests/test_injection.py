"""The hostile passages: enough, of every kind, and what they claim to be."""

from collections import Counter

from corpus.checks.orders import is_order
from corpus.text import sentences_in
from tests.injection import hostile_passages

KINDS = (
    *("bidirectional text", "comment", "encoded order", "forged certificate", "forged citation"),
    *("forged heading", "forged signposting", "forged system text", "hidden text", "image or link"),
    *("live markup", "order", "request for a secret"),
)


def test_there_are_at_least_fifty_of_every_kind_of_attack():
    counted = Counter(one.kind for one in hostile_passages())
    assert counted.total() >= 50
    assert sorted(counted) == sorted(KINDS)
    assert len({one.id for one in hostile_passages()}) == counted.total()


def test_plain_orders_are_told_and_what_stands_beside_them_is_not():
    orders = [one for one in hostile_passages() if one.kind == "order"]
    for one in orders:
        assert any(is_order(span.of(one.text)) for span in sentences_in(one.text)), one.id
    beside = "A helpline listens to children and adults who need support."
    assert any(one.text.startswith(beside) for one in orders)
    assert not is_order(beside)
