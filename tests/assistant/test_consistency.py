"""What a certificate says against itself is found without a corpus."""

from __future__ import annotations

import re

import pytest

from assistant.certificates.consistency import contradictions, numbers, shortened
from tests.certified import CERTIFICATE, Place, forged


def test_a_certificate_that_is_as_it_was_written_contradicts_itself_nowhere() -> None:
    assert list(contradictions(CERTIFICATE)) == []


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("status",), "not_covered", "status not_covered .* reason “”"),
        (("reason",), "below_threshold", "status answered .* reason “below_threshold”"),
        (("statements",), [], "no statement"),
        (("nearest", 0, "text_sha256"), "0", "note:walkways#2 .*hashes"),
        (("sources",), [], "quotes"),
        (("statements", 1, "kind"), "guidance", "Statement 2 .*guidance.*framework"),
        (("completeness", 0, "listed"), 3, "3 owners of harbour:A2, of 2"),
        (("completeness", 0, "total"), 4, "Statement 1 .*2 owners.* 4"),
        (("statements", 0, "text"), "There are 9 owners.", "Statement 1 .*9 owners.* 2"),
    ],
)
def test_a_contradiction_is_told(place: Place, value: object, said: str) -> None:
    found = [one for _, one in contradictions(forged(place, value))]  # type: ignore[arg-type]
    assert any(re.search(said, one) for one in found), found


def test_numbers_are_those_before_the_whole_label() -> None:
    assert numbers("12 owners, 3 ownerships; 1 owner", "owners") == {12}
    assert numbers("12 owners", "") == set()


def test_a_long_text_is_shortened_and_a_short_one_is_not() -> None:
    assert shortened("a" * 80) == "a" * 80
    assert shortened("a" * 81) == f"{'a' * 78} …"
