"""The quiz of a session: cases first, then terms, and only what the structure proves.

What it says of an option is true, false, or nothing; no absence counts as false.

| asks | of | an option is true if | and false if |
|---|---|---|---|
| `fits` | a situation | its sentence asks for the reply | its sentence rules the reply out |
| `expands` | an abbreviation | it is its expansion | it is that of an unrelated one |
| `preferred` | a wording to avoid | it is to be used instead | another wording's, not this one's |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from assistant.citing import ground
from assistant.citing.citations import note
from assistant.records import Citation, Dropped, Statement
from assistant.sessions.session import Option, QuizItem, Relation
from assistant.sessions.session_quotes import Quotes
from assistant.sessions.session_scope import Scope
from assistant.sessions.situations import Situations, decides, reply_of
from corpus.readers.glossary import Glossary, Term, plain
from corpus.whole import Whole

DISTRACTORS, NEAR = 3, 9
"""Wrong options that a question on a term has, and how many that look most like the right one they
are drawn of."""

PLACES, FEW = 3, 3
"""Places, from the first, that keys take in turn; and questions from which nobody is asked what an
abbreviation stands for."""


@dataclass
class Quizzing:
    """Makes the items of a quiz, and chooses among them."""

    quotes: Quotes
    scope: Scope
    rng: Random
    chosen: Situations
    places: list[int] = field(default_factory=list)
    """Places of the keys to come, the next one last."""

    def quiz(
        self, count: int, messages: Sequence[Statement]
    ) -> tuple[tuple[QuizItem, ...], list[Dropped]]:
        """Return up to `count` items that stand, and those that do not with why.

        Cases come first; of what tests memory there is one of each kind at most, and last. What an
        abbreviation stands for is asked only where there is little else.

        Args:
            count: how many are wanted.
            messages: the session's key messages; their terms are asked for.
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
        text = " ".join(one.text for one in messages)
        for maker in (self._cases(), self._terms(text), self._expansions(text)):
            for item in maker:
                if wrong := faults(item, self.quotes.whole):
                    dropped.append(Dropped(text=item.stem.text, reason=wrong[0]))
                else:
                    found.append(item)
        return found, dropped

    def _cases(self) -> Iterator[QuizItem]:
        """Ask for the reply that fits; each option cites the sentence that decides it."""
        for situation in self.chosen.quiz:
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
        self.places = self.places or self.rng.sample(range(PLACES), PLACES)
        at, shown = self.places.pop(), self.rng.sample(wrong, len(wrong))
        shown[at:at] = [one for one in options if one.right]
        stem = note(words, cites).model_copy(update={"verdict": "structural"})
        return QuizItem(id="", relation=relation, subject=subject, stem=stem, options=tuple(shown))

    def _terms(self, text: str) -> Iterator[QuizItem]:
        """Ask for the term to use instead of one to avoid, where the session is about either."""
        avoid = [one for one in self.quotes.whole.glossary.terms if one.status == "avoid"]
        ids = {one.id for one in (*self.scope.tops, *self.scope.named)}
        near = [
            one
            for one in avoid
            if ids.intersection((*one.items, *one.related)) or one.term.lower() in text.lower()
        ]
        words = "Which term is preferred to the wording \u201c{}\u201d?"
        why = "It is the term to use instead of \u201c{}\u201d."
        yield from self._worded("preferred", near, avoid, words, why)

    def _expansions(self, text: str) -> Iterator[QuizItem]:
        """Ask what an abbreviation of the session stands for."""
        glossary = self.quotes.whole.glossary
        terms = [one for one in glossary.terms if one.expansion and one.status == "use"]
        used = [one for one in terms if self.quotes.mentions(text, one.term)]
        words = "What does the abbreviation {} stand for?"
        yield from self._worded("expands", used, terms, words, "It is what {} stands for.")

    def _worded(
        self, relation: Relation, asked: Sequence[Term], terms: Sequence[Term], words: str, why: str
    ) -> Iterator[QuizItem]:
        said = _saying(relation, self.quotes.whole.glossary)
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
            near = sorted(false.values(), key=lambda one: _distance(one.text, said(term)))[:NEAR]
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


def _distance(one: str, other: str) -> tuple[bool, int]:
    """Return how unlike two wordings look: a name beside a common noun, then length in words."""
    return one[0].isupper() != other[0].isupper(), abs(len(one.split()) - len(other.split()))


def _saying(relation: str, glossary: Glossary) -> Callable[[Term], str]:
    """Return what gives the words that are asked for of a term."""
    return glossary.instead_of if relation == "preferred" else lambda term: term.expansion


def truth(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Return whether an option is true of its subject, or `None` where the structure is silent."""
    if relation == "fits":
        reply = reply_of(subject, option.text)
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
    return tuple(_faults(item, whole))


def _faults(item: QuizItem, whole: Whole) -> Iterator[str]:
    wrong = [one for one in item.options if not one.right]
    if len(item.options) - len(wrong) != 1:
        yield "It does not have one key."
    if len(wrong) < 2:
        yield "It has fewer than two distractors."
    if len({plain(one.text) for one in item.options}) < len(item.options):
        yield "Two of its options are the same."
    for option in item.options:
        yield from _option_faults(item, option, whole)
    _, lost = ground.check((item.stem,), whole.corpus.by_id)
    if lost or not item.stem.citations:
        yield f"Its question does not stand: {lost[0].reason if lost else 'it cites nothing.'}"


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
