"""What is found of a claim that says otherwise than its context, and how alike the two must be."""

from __future__ import annotations

from typing import Literal, NamedTuple

FindingKind = Literal[
    "negation", "opposite", "amount", "day", "modality", "quantity", "cause", "order", "name",
    "assembled",
]  # fmt: skip

CLOSE = 0.6
"""Share of a claim in one sentence from which the two speak of the same thing."""

ALIKE = 0.75
"""The same, from which they say it in the same words."""

WHOLE = 0.9
"""Share of a claim in the whole context from which all of its words are there."""


class Finding(NamedTuple):
    """One thing that a claim says otherwise."""

    kind: FindingKind
    """What kind of change."""

    reason: str
    """What the claim says, and what the context does, as one sentence."""
