"""A made-up language: every word of the catalogue accented, two fifths longer, right to left."""

import re

import pytest

from ui.words import catalogue as words

_ACCENTS = str.maketrans("aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ")

_REAL = words.catalogue


def pseudo(text: str) -> str:
    """Return words as that language has them; what stands in braces is left alone."""
    parts = re.split(r"(\{[^}]*\})", text)
    spoken = "".join(one if one.startswith("{") else one.translate(_ACCENTS) for one in parts)
    return f"{spoken}{' שÿ' * max(1, round(len(text) * 0.4 / 3))}"


def _forms(found: object) -> object:
    if isinstance(found, str):
        return pseudo(found)
    assert isinstance(found, dict)
    return {name: pseudo(text) for name, text in found.items()}


def speaking(patch: pytest.MonkeyPatch) -> None:
    """Speak it until the patch is undone, as if it were Arabic, which has six plural forms."""
    made = {
        section: {name: _forms(found) for name, found in said.items()}
        for section, said in _REAL().items()
    }
    patch.setattr(words, "catalogue", lambda language="": made)
    patch.setattr(words, "languages", lambda: ("ar",))
    patch.setattr(words, "_spoken", "ar")
