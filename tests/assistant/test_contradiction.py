"""What a claim says otherwise, although its words are those of the context."""

from __future__ import annotations

import re

import pytest

from assistant.citing.alignment import Alignment
from assistant.citing.contradiction import findings


def kinds(context: str, claim: str) -> set[str]:
    return {one.kind for one in findings(Alignment.of(context, claim))}


PILOTS = "Pilots should not enter the northern harbour without permission."
COUNTS = "In 2019 the port of Rotterdam counted 469 million tonnes and 29,491 ships."
PARTS = "Rotterdam counts ships and pilots, while Antwerp counts tonnes of cargo."


@pytest.mark.parametrize(
    ("context", "claim", "kind"),
    [
        (PILOTS, "Pilots should enter the northern harbour without permission.", "negation"),
        (PILOTS, "Pilots should not enter the southern harbour without permission.", "opposite"),
        (PILOTS, "Pilots must not enter the northern harbour without permission.", "modality"),
        (COUNTS, "In 2018 the port of Rotterdam counted 469 million tonnes.", "day"),
        (COUNTS, "In 2019 the port of Rotterdam counted 496 million tonnes.", "amount"),
        (COUNTS, "In 2019 the port of Rotterdam counted 469 million ships.", "amount"),
        (
            PARTS,
            "Antwerp counts ships and pilots, while Rotterdam counts tonnes of cargo.",
            "order",
        ),
        (PARTS, "Antwerp counts ships and pilots.", "name"),
        (PARTS, "Rotterdam counts ships and pilots, because Antwerp counts tonnes.", "cause"),
        (
            "Some pilots of the harbour sleep on board.",
            "All pilots of the harbour sleep on board.",
            "quantity",
        ),
        (
            "Pilots of Rotterdam wear blue coats.\nCooks of Antwerp bake bread at night.",
            "Pilots of Rotterdam wear bread at night.",
            "assembled",
        ),
    ],
)
def test_a_change_is_found_and_named(context: str, claim: str, kind: str) -> None:
    assert kind in kinds(context, claim)


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        (PILOTS, "Without permission, pilots should not enter the northern harbour."),
        (PILOTS, "The northern harbour should not be entered by pilots without permission."),
        (COUNTS, "The port of Rotterdam counted 29491 ships in 2019."),
        (COUNTS, "Rotterdam's port counted 469,000,000 tonnes in 2019."),
        (PARTS, "While Antwerp counts tonnes of cargo, Rotterdam counts ships and pilots."),
        ("Because the storm rose, the ships sank.", "The ships sank because the storm rose."),
        ("The storm rose, so the ships sank.", "The ships sank because the storm rose."),
        ("The Port Authority of Rotterdam counts ships.", "PAR counts ships."),
    ],
)
def test_another_wording_is_no_change(context: str, claim: str) -> None:
    assert kinds(context, claim) == set()


def test_small_words_of_a_far_sentence_count_for_nothing() -> None:
    assert kinds("Cooks do not bake bread at night.", "Pilots of Antwerp bake ships.") == set()


def test_each_finding_says_what_it_found() -> None:
    (one,) = findings(
        Alignment.of(COUNTS, "In 2018 the port of Rotterdam counted 469 million tonnes.")
    )
    assert re.search("“2018”.*“2019”", one.reason)
