"""The one catalogue of the page's words: each is asked for by its key, and filled in."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from assistant.errors import SettingsError

LANGUAGE = "en"
"""Language that is spoken unless another is chosen."""

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
"""Languages, by the first part of their name, whose writing runs from right to left."""

Words = Mapping[str, str | Mapping[str, str]]
"""Words by key; a plural as its forms, by the names that CLDR gives them."""

_spoken = LANGUAGE


def say(key: str, **values: object) -> str:
    """Return the words of a section and name, such as `ask.button`, with their braces filled.

    `n` chooses between the forms of a plural.

    Raises:
        KeyError: the catalogue lacks the key, or a value is missing.
    """
    section, _, name = key.partition(".")
    found = catalogue(_spoken)[section][name]
    if not isinstance(found, str):
        found = found.get(_form(values.get("n"))) or found["other"]
    return found.format(**values)


def words(section: str) -> Words:
    """Return a section of the language that is spoken."""
    return catalogue(_spoken)[section]


def spoken() -> str:
    """Return the language that is spoken, as BCP 47 names it."""
    return _spoken


def direction() -> str:
    """Return which way the language that is spoken is written: `ltr` or `rtl`."""
    return "rtl" if _spoken.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def speak(language: str) -> None:
    """Choose the language of this process, before anything is drawn; `SettingsError` if none."""
    global _spoken
    if language not in languages():
        there = ", ".join(languages())
        raise SettingsError(f"SIGNPOST_LANGUAGE={language!r} is not there; choose one of: {there}.")
    _spoken = language


def languages() -> tuple[str, ...]:
    """Return the languages that there is a catalogue of."""
    names = (one.name for one in files(__package__).iterdir())
    return tuple(sorted(one[:-5] for one in names if one.endswith(".toml")))


@cache
def catalogue(language: str = LANGUAGE) -> Mapping[str, Words]:
    """Return the sections of a language's catalogue."""
    text = (files(__package__) / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _form(number: object) -> str:
    """Return which form of a plural a number takes, by the rules of CLDR."""
    if not isinstance(number, int | float):
        return "other"
    if _spoken == LANGUAGE:
        # English is known; whoever asks on the command line should not wait for Babel.
        return "one" if number == 1 else "other"
    from babel import Locale

    return str(Locale.parse(_spoken, sep="-").plural_form(number))
