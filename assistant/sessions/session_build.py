"""From a request to a training session, checked statement by statement.

It has ground rules and care, key messages, terms, and what the trainer should know.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from assistant.citing import ground
from assistant.citing.citations import note
from assistant.draft import capitalised, counted, listed
from assistant.records import Citation, Dropped, Statement
from assistant.sessions.session import (
    AgendaLine,
    Column,
    Exercise,
    QuizItem,
    Session,
    SessionRequest,
    SourceLine,
    Talk,
)
from assistant.sessions.session_agenda import ORDER, agenda_of
from assistant.sessions.session_quiz import Quizzing, Situations, numbered, steps_of
from assistant.sessions.session_scope import Quotes, Scope, kinds_below, points, scope_of
from assistant.understanding.lexicon import content_stems
from assistant.understanding.naming import heading_of, name_of, short_name
from corpus.passage import Corpus
from corpus.whole import Whole

COMPOSER = "session-3"

FULL = 60
"""Words that the page prints on all items, from which its slot is not cut short."""

PAST = "Its source is past its review, and enters no session."
"""Why a statement is left out although its words stand."""

ALIKE = 0.6
"""Share of content words from which two messages say the same."""

TOPICS_NAMED, MOST_NOTES = 3, 4
"""Items that an objective names, and notes that key messages are taken from, at most."""

TERMS, MOST_POINTS, MOST_DRAWN = 6, 4, 2
"""Terms of a session's glossary, points of a question for discussion, and items at the top of the
framework that are shown with all under them, at most."""

ASKED = "Which part of this do you meet in your own work, and what is missing there?"

GROUND_RULES = "Ground rules"
TURN = "Where to turn"

DISCLOSURE = ("What to say", "What to avoid", "What to do next")
"""Headings of the note on disclosures, and sections of care."""

TOLD = (*DISCLOSURE, "Wellbeing of participants and trainers")
"""Sections of care that have a place of their own in the agenda."""


def build_session(request: SessionRequest, whole: Whole, today: date) -> Session:
    """Make a training session, the same for the same request, corpus and day; see `Building`."""
    building = Building(request, whole, today)
    return building.session(building.choose())


class Chosen(NamedTuple):
    """What a session is made of; all else follows from it."""

    objectives: tuple[Statement, ...]
    care: tuple[Statement, ...]
    messages: tuple[Statement, ...]
    talks: tuple[Talk, ...]
    exercise: Exercise | None
    quiz: tuple[QuizItem, ...]
    order: tuple[str, ...] = ORDER
    emptied: frozenset[str] = frozenset()
    """Parts that were asked for and of which nothing is left."""


class Building:
    """A session in the making."""

    def __init__(self, request: SessionRequest, whole: Whole, today: date) -> None:
        """Find out what it is about and how its time is shared out.

        Raises:
            SessionError: the length, the subject or the parts are not to be had.
        """
        self.request, self.whole, self.today = request, whole, today
        self.quotes = Quotes(whole, today)
        self._told = sum(one.section in TOLD for one in self.quotes.care(request.audience))
        self.scope: Scope = scope_of(request, whole, today)
        self.agenda = self.agenda_for(request.parts)
        self._rng, same = Random(request.seed), Random(request.seed)
        minutes = self._minutes("exercise")
        self.situations = Situations(self.quotes, self.scope, request, same, minutes)
        self._dropped: list[Dropped] = []

    def agenda_for(
        self, parts: Collection[str], order: Sequence[str] = ORDER
    ) -> tuple[AgendaLine, ...]:
        """Return the lines of the agenda with some parts in an order, or raise as `agenda_of`."""
        named = self.scope.named
        bare = [one.title for one in named if not one.description]
        words = sum(len(one.description.split()) for one in named)
        few = bare if words < FULL else None
        return agenda_of(self.request.minutes, parts, order, self._told, few)

    def choose(self) -> Chosen:
        """Choose what it is made of; each call after the first chooses anew."""
        quotes, scope, parts = self.quotes, self.scope, self.request.parts
        care = self.kept(quotes.care(self.request.audience))
        count = max(4, min(9, self._minutes("guidance") // 2 + 1))
        many = max(1, min(4, self._minutes("discussion") // 5))
        # Questions are taken from messages, whether or not these are shown.
        told = self.kept(messages_of(quotes, scope, count, care))
        shown = told if "messages" in parts else ()
        exercise = next(iter(self.exercises(told)), None)
        talks = self.talks((*told, *said_in(exercise)), many) if "discussion" in parts else ()
        quiz: tuple[QuizItem, ...] = ()
        if "quiz" in parts:
            asked = max(3, min(7, self._minutes("quiz") // 2))
            items, dropped = self.quizzing(self._rng).quiz(asked, told)
            self._dropped += dropped
            quiz = tuple(map(self.judged, items))
        aims = objectives_of(quotes, scope, shown, parts) if "objectives" in parts else ()
        return Chosen(self.kept(aims), care, shown, talks, exercise, quiz)

    def session(self, chosen: Chosen) -> Session:
        """Return the session that is made of what was chosen."""
        request, quotes, scope = self.request, self.quotes, self.scope
        parts = [one for one in request.parts if one not in chosen.emptied]
        agenda = self.agenda_for(parts, chosen.order)
        exercise = chosen.exercise
        if exercise:
            # The agenda may have another time for it by now.
            minutes = sum(one.minutes for one in agenda if one.block == "exercise")
            steps = steps_of(minutes, [one.text for one in exercise.steps])
            exercise = exercise.model_copy(update={"steps": steps})
        whole_page = "messages" in request.parts and not request.topic.strip()
        columns = self._columns() if whole_page else ()
        shown = (*chosen.messages, *said_in(*chosen.talks, exercise))
        used = (*chosen.care, *shown, *said_in(*chosen.quiz))
        facilitator = self.kept(facilitator_of(quotes, scope, used))
        # Wrong options bring in terms that the session does not use.
        keys = (o.evidence for item in chosen.quiz for o in item.options if o.right)
        said = (*shown, *keys, *chosen.objectives, *chosen.care)
        text = "\n".join(one.text for one in said)
        entries = glossary_of(quotes, text) if "glossary" in request.parts else ()
        glossary = self.kept(entries)
        drawn = (item for one in columns for item in one.items)
        all_said = (*chosen.objectives, *drawn, *used, *facilitator, *glossary)
        cited = [one for said in all_said for one in said.citations]
        return Session(
            request=request,
            title=self._title(),
            subjects=tuple(one.id for one in (*scope.tops, *scope.named)),
            objectives=chosen.objectives,
            agenda=tuple(
                one.model_copy(update={"does": self.kept((one.does,))[0]}) for one in agenda
            ),
            columns=columns,
            care=chosen.care,
            messages=chosen.messages,
            talks=chosen.talks,
            exercise=exercise,
            quiz=numbered(chosen.quiz),
            facilitator=facilitator,
            glossary=glossary,
            sources=sources_of(cited, self.whole.corpus),
            dropped=tuple(dict.fromkeys(self._dropped)),
            today=self.today.isoformat(),
            corpus=self.whole.corpus.digest,
            composer=COMPOSER,
            checker=ground.CHECKER,
        )

    def _columns(self) -> tuple[Column, ...]:
        """Return all that the framework lists under an item at the top, by kind, if it stands."""
        framework = self.whole.framework
        return tuple(
            Column(
                top=heading_of(framework, top),
                kind=kind.plural,
                items=self.kept(map(self.quotes.label, items)),
            )
            for top in self.scope.tops[:MOST_DRAWN]
            for kind in kinds_below(framework)
            if (items := framework.below(top.id, kind.id))
        )

    def kept(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return the statements that stand; the others are listed with why."""
        kept, dropped = ground.check(tuple(statements), self.whole.corpus.by_id)
        self._dropped += dropped
        self._dropped += [Dropped(text=one.text, reason=PAST) for one in kept if one.past_review]
        return tuple(one for one in kept if not one.past_review)

    def _minutes(self, block: str) -> int:
        return sum(one.minutes for one in self.agenda if one.block == block)

    def talks(self, told: Sequence[Statement], count: int) -> tuple[Talk, ...]:
        """Return up to `count` questions for discussion, with points that stand and are new."""
        judged = self.situations.judged if "exercise" in self.request.parts else ()
        return self._standing(talks_of(self.quotes, self.scope, told, judged, count))

    def exercises(self, told: Sequence[Statement] = ()) -> tuple[Exercise, ...]:
        """Return the exercises that stand, the best first; no debrief says what was told."""
        if "exercise" not in self.request.parts:
            return ()
        return tuple(
            made.model_copy(
                update={
                    "task": self.kept((made.task,))[0],
                    "look_for": self.kept((made.look_for,))[0],
                    "situations": self._standing(made.situations, told),
                }
            )
            for made in self.situations.exercises()
        )

    def _standing(self, talks: Iterable[Talk], told: Sequence[Statement] = ()) -> tuple[Talk, ...]:
        texts = {one.text for one in told}
        return tuple(
            Talk(question=asked[0], points=self.kept(p for p in one.points if p.text not in texts))
            for one in talks
            if (asked := self.kept((one.question,)))
        )

    def quizzing(self, rng: Random) -> Quizzing:
        """Return what makes the questions of the quiz."""
        return Quizzing(self.quotes, self.scope, rng, self.situations)

    def judged(self, item: QuizItem) -> QuizItem:
        """Give the evidence of each option its verdict; that it stands was seen before."""
        options = tuple(
            one.model_copy(update={"evidence": self.kept((one.evidence,))[0]})
            for one in item.options
        )
        return item.model_copy(update={"options": options})

    def _title(self) -> str:
        scope, topic = self.scope, self.request.topic.strip()
        if self.request.capabilities:
            return listed([one.title for one in scope.named])
        if not topic:
            return listed([heading_of(self.whole.framework, one) for one in scope.tops])
        glossary = self.whole.glossary
        term = glossary.term(topic)
        avoided = term and term.status == "avoid"
        return capitalised(glossary.instead_of(term) if term and avoided else topic)


def statements_of(session: Session) -> tuple[Statement, ...]:
    """Return every statement of a session, in the order of its parts."""
    return (
        *session.objectives,
        *(one.does for one in session.agenda),
        *(one for column in session.columns for one in column.items),
        *session.care,
        *session.messages,
        *said_in(*session.talks, session.exercise, *session.quiz),
        *session.facilitator,
        *session.glossary,
    )


def said_in(*items: Talk | Exercise | QuizItem | None) -> Iterator[Statement]:
    """Yield the statements of some items, in the order in which they are read."""
    for item in items:
        match item:
            case Talk():
                yield from (item.question, *item.points)
            case Exercise():
                yield from (*said_in(*item.situations), item.task, item.look_for)
            case QuizItem():
                yield from (item.stem, *(one.evidence for one in item.options))


def sources_of(citations: Iterable[Citation], corpus: Corpus) -> tuple[SourceLine, ...]:
    """Return the sources of some citations in the corpus's order, with the places and works."""
    about = {"id", "title", "publisher", "tier", "as_of", "licence"}
    by: dict[str, list[Citation]] = {}
    for one in citations:
        by.setdefault(one.source_id, []).append(one)
    return tuple(
        SourceLine(
            **source.model_dump(include=about),
            locators=tuple(dict.fromkeys(one.locator for one in by[source.id])),
            works=tuple({ref.id: ref for one in by[source.id] for ref in one.references}.values()),
        )
        for source in corpus.sources
        if source.id in by
    )


def messages_of(
    quotes: Quotes, scope: Scope, count: int, beside: Sequence[Statement] = ()
) -> tuple[Statement, ...]:
    """Return the key messages: items of the framework, then up to `count` of guidance.

    Each of the best notes gives its most useful sentences in turn, that on each item among them;
    nothing is said twice, nor what the session says `beside`.
    """
    framework = quotes.whole.framework
    found = [quotes.entry(one, heading_of(framework, framework.top(one.id))) for one in scope.named]
    said = list(beside)
    few = scope.named if len(scope.named) <= TOPICS_NAMED else ()
    lead = [
        one
        for item in few
        for one in scope.notes
        if set(content_stems(item.title)) <= set(content_stems(one.front.title))
    ]
    notes = {one.front.id: one for one in (*scope.notes[:1], *lead, *scope.notes)}
    queues = [quotes.points(one) for one in [*notes.values()][: max(MOST_NOTES, count // 2)]]
    guidance: list[list[Statement]] = [[] for _ in queues]
    while sum(map(len, guidance)) < count and any(queues):
        for queue, taken in zip(queues, guidance, strict=True):
            while queue and not is_new(queue[0], said):
                queue.pop(0)
            if queue and sum(map(len, guidance)) < count:
                taken.append(queue.pop(0))
                said.append(taken[-1])
    return (*found, *(one for taken in guidance for one in taken))


def is_new(statement: Statement, others: Iterable[Statement]) -> bool:
    """Tell whether a statement says something that the others do not."""
    words = set(content_stems(statement.text))
    return all(
        len(words & held) < ALIKE * min(len(words), len(held))
        for held in (set(content_stems(one.text)) for one in others)
        if held and words
    )


def talks_of(
    quotes: Quotes, scope: Scope, told: Sequence[Statement], judged: Collection[str], count: int
) -> tuple[Talk, ...]:
    """Return up to `count` questions for discussion, each with points that the sources give.

    None is on a note of `judged`, which has a situation; no point is among what is `told`.
    """
    found = []
    for one in scope.notes:
        ask = points().of(one).ask
        said = [point for point in quotes.points(one) if is_new(point, told)][:MOST_POINTS]
        if ask and said and one.front.id not in judged:
            found.append(Talk(question=note(ask, said[0].citations), points=tuple(said)))
    cites = [cited for one in told if one.kind == "framework" for cited in one.citations]
    if cites:
        found.append(Talk(question=note(ASKED, cites), points=()))
    return tuple(found[:count])


def objectives_of(
    quotes: Quotes, scope: Scope, messages: Sequence[Statement], parts: Collection[str]
) -> tuple[Statement, ...]:
    """Return what participants can do at the end: notes that cite what they are about.

    The section of each is the block of the agenda in which it is learned.
    """
    framework = quotes.whole.framework
    said = [one for one in messages if one.kind == "guidance"]
    first = list({one.section: one for one in said}.values())[:MOST_NOTES]
    named = scope.named
    found = [note("Receive a disclosure calmly, and say whom you tell, and when.", (), "care")]
    if "messages" in parts:
        asks = f"Place your work in the framework, under {listed([one.title for one in named])}."
        if len(named) > TOPICS_NAMED:
            tops = listed([name_of(framework, one) for one in scope.tops])
            many = counted(len(named), framework.kind_by_id[named[0].kind])
            asks = f"Place your work in the framework, under {tops}: {many}."
        found.append(note(asks, [quotes.title(one) for one in named], "page"))
    if first:
        notes = [one.citations[0].source_id.removeprefix("note:") for one in first]
        text = f"{capitalised('; '.join(points().note[one].can for one in notes))}."
        found.append(note(text, [one.citations[0] for one in first], "guidance"))
    if "exercise" in parts:
        text = "Decide what you do in a situation of your own work, and give the reason."
        found.append(note(text, (), "exercise"))
    found.append(note("Name one step for your own work, and the partner it needs.", (), "close"))
    return tuple(found)


def facilitator_of(
    quotes: Quotes, scope: Scope, used: Sequence[Statement]
) -> tuple[Statement, ...]:
    """Return what the trainer should know: what to prepare, of the page, and what is missing."""
    framework = quotes.whole.framework
    safe = quotes.sentence("safe-training-sessions: A trainer should know the host")
    first = [*([safe] if safe else []), *map(note, points().before)]
    tops = listed([short_name(framework, one) for one in scope.tops])
    kind = framework.kind_by_id[scope.named[0].kind].singular
    page = [
        f"The framework page ties its outcomes and partners to {tops} as a whole, and to no {kind}."
    ]
    doubts = (doubt for one in used for cited in one.citations for doubt in cited.doubts)
    page += [f"A doubt about the page's words. {capitalised(one)}" for one in dict.fromkeys(doubts)]
    return (
        *(one.model_copy(update={"section": "Before the session"}) for one in first),
        *(note(one, (), "About the page") for one in page),
        *(note(one, (), "What the sources lack") for one in scope.missing),
    )


def glossary_of(quotes: Quotes, text: str) -> tuple[Statement, ...]:
    """Return the entries of the first terms that a text uses, by term."""
    own = {one.singular for one in quotes.whole.framework.kinds}
    names = {word for one in quotes.whole.corpus.publishers for word in one.lower().split()}
    used = [
        one
        for one in quotes.whole.glossary.terms
        if one.status == "use"
        and one.term not in own
        and one.term.lower() not in names
        and (one.expansion or one.note)
        and any(
            quotes.mentions(text, word) for word in ((one.term,) if one.expansion else one.wordings)
        )
    ]
    # What is met first is explained first; other wordings of a term come after it.
    used.sort(key=lambda one: text.lower().find(one.term.lower()) % (len(text) + 1))
    # An entry that opens with its term says what it is; others speak of words.
    plain = [
        one
        for one in map(quotes.term, used)
        if one.section.lower() in " ".join(one.text.lower().split()[: len(one.section.split()) + 1])
    ]
    return tuple(sorted(plain[:TERMS], key=lambda one: one.section.lower()))
