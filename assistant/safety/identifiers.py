"""Personal data in formal notation: mail, network and telephone addresses, numbers with a check."""

import re
from collections.abc import Iterator
from importlib import import_module
from ipaddress import ip_address

Place = tuple[int, int]  # A stretch of text, in characters, half-open.
_EMAIL = re.compile(
    r"(?<![\w.+'%-])[\w.+'%-]+@(?:[\w-]+\.)+[^\W\d_]{2,}"
    # Written so that no program should read it: `jane (at) example dot org`.
    r"|(?<![\w.+-])[\w.+-]+\s*[\[(]\s*at\s*[\])]\s*[\w-]+(?:\s*(?:[\[(]\s*dot\s*[\])]|\.|\bdot\b)\s*[\w-]+)+"
    r"|(?<![\w.+-])[\w.+-]+ at [\w-]+(?: dot [\w-]+)+",
    re.I,
)

# Words before numbers with full stops that are no network addresses.
_VERSIONED = frozenset(
    "section sections version versions clause clauses paragraph paragraphs release releases chapter"
    " chapters v".split()
)
_JOINING = frozenset("and or to".split())

_CHECKED = ("iban", "es.dni", "es.nie", "fi.hetu", "fr.nir", "it.codicefiscale", "mx.curp")
"""Modules of `stdnum` for numbers that hardly any other text passes for."""

_CARD = range(13, 20)  # Digits of a payment card.
_CHECKED_LENGTHS = range(9, 35)
_IN_ADDRESSES = frozenset("0123456789abcdefABCDEF.:")
_NEAR = 80  # Characters before a place that are looked at.
_MOST_WORDS = 9
_FREE_IN = ("GB", "US")  # Regions whose free numbers are known without a code of a country.


def emails(text: str) -> Iterator[Place]:
    """Give the addresses of mail."""
    yield from (found.span() for found in _EMAIL.finditer(text))


def network_addresses(text: str) -> Iterator[Place]:
    """Give IP addresses, version 4 and 6; a number of a section or a release is none."""
    kept = "".join(sign if sign in _IN_ADDRESSES else " " for sign in text)
    for start, end in _words(kept):
        said = kept[start:end]
        if len(said) < 4 or not (said.count(".") == 3 or said.count(":") > 1):
            continue
        if "." in said and said.count(":") == 1:  # with a port
            said = max(said.split(":"), key=len)
        try:
            ip_address(said)
        except ValueError:
            continue
        beside = text[max(0, start - 1) : start] + text[end : end + 1]
        words_before = text[max(0, start - _NEAR) : start].lower().split()
        if not any(map(str.isalnum, beside)) and not _is_versioned(words_before):
            place = text.index(said, start)
            yield place, place + len(said)


def checked_numbers(text: str) -> Iterator[Place]:
    """Give numbers of accounts, cards and people that pass the check of their form.

    >>> [*checked_numbers("pay GB33 BUKB 2020 1555 5555 55 now")]
    [(4, 31)]
    """
    words, done = list(_words(text)), 0
    for at, (first, _) in enumerate(words):
        ends: list[int] = []
        for start, end in words[at : at + _MOST_WORDS]:
            if not any(map(str.isdigit, text[start:end])) and not (ends and end - start == 4):
                break
            ends.append(end)
        for end in reversed(ends if first >= done else []):
            if _passes(text[first:end]):
                yield first, end
                done = end
                break


def phones(text: str) -> Iterator[Place]:
    """Give telephone numbers with the code of a country, but for those of services."""
    if "+" not in text:
        return
    from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type

    for found in PhoneNumberMatcher(text, None, Leniency.POSSIBLE):
        if number_type(found.number) != PhoneNumberType.TOLL_FREE:
            yield found.start, found.end


def is_free(said: str) -> bool:
    """Tell whether a telephone number costs nothing to call, and so is a service's.

    >>> is_free("0800 1111"), is_free("020 7946 0958")
    (True, False)
    """
    from phonenumbers import NumberParseException, PhoneNumberType, number_type, parse

    for region in _FREE_IN:
        try:
            if number_type(parse(said, region)) == PhoneNumberType.TOLL_FREE:
                return True
        except NumberParseException:
            continue
    return False


def _passes(said: str) -> bool:
    bare = "".join(sign for sign in said if sign.isalnum())
    if len(bare) not in _CHECKED_LENGTHS:
        return False
    modules = ("luhn",) if bare.isdigit() and len(bare) in _CARD else ()
    return any(import_module(f"stdnum.{name}").is_valid(bare) for name in (*modules, *_CHECKED))


def _is_versioned(before: list[str]) -> bool:
    """Tell whether what stands before a number says that it is of a section or a release."""
    while before and (before[-1] in _JOINING or before[-1].replace(".", "").isdigit()):
        before = before[:-1]
    return bool(before) and before[-1] in _VERSIONED


def _words(text: str) -> Iterator[Place]:
    """Give the words of a text, without the signs around them."""
    end = 0
    for word in text.split():
        start = text.index(word, end)
        end = start + len(word)
        bare = word.strip(".,;!?()[]<>\"'“”‘’")
        if bare:
            yield (at := start + word.index(bare)), at + len(bare)
