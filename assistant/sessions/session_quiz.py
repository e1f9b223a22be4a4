"""Situations to judge, and the quiz of a session: cases, then terms, that the structure proves.

The file `situations.toml` ties each reply to an invented situation to one sentence of guidance,
which asks for it or rules it out. What is said of an option is true, false, or nothing.

| asks | of | an option is true if | and false if |
|---|---|---|---|
| `fits` | a situation | its sentence asks for the reply | its sentence rules the reply out |
| `preferred` | a wording to avoid | it is to be used instead | another wording's, not this one's |
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from random import Random

from assistant.citing import ground
from assistant.citing.citations import note, told
from assistant.records import Dropped, Statement
from assistant.sessions import session as records
from assistant.sessions.session import AUDIENCES, Audience, Option, QuizItem, Relation, Talk
from assistant.sessions.session_scope import CARE, Quotes, Scope, points
from corpus.passage import Record, Span, read_toml
from corpus.readers.glossary import Term, plain
from corpus.whole import Whole

FILE = Path(__file__).with_name("situations.toml")

JUDGED, EACH = 5, 7
"""Situations of an exercise at most, and minutes that each takes at least, with its debrief."""

LEAST, DISTRACTORS = 2, 3
"""Wrong options that a question has at least, and those of a question on a term at most."""

NEAR, PLACES = 12, 3
"""Notes, the best first, that situations on a topic rest on; places that keys take in turn."""

FEW = "Few situations rest on the notes of this session, so it has fewer than its time allows."


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
    def rests(self) -> tuple[str, ...]:
        """The ids of the notes that its replies rest on, the right one first."""
        return tuple(reply.rests_on.partition(": ")[0] for reply in self.replies)

    @property
    def about(self) -> str:
        """The id of the note that its right reply rests on."""
        return self.rests[0]


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
        # Questions that do not stand, with why; and what the trainer hears where there are few.
        self.dropped: list[Dropped] = []
        self._ids = {item.id for item in (*scope.tops, *scope.named)}
        count = max(1, min(JUDGED, minutes // EACH))
        # Care is no topic, unless nothing speaks of the topic as care does.
        near = scope.notes[: NEAR if request.topic.strip() else None]
        used = (*(CARE if scope.on_care else ()), *(held.front.id for held in near))
        rank = {name: at for at, name in enumerate(used)}
        care = [said for said in quotes.care(request.audience) if said.citations]
        taught = {said.citations[0].source_id for said in care}
        # Whose key is read out is no question.
        read_out = () if scope.on_care else care
        standing = [
            case
            for case in rng.sample(list(situations().values()), len(situations()))
            if request.audience in case.audiences
            and all(quotes.sentence(reply.rests_on) for reply in case.replies)
            and not any(decides(case.replies[0], said, quotes.whole) for said in read_out)
        ]
        # All of its replies say what it is on; an audience of few is near its own work.
        standing.sort(key=lambda case: len(case.audiences))
        standing.sort(key=lambda case: [rank.get(one, len(rank)) for one in case.rests])
        standing.sort(key=lambda case: case.advanced != (request.level == "advanced"))
        standing.sort(key=lambda case: case.about not in rank)
        kept: dict[str, Mapping[str, bool]] = {}
        for case in standing:
            quoted = ((quotes.sentence(one.rests_on), one.fits) for one in case.replies)
            own = {o.text: fits for o, fits in sorted(quoted, key=itemgetter(1)) if o}
            if not any(_is_alike(own, other) for other in kept.values()):
                kept[case.id] = own
        standing = [case for case in standing if case.id in kept]
        topical = [case for case in standing if case.about in rank]
        first = {case.about: case for case in reversed(topical)}
        topical.sort(key=lambda case: first[case.about] is not case)
        cared = [o for o in standing if o.about not in rank and f"note:{o.about}" in taught]
        rest = [case for case in standing if case not in (*topical, *cared)]
        rest.sort(key=lambda case: self._ids.isdisjoint(quotes.notes[case.about].front.pillars))
        rest.sort(key=lambda case: rank.keys().isdisjoint(case.rests))
        # The quiz has half of those on the topic; of others one, if there is nothing else.
        half = min(count, -(-len(topical) // 2))
        judged = topical[:half] or [*cared, *rest][:1]
        asked = topical[half:] + [case for case in cared[:1] if case not in judged]
        self._cases = asked or [case for case in rest if case not in judged][:1]
        self.count, self.judged = len(judged), {case.about for case in judged}
        self.asked = {case.about for case in self._cases}
        self.few = (FEW,) if self.count < count else ()
        self.exercise = judged + [case for case in rest if case not in judged + self._cases]
        # No exercise that may be taken instead judges these.
        self._spare = [*cared[1:], *self.exercise[self.count * len(points().tasks) :]]

    def talk(self, case: Situation) -> Talk:
        """Return a situation with its debrief: the sentences that decide it, then a good reply."""
        quoted = (self._quotes.sentence(reply.rests_on) for reply in case.replies)
        said = {sentence.text: sentence for sentence in quoted if sentence}
        good = note(f"A good reply: {case.good}")
        return Talk(question=note(f"{case.text} {case.ask}"), points=(*said.values(), good))

    def quiz(self, count: int, messages: Sequence[Statement]) -> tuple[QuizItem, ...]:
        """Return up to `count` items that stand, cases first.

        Of what tests memory, which asks for terms of the key messages, there is one at most.
        """
        chosen: list[QuizItem] = []
        for item in self.standing(messages):
            if not any(o.relation == item.relation != "fits" or is_same(item, o) for o in chosen):
                chosen.append(item)
        self.few = (FEW,) if len(chosen) < count else self.few
        return tuple(chosen[:count])

    def standing(self, messages: Sequence[Statement], *, wide: bool = False) -> list[QuizItem]:
        """Return the items that stand, the best first, `wide` with cases on notes not in use."""
        whole = self._quotes.whole
        stand: list[QuizItem] = []
        places: list[int] = []
        text = " ".join(said.text for said in messages)
        cases = [*self._cases, *(self._spare if wide else ())]
        for relation, subject, words, options in self._asked(cases, text):
            if len(options) <= LEAST:
                continue
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
                good=situations()[subject].good if relation == "fits" else "",
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
        """Ask for the reply that fits, and for terms to use."""
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
        for term in self._rng.sample(near, len(near)):
            words = f"Which term is preferred to the wording \u201c{term.term}\u201d?"
            yield "preferred", term.id, words, self._worded(term, avoid)

    def _worded(self, term: Term, terms: Sequence[Term]) -> list[Option]:
        whole = self._quotes.whole
        said = whole.glossary.instead_of
        options = [
            Option(
                text=said(other),
                right=other == term,
                about=other.id,
                evidence=self._quotes.term(other),
                why=f"It is the term to use instead of \u201c{other.term}\u201d.",
            )
            for other in self._rng.sample(terms, len(terms))
            if said(other)
        ]
        false = {
            option.text.lower(): option
            for option in options
            if truth("preferred", term.id, option, whole) is False
        }
        wrong = self._rng.sample([*false.values()], min(DISTRACTORS, len(false)))
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
    pairs = ([(o.evidence.text if fits else o.text, o.right) for o in two.options] for two in both)
    mine, theirs = (dict(sorted(two, key=itemgetter(1))) for two in pairs)
    return item.relation == other.relation and _is_alike(mine, theirs)


def _is_alike(mine: Mapping[str, bool], theirs: Mapping[str, bool]) -> bool:
    """Tell whether questions share two options, or one that is the key of either."""
    shared = mine.keys() & theirs
    return len(shared) > 1 or any(mine[one] or theirs[one] for one in shared)


def truth(relation: str, subject: str, option: Option, whole: Whole) -> bool | None:
    """Return whether an option is true of its subject, or `None` where the structure is silent.

    Of two entries that may mean the same, or one the wider of the other, nothing is false.
    """
    if relation == "fits":
        replies = situations()[subject].replies if subject in situations() else ()
        reply = next((reply for reply in replies if reply.text == option.text), None)
        return reply.fits if reply and decides(reply, option.evidence, whole) else None
    glossary, said = whole.glossary, whole.glossary.instead_of
    asked, other = glossary.by_id.get(subject), glossary.by_id.get(option.about)
    if not (asked and other and said(asked)) or option.text != said(other):
        return None
    if asked.status != "avoid":
        return None
    if asked == other:
        return True
    mine, theirs = (
        {plain(word) for word in (*term.wordings, term.preferred, term.under, *term.loose)} - {""}
        for term in (asked, other)
    )
    return None if said(asked) == said(other) or mine & theirs else False


def faults(item: QuizItem, whole: Whole) -> tuple[str, ...]:
    """Return why a quiz item cannot stand, each as one sentence; empty if it can."""
    options, by_id = item.options, whole.corpus.by_id
    wrong = sum(not option.right for option in options)
    found = [
        ("It does not have one key.", len(options) - wrong != 1),
        ("It has fewer than two wrong options.", wrong < LEAST),
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
