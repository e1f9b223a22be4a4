"""What a certificate says against itself is found without a corpus."""

from __future__ import annotations

import pytest

from assistant.certificates.consistency import contradictions, numbers, shortened
from tests.certified import CERTIFICATE, Place, forged


def test_a_certificate_that_is_as_it_was_written_contradicts_itself_nowhere() -> None:
    assert list(contradictions(CERTIFICATE)) == []


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("status",), "not_covered", "The status not_covered and the reason “” do"),
        (("reason",), "below_threshold", "The status answered and the reason “below_threshold” do"),
        (("statements",), [], "there is no statement"),
        (("nearest", 0, "text_sha256"), "0", "note:walkways#2 is given two hashes"),
        (("sources",), [], "not those that it quotes"),
        (("statements", 1, "kind"), "guidance", "Statement 2 is called guidance, but quotes fram"),
        (("completeness", 0, "listed"), 3, "It lists 3 owners of harbour:A2, of 2"),
        (("completeness", 0, "total"), 4, "Statement 1 counts 2 owners; the list has 4"),
        (
            ("statements", 0, "text"),
            "There are 9 owners.",
            "Statement 1 counts 9 owners; the list has 2",
        ),
    ],
)
def test_a_contradiction_is_told(place: Place, value: object, said: str) -> None:
    assert any(said in one for _, one in contradictions(forged(place, value)))  # type: ignore[arg-type]


def test_numbers_are_those_before_the_whole_label() -> None:
    assert numbers("12 owners, 3 ownerships; 1 owner", "owners") == {12}
    assert numbers("12 owners", "") == set()


def test_a_long_text_is_shortened_and_a_short_one_is_not() -> None:
    assert shortened("a" * 80) == "a" * 80
    assert shortened("a" * 81) == f"{'a' * 78} …"
