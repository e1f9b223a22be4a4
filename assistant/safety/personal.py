"""Personal data in a text: noticed by context or by its notation, told, and masked."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from ipaddress import ip_address
from itertools import chain
from typing import Literal, NamedTuple, Self, TypeVar, cast, get_args

from assistant.draft import listed
from assistant.records import Answer
from assistant.safety.tagger import Tagger, tokens
from assistant.safety.vocabulary import Vocabulary, shipped_corpus
from corpus.passage import Corpus, Record
from corpus.text import whole_words

Kind = Literal["email", "ip", "birth", "address", "number", "phone", "name"]  # What is noticed.
KINDS: tuple[Kind, ...] = get_args(Kind)

_CALLED: dict[str, str] = {
    "name": "a name",
    "email": "an email address",
    "phone": "a telephone number",
    "address": "a postal address",
    "ip": "a network address",
    "number": "a case or identity number",
    "birth": "a date of birth",
}
"""What each kind is called, in the order in which they are told."""

_TAG = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")  # A mark; nothing is looked for in or across it.

_INTRODUCING = frozenset(
    "name i i'm this born living address number phone telephone mobile email e-mail case reach call"
    " me".split()
)
"""Words that introduce what was taken out."""

_BETWEEN = frozenset("my own is am on at no and".split())  # Words that may stand between those.
_SHORTEST = 3  # Letters that a part of a name has at least to be looked for by itself.

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
_AROUND = ".,;!?()[]<>\"'“”‘’"
_NEAR = 80  # Characters before a place that are looked at.
_MOST_WORDS = 9
_FREE_IN = ("GB", "US")  # Regions whose free numbers are known without a code of a country.

R = TypeVar("R", bound=Record)


class Found(NamedTuple):
    """Personal data at its place."""

    kind: Kind
    start: int
    end: int
    """One past the last."""


class Finder:
    """Finds personal data in questions to a corpus; what that prints is public."""

    def __init__(self, corpus: Corpus) -> None:
        self._vocabulary = Vocabulary.of(corpus)
        self._tagger = Tagger(self._vocabulary)

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Self:
        """Return the finder for questions to the corpus that ships; made once.

        >>> Finder.shipped().find("Write to jane.doe@example.org about C12")
        (Found(kind='email', start=9, end=29),)
        >>> Finder.shipped().mask("My name is Jane Doe, born on 4 May 2009")
        'My name is [name], born on [birth]'
        """
        return cls(shipped_corpus())

    def find(self, text: str) -> tuple[Found, ...]:
        """Return what is found, in order of place; nothing overlaps."""
        found: list[Found] = []
        start = 0
        for end, after in [*(one.span() for one in _TAG.finditer(text)), (len(text), len(text))]:
            piece, inside = text[start:end], list[Found]()
            formal = (Found(kind, *at) for kind, look in _FORMAL.items() for at in look(piece))
            # Names are looked for again once all that stands before is found.
            for one in chain(formal, self._tagged(piece), self._again(piece, inside)):
                if not any(_overlap(one, other) for other in inside):
                    inside.append(one)
            found += [Found(kind, at + start, last + start) for kind, at, last in inside]
            start = after
        return tuple(sorted(found, key=lambda one: one.start))

    def mask(self, text: str, said: Iterable[tuple[Kind, str]] = ()) -> str:
        """Return the text with `[name]` and the like in place of what is found, wherever it stands.

        What is masked once stays as it is; what was found in another text is masked too.
        """
        words = dict.fromkeys(said)
        while True:
            for kind, held in sorted(words, key=lambda pair: -len(pair[1])):
                text = _marked(text, [Found(kind, *place) for place in _places(text, [held])])
            found = self.find(text)
            if not found:
                return text
            # A mark changes what stands around it, so it is looked at again until nothing is left.
            words = dict.fromkeys((one.kind, text[one.start : one.end]) for one in found)
            text = _marked(text, found)

    def without(self, text: str, noticed: Sequence[Found] | None = None) -> str:
        """Return a line without what is found, or was masked; all of it if nothing else is in it.

        What is `noticed` in it may be known.
        """
        found = self.find(text) if noticed is None else noticed
        *pieces, last = _TAG.split(_marked(text, found))
        if not pieces:
            return text
        left = ""
        for piece in pieces:
            left = f"{_unintroduced(left + piece)} "
        left = _tidy(left + last)
        return left if any(sign.isalpha() for sign in left) else text

    def may_send(self, text: str, *, allowed: bool) -> bool:
        """Tell whether a text may leave: nothing personal is in it, or whoever asked agreed."""
        return allowed or not self.find(text)

    def told(self, answer: Answer, noticed: Sequence[Found] | None = None) -> Answer:
        """Return an answer that says which personal data its question seems to hold.

        The question as understood counts too, since it may have words of an earlier turn.
        """
        found = [*(self.find(answer.question) if noticed is None else noticed)]
        if answer.resolved_question != answer.question:
            found += self.find(answer.resolved_question)
        kinds = {one.kind for one in found}
        if not (named := tuple(kind for kind in _CALLED if kind in kinds)):
            return answer
        return answer.model_copy(update={"personal": named, "personal_note": note_on(named)})

    def masked(self, answer: Answer) -> Answer:
        """Return an answer with what its question held masked in all that it says itself.

        Quotes stay: they are the corpus's own words.
        """
        asked = (answer.question, answer.resolved_question)
        said = [(one.kind, text[one.start : one.end]) for text in asked for one in self.find(text)]
        if not said:
            return answer

        def changed(part: R, *fields: str) -> R:
            update = {name: self.mask(getattr(part, name), said) for name in fields}
            return part.model_copy(update=update)

        parts = {
            "statements": tuple(
                changed(one, "text") if one.kind == "note" else one for one in answer.statements
            ),
            "choices": tuple(changed(one, "label", "question") for one in answer.choices),
            "follow_ups": tuple(self.mask(one, said) for one in answer.follow_ups),
            "dropped": tuple(changed(one, "text") for one in answer.dropped),
        }
        return changed(answer, "question", "resolved_question").model_copy(update=parts)

    def _tagged(self, text: str) -> Iterator[Found]:
        """Give what context tells, but for what is public."""
        for label, start, end in self._tagger.tag(text):
            said = text[start:end]
            printed = label == "name" and " " in said and self._vocabulary.prints(said)
            free = label in ("number", "phone") and is_free(said)
            if not (printed or free):
                yield Found(cast("Kind", label), start, end)

    def _again(self, text: str, found: Sequence[Found]) -> Iterator[Found]:
        """Give the other places of a name that was found, and of its parts."""
        names = (text[one.start : one.end] for one in found if one.kind == "name")
        parts = {token.text for name in names for token in tokens(name)}
        is_plain = self._vocabulary.is_plain
        odd = [part for part in parts if len(part) >= _SHORTEST and not is_plain(part)]
        yield from (Found("name", *place) for place in _places(text, odd))


def kept(answer: Answer, corpus: Corpus) -> Answer:
    """Return an answer as it may be kept; what it says of personal data is believed."""
    return Finder(corpus).masked(answer) if answer.personal else answer


def note_on(kinds: Sequence[str]) -> str:
    """Say in plain words which kinds of personal data were noticed, and what becomes of them.

    >>> note_on(["name", "email"]).partition(".")[0]
    'Your question seems to hold a name and an email address'
    """
    return (
        f"Your question seems to hold {listed([_CALLED[kind] for kind in kinds])}. Signpost answers"
        " without keeping that: in anything it writes, a mark such as [name] stands in its place."
    )


# What stands in formal notation: mail, network and telephone addresses, numbers with a check.


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
        before = text[max(0, start - _NEAR) : start].lower().split()
        while before and (before[-1] in _JOINING or before[-1].replace(".", "").isdigit()):
            before.pop()
        if not any(map(str.isalnum, beside)) and _VERSIONED.isdisjoint(before[-1:]):
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
        with suppress(NumberParseException):
            if number_type(parse(said, region)) == PhoneNumberType.TOLL_FREE:
                return True
    return False


def _passes(said: str) -> bool:
    bare = "".join(sign for sign in said if sign.isalnum())
    if len(bare) not in _CHECKED_LENGTHS:
        return False
    modules = ("luhn",) if bare.isdigit() and len(bare) in _CARD else ()
    return any(import_module(f"stdnum.{name}").is_valid(bare) for name in (*modules, *_CHECKED))


def _words(text: str) -> Iterator[Place]:
    """Give the words of a text, without the signs around them."""
    end = 0
    for word in text.split():
        start = text.index(word, end)
        end = start + len(word)
        if bare := word.strip(_AROUND):
            yield (at := start + word.index(bare)), at + len(bare)


_FORMAL: dict[Kind, Callable[[str], Iterator[Place]]] = {
    "email": lambda text: (found.span() for found in _EMAIL.finditer(text)),
    "ip": network_addresses,
    "phone": phones,
    "number": checked_numbers,
}
"""What is told by its notation, and what finds it."""


def _unintroduced(text: str) -> str:
    """Return a text without the words at its end that introduce what follows."""
    words = text.split()
    bare = [word.lower().strip(":,;(.") for word in words]
    at = len(words)
    while at and bare[at - 1] in _INTRODUCING | _BETWEEN:
        at -= 1
    return " ".join(words if _INTRODUCING.isdisjoint(bare[at:]) else words[:at])


def _tidy(text: str) -> str:
    """Return a text in one line, without signs that have nothing between them; the last stays."""
    words: list[str] = []
    for word in text.split():
        if words and word[0] in ",;:.?!":
            words[-1] = words[-1].rstrip(",;:([") + word
        else:
            words.append(word)
    return " ".join(words).strip(" ,;:")


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _places(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where words stand by themselves, in large letters or small, outside of marks."""
    marked = [one.span() for one in _TAG.finditer(text)]
    found = (one.span() for one in whole_words(words, flags=re.I).finditer(text))
    return [
        (start, end)
        for start, end in found
        if not any(start < after and before < end for before, after in marked)
    ]


def _marked(text: str, found: Sequence[Found]) -> str:
    """Return a text with a mark in place of what is found, which is in order."""
    for kind, start, end in reversed(found):
        text = f"{text[:start]}[{kind}]{text[end:]}"
    return text
