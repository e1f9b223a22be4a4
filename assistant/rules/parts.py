"""A question taken apart: its words with what they name, and the several things it asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.rules.cues import COMPARISONS
from assistant.rules.lexicon import Lexicon, Token
from assistant.rules.subjects import Mention, Names
from assistant.rules.words import Words
from corpus.structure.graph import Framework

_ASKS = "which|what|who|whom|how|where|when|why"
_POLAR = "is|are|was|do|does|did|has|have|can"
_BEFORE = r"(?:(?:about|roughly|exactly|in|at|on|by|under|for|to|from|until|since|with)\s+)?"
_PART = re.compile(
    rf"[,;.?!]\s+(?:and\s+|but\s+|or\s+|also\s+|then\s+)*(?={_BEFORE}(?:{_ASKS}|{_POLAR})\b)"
    rf"|\s+(?:and|&|\+)\s+(?={_BEFORE}(?:{_ASKS}|is|are|does)\b)",
    re.I,
)
SIDES = re.compile(r"\b(?:and|versus|vs\.?|v\.?|from|with|to|or|against|between|than)\b|[,;]", re.I)

_APART = re.compile(
    r"\b(?:apart from|other than|besides|except(?: for)?|excluding)\s+(?:the\s+)?"
    r"(?:[\w'-]+(?: [\w'-]+){0,3} (?:and|or) (?:the )?)?$",
    re.I,
)

_IN_BRACKETS = re.compile(r"\b(?P<id>[A-Za-z]{1,3}\d*-[A-Za-z]{0,3}\d+) \(")

ASKING = frozenset((*_ASKS.split("|"), *_POLAR.split("|"), "list", "name", "give", "tell", "show"))
"""First words of what asks something."""

NAMED_TYPES = ("item", "kind", "description", "framework", "entity", "excluded")
"""Mentions that account for their words; a glossary term is a topic like any other word."""


class Parts:
    """Takes questions about one framework apart."""

    def __init__(self, framework: Framework, names: Names, lexicon: Lexicon) -> None:
        """Keep what the words of a question are held against."""
        self._framework = framework
        self._found_in = names
        self._lexicon = lexicon
        self._by_id = {item.id.partition(":")[2].lower(): item for item in framework.items}
        self._held = {
            entity.id: sum(entity.id in item.entities for item in framework.items)
            for entity in framework.entities
        }

    def words(self, text: str) -> Words:
        """Return a text's words with what they name."""
        return Words(text, *self._read(text))

    @lru_cache(maxsize=256)  # noqa: B019  # one reader of parts lives as long as its process
    def _read(self, text: str) -> tuple[tuple[Token, ...], tuple[Mention, ...]]:
        """Return tokens and mentions; a question is read many times on its way to an answer."""
        own = self._repeated(text)
        tokens = tuple(
            one
            for one in self._lexicon.tokens(text)
            if not any(start < one.start < end for start, end in own)
        )
        mentions = self._found_in.find(tokens, text)
        return tokens, tuple(self._narrowed(one, tokens, text) for one in mentions)

    def _repeated(self, text: str) -> list[tuple[int, int]]:
        """Return where the words of an item without a title stand in brackets behind its id.

        They say what the id stands for, and name nothing else.
        """
        found = []
        for match in _IN_BRACKETS.finditer(text):
            item = self._by_id.get(match["id"].lower())
            if item and not item.title and text.startswith(item.label, match.end()):
                found.append((match.end() - 1, match.end() + len(item.label)))
        return found

    def _narrowed(self, mention: Mention, tokens: Sequence[Token], text: str) -> Mention:
        """Put the most particular entity first, and take what is set aside out of the question."""
        if self._excepted(mention, tokens, text):
            return mention._replace(type="excluded")
        if mention.type != "entity":
            return mention
        return mention._replace(ids=tuple(sorted(mention.ids, key=self._held.__getitem__)))

    def _excepted(self, mention: Mention, tokens: Sequence[Token], text: str) -> bool:
        """Tell whether what is named is set aside: `apart from criminal justice`."""
        return mention.type in ("item", "entity") and bool(
            _APART.search(text[: tokens[mention.first].start])
        )

    def split(self, text: str) -> list[Words]:
        """Split a question that asks several things; a part that names nothing stays put."""
        parts: list[Words] = []
        start = 0
        for end in [*(match.start() for match in _PART.finditer(text)), len(text)]:
            words = self.words(text[start:end].lstrip(",;.?! "))
            if parts and (self._leads_in(parts[-1]) or not (self._names(words) or words.negated)):
                words = self.words(f"{parts.pop().text}{text[start:end]}")
            if words.tokens:
                parts.append(words)
            start = end
        return [pair for part in parts for pair in self._pairs(part)] or [self.words(text)]

    def named(self, text: str) -> dict[str, float]:
        """Return the items and entities that a text names, with how exactly, 0 to 1."""
        found: dict[str, float] = {}
        for one in self.words(text).mentions:
            if one.type in ("item", "entity", "excluded"):
                long = one.last - one.first
                exact = (
                    1.0 if one.sure or long > 1 else 0.4 if long or one.type == "entity" else 0.1
                )
                found[one.ids[0]] = max(found.get(one.ids[0], 0.0), exact)
        return found

    def pieces(self, text: str) -> tuple[str, ...]:
        """Return what a question asks, piece by piece, whether or not the framework names it.

        A piece without a word of its own stays with the one before it.
        """
        pieces: list[str] = []
        start = 0
        for end in [*(match.start() for match in _PART.finditer(text)), len(text)]:
            piece = text[start:end].strip(",;.?! ")
            if pieces and not self.words(piece).topic("framework"):
                pieces[-1] = f"{pieces[-1]} {piece}"
            elif piece:
                pieces.append(piece)
            start = end
        return tuple(re.sub(r"^(?:and|but|or)\s+", "", piece, flags=re.I) for piece in pieces)

    def _pairs(self, words: Words) -> list[Words]:
        """Split `the Xs of A and the Ys of B`, where each side has a kind and an item."""
        if len(words.items) < 2 or len(words.kinds) < 2 or words.said & COMPARISONS:
            return [words]
        sides = [self.words(piece) for piece in SIDES.split(words.text)]
        return sides if all(side.kinds and side.items for side in sides) else [words]

    def _names(self, words: Words) -> bool:
        """Tell whether a part names anything that can be asked for or about."""
        asked = any(words.asks(kind.asked_by) is not None for kind in self._framework.kinds)
        return bool(asked or words.kinds or words.items or words.entities or words.description)

    def _leads_in(self, words: Words) -> bool:
        """Tell a part that does not stand alone: `if help comes soon, ...`, `which Xs and ...`.

        Nor does one that breaks off where something was set aside: `which Xs, except Y, ...`.
        """
        last = words.mentions[-1] if words.mentions else None
        if last and last.type == "excluded" and last.last == len(words.tokens) - 1:
            return True
        if not self._names(words):
            return words.opens_with not in ASKING
        only_kinds = not (words.items or words.entities or words.topic(*NAMED_TYPES))
        return only_kinds and len(words.tokens) < 4
