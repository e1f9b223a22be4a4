"""Personal data that has a form: mail, telephone and network addresses, numbers, dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

_NEAR = 80
"""Characters before a place that are looked at."""


class Place(NamedTuple):
    """A stretch of text, in characters, half-open."""

    start: int
    """First character."""

    end: int
    """One past the last."""


_EMAIL = re.compile(
    r"(?<![\w.+'%-])[\w.+'%-]+@(?:[\w-]+\.)+[^\W\d_]{2,}"
    # Written so that no program should read it: `jane (at) example dot org`.
    r"|(?<![\w.+-])[\w.+-]+\s*[\[(]\s*at\s*[\])]\s*[\w-]+(?:\s*(?:[\[(]\s*dot\s*[\])]|\.|\bdot\b)\s*[\w-]+)+"
    r"|(?<![\w.+-])[\w.+-]+ at [\w-]+(?: dot [\w-]+)+",
    re.I,
)
_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.I)
_VERSIONED = re.compile(
    r"(?:sections?|versions?|clauses?|paragraphs?|releases?|chapters?|\bv)\s*"
    r"(?:[\d.]+(?:,|\s+and|\s+or|\s+to)\s*)*$",
    re.I,
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|januar|februar|märz|mai|juni|juli|oktober|dezember"
    r"|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro)\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.|er|º)?\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:de\s+)?\d{{2,4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{2,4}}"
    r"|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})"
)
_BIRTH = re.compile(
    r"\b(?:born|date of birth|birth ?date|birth ?day|d\.?\s?o\.?\s?b\.?|geboren|geb\.|geburtsdatum"
    r"|née?|naissance|nacid[oa]|nacimiento|nat[oa]|nascita|nascid[oa]|nascimento|urodzon[ya]"
    r"|doğum|geboortedatum|född)\b[\s,:;()=-]{0,4}"
    r"(?:(?:is|was|on|in|am|le|el|em|il|being|given as|date|his|her|the|vom|dnia|op|tarihi)[\s:]+)"
    rf"{{0,3}}(?P<it>{_DATE})(?!\d)",
    re.I,
)
_BORN_AFTER = re.compile(
    rf"(?<![\d/.-])(?P<it>{_DATE})\s*\(?\s*(?:is (?:his|her|their|my) birthday"
    r"|is (?:his|her|their|my|the) date of birth|d\.?o\.?b\.?|\(?date of birth)",
    re.I,
)

_CUE = (
    r"(?:case|file|dossier|incident|crime|docket|ticket|complaint|reference|ref|report|referral"
    r"|client|patient|victim|suspect|inmate|prisoner|student|employee|member|customer|user|account"
    r"|passport|identity(?: card)?|identification|id(?: card)?|national insurance|nino|ni|ssn"
    r"|social security|(?:driving |driver'?s? )?licen[cs]e|badge|warrant|tax|nhs|medicare|medicaid"
    r"|aadhaar|curp|dni|nie|nif|cpf|rg|bsn|pesel|codice fiscale|personnummer|personalausweis|visa"
    r"|iban|card|cybertip(?:line)?(?: report)?|ncmec(?: report)?|investigation|fir|aktenzeichen|az"
    r"|expediente|dossier|caso)"
)
_NUMBERED = re.compile(
    rf"(?<!\w){_CUE}(?![^\W\d_])(?:['’]s)?(?:\s+(?:card|file|report)\b)?"
    r"(?:\s*(?:no|number|num|nr|n[º°]|id|ref|reference|code|nummer|número|num[ée]ro)\b\.?|\s*#)*"
    r"\s*(?:is\b|was\b|[:=#])?\s*#?(?P<it>(?=[\w/-]{0,3}\s?[\w/-]*\d)[A-Z0-9][A-Z0-9]*(?:[-/.\s]?[A-Z0-9]+){0,7})"
    r"(?![\w])",
    re.I,
)
_HASHED = re.compile(
    r"(?<!\w)(?:no|number|nr|ref)\.?\s*[:#]?\s*(?P<it>[A-Z]{1,4}[-/]?\d[\d/-]{4,})", re.I
)
_FORMED = re.compile(
    r"(?<![\w/.-])(?:\d{3}-\d{2}-\d{4}"  # social security, United States
    r"|[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]"  # national insurance
    r"|[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"  # codice fiscale
    r"|[XYZ]-?\d{7}-?[A-Z]|\d{8}-?[A-HJ-NP-TV-Z]"  # NIE and DNI
    r"|\d{3}\.\d{3}\.\d{3}-\d{2}"  # CPF
    r"|(?:19|20)?\d{6}[-+]\d{4}"  # personnummer and its kin
    r"|[A-Z]{4}\d{6}[HM][A-Z]{5}\w\d"  # CURP
    r"|[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?"  # IBAN
    r"|\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4})?"  # Aadhaar, payment cards
    r"|(?:\d{1,2}:)?\d{2,4}-(?:cr|cv|mj|fc|jd)-\d{3,6}"  # dockets of courts
    r"|[A-Z]{2,5}[-/](?:19|20)?\d{2}[-/]\d{3,8}(?:[-/]\w{1,6})?"  # unit, year and number
    r"|(?:19|20)\d{2}[-/][A-Z]{2,5}[-/]\d{3,8})(?![\w/-])"
)
_PUBLIC = re.compile(
    r"\b(?:directive|regulation|decision|resolution|convention|recommendation|act|law|laws|bill"
    r"|article|articles|art\.|section|sections|paragraph|rule|chapter|protocol|standard|iso|iec|rfc"
    r"|cets|ets|treaty series|com|swd|oj|celex|hr|h\.r\.|s\.|sb|ab|hb|pl|decree|statute|code"
    r"|u\.s\.c\.|usc|cfr|application|capability|outcome|pillar|note|table|page|line|lines|step|goal|sdg|target"
    r"|general comment|concluding|ceop|docs?|paper|version)\.?"
    r"\s*(?:\(\w+\)\s*)?(?:no\.?\s*|nos\.?\s*)?$",
    re.I,
)
_PUBLIC_FORM = re.compile(
    r"[CTF][-\u2011]\d{1,3}/\d{2}|\d{4}/\d{1,5}(?:/\w{2,4})?|COM[-/]?\d{4}[-/]\d+|"
    r"20[0-3]\d(?:[-/]\d{2,4})?|19\d\d|[A-Z]/(?:RES|HRC)/.*|CRC/.*|P\d-[OWC]\d+|C\d{1,2}|ISO.*|ICD-?\d+",
    re.I,
)
"""Numbers of what anybody may look up: laws, cases of the highest courts, years, passages."""

_PUBLIC_CASE = re.compile(
    r"[CTF][-\u2011]\d{1,3}/\d{2}|20[0-3]\d(?:[-/]\d{2,4})?|19\d\d|P\d-[OWC]\d+|C\d{1,2}|ISO.*",
    re.I,
)
"""The same behind a word such as `case`, where fewer numbers are public."""

_PHONE = re.compile(
    r"(?<![\w.@/-])(?:\+|00|\()?\(?\d(?:[\s().\u2011/-]{0,3}\d){6,14}(?!\w|[.,-]\d)"
    r"(?:\s?(?:ext|x)\.?\s?\d{1,5})?"
)
_PHONE_CUE = re.compile(
    r"(?:phone|telephone|tel|mobile|cell|call(?:ed|s|ing)?|text(?:ed|s)?|ring|rang|dial|fax"
    r"|whats ?app|signal|sms|contact|reach(?:ed)?|handy|telefon|teléfono|móvil|téléphone"
    r"|portable|telefono"
    r"|number)\b[^.?!\d]{0,30}$",
    re.I,
)
_FREE = re.compile(
    r"\D{0,2}(?:0800|0808|(?:1[\s.-]?)?8(?:00|33|44|55|66|77|88)[\s.-]|116[\s.-]?\d{3})"
)
"""Numbers that cost nothing to call are of services: helplines, hotlines."""

_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[ \u00a0]\d{3})+")
_DAY_LIKE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{4}\s*[-\u2013/]\s*\d{4}")


def before(text: str, start: int) -> str:
    """Return what stands before a place: no more than says what follows, for the sake of speed."""
    return text[max(0, start - _NEAR) : start]


def emails(text: str) -> Iterator[Place]:
    """Give the addresses of mail."""
    yield from (Place(*found.span()) for found in _EMAIL.finditer(text))


def network_addresses(text: str) -> Iterator[Place]:
    """Give IP addresses, version 4 and 6; a number of a section or a release is none."""
    for pattern in (_IP4, _IP6):
        for found in pattern.finditer(text):
            if _VERSIONED.search(before(text, found.start())):
                continue
            try:
                ip_address(found[0])
            except ValueError:
                continue
            if len(found[0]) > 3:
                yield Place(*found.span())


def births(text: str) -> Iterator[Place]:
    """Give dates that are said to be of a birth; a date alone, or a year, is none."""
    for pattern in (_BIRTH, _BORN_AFTER):
        yield from (Place(*found.span("it")) for found in pattern.finditer(text))


def numbers(text: str) -> Iterator[Place]:
    """Give numbers of cases, papers and people; those of laws, courts and passages are public."""
    for pattern in (_NUMBERED, _HASHED):
        for found in pattern.finditer(text):
            place = _cut(text, Place(*found.span("it")))
            if place and not _PUBLIC_CASE.fullmatch(text[place.start : place.end]):
                yield place
    for found in _FORMED.finditer(text):
        place = Place(*found.span())
        if not _is_public(text, place):
            yield place


def phones(text: str) -> Iterator[Place]:
    """Give telephone numbers: in international or grouped form, or after a word that says so."""
    for found in _PHONE.finditer(text):
        said = found[0]
        digits = sum(sign.isdigit() for sign in said)
        if not 7 <= digits <= 15 or _DAY_LIKE.fullmatch(said.strip()):
            continue
        said_before = before(text, found.start())
        if _PUBLIC.search(said_before) or _FREE.match(said):
            continue
        if _THOUSANDS.fullmatch(said) and not _PHONE_CUE.search(said_before):
            continue
        if said.startswith(("+", "00", "(")) or _PHONE_CUE.search(said_before) or _is_grouped(said):
            yield Place(found.start(), found.start() + len(said.rstrip(" .-/(")))


def _is_grouped(said: str) -> bool:
    """Tell whether digits stand in the groups that telephone numbers are written in."""
    groups = re.findall(r"\d+", said)
    if said.startswith("0") and sum(map(len, groups)) >= 9:
        return True
    return 3 <= len(groups) <= 6 and len(groups[-1]) in (2, 3, 4) and "," not in said


def _cut(text: str, place: Place) -> Place | None:
    """Take words that follow a number off it; none if too little is left to be one."""
    words = list(re.finditer(r"\S+", text[place.start : place.end]))
    last = 0
    for word in words:
        if last and not (re.search(r"\d", word[0]) or (word[0][0].isupper() and len(word[0]) <= 2)):
            break
        last = word.end()
    said = text[place.start : place.start + last].rstrip(".-/")
    digits = sum(sign.isdigit() for sign in said)
    mixed = digits >= 2 and len(re.findall(r"[A-Z]", said)) >= 1 and len(said) >= 5
    if digits < 4 and not mixed:
        return None
    return Place(place.start, place.start + len(said))


def _is_public(text: str, place: Place) -> bool:
    said = text[place.start : place.end]
    return bool(_PUBLIC_FORM.fullmatch(said) or _PUBLIC.search(before(text, place.start)))


_STREET_NAME = r"[^\W\d_][\w'’.-]*"
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

_ADDRESSES = (
    rf"(?<![\w/.-]){_UNIT}{_HOUSE},?\s+(?:(?!and\b|of\b|the\b|in\b|to\b){_STREET_NAME}\s+){{1,4}}"
    rf"{_ENGLISH}\b\.?(?:{_FAR}|{_TOWN})",
    rf"(?<![\w/.-]){_HOUSE}(?:\s?(?:bis|ter))?,?\s+{_CONTINENTAL}"
    r"\s+(?:(?:de|du|des|la|le|les|l'|della|del|di|da|do|dos)\s*)*"
    rf"{_STREET_NAME}(?:\s+(?-i:[A-ZÀ-Ý])[\w'’.-]+)*{_TAIL}",
    rf"(?<!\w){_CONTINENTAL}\s+(?:{_STREET_NAME}\s+){{0,4}}{_STREET_NAME}[\s,]+(?:n[º°.]?\s?|no\.?\s?)?"
    rf"{_HOUSE}(?!\w|[.,]\d|\s*%){_TAIL}",
    rf"(?<!\w)(?:{_STREET_NAME}\s+|(?:am|an der|auf der)\s+)?\w*{_COMPOUND}\s+{_HOUSE}"
    rf"(?!\w|[.,]\d){_TAIL}",
    rf"(?<!\w)(?:{_STREET_NAME}\s+){{1,3}}(?:street|road|lane|avenue|drive|marg|nagar)\s+"
    rf"(?:no\.?\s*)?{_HOUSE}(?!\w|[.,]\d|\s*%)",
    r"(?<!\w)(?:p\.?\s?o\.?\s+box|post(?:fach| ?box)|apartado(?: postal)?|boîte postale|bp)"
    r"\s+\d{1,6}" + _TAIL,
    rf"(?<!\w)(?-i:[A-Z])[\w'’.-]+(?:\s(?-i:[A-Z])[\w'’.-]+)?,\s+{_ZIP_US}(?!\w)",
    rf"(?<![\w-]){_ZIP_UK}(?![\w-])",
    r"(?<![\w/.-])\d{5}\s+(?-i:[A-ZÄÖÜ])[a-zäöüß-]{3,}"
    r"(?:\s(?:am|an der|im)\s+(?-i:[A-Z])\w+)?(?=[\s,.?!]|$)",
)
_ADDRESS = tuple(re.compile(pattern, re.I) for pattern in _ADDRESSES)

_COUNTED = re.compile(r"\d{5}\s+(?:Reports?|Cases?|Images?|Children|Victims?|Files?|Users?)", re.I)


def addresses(text: str) -> Iterator[Place]:
    """Give postal addresses, with town and postcode where they follow."""
    for pattern in _ADDRESS:
        for found in pattern.finditer(text):
            if not _COUNTED.match(found[0]):
                yield Place(found.start(), found.start() + len(found[0].rstrip(" ,.")))
