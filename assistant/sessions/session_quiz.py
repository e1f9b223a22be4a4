"""Situations to judge, and the quiz of a session: cases, then terms, that the structure proves.

The file `situations.toml` ties each reply to an invented situation to one sentence of guidance,
which asks for it or rules it out. What is said of an option is true, false, or nothing.

| asks | of | an option is true if | and false if |
|---|---|---|---|
| `fits` | a situation | its sentence asks for the reply | its sentence rules the reply out |
| `expands` | an abbreviation | it is its expansion | it is that of an unrelated one |
| `preferred` | a wording to avoid | it is to be used instead | another wording's, not this one's |
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from assistant.citing import ground
from assistant.citing.citations import note, told
from assistant.records import Dropped, Statement
from assistant.sessions import session as records
from assistant.sessions.session import AUDIENCES, Audience, Option, QuizItem, Relation, Talk
from assistant.sessions.session_scope import Quotes, Scope, points
from corpus.passage import Record, Span, read_toml
from corpus.readers.glossary import Glossary, Term, plain
from corpus.whole import Whole

FILE = Path(__file__).with_name("situations.toml")

JUDGED, EACH, USED = 3, 7, 10
"""Situations of an exercise at most, the minutes that each takes with its debrief, and notes of a
session, the best first, that its situations may be on."""

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
        return self.replies[0].rests_on.partition(": ")[0]


@cache
def situations() -> Mapping[str, Situation]:
    """Return all situations by id."""
    rows = read_toml(FILE, dict[str, tuple[Situation, ...]])["situation"]
    return {row.id: row for row in rows}


def decides(reply: Reply, statement: Statement, whole: Whole) -> bool:
    """Tell whether a statement quotes the sentence that a reply rests on."""
    cited, (name, _, words) = statement.citations[0], reply.rests_on.partition(": ")
    passage = whole.corpus.by_id.get(cited.passage_id)
    is_whole = passage and Span(start=cited.start, end=cited.end) in passage.sentences
    return bool(is_whole) and cited.source_id == f"note:{name}" and words in cited.quote


class Situations:
    """The situations of a session, those that bear most on it first, its exercises and its quiz."""

    def __init__(
        self, quotes: Quotes, scope: Scope, request: records.SessionRequest, minutes: int
    ) -> None:
        """Choose for an exercise of some minutes among those whose sentences stand on the day."""
        self._quotes = quotes
        self._rng, rng = Random(request.seed), Random(request.seed)
        # Questions that do not stand, with why.
        self.dropped: list[Dropped] = []
        self._ids = {item.id for item in (*scope.tops, *scope.named)}
        self.count = count = max(1, min(JUDGED, minutes // EACH))
        rank = {held.front.id: at for at, held in enumerate(scope.notes[:USED])}
        tops = {top.id for top in scope.tops}
        care = quotes.care(request.audience)
        taught = {said.citations[0].source_id for said in care if said.citations}
        standing = [
            case
            for case in rng.sample(list(situations().values()), len(situations()))
            if request.audience in case.audiences
            and all(quotes.sentence(reply.rests_on) for reply in case.replies)
        ]
        # Its first reply is what a situation is about; an audience of few is near its own work.
        standing.sort(key=lambda case: (rank.get(case.about, USED), len(case.audiences)))
        topical = [case for case in standing if case.about in rank]
        topical.sort(key=lambda case: case.advanced != (request.level == "advanced"))
        first = {case.about: case for case in reversed(topical)}
        topical.sort(key=lambda case: first[case.about] is not case)
        others = [case for case in standing if case.about not in rank]
        cared = [case for case in others if f"note:{case.about}" in taught]
        rest = [case for case in others if case not in cared]
        rest.sort(key=lambda case: tops.isdisjoint(quotes.notes[case.about].front.pillars))
        self.exercise = [*topical[:count], *rest]
        self.judged = {case.about for case in self.exercise[:count]}
        self._cases = topical[count:] + [case for case in cared if case.about != WELLBEING]
        if len(self._cases) < ENOUGH:
            self._cases += [case for case in cared if case.about == WELLBEING]
        # No exercise that may be taken instead judges these.
        spare = (*cared, *self.exercise[count * len(points().tasks) :])
        self._spare = [case for case in spare if case not in self._cases]

    def talk(self, case: Situation) -> Talk:
        """Return a situation with its debrief: the sentences that decide it, then a good reply."""
        quoted = (self._quotes.sentence(reply.rests_on) for reply in case.replies)
        said = {sentence.text: sentence for sentence in quoted if sentence}
        good = note(f"A good reply: {case.good}")
        return Talk(question=note(f"{case.text} {case.ask}"), points=(*said.values(), good))

    def quiz(self, count: int, messages: Sequence[Statement]) -> tuple[QuizItem, ...]:
        """Return up to `count` items that stand, cases first.

        Of what tests memory, which asks for terms of the key messages, there is one of each kind
        at most, and what an abbreviation stands for only where there is little else.
        """
        chosen: list[QuizItem] = []
        for item in self.standing(messages):
            alike = any(o.relation == item.relation != "fits" or is_same(item, o) for o in chosen)
            enough = len(chosen) >= (FEW if item.relation == "expands" else count)
            if not (alike or enough):
                chosen.append(item)
        return tuple(chosen)

    def standing(self, messages: Sequence[Statement], *, wide: bool = False) -> list[QuizItem]:
        """Return the items that stand, the best first, `wide` with cases on notes not in use."""
        whole = self._quotes.whole
        stand: list[QuizItem] = []
        places: list[int] = []
        text = " ".join(said.text for said in messages)
        cases = [*self._cases, *(self._spare if wide else ())]
        for relation, subject, words, options in self._asked(cases, text):
            places = places or self._rng.sample(range(PLACES), PLACES)
            right, wrong = ([o for o in options if o.right is one] for one in (True, False))
            at, shown = places.pop(), self._rng.sample(wrong, len(wrong))
            shown[at:at] = right
            cites = right[0].evidence.citations if right else ()
            item = QuizItem(
                id="",
                relation=relation,
                subject=subject,
                stem=told(words, cites),
                options=tuple(shown),
            )
            if found := faults(item, whole):
                self.dropped.append(Dropped(text=words, reason=found[0]))
                continue
            evidence, _ = ground.check(tuple(one.evidence for one in shown), whole.corpus.by_id)
            pairs = zip(shown, evidence, strict=True)
            judged = tuple(one.model_copy(update={"evidence": said}) for one, said in pairs)
            stand.append(item.model_copy(update={"options": judged}))
        return stand

    def _asked(
        self, cases: Sequence[Situation], text: str
    ) -> Iterator[tuple[Relation, str, str, Sequence[Option]]]:
        """Ask for the reply that fits, for terms to use, and for what abbreviations stand for."""
        for case in cases:
            options = [
                Option(
                    text=reply.text,
                    right=reply.fits,
                    about=sentence.citations[0].passage_id,
                    evidence=sentence,
                    why=f"\u201c{sentence.text}\u201d",
                )
                for reply in case.replies
                if (sentence := self._quotes.sentence(reply.rests_on))
            ]
            yield "fits", case.id, f"{case.text} {case.ask}", options
        terms, lower = self._quotes.whole.glossary.terms, text.lower()
        avoid = [term for term in terms if term.status == "avoid"]
        near = [
            term
            for term in avoid
            if self._ids.intersection((*term.items, *term.related)) or term.term.lower() in lower
        ]
        known = [term for term in terms if term.expansion and term.status == "use"]
        used = [term for term in known if self._quotes.mentions(text, term.term)]
        for term in self._rng.sample(near, len(near)):
            words = f"Which term is preferred to the wording \u201c{term.term}\u201d?"
            why = "It is the term to use instead of \u201c{}\u201d."
            yield "preferred", term.id, words, self._worded("preferred", term, avoid, why)
        for term in self._rng.sample(used, len(used)):
            options = self._worded("expands", term, known, "It is what {} stands for.")
            yield "expands", term.id, f"What does the abbreviation {term.term} stand for?", options

    def _worded(
        self, relation: Relation, term: Term, terms: Sequence[Term], why: str
    ) -> list[Option]:
        whole = self._quotes.whole
        said = _saying(relation, whole.glossary)
        options = [
            Option(
                text=said(other),
                right=other == term,
                about=other.id,
                evidence=self._quotes.term(other),
                why=why.format(other.term),
            )
            for other in self._rng.sample(terms, len(terms))
            if said(other)
        ]
        false = {
            option.text.lower(): option
            for option in options
            if truth(relation, term.id, option, whole) is False
        }

        def unlike(option: Option) -> tuple[bool, int]:
            """A name beside a common noun, then length in words."""
            text, own = option.text, said(term)
            length = abs(len(text.split()) - len(own.split()))
            return text[0].isupper() != own[0].isupper(), length

        near = sorted(false.values(), key=unlike)[:NEAR]
        wrong = self._rng.sample(near, min(DISTRACTORS, len(near)))
        return [*(option for option in options if option.right), *wrong]


def steps_of(minutes: int, texts: Sequence[str]) -> tuple[records.Step, ...]:
    """Return steps that take `minutes` together: the first half as long as each of the others.

    >>> [step.minutes for step in steps_of(15, ("Read.", "Judge.", "Compare."))]
    [3, 6, 6]
    """
    first = minutes // (2 * len(texts) - 1)
    ends = [first + (minutes - first) * at // (len(texts) - 1) for at in range(len(texts))]
    lengths = [first, *(end - start for start, end in pairwise(ends))]
    return tuple(
        records.Step(minutes=length, text=text) for length, text in zip(lengths, texts, strict=True)
    )


def is_same(item: QuizItem, other: QuizItem) -> bool:
    """Tell whether one of two items asks what the other asks, or gives its key away."""
    fits, both = item.relation == "fits", (item, other)
    mine, theirs = ({o.evidence.text if fits else o.text for o in two.options} for two in both)
    keys = {o.evidence.text if fits else o.text for two in both for o in two.options if o.right}
    return item.relation == other.relation and bool(keys & mine & theirs)


def _saying(relation: str, glossary: Glossary) -> Callable[[Term], str]:
    return glossary.instead_of if relation == "preferred" else lambda term: term.expansion


def truth(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Return whether an option is true of its subject, or `None` where the structure is silent.

    Of two entries that may mean the same, or one the wider of the other, nothing is false.
    """
    if relation == "fits":
        replies = situations()[subject].replies if subject in situations() else ()
        reply = next((reply for reply in replies if reply.text == option.text), None)
        return reply.fits if reply and decides(reply, option.evidence, whole) else None
    glossary, said = whole.glossary, _saying(relation, whole.glossary)
    asked, other = glossary.by_id.get(subject), glossary.by_id.get(option.about)
    if not (asked and other and said(asked)) or option.text != said(other):
        return None
    if relation == "preferred" and asked.status != "avoid":
        return None
    if asked == other:
        return True
    mine, theirs = (
        {plain(word) for word in (*term.wordings, term.preferred, term.under, *term.loose)} - {""}
        for term in (asked, other)
    )
    own, its = (set(plain(term.expansion).split()) for term in (asked, other))
    related = own == its or mine & theirs
    return None if said(asked) == said(other) or related else False


def faults(item: QuizItem, whole: Whole) -> tuple[str, ...]:
    """Return why a quiz item cannot stand, each as one sentence; empty if it can."""
    options, by_id = item.options, whole.corpus.by_id
    wrong = sum(not option.right for option in options)
    found = [
        ("It does not have one key.", len(options) - wrong != 1),
        ("It has fewer than two distractors.", wrong < 2),
        ("Two of its options are the same.", len({plain(o.text) for o in options}) < len(options)),
    ]
    for option in options:
        named, verdict = f"\u201c{option.text}\u201d", "true" if option.right else "false"
        proven = truth(item.relation, item.subject, option, whole) is option.right
        kept, _ = ground.check((option.evidence,), by_id)
        stands = any(said.verdict == "supported" for said in kept)
        held = item.relation == "fits" or option.text in option.evidence.text
        past = stands and held and option.evidence.past_review
        found += [
            (f"The structure does not say that {named} is {verdict}.", not proven),
            (f"The words behind {named} do not stand.", not stands),
            (f"{named} is not among the words that it cites.", stands and not held),
            (f"The source of {named} is past its review.", past),
        ]
    _, lost = ground.check((item.stem,), by_id)
    reason = lost[0].reason if lost else "it cites nothing."
    unproven = bool(lost) or not item.stem.citations
    found.append((f"Its question does not stand: {reason}", unproven))
    return tuple(fault for fault, is_so in found if is_so)
