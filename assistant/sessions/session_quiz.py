"""Situations to judge, and the quiz of a session: cases, then terms, that the structure proves.

Situations are invented, and debriefed with the sentences of guidance that decide them. The file
`situations.toml` ties each reply to one sentence, which asks for the reply or rules it out. That
tie is what a quiz proves its key by. What it says of an option is true, false, or nothing; no
absence counts as false.

| asks | of | an option is true if | and false if |
|---|---|---|---|
| `fits` | a situation | its sentence asks for the reply | its sentence rules the reply out |
| `expands` | an abbreviation | it is its expansion | it is that of an unrelated one |
| `preferred` | a wording to avoid | it is to be used instead | another wording's, not this one's |
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from assistant.citing import ground
from assistant.citing.citations import note
from assistant.records import Citation, Dropped, Statement
from assistant.sessions.session import (
    AUDIENCES,
    Audience,
    Exercise,
    Option,
    QuizItem,
    Relation,
    SessionRequest,
    Step,
    Talk,
)
from assistant.sessions.session_scope import Quotes, Scope, points
from corpus.passage import Record
from corpus.readers.glossary import Glossary, Term, plain
from corpus.whole import Whole

FILE = Path(__file__).with_name("situations.toml")

JUDGED, EACH = 3, 7
"""Situations of an exercise at most, and the minutes that each takes with its debrief."""

USED = 10
"""Notes of a session, the best first, that its situations may be on."""

WELLBEING, ENOUGH = "staff-wellbeing", 3
"""What a quiz asks of only where it has fewer other cases than these."""

DISTRACTORS, NEAR = 3, 9
"""Wrong options that a question on a term has, and how many that look most like the right one they
are drawn of."""

PLACES, FEW = 3, 3
"""Places, from the first, that keys take in turn; and questions from which nobody is asked what an
abbreviation stands for."""


class Reply(Record):
    """What somebody may do in a situation."""

    text: str
    fits: bool
    """Whether the sentence asks for it; else it rules it out."""

    rests_on: str
    """A note and words that one of its sentences holds: `safe-training-sessions: A trainer`."""

    @property
    def note(self) -> str:
        """The id of the note."""
        return self.rests_on.partition(": ")[0]


class Situation(Record):
    """A short invented situation at policy level."""

    id: str
    text: str
    ask: str
    replies: tuple[Reply, ...]
    """One that fits, and two that do not."""

    good: str
    advanced: bool = False
    """Whether it is for those who know much."""

    audiences: tuple[Audience, ...] = AUDIENCES

    @property
    def about(self) -> str:
        """The id of the note that its right reply rests on."""
        return self.replies[0].note


@cache
def situations() -> Mapping[str, Situation]:
    """Return all situations by id."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["situation"]
    return {row["id"]: Situation.model_validate(row) for row in rows}


def decides(reply: Reply, statement: Statement, whole: Whole) -> bool:
    """Tell whether a statement quotes the sentence that a reply rests on."""
    cited, words = statement.citations[0], reply.rests_on.partition(": ")[2]
    passage = whole.corpus.by_id.get(cited.passage_id)
    return (
        cited.source_id == f"note:{reply.note}"
        and words in cited.quote
        and passage is not None
        and any((span.start, span.end) == (cited.start, cited.end) for span in passage.sentences)
    )


class Situations:
    """The situations of a session, those that bear most on it first, with their sentences."""

    def __init__(
        self, quotes: Quotes, scope: Scope, request: SessionRequest, rng: Random, minutes: int
    ) -> None:
        """Choose for an exercise of some minutes; what is judged in it is not in the quiz.

        A situation whose sentences do not all stand on the day is not chosen.
        """
        self._whole, self._level, self._minutes = quotes.whole, request.level, minutes
        self._count = count = max(1, min(JUDGED, minutes // EACH))
        by_id = {one.front.id: one for one in quotes.whole.notes}
        named = {reply.note for one in situations().values() for reply in one.replies}
        self._sentences = {
            name: [one for one in quotes.sentences(by_id[name]) if not one.past_review]
            for name in named & by_id.keys()
        }
        rank = {one.front.id: at for at, one in enumerate(scope.notes[:USED])}
        tops = {one.id for one in scope.tops}
        near = {one for one in by_id if tops.intersection(by_id[one].front.pillars)}
        told = quotes.care(request.audience)
        taught = {one.citations[0].source_id for one in told if one.citations}
        standing = [
            one
            for one in rng.sample(list(situations().values()), len(situations()))
            if request.audience in one.audiences and all(map(self.sentence, one.replies))
        ]
        # Its first reply is what a situation is about; an audience of few is near its own work.
        standing.sort(key=lambda one: (rank.get(one.about, USED), len(one.audiences)))
        topical = [one for one in standing if one.about in rank]
        topical.sort(key=lambda one: one.advanced != (request.level == "advanced"))
        first = {one.about: one for one in reversed(topical)}
        topical.sort(key=lambda one: first[one.about] is not one)
        care = [one for one in standing if f"note:{one.about}" in taught and one not in topical]
        rest = [one for one in standing if one not in (*topical, *care)]
        rest.sort(key=lambda one: one.about not in near)
        self.exercise = [*topical[:count], *rest]
        self.judged = {one.about for one in self.exercise[:count]}
        asked = [*topical[count:], *(one for one in care if one.about != WELLBEING)]
        tired = [one for one in care if one.about == WELLBEING]
        self.quiz = asked if len(asked) >= ENOUGH else [*asked, *tired]

    def sentence(self, reply: Reply) -> Statement | None:
        """Return the one sentence that a reply rests on."""
        said = self._sentences.get(reply.note, ())
        found = [one for one in said if decides(reply, one, self._whole)]
        return found[0] if len(found) == 1 else None

    def exercises(self) -> tuple[Exercise, ...]:
        """Return exercises of one to three situations, those that bear most on the session first.

        The steps of each take the minutes together; a situation takes seven.
        """
        told, count = points(), self._count
        steps = told.steps if self._level == "introductory" else (*told.steps, told.harder)
        last = max(0, len(self.exercise) - count)
        starts = dict.fromkeys(min(count * at, last) for at in range(len(told.tasks)))
        return tuple(
            Exercise(
                title="Situations to judge" + (f", set {number}" if number > 1 else ""),
                task=note(task),
                steps=steps_of(self._minutes, steps),
                situations=tuple(map(self._talk, self.exercise[start : start + count])),
                look_for=note(told.look_for),
            )
            for number, (start, task) in enumerate(zip(starts, told.tasks, strict=False), 1)
        )

    def _talk(self, situation: Situation) -> Talk:
        """Return a situation with its debrief: the sentences that decide it, then a good reply."""
        said = {one.text: one for reply in situation.replies if (one := self.sentence(reply))}
        good = note(f"A good reply: {situation.good}")
        question = note(f"{situation.text} {situation.ask}")
        return Talk(question=question, points=(*said.values(), good))


def steps_of(minutes: int, texts: Sequence[str]) -> tuple[Step, ...]:
    """Return steps that take `minutes` together: the first half as long as each of the others.

    >>> [one.minutes for one in steps_of(15, ("Read.", "Judge.", "Compare."))]
    [3, 6, 6]
    """
    first = minutes // (2 * len(texts) - 1)
    ends = [first + (minutes - first) * at // (len(texts) - 1) for at in range(len(texts))]
    lengths = [first, *(end - start for start, end in pairwise(ends))]
    return tuple(Step(minutes=one, text=text) for one, text in zip(lengths, texts, strict=True))


class Quizzing:
    """Makes the items of a quiz, and chooses among them."""

    def __init__(self, quotes: Quotes, scope: Scope, rng: Random, chosen: Situations) -> None:
        self.quotes, self.scope, self.rng, self.chosen = quotes, scope, rng, chosen
        self._places: list[int] = []
        """Places of the keys to come, the next one last."""

    def quiz(
        self, count: int, messages: Sequence[Statement]
    ) -> tuple[tuple[QuizItem, ...], list[Dropped]]:
        """Return up to `count` items that stand, and those that do not with why.

        Cases come first; of what tests memory, which asks for terms of the key messages, there is
        one of each kind at most, and last. What an abbreviation stands for is asked only where
        there is little else.
        """
        standing, dropped = self.standing(messages)
        chosen: list[QuizItem] = []
        for item in standing:
            alike = any(one.relation == item.relation for one in chosen)
            enough = len(chosen) >= (FEW if item.relation == "expands" else count)
            if not enough and (item.relation == "fits" or not alike):
                chosen.append(item)
        return numbered(chosen), dropped

    def standing(self, messages: Sequence[Statement]) -> tuple[list[QuizItem], list[Dropped]]:
        """Return all items that stand, the best first, and those that do not with why."""
        found: list[QuizItem] = []
        dropped: list[Dropped] = []
        for item in self._made(" ".join(one.text for one in messages)):
            if wrong := faults(item, self.quotes.whole):
                dropped.append(Dropped(text=item.stem.text, reason=wrong[0]))
            else:
                found.append(item)
        return found, dropped

    def _made(self, text: str) -> Iterator[QuizItem]:
        """Ask for the reply that fits, for terms to use, and for what abbreviations stand for."""
        for situation in self.chosen.quiz:
            # Each option cites the sentence that decides it.
            options = [
                Option(
                    text=reply.text,
                    right=reply.fits,
                    about=sentence.citations[0].passage_id,
                    evidence=sentence,
                    why=f"\u201c{sentence.text}\u201d",
                )
                for reply in situation.replies
                if (sentence := self.chosen.sentence(reply))
            ]
            cites = next(one.evidence.citations for one in options if one.right)
            words = f"{situation.text} {situation.ask}"
            yield self._item("fits", situation.id, words, cites, options)
        terms = self.quotes.whole.glossary.terms
        avoid = [one for one in terms if one.status == "avoid"]
        ids = {one.id for one in (*self.scope.tops, *self.scope.named)}
        near = [
            one
            for one in avoid
            if ids.intersection((*one.items, *one.related)) or one.term.lower() in text.lower()
        ]
        words = "Which term is preferred to the wording \u201c{}\u201d?"
        why = "It is the term to use instead of \u201c{}\u201d."
        yield from self._worded("preferred", near, avoid, words, why)
        known = [one for one in terms if one.expansion and one.status == "use"]
        used = [one for one in known if self.quotes.mentions(text, one.term)]
        words, why = "What does the abbreviation {} stand for?", "It is what {} stands for."
        yield from self._worded("expands", used, known, words, why)

    def _item(
        self,
        relation: Relation,
        subject: str,
        words: str,
        cites: tuple[Citation, ...],
        options: Sequence[Option],
    ) -> QuizItem:
        """Return an item whose key takes each place in turn; nothing of it was checked."""
        wrong = [one for one in options if not one.right]
        self._places = self._places or self.rng.sample(range(PLACES), PLACES)
        at, shown = self._places.pop(), self.rng.sample(wrong, len(wrong))
        shown[at:at] = [one for one in options if one.right]
        stem = note(words, cites).model_copy(update={"verdict": "structural"})
        return QuizItem(id="", relation=relation, subject=subject, stem=stem, options=tuple(shown))

    def _worded(
        self, relation: Relation, asked: Sequence[Term], terms: Sequence[Term], words: str, why: str
    ) -> Iterator[QuizItem]:
        said = _saying(relation, self.quotes.whole.glossary)

        def unlike(option: Option, term: Term) -> tuple[bool, int]:
            """A name beside a common noun, then length in words."""
            one, other = option.text, said(term)
            length = abs(len(one.split()) - len(other.split()))
            return one[0].isupper() != other[0].isupper(), length

        for term in self.rng.sample(asked, len(asked)):
            options = [
                Option(
                    text=said(one),
                    right=one == term,
                    about=one.id,
                    evidence=self.quotes.term(one),
                    why=why.format(one.term),
                )
                for one in self.rng.sample(terms, len(terms))
                if said(one)
            ]
            right = [one for one in options if one.right]
            false = {
                one.text.lower(): one
                for one in options
                if truth(relation, term.id, one, self.quotes.whole) is False
            }
            near = sorted(false.values(), key=lambda one: unlike(one, term))[:NEAR]
            wrong = self.rng.sample(near, min(DISTRACTORS, len(near)))
            cites = self.quotes.term(term).citations
            yield self._item(relation, term.id, words.format(term.term), cites, (*right, *wrong))


def numbered(items: Iterable[QuizItem]) -> tuple[QuizItem, ...]:
    """Return items under their places in the quiz: `Q1`."""
    return tuple(one.model_copy(update={"id": f"Q{number}"}) for number, one in enumerate(items, 1))


def is_same(item: QuizItem, other: QuizItem) -> bool:
    """Tell whether one of two items asks what the other asks, or gives its key away."""
    if item.relation != other.relation:
        return False
    if item.relation == "fits":
        return item.subject == other.subject
    mine, theirs = ({one.text for one in two.options} for two in (item, other))
    keys = {one.text for two in (item, other) for one in two.options if one.right}
    return bool(keys & mine & theirs)


def _saying(relation: str, glossary: Glossary) -> Callable[[Term], str]:
    """Return what gives the words that are asked for of a term."""
    return glossary.instead_of if relation == "preferred" else lambda term: term.expansion


def truth(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Return whether an option is true of its subject, or `None` where the structure is silent."""
    if relation == "fits":
        known = situations().get(subject)
        replies = known.replies if known else ()
        reply = next((one for one in replies if one.text == option.text), None)
        return reply.fits if reply and decides(reply, option.evidence, whole) else None
    glossary, said = whole.glossary, _saying(relation, whole.glossary)
    asked, other = glossary.by_id.get(subject), glossary.by_id.get(option.about)
    if asked is None or other is None or (relation == "preferred" and asked.status != "avoid"):
        return None
    own, theirs = said(asked), said(other)
    if not own or option.text != theirs:
        return None
    if asked == other:
        return True
    return None if own == theirs or related(asked, other) else False


def related(term: Term, other: Term) -> bool:
    """Tell whether two entries may mean the same, or one the wider of the other."""
    mine, theirs = (
        {plain(word) for word in (*one.wordings, one.preferred, one.under, *one.loose)} - {""}
        for one in (term, other)
    )
    same = set(plain(term.expansion).split()) == set(plain(other.expansion).split())
    return same or bool(mine & theirs)


def faults(item: QuizItem, whole: Whole) -> tuple[str, ...]:
    """Return why a quiz item cannot stand, each as one sentence; empty if it can."""
    wrong = [one for one in item.options if not one.right]
    found = {
        "It does not have one key.": len(item.options) - len(wrong) != 1,
        "It has fewer than two distractors.": len(wrong) < 2,
        "Two of its options are the same.": len({plain(one.text) for one in item.options})
        < len(item.options),
    }
    told = [fault for fault, is_so in found.items() if is_so]
    for option in item.options:
        told += _option_faults(item, option, whole)
    _, lost = ground.check((item.stem,), whole.corpus.by_id)
    if lost or not item.stem.citations:
        reason = lost[0].reason if lost else "it cites nothing."
        told.append(f"Its question does not stand: {reason}")
    return tuple(told)


def _option_faults(item: QuizItem, option: Option, whole: Whole) -> Iterator[str]:
    if truth(item.relation, item.subject, option, whole) is not option.right:
        told = "true" if option.right else "false"
        yield f"The structure does not say that \u201c{option.text}\u201d is {told}."
    kept, lost = ground.check((option.evidence,), whole.corpus.by_id)
    if lost or kept[0].verdict != "supported":
        yield f"The words behind \u201c{option.text}\u201d do not stand."
    elif item.relation != "fits" and option.text not in option.evidence.text:
        yield f"\u201c{option.text}\u201d is not among the words that it cites."
    elif option.evidence.past_review:
        yield f"The source of \u201c{option.text}\u201d is past its review."
