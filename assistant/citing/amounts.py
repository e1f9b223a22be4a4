"""Numbers, amounts of money, shares and days in running text, brought to one form."""

import re
from collections.abc import Iterator
from typing import NamedTuple, Self

_NAMES = "january february march april may june july august september october november december"
_MONTHS = {"sept": 9} | {
    form: number
    for number, month in enumerate(_NAMES.split(), start=1)
    for form in (month, month[:3])
}
_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = (*range(1, 20), *range(20, 100, 10))
_SMALL = dict(zip((*_UNITS, *_TEENS, *_TENS), _VALUES, strict=True))
_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6}
_SCALES |= {"billion": 1e9, "bn": 1e9, "trillion": 1e12}
_MONEY = {"GBP": "£ gbp pound pounds", "USD": "$ us$ usd dollar dollars", "EUR": "€ eur euro euros"}
_CURRENCIES = {name: code for code, names in _MONEY.items() for name in names.split()}

_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR = r"(?P<year>1[0-9]{3}|20[0-9]{2})(?![\w%]|[.,]\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAYS = (
    re.compile(rf"\b{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH} {_DAY}(?![\w]|[.,]?\d)(?:,? {_YEAR})?", re.IGNORECASE),
    re.compile(rf"\b{_MONTH},? (?:of )?{_YEAR}", re.IGNORECASE),
    re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])"),
    re.compile(r"(?<![\w.,/$£€-])(?P<year>1[0-9]{3}|20[0-9]{2})[-–/]\d\d(?![\w-])"),
    re.compile(rf"(?<![\w.,/$£€-]){_YEAR}(?! (?:per ?cent|{'|'.join(_SCALES)})\b)"),
)
_NUMBER = re.compile(
    r"(?:(?P<before>us\$|[£$€]|\b(?:gbp|usd|eur)\b) ?)?"
    r"(?:(?<![\w.,/-])|(?<=[£$€])|(?<=\d-)(?<!\w\d-)|(?<=\d–))"
    r"(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:st|nd|rd|th)?(?:[ -]?(?P<scale>hundred|thousand|million|billion|trillion|bn|mn|m|k)\b)?"
    r"(?!\w|[.,]\d)(?: ?(?P<after>%|per ?cent\b|percent\b|pounds?\b|dollars?\b|euros?\b))?",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"\b(?P<small>(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_UNITS)})|{'|'.join(_SMALL)})\b"
    r"(?:[- ](?P<scale>hundred|thousand|million|billion|trillion)\b)?"
    r"(?: (?P<after>per ?cent|percent|pounds?|dollars?|euros?)\b)?",
    re.IGNORECASE,
)


class Amount(NamedTuple):
    """A number, an amount of money, a share or a day, at its place in a text."""

    text: str
    start: int
    end: int
    """One past the last character."""

    value: float | None = None
    unit: str = ""
    day: tuple[int | None, int | None, int | None] | None = None
    """The number, none for a day, and its unit (`%`, an ISO 4217 code, or empty); or year, month
    and day, of which some may be unknown, none for a number."""

    @property
    def key(self) -> str:
        """The same for every way of writing it: `20500000`, `2024-02-06`."""
        if self.day:
            return "-".join("" if part is None else f"{part:02}" for part in self.day)
        return f"{self.value:.15g}"

    def is_in(self, other: Self) -> bool:
        """Tell whether another amount says this one: the same number, or a day within this time.

        >>> may, day = amounts_in("May 2022"), amounts_in("11 May 2022")
        >>> may[0].is_in(day[0]), day[0].is_in(may[0])
        (True, False)
        """
        if self.day and other.day:
            pairs = zip(self.day, other.day, strict=True)
            return all(own is None or own == its for own, its in pairs)
        if self.day or other.day:
            # 1,998 members are no year, but `2019` may stand in a name or in a range.
            return self.key == other.key.rstrip("-")
        return self.value == other.value and (not self.unit or self.unit == (other.unit or "%"))


def amounts_in(text: str) -> tuple[Amount, ...]:
    """Return what a text counts, prices or dates, in order; parts of codes such as `C12` are none.

    >>> [(one.key, one.unit) for one in amounts_in("£10.1bn, 6.7 per cent and fifty-one")]
    [('10100000000', 'GBP'), ('6.7', '%'), ('51', '')]
    >>> [one.key for one in amounts_in("on 6 Feb 2024, or September 27, 2021")]
    ['2024-02-06', '2021-09-27']
    """
    found: list[Amount] = []
    taken = bytearray(len(text))
    for amount in (*_days(text), *_numbers(text)):
        if not any(taken[amount.start : amount.end]):
            taken[amount.start : amount.end] = b"\1" * (amount.end - amount.start)
            found.append(amount)
    return tuple(sorted(found, key=lambda amount: amount.start))


def _days(text: str) -> Iterator[Amount]:
    for match in (match for pattern in _DAYS for match in pattern.finditer(text)):
        parts = {name: part or "" for name, part in match.groupdict().items()}
        month = parts.get("month", "")
        if month.islower():
            continue  # `may` is no `May`, and `march` no `March`
        number = _MONTHS.get(month.casefold(), month)
        year, number, day = (
            int(part) if part else None for part in (parts.get("year"), number, parts.get("day"))
        )
        yield Amount(match.group(), match.start(), match.end(), day=(year, number, day))


def _numbers(text: str) -> Iterator[Amount]:
    for match in _NUMBER.finditer(text):
        yield _amount(match, float(match["figure"].replace(",", "")), match["before"])
    for match in _WORDS.finditer(text):
        parts = match["small"].lower().replace("-", " ").split()
        if parts != ["one"] or match["scale"]:  # `one` is mostly a pronoun
            yield _amount(match, float(sum(_SMALL[part] for part in parts)), None)


def _amount(match: re.Match[str], value: float, before: str | None) -> Amount:
    scale = _SCALES[match["scale"].lower()] if match["scale"] else 1.0
    after = match["after"] or ""
    unit = _CURRENCIES.get((before or after).lower(), "%" if after else "")
    return Amount(match.group(), match.start(), match.end(), value=value * scale, unit=unit)
