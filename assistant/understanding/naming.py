"""What a question names outright: items, entities, kinds of thing, the framework itself."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, product
from typing import Literal, NamedTuple

from assistant.draft import capitalised, counted
from assistant.understanding.lexicon import (
    FUNCTION_WORDS,
    Lexicon,
    Token,
    number_of,
    ordinals_of,
    stem,
    words_of,
)
from assistant.understanding.reading import Reading, Side
from corpus.readers.glossary import Glossary, Synonyms
from corpus.readers.notes import Note
from corpus.structure.graph import Framework, Item

_LOCAL_ID = re.compile(r"\b[A-Za-z]{1,3}\d*(?:-[A-Za-z]{0,3}\d+)?\b")

COMPARES = 0.3  # Probability from which each side of a comparison is told; chosen on development.

MentionType = Literal["item", "entity", "kind", "description", "framework", "term", "absent"]


class Mention(NamedTuple):
    """Words of a question that name something."""

    type: MentionType
    """What they name."""

    ids: tuple[str, ...]
    """Items, entities or kinds, the likeliest first; empty for the description and the framework;
    kind and number of an item that is absent."""

    first: int
    last: int
    """Last token."""

    sure: bool = False
    """Whether it names an item by id, by number, or together with its kind."""


class Names:
    """Every name in a framework, ready to be found in a question."""

    def __init__(
        self, framework: Framework, glossary: Glossary, notes: Sequence[Note] = ()
    ) -> None:
        """Index the names by the stems of their content words, in any order.

        What a note alone tells of is a name only of what is compared.
        """
        self._framework = framework
        self._glossary = glossary
        self._entries = {
            name.casefold(): term.id
            for term in reversed(glossary.terms)
            if term.expansion or term.note
            for name in term.wordings
        }
        known = dict[str, list[str]]()
        for name, id_ in self._entries.items():
            known.setdefault(id_, []).append(name)
        self._sides = {id_: Side(names=tuple(said), passages=(id_,)) for id_, said in known.items()}
        sided = dict(self._entries)
        for note in notes:
            called = [one.casefold() for one in note.front.names]
            id_ = next((sided[one] for one in called if one in sided), note.source.id)
            side = self._sides.get(id_, Side(passages=()))
            self._sides[id_] = Side(
                names=tuple(dict.fromkeys((*side.names, *called))),
                passages=(*side.passages, *(one.id for one in note.passages)),
            )
            sided |= {one: id_ for one in called if one not in sided}
        self._terms = {
            tuple(stem(word) for word, _, _ in words_of(name)): id_ for name, id_ in sided.items()
        }
        self._names: dict[tuple[str, ...], list[tuple[MentionType, str]]] = {}
        self._in_order: set[tuple[str, ...]] = set()
        self._named_by: set[str] = set()
        for type_, target, names in self._targets():
            for name in names:
                words = [word for word, _, _ in words_of(name) if word not in _LINKING]
                self._named_by.update(words)
                in_order = tuple(stem(word) for word in words)
                self._in_order.add(in_order)
                held = self._names.setdefault(tuple(sorted(in_order)), [])
                if (type_, target) not in held:
                    held.append((type_, target))
        self._names.pop((), None)
        self._kinds = {
            word for one in framework.kinds for word in (one.singular, one.plural, *one.words)
        }
        self._longest = max(len(form) for form in self._names)
        self._local = {item.id.partition(":")[2].lower(): item.id for item in framework.items}

    def _targets(self) -> Iterator[tuple[MentionType, str, tuple[str, ...]]]:
        """Yield everything that has names, with the names."""
        framework = self._framework
        for item in framework.items:
            yield "item", item.id, (item.title, *item.aliases)
        for entity in framework.entities:
            yield "entity", entity.id, (entity.label, *entity.words)
        for kind in framework.kinds:
            names = (kind.singular, kind.plural, *kind.words)
            items = framework.of_kind(kind.id)
            if len(items) == 1 and items[0].title:
                yield "item", items[0].id, names
            else:
                yield "kind", kind.id, names
        yield "description", "", framework.description_words
        yield "framework", "", (framework.name, *framework.aliases)
        for concept in self._glossary.concepts:
            yield "term", concept.wordings[0], concept.wordings

    def all(self) -> Iterator[str]:
        """Yield every name as written, for the lexicon to learn its words."""
        for _, _, names in self._targets():
            yield from names

    def find(self, tokens: Sequence[Token], text: str) -> list[Mention]:
        """Return what the tokens of a question name, in order and without overlap.

        Ids and numbers come first (`P3-O4`, `capability 12`, `third pillar`), then the longest
        names; a name counts whatever the order of its words and the function words between them.
        """
        taken = [False] * len(tokens)
        found = [*self._by_id(tokens, text, taken), *self._by_name(tokens, taken)]
        found.extend(self._bare_numbers(tokens, text, taken))
        found.sort(key=lambda mention: mention.first)
        # A kind is joined with the numbers beside it, and an item with the name of its own kind.
        numbered = (self._numbered(tokens, one) or [one] for one in found)
        ranged = self._ranged(tokens, text, [*chain.from_iterable(numbered)])
        return self._qualified(tokens, ranged)

    def named(self, mentions: Sequence[Mention]) -> dict[str, float]:
        """Return the items and entities that are named, with how exactly, 0 to 1."""
        held = self._framework.items
        found: dict[str, float] = {}
        for one in mentions:
            if one.type not in ("item", "entity"):
                continue
            # Of entities that a word may stand for, the one that fewest items name.
            ids = sorted(one.ids, key=lambda target: sum(target in item.entities for item in held))
            long = one.last - one.first
            exact = 1.0 if one.sure or long > 1 else 0.4 if long or one.type == "entity" else 0.1
            found[ids[0]] = max(found.get(ids[0], 0.0), exact)
        return found

    def entry(self, words: Sequence[str], mentions: Sequence[Mention]) -> str:
        """Return the glossary's entry for a term that words name; its description, at most, too."""
        terms = [one for one in mentions if one.type == "term"]
        described = any(one.type == "description" for one in mentions)
        if len(terms) != 1 or not len(mentions) == len(words) == 1 + described:
            return ""
        known = (*(one.casefold() for one in words), terms[0].ids[0].casefold())
        return next((self._entries[one] for one in known if one in self._entries), "")

    def sides(self, text: str) -> dict[str, Side]:
        """Return what of the glossary and of notes a text names, by id."""
        words = [stem(word) for word, _, _ in words_of(text)]
        found, at, longest = dict[str, None](), 0, max(map(len, self._terms), default=0)
        while at < len(words):
            ends = range(min(len(words), at + longest), at, -1)
            end = next((one for one in ends if tuple(words[at:one]) in self._terms), at)
            if end > at:
                found[self._terms[tuple(words[at:end])]] = None
            at = max(end, at + 1)
        # The framework is one of them only beside a single other.
        framed = self._entries.get(self._framework.name.casefold().removeprefix("the "), "")
        return {id_: self._sides[id_] for id_ in found if id_ != framed or len(found) <= 2}

    def absent(self, mentions: Sequence[Mention]) -> str:
        """Return, as one sentence, what item that is named by number is not there."""
        for one in mentions:
            if one.type == "absent":
                kind = self._framework.kind_by_id[one.ids[0]]
                total = counted(len(self._framework.of_kind(kind.id)), kind)
                return f"The page has {total}; there is no {kind.singular} {one.ids[1]}."
        return ""

    def _by_id(self, tokens: Sequence[Token], text: str, taken: list[bool]) -> Iterator[Mention]:
        for match in self._ids(text):
            item = self._local.get(match.group().lower())
            places = [
                place
                for place, token in enumerate(tokens)
                if token.start >= match.start() and token.end <= match.end()
            ]
            if item and places and any(sign.isdigit() for sign in match.group()):
                for place in places:
                    taken[place] = True
                yield Mention("item", (item,), places[0], places[-1], sure=True)

    def _ids(self, text: str) -> Iterator[re.Match[str]]:
        """Yield what is written as an id is: `P3-O4`, and both ends of `C13-C16`."""
        for match in _LOCAL_ID.finditer(text):
            hyphen = text.find("-", *match.span())
            if hyphen < 0 or match.group().lower() in self._local:
                yield match
            else:
                yield from _LOCAL_ID.finditer(text, match.start(), hyphen)
                yield from _LOCAL_ID.finditer(text, hyphen + 1, match.end())

    def _ranged(self, tokens: Sequence[Token], text: str, found: list[Mention]) -> list[Mention]:
        """Read `capabilities 13 to 16` and `C13-C16` with those between; `C3 to C5` are two."""
        of_kind, item = self._framework.of_kind, self._framework.item
        plurals, kept = {one.plural for one in self._framework.kinds}, found[:1]
        for left, right in pairwise(found):
            gap = text[tokens[left.last].end : tokens[right.first].start].strip().lower()
            before = {one.word for one in tokens[max(left.first - 1, 0) : left.first + 1]}
            if left.sure and right.sure and gap in (_TO if before & plurals else _DASHES):
                ids = [one.id for one in of_kind(item(left.ids[0]).kind)]
                last = ids.index(right.ids[0]) if right.ids[0] in ids else 0
                kept += (
                    right._replace(ids=(one,)) for one in ids[ids.index(left.ids[0]) + 1 : last]
                )
            kept.append(right)
        return kept

    def _by_name(self, tokens: Sequence[Token], taken: list[bool]) -> Iterator[Mention]:
        content = [place for place, token in enumerate(tokens) if self._content(token.word)]
        sizes = range(min(self._longest, len(content)), 0, -1)
        for size, ordered in product(sizes, (True, False)):
            for at in range(len(content) - size + 1):
                run = content[at : at + size]
                if any(taken[place] for place in run):
                    continue
                if not (targets := self._named(run, tokens, ordered=ordered)):
                    continue
                for place in range(run[0], run[-1] + 1):
                    taken[place] = True
                kind = min((kind for kind, _ in targets), key=_PRECEDENCE.index)
                ids = tuple(target for type_, target in targets if type_ == kind and target)
                yield Mention(kind, ids, run[0], run[-1])

    def _content(self, word: str) -> bool:
        """Tell whether a word counts in a name: the will of `political will` does."""
        return word not in FUNCTION_WORDS or word in self._named_by - _ASKING_ONLY

    def _named(
        self, run: Sequence[int], tokens: Sequence[Token], *, ordered: bool
    ) -> list[tuple[MentionType, str]]:
        """Return what words name, in their order or in any, with no verb between them."""
        inside = set(range(run[0], run[-1])) - set(run)
        form = tuple(tokens[place].stem for place in run)
        parted = any(tokens[place].word not in _LINKING | _BESIDE for place in inside)
        if parted or (ordered and form not in self._in_order):
            return []
        return self._names.get(tuple(sorted(form)), [])

    def _bare_numbers(
        self, tokens: Sequence[Token], text: str, taken: Sequence[bool]
    ) -> Iterator[Mention]:
        """Read `number 11` and `#11` as the item of that number, of the kind that has most."""
        numbered = [kind.id for kind in self._framework.kinds if kind.numbered]
        if not numbered:
            return
        kind = max(numbered, key=lambda one: len(self._framework.of_kind(one)))
        for place, token in enumerate(tokens):
            hash_sign = text[max(0, token.start - 1) : token.start] == "#"
            marked = hash_sign or (place > 0 and tokens[place - 1].word in ("number", "no", "nr"))
            at = place - (1 if hash_sign else 2)
            before = tokens[at].stem if at >= 0 else ""
            named = any(type_ == "kind" for type_, _ in self._names.get((before,), []))
            # `General comment No. 25` numbers what it names, and no item.
            said = tokens[at].word if at >= 0 and not hash_sign else "the"
            other = self._content(said)
            if marked and token.word.isdigit() and not (taken[place] or named or other):
                mention = Mention("kind", (kind,), place, place)
                yield self._item(mention, int(token.word), place, place)

    def _numbered(self, tokens: Sequence[Token], mention: Mention) -> list[Mention]:
        """Read `third pillar`, `capability number 7`, `pillars 3 and 5`; absent ones as such."""
        if mention.type != "kind" or not self._framework.kind_by_id[mention.ids[0]].numbered:
            return []
        if ordinals := self._ordinals(tokens, mention):
            return ordinals
        found: list[Mention] = []
        place = mention.last + 1
        while place < len(tokens):
            word = tokens[place].word
            number = number_of(word, ordinal=False)
            # More than a blank may part a word from them, as in "the pillars, one line each".
            apart = tokens[place].start > tokens[place - 1].end + 1
            beside = apart or place > mention.last + 1
            # "Six pillars and 26 capabilities" counts both.
            after = (one.word in self._kinds for one in tokens[place + 1 : place + 2])
            counts = not found and beside and any(after)
            if number is not None and not (counts or (word.isalpha() and apart)):
                found.append(self._item(mention, number, place, place))
            elif number is not None or word not in _BETWEEN_NUMBERS:
                break
            place += 1
        kind = self._framework.kind_by_id[mention.ids[0]]
        plural = tokens[mention.last].word == kind.plural
        if len(found) == 1 and plural and tokens[found[0].last].word.isalpha():
            # "Capabilities first, then outcomes" says in which order they are wanted, and
            # "capabilities with one line on each" how long an answer.
            return []
        if found:
            found[0] = found[0]._replace(first=mention.first)
        return found

    def _ordinals(self, tokens: Sequence[Token], mention: Mention) -> list[Mention]:
        """Read what stands before a kind: `third pillar`, `first and the sixth pillar`."""
        found: list[Mention] = []
        place, last = mention.first - 1, mention.last
        while place >= 0:
            number = number_of(tokens[place].word, ordinal=True)
            if number is not None:
                found.insert(0, self._item(mention, number, place, last))
            elif not found or tokens[place].word not in _BETWEEN_ORDINALS:
                break
            place -= 1
            last = place
        return found

    def _item(self, mention: Mention, number: int, first: int, last: int) -> Mention:
        ids = [item.id for item in self._framework.of_kind(mention.ids[0]) if item.number == number]
        if ids:
            return Mention("item", tuple(ids), first, last, sure=True)
        return Mention("absent", (mention.ids[0], str(number)), first, last)

    def _qualified(self, tokens: Sequence[Token], found: list[Mention]) -> list[Mention]:
        """Let "the legislation capability" name a capability, and take the kind's name along."""
        kept: list[Mention] = []
        pairs = pairwise([*found, None])
        for left, right in pairs:
            if left and right and (joined := self._nth(tokens, left, right)):
                kept.append(joined)
                next(pairs, None)
            elif left:
                kept.append(left)
        return kept

    def _nth(self, tokens: Sequence[Token], left: Mention, right: Mention) -> Mention | None:
        """Let "the third outcome of Technology" name the third that stands under it; or `_join`."""
        between = {token.word for token in tokens[left.last + 1 : right.first]}
        item, linked = left.type == "item", between <= {*_LINKING, "under"} - _BETWEEN_NUMBERS
        if right.type != "item" or not (item or left.type == "kind") or not linked:
            return self._join(tokens, left, right)
        group, kind = self._framework.item(right.ids[0]), left.ids[0]
        below = self._framework.below(group.id, self._framework.item(kind).kind if item else kind)
        first = left.first - (not item)
        places = ordinals_of(tokens[first].word) if between and first >= 0 else []
        if group.parent or not places or abs(places[0]) > len(below):
            return self._join(tokens, left, right)
        nth = below[places[0] - (places[0] > 0)].id
        return Mention("item", (nth,), first, right.last, sure=True)

    def _join(self, tokens: Sequence[Token], left: Mention, right: Mention) -> Mention | None:
        if {left.type, right.type} != {"item", "kind"}:
            return None
        between = tokens[left.last + 1 : right.first]
        if any(token.word not in {"of", "on", "the", "called", "named"} for token in between):
            return None
        item, kind = (left, right) if left.type == "item" else (right, left)
        ids = tuple(one for one in item.ids if self._framework.item(one).kind == kind.ids[0])
        plural = tokens[kind.first].word == self._framework.kind_by_id[kind.ids[0]].plural
        if not ids or (plural and item is right):
            return None
        return Mention("item", ids, left.first, right.last, sure=True)


_PRECEDENCE = ("item", "kind", "description", "entity", "framework", "term")
_DASHES = frozenset("-\u2013")
_TO = _DASHES | {"to", "through"}
_BETWEEN_NUMBERS = _TO | frozenset("and or with number no nr from versus vs".split())
_BETWEEN_ORDINALS = frozenset("and or the versus vs".split())

_LINKING = frozenset("a an and for from in of on or the to with by at as".split())
"""Words that a name can do without."""

_BESIDE = frozenset("be being been is are was were who whose their its our all any".split())
"""Words that may stand inside a name in a question: `survivors be involved`."""

_ASKING_ONLY = frozenset("who whom this whole".split())
"""Words that stand in names, and far more often ask."""


def name_of(framework: Framework, item: Item) -> str:
    """Return an item's name in a sentence: `capability 12 (Victim identity protection)`."""
    kind = framework.kind_by_id[item.kind]
    if item.number is None or not item.title:
        return f"{kind.singular} \u201c{item.label}\u201d"
    return f"{kind.singular} {item.number} ({item.title})"


def heading_of(framework: Framework, item: Item) -> str:
    """Return an item's name as a heading: `Capability 12: Victim identity protection`."""
    kind = framework.kind_by_id[item.kind]
    number = f" {item.number}" if item.number is not None else ""
    return f"{capitalised(kind.singular)}{number}: {item.label}"


def short_name(framework: Framework, item: Item) -> str:
    """Return an item's kind and number, or its title where it has no number: `pillar 3`."""
    kind = framework.kind_by_id[item.kind]
    return f"{kind.singular} {item.number}" if item.number is not None else item.label


def entity_terms(framework: Framework) -> tuple[Synonyms, ...]:
    """Return the entities of a framework as terms: all words for one stand for each other."""
    return tuple(Synonyms(wordings=(one.label, *one.words)) for one in framework.entities)


def sides_of(reading: Reading, names: Names, lexicon: Lexicon) -> dict[str, Side]:
    """Return what the glossary or notes tell of what is compared, if of two or more."""
    if reading.compares < COMPARES:
        return {}
    named = names.named(names.find(lexicon.tokens(reading.text), reading.text))
    # What is asked of items of the page is no matter of the glossary.
    guessed = reading.operation == "compare" and not named.keys() & {*reading.subjects}
    if reading.subjects and not guessed:
        return {}
    sides = names.sides(reading.text)
    return sides if len(sides) > 1 else {}
