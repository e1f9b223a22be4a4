"""Postal addresses: a street with a house number, a post box, a postcode with its town."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.rules.identifiers import Place

_NAME = r"[^\W\d_][\w'’.-]*"
_HOUSE = r"\d{1,5}\s?[a-z]?(?:[-/]\d{1,4}[a-z]?)?"
_UNIT = r"(?:(?:flat|apartment|apt\.?|unit|suite|room|floor)\s+\w{1,5},?\s+)?"
_ENGLISH = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|close|crescent|cres|square|sq"
    r"|boulevard|blvd|way|terrace|place|pl|gardens?|grove|row|parade|mews|highway|hwy|walk|quay"
    r"|parkway|pkwy|circle|trail|wharf|rise|marg|nagar|jalan)"
)
_CONTINENTAL = (
    r"(?:rue|avenue|av\.?|boulevard|bd|chemin|allée|impasse|quai|cours|calle|avenida|avda\.?|paseo"
    r"|plaza|carrera|via|viale|corso|piazza|rua|travessa|largo|praça|ulica|ul\.?|aleja|strada"
    r"|bulevardul|jalan|jl\.?|улица|ул\.|οδός)"
)
_COMPOUND = (
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|ufer|damm|straat|laan|plein|gracht|kade"
    r"|gatan|vägen|gata|vej|gade|veien|gaten|katu|tie|utca|sokak|soka\u011f\u0131|caddesi)"
)
_ZIP_US = r"(?-i:[A-Z]{2})\s+\d{5}(?:-\d{4})?"
_ZIP_UK = r"(?-i:[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})"
_ZIP_CA = r"(?-i:[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
_TAIL = (
    rf"(?:,?\s+(?:(?-i:[A-Z])[\w'’.-]*,?\s+){{0,3}}(?:{_ZIP_US}|{_ZIP_UK}|{_ZIP_CA}|\d{{4,6}}"
    r"(?:\s+(?-i:[A-ZÄÖÜ])[\w'’.-]+)?)(?!\w))?"
)

_FAR = _TAIL.removesuffix("?")
_TOWN = r"(?:,\s+(?-i:[A-ZÀ-Ý])[\w'’-]+(?:\s(?-i:[A-ZÀ-Ý])[\w'’-]+)?)?"

_PATTERNS = (
    rf"(?<![\w/.-]){_UNIT}{_HOUSE},?\s+(?:(?!and\b|of\b|the\b|in\b|to\b){_NAME}\s+){{1,4}}"
    rf"{_ENGLISH}\b\.?(?:{_FAR}|{_TOWN})",
    rf"(?<![\w/.-]){_HOUSE}(?:\s?(?:bis|ter))?,?\s+{_CONTINENTAL}"
    r"\s+(?:(?:de|du|des|la|le|les|l'|della|del|di|da|do|dos)\s*)*"
    rf"{_NAME}(?:\s+(?-i:[A-ZÀ-Ý])[\w'’.-]+)*{_TAIL}",
    rf"(?<!\w){_CONTINENTAL}\s+(?:{_NAME}\s+){{0,4}}{_NAME}[\s,]+(?:n[º°.]?\s?|no\.?\s?)?"
    rf"{_HOUSE}(?!\w|[.,]\d|\s*%){_TAIL}",
    rf"(?<!\w)(?:{_NAME}\s+|(?:am|an der|auf der)\s+)?\w*{_COMPOUND}\s+{_HOUSE}"
    rf"(?!\w|[.,]\d){_TAIL}",
    rf"(?<!\w)(?:{_NAME}\s+){{1,3}}(?:street|road|lane|avenue|drive|marg|nagar)\s+"
    rf"(?:no\.?\s*)?{_HOUSE}(?!\w|[.,]\d|\s*%)",
    r"(?<!\w)(?:p\.?\s?o\.?\s+box|post(?:fach| ?box)|apartado(?: postal)?|boîte postale|bp)"
    r"\s+\d{1,6}" + _TAIL,
    rf"(?<!\w)(?-i:[A-Z])[\w'’.-]+(?:\s(?-i:[A-Z])[\w'’.-]+)?,\s+{_ZIP_US}(?!\w)",
    rf"(?<![\w-]){_ZIP_UK}(?![\w-])",
    r"(?<![\w/.-])\d{5}\s+(?-i:[A-ZÄÖÜ])[a-zäöüß-]{3,}"
    r"(?:\s(?:am|an der|im)\s+(?-i:[A-Z])\w+)?(?=[\s,.?!]|$)",
)
_ADDRESS = tuple(re.compile(pattern, re.I) for pattern in _PATTERNS)

_COUNTED = re.compile(r"\d{5}\s+(?:Reports?|Cases?|Images?|Children|Victims?|Files?|Users?)", re.I)


def addresses(text: str) -> Iterator[Place]:
    """Give postal addresses, with town and postcode where they follow."""
    for pattern in _ADDRESS:
        for found in pattern.finditer(text):
            if not _COUNTED.match(found[0]):
                yield Place(found.start(), found.start() + len(found[0].rstrip(" ,.")))
