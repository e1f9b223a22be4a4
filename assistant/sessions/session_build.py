"""From a request to a training session, checked statement by statement."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import accumulate, chain, combinations, pairwise
from operator import itemgetter
from typing import NamedTuple

from assistant.citing import ground
from assistant.citing.citations import note, told
from assistant.draft import capitalised, counted, listed
from assistant.errors import SessionError
from assistant.records import Dropped, Statement
from assistant.sessions import session as records
from assistant.sessions.session import Exercise, Part, Session, SessionRequest, Talk, said_in
from assistant.sessions.session_quiz import Situations, steps_of
from assistant.sessions.session_scope import REMEMBERED, Near, Quotes, Scope, points
from assistant.understanding.lexicon import content_stems
from assistant.understanding.naming import heading_of, name_of, short_name
from corpus.passage import Reference
from corpus.whole import Whole

COMPOSER = "session-4"
SHORTEST, LONGEST = 30, 240  # Minutes that a session may last.
STRETCH, BREAK = 90, 10  # Minutes that nobody sits without a break, and minutes of a break.

COARSE, PIECE = 45, 60
"""Minutes from which blocks are whole fives, as far as the length allows; and those that one line
of the agenda lasts at most: a longer block is told in parts."""

FULL = 60  # Words that the page prints on all items, from which its slot is not cut short.
ALIKE = 0.6  # Share of content words from which two messages say the same.

TOPICS_NAMED, MOST_NOTES = 3, 4
"""Items that an objective names, and notes of key messages, of which each has an aim, at most."""

TERMS, MOST_POINTS, MOST_DRAWN, MOST_MESSAGES = 6, 4, 2, 14
"""Terms of a session's glossary, points of a question for discussion, items at the top of the
framework that are shown with all under them, and sentences of guidance, at most."""

GROUND_RULES, TURN, IN_SHORT = "Ground rules", "Where to turn", "The framework in short"

BLANK = "__________"
"""What a host fills in."""

DISCLOSURE = ("What to say", "What to avoid", "What to do next")
"""Headings of the note on disclosures, and sections of care."""

TOLD = (*DISCLOSURE, "Wellbeing of participants and trainers")
"""Sections of care that have a place of their own in the agenda."""

ORDER: tuple[Part, ...] = ("messages", "discussion", "exercise", "quiz")
"""Parts that take time, in the order of a session."""


class _Block(NamedTuple):
    id: str
    part: str
    weight: int
    least: int
    most: int
    title: str


_BLOCKS = (
    _Block("opening", "", 8, 4, 20, "Welcome and ground rules"),
    _Block("care", "", 16, 3, 20, "If somebody discloses abuse, and wellbeing"),
    _Block("page", "messages", 8, 4, 20, "What the framework says"),
    _Block("guidance", "messages", 20, 4, LONGEST, "What the guidance adds"),
    _Block("discussion", "discussion", 12, 4, LONGEST, "Discussion"),
    _Block("exercise", "exercise", 30, 5, LONGEST, "Exercise"),
    _Block("quiz", "quiz", 10, 3, 30, "Quiz"),
    _Block("close", "", 6, 3, 15, "Close"),
)


def agenda_of(
    minutes: int,
    parts: Collection[str],
    order: Sequence[str] = ORDER,
    lines: int = 40,
    bare: Sequence[str] | None = None,
) -> tuple[records.AgendaLine, ...]:
    """Return the lines of a session of 30 to 240 minutes, which add up to `minutes`.

    The `lines` on disclosures and wellbeing take half a minute each. Where the framework has so
    few words on the subject that they take five minutes at most, `bare` has the titles without any
    description. `SessionError` where the length is out of range, or the parts cannot fill it.
    """
    if not SHORTEST <= minutes <= LONGEST:
        raise SessionError(
            f"A session lasts {SHORTEST} to {LONGEST} minutes, not {minutes}; choose another"
            " length."
        )
    most = {"care": -(-lines // 10) * 5, "page": LONGEST if bare is None else 5}
    known = [block._replace(most=min(block.most, most.get(block.id, LONGEST))) for block in _BLOCKS]
    *first, last = [block for block in known if not block.part]
    held = [block for block in known if block.part and block.part in parts]
    blocks = [*first, *sorted(held, key=lambda block: order.index(block.part)), last]
    if sum(block.most for block in blocks) < minutes:
        raise SessionError(
            f"These parts do not fill {minutes} minutes; add messages, discussion or an"
            " exercise, or make the session shorter."
        )
    for breaks in range(LONGEST // STRETCH + 2):
        pieces = _pieces(blocks, minutes - BREAK * breaks)
        lengths = [length for _, _, length in pieces]
        stretches = {
            places: max(sum(lengths[a:b]) for a, b in pairwise((0, *places, len(lengths))))
            for places in combinations(range(1, len(lengths)), breaks)
        }
        best = min(stretches, key=stretches.__getitem__, default=None)
        if best is not None and stretches[best] <= STRETCH:
            break
    else:
        raise SessionError(f"No agenda of {minutes} minutes was found; choose another length.")
    for at in reversed(best):
        pieces.insert(at, ("break", "Break", BREAK))
    starts = accumulate((lasts for _, _, lasts in pieces), initial=0)
    does = dict(points().does)
    if bare:
        does["page"] += f" {does['bare'].format(listed(bare))}"
    return tuple(
        records.AgendaLine(start=start, minutes=lasts, block=id_, title=title, does=told(does[id_]))
        for start, (id_, title, lasts) in zip(starts, pieces, strict=False)
    )


def _pieces(blocks: Sequence[_Block], minutes: int) -> list[tuple[str, str, int]]:
    """Share minutes out by weight, in fives as far as they go, as blocks, titles and lengths."""
    lengths = [block.least if minutes < COARSE else -(-block.least // 5) * 5 for block in blocks]
    while (left := minutes - sum(lengths)) > 0:
        open_ = [at for at, block in enumerate(blocks) if lengths[at] < block.most]
        if left < 5:
            at = max(open_, key=lambda place: (lengths[place], -place))
            lengths[at] += min(left, blocks[at].most - lengths[at])
            continue
        # Whoever is furthest behind its share gets up to the next five.
        at = min(open_, key=lambda place: (lengths[place] / blocks[place].weight, place))
        lengths[at] += 5 - lengths[at] % 5
    pieces = []
    for block, length in zip(blocks, lengths, strict=True):
        count = -(-length // PIECE)
        for number in range(count):
            title = f"{block.title}, part {number + 1}" if count > 1 else block.title
            pieces.append((block.id, title, length // count + (number < length % count)))
    return pieces


def build_session(request: SessionRequest, whole: Whole, today: date, near: Near) -> Session:
    """Make a training session, the same for the same request, corpus and day; see `Building`."""
    building = Building(request, whole, today, near)
    return building.session(building.choose(), request.parts)


class Building:
    """A session in the making."""

    def __init__(self, request: SessionRequest, whole: Whole, today: date, near: Near) -> None:
        """Find out what it is about and how its time is shared out, or raise `SessionError`."""
        self.request, self.whole, self.today = request, whole, today
        self.quotes = Quotes(whole, today)
        self._dropped: list[Dropped] = []
        self.care = self.kept(self.quotes.care(request.audience))
        self.scope = Scope(request, whole, today, near)
        self.care += self.kept(note(one, (), IN_SHORT) for one in self.scope.elsewhere)
        self.agenda = self.agenda_for(request.parts)
        minutes = self._minutes("exercise")
        self.situations = Situations(self.quotes, self.scope, request, minutes)

    def agenda_for(
        self, parts: Collection[str], order: Sequence[str] = ORDER
    ) -> tuple[records.AgendaLine, ...]:
        """Return the lines of the agenda with some parts in an order, or raise as `agenda_of`."""
        named = self.scope.named
        words = sum(len(item.description.split()) for item in named)
        bare = [item.title for item in named if not item.description] if words < FULL else None
        lines = sum(said.section in TOLD for said in self.care)
        return agenda_of(self.request.minutes, parts, order, lines, bare)

    def _minutes(self, block: str) -> int:
        return sum(line.minutes for line in self.agenda if line.block == block)

    def kept(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """Return the statements that stand; the others are listed with why."""
        checked, dropped = ground.check(tuple(statements), self.whole.corpus.by_id)
        # Left out although its words stand.
        reason = "Its source is past its review, and enters no session."
        past = (Dropped(text=one.text, reason=reason) for one in checked if one.past_review)
        self._dropped += [*dropped, *past]
        return tuple(said for said in checked if not said.past_review)

    def choose(self) -> Session:
        """Return a session with what it is made of, from which all else follows.

        Each call after the first chooses anew.
        """
        request, parts = self.request, self.request.parts
        # Questions are taken from messages, whether or not these are shown.
        known = self.messages(max(4, min(MOST_MESSAGES, self._minutes("guidance") // 2 + 1)))
        shown = known if "messages" in parts else ()
        exercise = next(iter(self.exercises()), None)
        count = max(1, min(4, self._minutes("discussion") // 5))
        talks = self.talks((*known, *said_in(exercise)), count) if "discussion" in parts else ()
        count = max(3, min(7, self._minutes("quiz") // 2))
        quiz = self.situations.quiz(count, known) if "quiz" in parts else ()
        self._dropped += self.situations.dropped
        return Session(
            request=request,
            title=self._title(),
            subjects=tuple(item.id for item in (*self.scope.tops, *self.scope.named)),
            objectives=self.kept(self._objectives(shown)) if "objectives" in parts else (),
            columns=self._columns() if "messages" in parts and not request.topic.strip() else (),
            care=self.care,
            messages=shown,
            talks=talks,
            exercise=exercise,
            quiz=quiz,
            today=self.today.isoformat(),
            corpus=self.whole.corpus.digest,
            composer=COMPOSER,
            checker=ground.CHECKER,
        )

    def session(
        self, chosen: Session, parts: Collection[str], order: Sequence[str] = ORDER
    ) -> Session:
        """Return what was chosen with all that follows from it, for some parts in an order."""
        # It may have another time for the exercise by now.
        self.agenda = self.agenda_for(parts, order)
        exercise = chosen.exercise
        if exercise:
            steps = steps_of(self._minutes("exercise"), [step.text for step in exercise.steps])
            exercise = exercise.model_copy(update={"steps": steps})
        shown = (chosen.messages, chosen.talks, exercise)
        # What the handout prints, beside its quiz.
        asked = tuple(o.question for o in chosen.talks + (exercise.situations if exercise else ()))
        said = said_in((chosen.messages, asked, chosen.objectives, chosen.care))
        text = "\n".join(statement.text for statement in said)
        follows = {
            "agenda": self.agenda,
            "exercise": exercise,
            "quiz": tuple(
                item.model_copy(update={"id": f"Q{at}"}) for at, item in enumerate(chosen.quiz, 1)
            ),
            "facilitator": self.kept(self._facilitator((chosen.care, shown, chosen.quiz))),
            "glossary": self.kept(self._glossary(text))
            if "glossary" in chosen.request.parts
            else (),
        }
        session = chosen.model_copy(update=follows)
        works: dict[str, dict[Reference, None]] = {}
        for citation in (one for said in said_in(session) for one in said.citations):
            works.setdefault(citation.source_id, {}).update(dict.fromkeys(citation.references))
        sources = tuple(
            source.model_copy(update={"references": tuple(works[source.id])})
            for source in self.whole.corpus.sources
            if source.id in works
        )
        dropped = tuple(dict.fromkeys(self._dropped))
        return session.model_copy(update={"sources": sources, "dropped": dropped})

    def _title(self) -> str:
        topic, glossary = self.request.topic.strip(), self.whole.glossary
        if self.request.capabilities:
            return listed([item.title for item in self.scope.named])
        if not topic:
            return listed([heading_of(self.whole.framework, top) for top in self.scope.tops])
        term = glossary.term(topic)
        avoided = term and term.status == "avoid"
        return capitalised(glossary.instead_of(term) if term and avoided else topic)

    def _columns(self) -> tuple[records.Column, ...]:
        framework = self.whole.framework
        return tuple(
            records.Column(
                top=heading_of(framework, top),
                kind=kind.plural,
                items=self.kept(map(self.quotes.label, items)),
            )
            for top in self.scope.tops[:MOST_DRAWN]
            for kind in framework.kinds
            if kind.parent == top.kind and (items := framework.below(top.id, kind.id))
        )

    def messages(self, count: int) -> tuple[Statement, ...]:
        """Return the key messages: items of the framework, then up to `count` of guidance.

        Each of the best notes, and of those that are judged and asked on, gives its most useful
        sentences in turn; nothing is said twice, nor what is said of care.
        """
        quotes, scope, framework = self.quotes, self.scope, self.whole.framework
        said = [one for one in self.care if one.citations]
        asked = self.situations.judged | self.situations.asked
        notes = sorted(scope.notes[2:], key=lambda held: held.front.id not in asked)
        used = (*scope.notes[:2], *notes)[: max(MOST_NOTES, count // 2)]
        queues = [self._topical(quotes.points(held), held.front.title) for held in used]
        guidance: list[tuple[int, Statement]] = []
        while len(guidance) < count and any(queues):
            for at, queue in enumerate(queues):
                while queue and not is_new(queue[0], said):
                    queue.pop(0)
                if queue:
                    guidance.append((at, queue.pop(0)))
                    said.append(guidance[-1][1])
        items = [*scope.named, *scope.holding]
        items.sort(key=lambda one: framework.items.index(framework.top(one.id)))
        own = (quotes.entry(one, heading_of(framework, framework.top(one.id))) for one in items)
        return self.kept((*own, *(one for _, one in sorted(guidance[:count], key=itemgetter(0)))))

    def _topical(self, points: Sequence[Statement], title: str) -> list[Statement]:
        """Return the sentence of the aim, then those with words of the topic, then the others."""
        topic = {*content_stems(self.request.topic)}.difference(content_stems(title))
        rest = sorted(points[1:], key=lambda said: topic.isdisjoint(content_stems(said.text)))
        return [*points[:1], *rest]

    def talks(self, known: Sequence[Statement], count: int) -> tuple[Talk, ...]:
        """Return questions on notes without a situation, with points that are not `known`."""
        judged = self.situations.judged if "exercise" in self.request.parts else ()
        found = []
        for held in self.scope.notes:
            ask = points().of(held).ask
            said = [one for one in self.quotes.points(held) if is_new(one, known)][:MOST_POINTS]
            if ask and said and held.front.id not in judged:
                found.append(Talk(question=note(ask, said[0].citations), points=tuple(said)))
                known = (*known, *said)
        cites = [cited for one in known if one.kind == "framework" for cited in one.citations]
        if cites:
            ask = "Which part of this do you meet in your own work, and what is missing there?"
            found.append(Talk(question=note(ask, cites), points=()))
        return self._standing(found[:count])

    def exercises(self) -> tuple[Exercise, ...]:
        """Return the exercises that stand, the best first, each debrief whole."""
        if "exercise" not in self.request.parts:
            return ()
        named, cases, count = points(), self.situations.exercise, self.situations.count
        harder = (named.harder,) if self.request.level == "advanced" else ()
        last = max(0, len(cases) - count)
        starts = dict.fromkeys(min(count * at, last) for at in range(len(named.tasks)))
        tasks = zip(starts, named.tasks, strict=False)
        return tuple(
            Exercise(
                title="Situations to judge" + (f", set {number}" if number > 1 else ""),
                task=told(task),
                steps=steps_of(self._minutes("exercise"), (*named.steps, *harder)),
                look_for=told(named.look_for),
                situations=self._standing(map(self.situations.talk, cases[start : start + count])),
            )
            for number, (start, task) in enumerate(tasks, 1)
        )

    def _standing(self, talks: Iterable[Talk]) -> tuple[Talk, ...]:
        return tuple(
            Talk(question=asked[0], points=self.kept(talk.points))
            for talk in talks
            if (asked := self.kept([talk.question]))
        )

    def _objectives(self, messages: Sequence[Statement]) -> list[Statement]:
        """Return what participants can do at the end, each with the block that teaches it."""
        framework, named, parts = self.whole.framework, self.scope.named, self.request.parts
        aims = [note("Receive a disclosure calmly, and say whom you tell, and when.", (), "care")]
        if "messages" in parts:
            under = listed([item.title for item in named])
            if len(named) > TOPICS_NAMED:
                under = listed([name_of(framework, top) for top in self.scope.tops])
                under += f": {counted(len(named), framework.kind_by_id[named[0].kind])}"
            asks = f"Place your work in the framework, under {under}."
            aims.append(note(asks, [self.quotes.title(item) for item in named], "page"))
        shown = {said.text for said in messages}
        # Each of a note whose first point is shown, which carries it.
        for held in self.scope.notes[:MOST_NOTES]:
            can, first = points().of(held).can, self.quotes.points(held)[:1]
            if can and first and first[0].text in shown:
                aims.append(note(f"{capitalised(can)}.", first[0].citations, "guidance"))
        if "exercise" in parts:
            text = "Decide what you do in a situation of your own work, and give the reason."
            aims.append(note(text, (), "exercise"))
        last = "Name one step for your own work, and the partner it needs."
        return [*aims, note(last, (), "close")]

    def _facilitator(self, used: tuple[object, ...]) -> list[Statement]:
        """Return what the trainer should know: what to prepare, of the page, what is missing."""
        framework, scope = self.whole.framework, self.scope
        tops = listed([short_name(framework, top) for top in scope.tops])
        kind = framework.kind_by_id[scope.named[0].kind].plural
        tied = f"The framework page ties its outcomes and partners to {tops} as a whole"
        cited = (one for said in said_in(used) for one in said.citations)
        # Without their basis, which counts the lines of a file.
        doubts = dict.fromkeys(doubt.partition(": ")[0] for one in cited for doubt in one.doubts)
        page = [f"{tied}, and not to single {kind}."]
        page += [f"A doubt about the page's words. {capitalised(doubt)}." for doubt in doubts]
        return [
            *self.quotes.told(points().before, self.request.audience),
            *(note(text, (), "About the page") for text in page),
            *(note(text, (), "What is missing") for text in scope.missing + self.situations.few),
        ]

    def _glossary(self, text: str) -> list[Statement]:
        whole, mentions = self.whole, self.quotes.mentions
        kinds = {kind.singular for kind in whole.framework.kinds}
        works = (work for source in whole.corpus.sources for work in source.references)
        names = {word for work in works for word in work.publisher.lower().split()}
        used = [
            term
            for term in whole.glossary.terms
            if term.status == "use"
            and term.term not in kinds
            and term.term.lower() not in names
            and (term.expansion or term.note)
            and any(mentions(text, w) for w in ((term.term,) if term.expansion else term.wordings))
        ]
        # What is met first is explained first; other wordings of a term come after it.
        used.sort(key=lambda term: text.lower().find(term.term.lower()) % (len(text) + 1))
        # An entry that opens with its term says what it is; others speak of words.
        plain = [
            entry
            for entry in map(self.quotes.term, used)
            if entry.section.lower()
            in " ".join(entry.text.lower().split()[: len(entry.section.split()) + 1])
        ]
        return sorted(plain[:TERMS], key=lambda entry: entry.section.lower())


def is_new(statement: Statement, others: Iterable[Statement]) -> bool:
    """Tell whether a statement says what no other says, and gives no figure of a work again."""
    words, told = _own_words(statement), [*others]
    return _figures(statement).isdisjoint(chain(*map(_figures, told))) and all(
        len(words & held) < ALIKE * min(len(words), len(held))
        for held in map(_own_words, told)
        if held and words
    )


@lru_cache(maxsize=REMEMBERED)
def _figures(statement: Statement) -> set[tuple[str, str, str]]:
    """Return the figures of a statement, each with a work; no years, and no parts of a law."""
    words = statement.text.split()
    beside = zip(("A", *words), words, (*words[1:], "A"), strict=False)
    named = {word.strip(".,;:") for before, word, after in beside if (before + after).islower()}
    works = [work for one in statement.citations for work in one.references]
    figures = {one for one in named if one.replace(",", "").isdecimal()}
    return {(o.publisher, o.title, one) for o in works for one in figures - {str(o.year)}}


@lru_cache(maxsize=REMEMBERED)
def _own_words(statement: Statement) -> frozenset[str]:
    """Return the stems of a statement without those that say who said it, and when."""
    works = [work for one in statement.citations for work in one.references]
    publishers = {stem for work in works for stem in content_stems(work.publisher)}
    publishers |= {str(work.year) for work in works}
    names = publishers.union(*(content_stems(work.title) for work in works))
    said, _, last = statement.text.rpartition(", ")
    proper = content_stems(" ".join(word for word in last.split() if word[0].isupper()))
    # A short clause at the end with a name in it says whose words these are.
    if len(last) >= len(said) or names.isdisjoint(proper):
        said = statement.text
    return frozenset(content_stems(said)) - publishers
