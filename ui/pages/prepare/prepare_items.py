"""The items of a session on the page: words, whose they are, sources, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.records import Citation, Statement
from assistant.sessions.session import Exercise, QuizItem, Talk
from assistant.sessions.session_edit import EXCHANGED, REWORDED
from assistant.sessions.session_slots import Author, Slot, author_of
from corpus.passage import Corpus
from ui.exports.sessions.session_outline import LETTERS, key_of
from ui.look.templates import escape
from ui.pages.answer.render import panel
from ui.words.catalogue import say
from ui.words.footnotes import Footnote
from ui.words.phrases import clean, day

DISABLED = ' aria-disabled="true"'
"""Of a button that does nothing just now, and still can be reached."""


class Chips:
    """Numbers what a session cites, in order of first mention, as links to its panels."""

    def __init__(self, corpus: Corpus) -> None:
        """Start with none."""
        self._corpus = corpus
        self._found: dict[tuple[str, int, int], Footnote] = {}

    def of(self, citations: Iterable[Citation]) -> str:
        """Return links to some citations; what is cited of one passage has one number."""
        by: dict[str, list[Citation]] = {}
        for one in citations:
            by.setdefault(one.passage_id, []).append(one)
        return "".join(self._chip(self._whole(one)) for one in by.values())

    def _whole(self, cited: Sequence[Citation]) -> Citation:
        """Return one citation for several of a passage: a title and the words under it."""
        first = cited[0]
        if len(cited) == 1:
            return first
        start, end = min(one.start for one in cited), max(one.end for one in cited)
        quote = self._corpus.passage(first.passage_id).text[start:end]
        return first.model_copy(update={"start": start, "end": end, "quote": quote})

    def _chip(self, cited: Citation) -> str:
        key = (cited.passage_id, cited.start, cited.end)
        if key not in self._found:
            number = len(self._found) + 1
            self._found[key] = Footnote.of(cited, self._corpus, number=number)
        number = self._found[key].number
        name = escape(say("prepare.source", number=number))
        return f'<a class="sp-cite" href="#cite-{number}" aria-label="{name}">{number}</a>'

    def panels(self) -> str:
        """Return the panels of all that was cited so far."""
        last = len(self._found)
        return "".join(panel(one, last) for one in self._found.values())


def said(statement: Statement, chips: Chips, *, dated: bool = True) -> str:
    """Return the words of a statement with its sources; the first stays on the line of the end."""
    words, links = clean(statement.text), chips.of(statement.citations)
    before, _, last = words.rpartition(" ")
    kept = f'<span class="sp-kept">{escape(last)} {links}</span>' if links else escape(last)
    text = f"{escape(before)} {kept}" if before else kept
    if dated and statement.as_of:
        when = escape(say("prepare.as_of", day=day(statement.as_of)))
        text += f' <span class="sp-prepare-aside">{when}</span>'
    return text + mark(author_of(statement))


def mark(author: Author) -> str:
    """Return what a reader should know of who wrote an item."""
    if not author:
        return ""
    return f' <strong class="sp-prepare-mark">{escape(say(f"prepare.author_{author}"))}</strong>'


class Items:
    """Draws the items of a part, each with what can be done to it."""

    def __init__(self, chips: Chips, slots: Sequence[Slot], told: tuple[str, str]) -> None:
        """Keep what they are drawn with."""
        self._chips = chips
        self._slots = slots
        self._told = told

    def of(self, part: str, tier: str = "") -> list[Slot]:
        """Return the places of a part that are filled, of one tier if it is named."""
        left = [one for one in self._slots if one.part == part and not one.removed]
        return [one for one in left if not tier or one.tier == tier]

    def listed(self, slots: Sequence[Slot], *, dated: bool = True) -> str:
        """Return places as a list; headings that their statements stand under come between."""
        rows, section = [], ""
        for at, slot in enumerate(slots):
            if slot.part == "messages" and slot.words.section != section and not slot.author:
                section = slot.words.section
                rows.append(f'<li class="sp-prepare-section">{escape(section)}</li>')
            rows.append(self._item(slot, at, len(slots), dated=dated))
        return f'<ul class="sp-prepare-items">{"".join(rows)}</ul>' if rows else ""

    def removed(self, part: str) -> str:
        """Return what was taken out of a part, to be put back."""
        gone = [one for one in self._slots if one.part == part and one.removed]
        if not gone:
            return ""
        rows = "".join(
            f'<li data-item="{one.id}"><span>{escape(one.words.text)}</span>'
            f"{self._under(one.id)}{_button('restore', one)}</li>"
            for one in gone
        )
        name = say("prepare.taken_out", n=len(gone))
        return _folded(name, f"<ul>{rows}</ul>", f"out-{part}", "sp-prepare-out")

    def _item(self, slot: Slot, at: int, count: int, *, dated: bool) -> str:
        body = self._body(slot, dated=dated)
        does = "".join(_button(one, slot, off=off) for one, off in _does(slot, at, count))
        return (
            f'<li class="sp-prepare-item" data-item="{slot.id}">{body}{self._under(slot.id)}'
            f'<div class="sp-prepare-does">{does}</div></li>'
        )

    def _under(self, item: str) -> str:
        return self._told[1] if self._told[0] == item else ""

    def _body(self, slot: Slot, *, dated: bool) -> str:
        value = slot.value
        words = f'<p class="sp-prepare-words">{said(slot.words, self._chips, dated=dated)}</p>'
        if isinstance(value, Talk):
            return words + self._points(value, slot.id)
        if isinstance(value, Exercise):
            return self._exercise(value, words, slot.id)
        return self._question(value) if isinstance(value, QuizItem) else words

    def _points(self, talk: Talk, key: str) -> str:
        points = "".join(f"<li>{said(one, self._chips, dated=False)}</li>" for one in talk.points)
        name = say("prepare.points", n=len(talk.points))
        return _folded(name, f"<ul>{points}</ul>", f"points-{key}")

    def _exercise(self, made: Exercise, words: str, key: str) -> str:
        steps = "".join(
            f"<li><strong>{escape(say('prepare.min', n=one.minutes))}</strong>"
            f" {escape(one.text)}</li>"
            for one in made.steps
        )
        situations = "".join(
            f"<li>{escape(one.question.text)}{self._points(one, f'{key}-{at}')}</li>"
            for at, one in enumerate(made.situations)
        )
        good = escape(made.look_for.text)
        return (
            f"<h4>{escape(made.title)}</h4>{words}<ol>{steps}</ol>"
            f"<h4>{escape(say('prepare.situations'))}</h4><ul>{situations}</ul>"
            f"<p><strong>{escape(say('prepare.look_for'))}</strong> {good}</p>"
        )

    def _question(self, item: QuizItem) -> str:
        stem = f'<p class="sp-prepare-words">{escape(item.stem.text)}</p>'
        rows = "".join(
            f"<li><strong>{letter}.</strong> {escape(one.text)}</li>"
            for letter, one in zip(LETTERS, item.options, strict=False)
        )
        return f'{stem}<ul class="sp-prepare-choices">{rows}</ul>'

    def key(self) -> str:
        """Return the key of the quiz, folded away and apart from its questions."""
        items = [one.value for one in self.of("quiz") if isinstance(one.value, QuizItem)]
        rows = "".join(self._answer(at, one) for at, one in enumerate(items, 1))
        name = say("prepare.key")
        return _folded(name, f"<ol>{rows}</ol>", "key", "sp-prepare-key") if items else ""

    def _answer(self, at: int, item: QuizItem) -> str:
        options = "".join(
            f"<li><strong>{letter}.</strong> {escape(one.text)}:"
            f" {escape(say('prepare.right' if one.right else 'prepare.wrong'))}"
            f" {escape(one.why)} {self._chips.of(one.evidence.citations)}</li>"
            for letter, one in zip(LETTERS, item.options, strict=False)
        )
        stem = f"{escape(item.stem.text)} {self._chips.of(item.stem.citations)}"
        key = f"<strong>{escape(say('prepare.key_is', answer=key_of(item)))}</strong>"
        return f'<li value="{at}"><p>{stem}</p><p>{key}</p><ul>{options}</ul></li>'


def _folded(name: str, body: str, key: str, kind: str = "sp-prepare-fold") -> str:
    summary = f"<summary>{escape(name)}</summary>"
    return f'<details class="{kind}" data-fold="{key}">{summary}{body}</details>'


def _does(slot: Slot, at: int, count: int) -> list[tuple[str, bool]]:
    """Return what can be done with an item, and whether it cannot be done just now."""
    found = [("reword", False)] if slot.part in REWORDED else []
    found += [("another", False)] if slot.part in EXCHANGED else []
    if slot.part == "care":
        return found
    if count > 1:
        found += [("up", at == 0), ("down", at == count - 1)]
    return [*found, ("remove", False)]


def _button(do: str, slot: Slot, *, off: bool = False) -> str:
    shown = say(f"prepare.do_{do}")
    words = clean(slot.words.text)
    name = say(f"prepare.name_{do}", item=words if len(words) < 80 else f"{words[:79]}\u2026")
    text = f' data-words="{escape(slot.words.text)}"' if do == "reword" else ""
    disabled = DISABLED if off else ""
    return (
        f'<button type="button" class="sp-prepare-do" data-do="{do}" data-id="{slot.id}"'
        f' aria-label="{escape(name)}"{text}{disabled}>{escape(shown)}</button>'
    )
