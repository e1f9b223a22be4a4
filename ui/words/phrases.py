"""Words as a reader sees them: the one catalogue of the page, by key, and those of sources."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TypeVar

from assistant.errors import SettingsError
from assistant.records import Answer
from corpus.passage import Correction, Seen, Source

Key = TypeVar("Key")
Value = TypeVar("Value")

LANGUAGE = "en"  # Language that is spoken unless another is chosen.
Words = Mapping[str, str | Mapping[str, str]]
"""Words by key; a plural as its forms, by the names that CLDR gives them."""

GLOSSARY = "glossary"  # Id of the source whose passages are entries on terms.
KEPT = "\N{NO-BREAK SPACE}"
"""A space that does not break, between words and the numbers behind them."""

_INVISIBLE = frozenset({0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0})
"""Characters that draw nothing although Unicode counts them as letters, marks or symbols."""

_MARK = re.compile(r"\[(\d[\d\s,;\u2013-]*)\]")

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
    from babel import Locale

    return Locale.parse(_spoken, sep="-").text_direction


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


def clean(text: str, *, breaks: bool = False) -> str:
    """Return `text` without what no reader can see: controls, zero-width and tag characters.

    Line breaks and tabs become spaces, unless `breaks` keeps the line breaks.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(_visible(character, breaks=breaks) for character in text).strip()


def printable(record: str) -> str:
    """Return JSON that says the same, with what no reader can see written as escapes."""
    return "".join(
        sign if sign == "\n" or _visible(sign, breaks=True) == sign else json.dumps(sign)[1:-1]
        for sign in record
    )


def quoted(text: str) -> str:
    """Return words of a source for a terminal, where a number in brackets is Signpost's own mark.

    A source that prints `[1]` would otherwise seem to be carried by what stands under 1.
    """
    return _MARK.sub(r"(\1)", clean(text))


def grouped(values: Iterable[Value], key: Callable[[Value], Key]) -> dict[Key, list[Value]]:
    """Return values by what they have in common, in order of first mention."""
    found: dict[Key, list[Value]] = {}
    for one in values:
        found.setdefault(key(one), []).append(one)
    return found


def ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Join runs of three or more numbers; shorter ones stay apart.

    >>> ranges([1, 2, 3, 4, 7, 8])
    ((1, 4), (7, 7), (8, 8))
    """
    placed = enumerate(sorted(set(numbers)))
    runs = [[one for _, one in run] for _, run in groupby(placed, lambda one: one[1] - one[0])]
    return tuple(
        part
        for run in runs
        for part in ([(run[0], run[-1])] if len(run) > 2 else zip(run, run, strict=True))
    )


def marks(numbers: Iterable[int]) -> str:
    """Return citation numbers as they stand behind words."""
    runs = ranges(numbers)
    return "".join(f"[{a}]" if a == b else f"[{a}\N{EN DASH}{b}]" for a, b in runs)


def sentence_of(text: str) -> str:
    """Return `text` with a capital letter in front and a full stop behind."""
    text = clean(text)
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!…" else ".")


def day(text: str) -> str:
    """Write an ISO 8601 day or month as a reader would; anything else stays as it is.

    >>> day("2026-07-31"), day("2026-07"), day("2026")
    ('31 July 2026', 'July 2026', '2026')
    """
    whole = f"{text}-01" if text.count("-") == 1 else text
    try:
        found = date.fromisoformat(whole)
    except ValueError:
        return clean(text)
    month, year = say(f"phrase.month_{found.month}"), found.year
    if whole != text:
        return say("phrase.month", month=month, year=year)
    return say("phrase.day", day=found.day, month=month, year=year)


def moment(text: str) -> str:
    """Write an ISO 8601 time as a reader would, in UTC; anything else stays as it is.

    >>> moment("2026-07-31T09:05:00+00:00")
    '31 July 2026, 09:05 UTC'
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return clean(text)
    found = found.astimezone(UTC) if found.tzinfo else found
    on = day(found.date().isoformat())
    return say("phrase.moment", day=on, time=f"{found:%H:%M}")


def publication(source: Source) -> str:
    """Name a source as a reader would cite it: title, publisher, edition, year."""
    parts = (source.title, source.publisher, source.version, source.published)
    return ", ".join(map(clean, filter(None, parts)))


def standing(source: Source) -> str:
    """Say which tier a source is of, and how sure it is where that is not high."""
    sure = "sure" if source.confidence == "high" else f"unsure_{source.confidence}"
    return say(f"phrase.{sure}", kind=kind_of(source))


def kind_of(source: Source) -> str:
    """Say which tier a source is of; the glossary is guidance, and no note."""
    return say("phrase.glossary_entry" if source.id == GLOSSARY else f"phrase.tier_{source.tier}")


def origin(source: Source) -> str:
    """Say which tier a source is of, and which of its sources: `Guidance note: Lantern`."""
    name = kind_of(source)
    if source.tier == "framework":
        return name
    return say("phrase.origin", kind=name, title=clean(source.title))


def seen_as(seen: Seen) -> str:
    """Say how a published work was read; empty where it was the publisher's own text."""
    return "" if seen == "primary" else say(f"phrase.seen_{seen}")


def change_of(correction: Correction) -> str:
    """Say in a few words what a correction changed."""
    printed, reads = clean(correction.printed), clean(correction.reads)
    if not printed:
        return say("phrase.supplied", reads=reads)
    if not reads:
        return say("phrase.left_out", printed=printed)
    return say("phrase.read_as", printed=printed, reads=reads)


def with_reader(question: str, answer: Answer) -> str:
    """Return a question as understood, and which language model read it, if one did."""
    rewriting = answer.provenance.rewriting
    if rewriting is None or rewriting.cause:
        return question
    return say("wording.read_by", question=question, model=clean(rewriting.model))


def wording_note(answer: Answer) -> str:
    """Return one sentence on who worded an answer; empty where no model is set."""
    wording = answer.provenance.wording
    if wording is None:
        return ""
    written, model = wording.kept + wording.retried, clean(wording.model)
    why = say(f"wording.{wording.cause}") if wording.cause else ""
    if written and why:
        return say("wording.in_part", n=written, model=model, why=why)
    if why:
        return say("wording.own_words", why=why)
    return say("wording.worded", n=written, model=model) if written else ""


def _visible(character: str, *, breaks: bool) -> str:
    if character == "\n" and breaks:
        return "\n"
    if character in "\t\n\r\v\f\u0085\u2028\u2029":
        return " "
    point = ord(character)
    selects_a_variant = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
    return "" if hidden or selects_a_variant or point in _INVISIBLE else character
