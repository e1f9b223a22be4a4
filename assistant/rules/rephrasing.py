"""Complete questions: a scope in plain words, or an earlier question with a part changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.draft import listed
from assistant.rules.subjects import name_of
from assistant.rules.words import Words
from corpus.structure.graph import Framework

Span = tuple[int, int]

_POLAR = re.compile(
    r"^\W*(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must)\b", re.I
)
_REQUEST = re.compile(r"^\W*(?:tell|list|compare|explain|describe|show|give|name)\b", re.I)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must)\b", re.I
)


class Rephrasing:
    """Writes questions about one framework that are read as they are meant."""

    def __init__(self, framework: Framework) -> None:
        """Keep the framework that is asked about."""
        self._framework = framework

    def name(self, item_id: str) -> str:
        """Return an item's name as a question says it, so that no other item is meant.

        An item without a title goes by its id, its words behind it.
        """
        item = self._framework.item(item_id)
        if item.number is not None:
            return name_of(self._framework, item)
        kind = self._framework.kind_by_id[item.kind]
        local = item_id.partition(":")[2]
        if item.title and len(self._framework.of_kind(item.kind)) == 1:
            return f"the {kind.singular} ({item.title})"
        return f"{kind.singular} {local} ({item.label})"

    def names(self, item_ids: Sequence[str]) -> str:
        """Return the names of several items, joined as a sentence does."""
        if len(item_ids) < 2:
            return "".join(self.name(one) for one in item_ids)
        return listed([self._short(one) for one in item_ids])

    def _short(self, item_id: str) -> str:
        """Return a name without the words of an item that has no title, which name others."""
        item = self._framework.item(item_id)
        kind = self._framework.kind_by_id[item.kind]
        return self.name(item_id) if item.title else f"{kind.singular} {item_id.partition(':')[2]}"

    def plurals(self, kinds: Sequence[str]) -> str:
        """Return what several kinds are called."""
        return listed([self._framework.kind_by_id[one].plural for one in kinds])

    def about(self, subject: str, kinds: Sequence[str], *, counted: bool = False) -> str:
        """Ask for kinds of thing of a subject, given by its name; for all of it without kinds."""
        if not kinds:
            return f"Tell me about {subject}."
        opening = "How many" if counted else "Which"
        return f"{opening} {self.plurals(kinds)} relate to {subject}?"

    def of(self, item_ids: Sequence[str], kinds: Sequence[str], *, counted: bool = False) -> str:
        """Ask for kinds of thing of items."""
        return self.about(self.names(item_ids), kinds, counted=counted)

    def compared(self, item_ids: Sequence[str], kinds: Sequence[str]) -> str:
        """Ask how items differ, in some kinds of thing if any are given."""
        what = f"the {self.plurals(kinds)} of " if kinds else ""
        return f"Compare {what}{self.names(item_ids)}."

    def which_more(self, more: str, kind: str, item_ids: Sequence[str]) -> str:
        """Ask which of two items has more of a kind, or fewer."""
        first, second = (self.name(one) for one in item_ids)
        return f"Which has {more} {self.plurals([kind])}, {first} or {second}?"

    def whole(self, kinds: Sequence[str], *, counted: bool = False) -> str:
        """Ask for all there are of some kinds on the whole page."""
        if counted:
            return f"How many {self.plurals(kinds)} are there?"
        return f"List all {self.plurals(kinds)}."

    def verified(self, item_ids: Sequence[str], entity_id: str) -> str:
        """Ask whether items have an entity."""
        entity = next(one for one in self._framework.entities if one.id == entity_id)
        kind = self._framework.kind_by_id[entity.kind]
        return f"Is {entity.label} among the {kind.plural} of {self.names(item_ids)}?"

    def entity(self, entity_id: str) -> str:
        """Return what an entity is called."""
        return next(one.label for one in self._framework.entities if one.id == entity_id)

    def reason(self, kinds: Sequence[str], what: str) -> str:
        """Ask why the page has what it has."""
        if kinds and what:
            return f"Why does the page tie {self.plurals(kinds)} like these to {what}?"
        return f"Why does the page list {what or 'these ' + self.plurals(kinds)}?"

    def swapped(self, text: str, words: Words, type_: str, new: str, *, last: bool = False) -> str:
        """Put a new name in the place of what a question names of some type; the only, or all.

        Args:
            text: a complete question.
            words: the same with what it names.
            type_: of the mentions to replace.
            new: what to put there.
            last: whether only the last of several is replaced.
        """
        spans = _joined(
            text,
            [
                (words.tokens[one.first].start, words.tokens[one.last].end)
                for one in words.mentions
                if one.type == type_
            ],
        )
        if last:
            spans = spans[-1:]
        if not spans:
            return ""
        spans[0] = (_with_article(text, spans[0][0]), spans[0][1])
        return sentence(replaced(text, [(spans[0], new), *((one, "") for one in spans[1:])]))

    def lacking(self, kind: str, entity_id: str) -> str:
        """Ask which items of a kind do not have an entity."""
        entity = next(one for one in self._framework.entities if one.id == entity_id)
        plural, shared = (self._framework.kind_by_id[one] for one in (kind, entity.kind))
        return f"Which {plural.plural} do not have {entity.label} as a {shared.singular}?"

    def asked(self, word: str, text: str) -> str:
        """Ask a question with another question word: `When was X adopted?`, `Why was X adopted?`.

        Empty where the question has no such form.
        """
        polar = _POLAR.match(text)
        if polar:
            return f"{word} {text[polar.start(1) :][0].lower()}{text[polar.start(1) + 1 :]}"
        if not re.match(r"^\W*(?:when|how|where|what|which|who)\b", text, re.I):
            return ""
        found = _AUXILIARY.search(text)
        rest = text[found.start() :] if found else ""
        return f"{word} {rest}" if len(rest.split()) > 2 else ""


def replaced(text: str, changes: Iterable[tuple[Span, str]]) -> str:
    """Put new words at spans of a text, which do not overlap; what they leave behind is tidied."""
    for (start, end), new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    text = re.sub(r"(?:\s*(?:,|\band\b|\bor\b))+(?=\s*[?.!]*$)", "", text)
    return re.sub(r"\s+([?.!,])", r"\1", " ".join(text.split()))


def sentence(text: str) -> str:
    """Return a question with a capital in front and a mark behind."""
    text = text.strip().rstrip(",;: ")
    if text[-1:] not in "?.!":
        text += "." if _REQUEST.match(text) else "?"
    return text[:1].upper() + text[1:]


def _with_article(text: str, start: int) -> int:
    """Return where a name starts with the article before it."""
    article = re.search(r"\bthe\s+$", text[:start], re.I)
    return article.start() if article else start


def _joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """Join names that stand for one thing: `capability 12 (Victim identity protection)`."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if (
            found
            and re.fullmatch(r"\s*\(?[^)?.]{0,60}", text[found[-1][1] : start])
            and ("(" in text[found[-1][1] : start])
        ) or (
            found and text[found[-1][1] : start].count("(") > text[found[-1][1] : start].count(")")
        ):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, _closed(text, start, end)) for start, end in found]


def _closed(text: str, start: int, end: int) -> int:
    """Take the bracket behind a name along."""
    opening = re.match(r"\s*\([^()]*\)", text[end:])
    inside = text[start:end].count("(") - text[start:end].count(")")
    if inside > 0:
        closing = text.find(")", end)
        return closing + 1 if closing >= 0 else end
    return end + opening.end() if opening else end
