"""The items of a session on the page: whose words they are, what they cite, what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from assistant.records import Citation, Statement
from assistant.sessions.session import AgendaLine, Part
from assistant.sessions.session_edit import EXCHANGED, REWORDED, Edited, Slot
from corpus.passage import Corpus
from ui.exports.sessions.session_outline import PARTS_OF
from ui.words.catalogue import say
from ui.words.footnotes import Footnote
from ui.words.phrases import clean

LONGEST_NAME = 80
"""Characters of an item in the name of what is done with it."""


class Numbers:
    """Numbers what a session cites, in order of first mention."""

    def __init__(self, corpus: Corpus) -> None:
        """Start with none."""
        self._corpus = corpus
        self._found: dict[tuple[str, int, int], Footnote] = {}

    def of(self, citations: Iterable[Citation]) -> list[int]:
        """Return the numbers of some citations; what is cited of one passage has one number."""
        by: dict[str, list[Citation]] = {}
        for one in citations:
            by.setdefault(one.passage_id, []).append(one)
        return [self._number(one) for one in by.values()]

    def _number(self, cited: Sequence[Citation]) -> int:
        # One citation stands for several of a passage: a title and the words under it.
        start, end = min(one.start for one in cited), max(one.end for one in cited)
        key = (cited[0].passage_id, start, end)
        if key not in self._found:
            quote = self._corpus.passage(key[0]).text[start:end]
            whole = cited[0].model_copy(update={"start": start, "end": end, "quote": quote})
            number = len(self._found) + 1
            self._found[key] = Footnote.of(whole, self._corpus, number=number)
        return self._found[key].number

    def footnotes(self) -> list[Footnote]:
        """Return what was cited so far."""
        return [*self._found.values()]


class Act(NamedTuple):
    """Something that can be done with an item or a part."""

    do: str
    """What."""

    key: str
    """With what: `messages-3`, `part-quiz`."""

    name: str
    """What is said of it to whoever does not see what it stands beside."""

    is_off: bool = False
    """Whether it cannot be done just now; it can still be reached."""


class Items:
    """The items of a session, part by part, each with what can be done with it."""

    def __init__(self, edited: Edited, drafts: Mapping[str, str]) -> None:
        """Keep them.

        Args:
            edited: the session.
            drafts: words that are being typed for items, by item.
        """
        self._slots, self._order, self._drafts = edited.slots, edited.order, drafts

    def of(self, part: str, tier: str = "") -> list[Slot]:
        """Return the items of a part that are there, of one tier if it is named."""
        left = [one for one in self._slots if one.part == part and not one.removed]
        return [one for one in left if not tier or one.tier == tier]

    def removed(self, part: str) -> list[Slot]:
        """Return the items that were taken out of a part, to be put back."""
        return [one for one in self._slots if one.part == part and one.removed]

    def draft(self, slot: Slot) -> str:
        """Return what is being typed for an item; empty for nothing but its own words."""
        typed = self._drafts.get(slot.id, "")
        return "" if typed.split() == clean(slot.words.text).split() else typed

    def acts(self, slot: Slot, at: int, count: int) -> list[Act]:
        """Return what can be done with an item, beside rewording it.

        Args:
            slot: the item.
            at: its place among those that it is moved among, from 0.
            count: how many they are.
        """
        if slot.part == "care":
            return []
        found = [("another", False)] if slot.part in EXCHANGED else []
        found += [("up", at == 0), ("down", at == count - 1)] if count > 1 else []
        return [self.act(do, slot, is_off=off) for do, off in [*found, ("remove", False)]]

    def act(self, do: str, slot: Slot, *, is_off: bool = False) -> Act:
        """Return something that can be done with an item."""
        words = clean(slot.words.text)
        cut = words if len(words) < LONGEST_NAME else f"{words[: LONGEST_NAME - 1]}\u2026"
        return Act(do, slot.id, say(f"prepare.name_{do}", item=cut), is_off)

    def is_reworded(self, slot: Slot) -> bool:
        """Tell whether an item of its part can be put in other words."""
        return slot.part in REWORDED

    def moves(self, agenda: Sequence[AgendaLine], line: AgendaLine) -> list[Act]:
        """Return the ways to move the part that begins with a stretch of an agenda."""
        parts = [PARTS_OF.get(one.block, one.block) for one in agenda]
        held: list[Part] = [one for one in self._order if one in parts]
        part = PARTS_OF.get(line.block, line.block)
        first = agenda[parts.index(part)]
        if part not in held or len(held) < 2 or first is not line:
            return []
        key, name = f"part-{part}", say(f"prepare.part_{part}")
        ends = (("up", part == held[0]), ("down", part == held[-1]))
        return [Act(do, key, say(f"prepare.name_{do}", item=name), off) for do, off in ends]


def sections_of(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Return statements by the heading that they stand under, in order of first mention."""
    found: dict[str, list[Statement]] = {}
    for one in statements:
        found.setdefault(one.section, []).append(one)
    return found
