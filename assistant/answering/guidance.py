"""The composer of answers from guidance: the sentences that answer, from the sections found."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from assistant.answering.narrowing import Narrowing
from assistant.answering.points import DOCUMENTS, FILE, SAME, Candidate, Points, Wording, candidates
from assistant.answering.precedents import Kin
from assistant.answering.sections import Found, Sections
from assistant.answering.sentences import Sentence, Shares
from assistant.citing.citations import cite_from, note
from assistant.records import Citation, Draft, Statement
from assistant.retrieval.encoder import Scores, Vector
from assistant.understanding.lexicon import contains, stems_of
from assistant.understanding.reading import Side
from corpus.checks.orders import is_order, is_planted
from corpus.passage import Corpus
from corpus.readers.glossary import KIND as TERM

NOTE = "note"  # Value of the facet `kind` of sections of notes.
COMPOSER = "guidance-2"  # Name and version of the composer, for an answer's provenance.
SECTIONS, OF_DOCUMENTS = 6, 10
"""Sections, the best first, whose sentences may answer: of guidance, of texts of any make."""

MOST = 6  # Sentences of an answer.
WORDS = 1.3
"""What the share of the question's words that a sentence says counts for beside its cosine."""

SECTION = 2.0  # What the score of its section counts for.
PRECEDED = 2.0  # What the likest judged question that a sentence answers counts for.
CANDIDATES, FROM_DOCUMENTS = 12, 24
"""Sentences, the best so far, that the pair model reads, of the same."""

SIDE, LONG_SIDE = 2, 3  # Sentences of each thing that is compared, by whether a note tells of it.
NAMING = 1.0  # Log-odds that it answers from which a sentence that names all of them leads.
SIDED = 40  # Sentences of each, the likest, that the pair model reads.
APART = "This is what the sources say of each."  # Where no sentence names all that is compared.

MOST_OF_PART = 4  # Sentences of an answer to one of several things that are asked at once.
ABOUT = 0.03  # What a section gains that is about what the framework's own answer rests on.
ALIKE = 0.9
"""Cosine from which a question is nearly another: 0.7 of those for a definition, 0.04 of others."""

WENT_ON, IN_ONE, SPOKEN = 0.07, 0.3, 0.05
"""What a section gains of the note that speaks best of what is leant on: in a turn before, before
it in the same message; and of the notes that earlier turns spoke of, whether it leans or not."""

HEADING = 12  # Words up to which what ends in no stop is a heading.
FOUND = 10  # Sections of which it is told that they were found.
RESTING = 3  # Sentences, the best first, of which it is told what they rest on in the framework.
NEAREST = 2  # Sentences that are shown as the closest where nothing is said.
MOST_LEFT = 32  # Filters for which it is kept which sections they leave.


Heard = tuple[str, Vector]  # What was said before, and its vector, of unit norm.


class Told(NamedTuple):
    """What guidance says in reply to a question."""

    statements: tuple[Statement, ...] = ()
    """The sentence that answers best, and then the others in reading order, sections together."""

    found: tuple[str, ...] = ()
    """Ids of the best sections, the best first."""

    figures: dict[str, float] = {}
    """What the gate weighs."""

    unknown: tuple[str, ...] = ()
    """Names of the question that no section says."""

    rests: frozenset[str] = frozenset()
    """Passages of other sources that the best of its statements rest on."""

    bears: frozenset[str] = frozenset()
    """Passages of other sources that anything in their sections rests on."""

    nearest: tuple[Citation, ...] = ()
    """The best of its sentences, as citations."""

    read: tuple[Candidate, ...] = ()
    """The sentences that the pair model has read, for fitting what chooses among them."""


class Guidance:
    """Answers questions from the sentences of notes and of glossary entries."""

    def __init__(self, corpus: Corpus, sections: Sections) -> None:
        """Keep what a question is held against.

        Args:
            corpus: all passages and their sources.
            sections: those of guidance.
        """
        self._corpus = corpus
        self.sections = sections
        self._sentences = sections.sentences
        self._is_note = np.array([one.facets["kind"] != TERM for one in sections.passages])
        self._is_own = any(one.facets["tier"] == "document" for one in sections.passages)
        self._depth = OF_DOCUMENTS if self._is_own else SECTIONS
        self._most = FROM_DOCUMENTS if self._is_own else CANDIDATES
        # A note none of whose sentences rests on a published work answers nothing: nobody could
        # check it.
        works = {work.id for one in corpus.sources for work in one.references}
        checked = {
            one.source_id
            for one in sections.passages
            if any(works.intersection(marks) for marks in one.grounds)
        }
        self._sourced = np.array(
            [one.facets["kind"] != NOTE or one.source_id in checked for one in sections.passages]
        )
        self._points = Points.shipped(DOCUMENTS if self._is_own else FILE)
        every = self._sentences.all
        self._wording = cache(lambda at: Wording.of(every[at].text, every[at].passage.id))
        self._place = {one.id: at for at, one in enumerate(sections.passages)}
        # Which of these filters leave.
        self._left = lru_cache(maxsize=MOST_LEFT)(
            lambda only: self._sourced & np.array([only.shows(one.id) for one in sections.passages])
        )

    def tell(
        self,
        text: str,
        vector: Vector,
        today: date,
        *,
        asked: str = "",
        core: str = "",
        about: frozenset[str] = frozenset(),
        terms: bool = True,
        only: Narrowing | None = None,
        near: float = 2.0,
        part: bool = False,
        most: int = MOST,
        before: Heard | None = None,
        entries: Sequence[Side] = (),
        spoken: Sequence[Scores] = (),
    ) -> Told:
        """Return what guidance says; whether it answers is for the gate to judge.

        Args:
            text: the question as it is sought.
            vector: of it, unit norm.
            today: the day on which it is asked.
            asked: the words that ask, as they were typed.
            core: the same as they are sought, where the question tells more besides.
            about: items that the framework's own answer rests on; notes about them are preferred.
            terms: whether an entry of the glossary may answer.
            only: filters; what they leave out is not told, but what is told is held against it.
            near: see `Sections.search`.
            part: whether more than one thing is asked, of which this is one.
            most: sentences that are told, unless `part` or `entries` say otherwise.
            before: what was asked before, which the question leans on, and its vector; the note
                that speaks of it is preferred.
            entries: what is told first, whatever is likelier: an entry of the glossary, or the
                sides of a comparison.
            spoken: which sections are of the note that speaks best of a turn before it, for each,
                whether it leans on them or not; what these say is preferred.
        """
        vector = self.sections.turned(vector)
        kept = self._left(only) if only and only.any else self._sourced
        if not terms:
            kept = kept & self._is_note
        heard = np.max(spoken, axis=0) if spoken else np.zeros(len(kept))
        bonus = SPOKEN * heard
        if about:
            facets = {f"about:{one}" for one in about}
            served = [not facets.isdisjoint(one.facets) for one in self.sections.passages]
            bonus = ABOUT * np.array(served, dtype=np.float64)
        elif before:
            bonus += (IN_ONE if part else WENT_ON) * self.sections.same_note(*before)
        found = self.sections.search(
            text, vector, asked=asked, core=core, kept=kept, near=near, bonus=bonus
        )
        found = found._replace(unknown=_asked_about(found.unknown, asked or text, before))
        if self._is_own:
            # A passage in which somebody planted an order to a machine is no source of an answer.
            sentences = self._sentences
            honest = (
                section
                for section in found.order
                if not any(
                    is_planted(sentences.all[at].text) for at in sentences.of_passage(section)
                )
            )
            found = found._replace(order=tuple(islice(honest, max(self._depth, FOUND))))
        held = self._sentences.coverage(found.concepts)
        scored = self._scored(found, held, vector)
        if not scored:
            return Told(figures=found.figures, unknown=found.unknown)
        most = min(most, MOST_OF_PART) if part or len(entries) == 1 else most
        scored = scored[: self._most]
        odds = self.sections.read(asked or text, [place for _, place in scored])
        sections = {at: float(found.score[at]) for at in found.order[: self._depth]}
        kin = self._kin(found, [place for _, place in scored])
        read = candidates(scored, odds, sections, self._sentences, held, vector, kin)
        own_of = {one.place for one in read if heard[self._sentences.section_of(one.place)]}
        ordered = self._points.order(read, own_of if before else ())
        lead = {"lead": ordered[0].figures["odds"], "lead_most": ordered[0].figures["best"]}
        found = found._replace(figures=found.figures | lead)
        told_of = [[self._place[id_] for id_ in one.passages] for one in entries]
        sides = [[at for at in some if kept[at]] for some in told_of]
        own = [[*chain.from_iterable(map(self._sentences.of_passage, some))] for some in sides]
        own = own if all(own) else []
        both: list[int] = []
        if len(own) > 1:
            every = [*(one.place for one in ordered), *(place for some in own for place in some)]
            both = self._naming_all([one.names for one in entries], every, asked or text)
            own = [self._of_side(some, asked or text, vector) for some in own]
        opening = [*both, *(place for some in own for place in some)]
        most = max(most, len(opening) if len(own) > 1 else 0)
        chosen = self._distinct([one.place for one in ordered], most, opening[:most])
        answer = self._told(found, chosen, today)
        if len(own) > 1:
            headed = self._headed(answer.statements, entries)
            said = (answer.statements[0], *headed[1:]) if both else (note(APART), *headed)
            answer = answer._replace(statements=said)
        return answer._replace(read=tuple(read))

    def _naming_all(
        self, sides: Sequence[Sequence[str]], places: Sequence[int], question: str
    ) -> list[int]:
        """Return the sentence that names all sides and likeliest answers, if one likely does."""
        names = [[*map(stems_of, some)] for some in sides]
        texts = ((one, stems_of(self._sentences.all[one].text)) for one in dict.fromkeys(places))
        found = [
            one
            for one, text in texts
            if all(any(contains(text, name) for name in some) for some in names)
        ]
        odds = self.sections.read(question, found) if found else np.zeros(0)
        return [found[int(odds.argmax())]] if odds.max(initial=0.0) > NAMING else []

    def _of_side(self, places: Sequence[int], question: str, vector: Vector) -> list[int]:
        """Return what is told of a side, of its sentences in order: what opens, the likeliest."""
        sections = [*dict.fromkeys(map(self._sentences.section_of, places))]
        if len(sections) == 1:
            return [*places[:SIDE]]
        cosines = self._sentences.cosines(places, vector)
        read = [places[at] for at in np.argsort(-cosines, kind="stable")[:SIDED]]
        odds = self.sections.read(question, read)
        likeliest = [read[at] for at in np.argsort(-odds, kind="stable") if odds[at] > 0.0]
        first = [int(self._sentences.of_passage(one)[0]) for one in sections[:SIDE]]
        fuller = sorted(first, key=lambda one: -len(self._sentences.all[one].text))
        kept = self._distinct(fuller, SIDE)
        return self._distinct(likeliest, LONG_SIDE, [one for one in first if one in kept])

    def _headed(self, said: Sequence[Statement], sides: Iterable[Side]) -> tuple[Statement, ...]:
        """Head what is said of each side of a comparison with its name."""
        names = dict[str, str]()
        for one in sides:
            first = self.sections.passages[self._place[one.passages[0]]]
            title = first.heading_path[-1 if first.facets["kind"] == TERM else 0]
            names |= dict.fromkeys(one.passages, title)
        sections = [names.get(one.citations[0].passage_id, one.section) for one in said]
        pairs = zip(said, sections, strict=True)
        return tuple(one.model_copy(update={"section": section}) for one, section in pairs)

    def asks(self, section: str, vector: Vector) -> bool:
        """Tell whether a question is nearly an everyday one that a section answers."""
        alike = self._sentences.asked_like(self.sections.turned(vector))
        passages = enumerate(self.sections.passages)
        return any(alike[at] >= ALIKE for at, one in passages if one.id == section)

    def _scored(self, found: Found, held: Shares, vector: Vector) -> list[tuple[float, int]]:
        """Return sentences of the best sections with their scores and places, the best first."""
        sentences, scored = self._sentences, []
        for section in found.order[: self._depth]:
            for place in sentences.of_passage(section):
                if self._is_own and not _tells(sentences.all[place].text):
                    continue
                likeness = float(sentences.cosines([place], vector)[0])
                score = likeness + WORDS * held[place] + SECTION * found.score[section]
                score += sum(PRECEDED * one.answered for one in self._kin(found, [place]))
                scored.append((float(score), int(place)))
        return sorted(scored, key=lambda pair: -pair[0])

    def _kin(self, found: Found, places: Sequence[int]) -> list[Kin]:
        """Return how like the question are those for which some sentences were judged, if any."""
        precedents, likeness = self.sections.precedents, found.likeness
        if precedents is None or likeness is None:
            return []
        return [precedents.kin(place, likeness, found.agreed) for place in places]

    def apart(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return drafts without quoted sentences of guidance that repeat those of one before."""
        told, kept = list[int](), list[Draft]()
        section = self._sentences.section_of
        for draft in drafts:
            own = {one: self._place_of(one) for one in draft.statements if one.kind == "guidance"}
            again = {
                one
                for one, at in own.items()
                for other in told
                if section(at) != section(other) and self._repeating(at, other) >= SAME
            }
            left = tuple(one for one in draft.statements if one not in again)
            kept.append(draft.model_copy(update={"statements": left}) if again else draft)
            told += own.values()
        return kept

    def _place_of(self, said: Statement) -> int:
        """Return where the sentence is that a statement quotes first."""
        cited = said.citations[0]
        inside = map(int, self._sentences.of_passage(self._place[cited.passage_id]))
        return next(at for at in inside if self._sentences.all[at].span.end > cited.start)

    def _distinct(self, places: Sequence[int], most: int, told: Iterable[int] = ()) -> list[int]:
        """Return at most so many sentences, after those `told`; none repeats another section's."""
        chosen, section = dict.fromkeys(told), self._sentences.section_of
        for place in places:
            others = (at for at in chosen if section(at) != section(place))
            if len(chosen) < most and not any(self._repeating(place, at) >= SAME for at in others):
                chosen[place] = None
        return [*chosen]

    def _repeating(self, place: int, other: int) -> float:
        """Return how likely it is that of two sentences one is enough, 0 to 1."""
        cosine = self._sentences.likeness(place, other)
        return self._points.repeats.chance(
            self._wording(place).repeating(self._wording(other), cosine)
        )

    def _told(self, found: Found, chosen: list[int], today: date) -> Told:
        sentences = self._sentences
        lead, *others = chosen
        order = list(dict.fromkeys(map(sentences.section_of, chosen)))
        others.sort(key=lambda one: (order.index(sentences.section_of(one)), one))
        told = [sentences.all[one] for one in (lead, *others)]
        beside = (sentences.all[at] for section in order for at in sentences.of_passage(section))
        best = [sentences.all[one] for one in chosen]
        opening = said(told[0], self._corpus, today).model_copy(update={"section": ""})
        return Told(
            statements=(opening, *(said(one, self._corpus, today) for one in told[1:])),
            found=tuple(self.sections.passages[at].id for at in found.order[:FOUND]),
            figures=found.figures,
            unknown=found.unknown,
            rests=frozenset(ground for one in best[:RESTING] for ground in one.grounds),
            bears=frozenset(ground for one in beside for ground in one.grounds),
            nearest=tuple(
                cite_from(self._corpus, one.passage.id, one.span) for one in best[:NEAREST]
            ),
        )


def _asked_about(names: tuple[str, ...], asked: str, before: Heard | None) -> tuple[str, ...]:
    """Return the names that a turn says itself, without those of what it leans on and ends with."""
    own = asked.removesuffix(before[0]) if before else ""
    return tuple(one for one in names if one in own) if before else names


def _tells(text: str) -> bool:
    """Tell whether a sentence of a text of any make states something.

    A question, a heading and what gives an order to a reader's machine do not.

    >>> _tells("The park opens at nine."), _tells("Opening hours"), _tells("When is it open?")
    (True, False, False)
    """
    words = text.split()
    stops = text.rstrip(" \"'\u201d\u2019)")[-1:] in ".!:;" or len(words) > HEADING
    return stops and len(words) > 2 and not text.rstrip().endswith("?") and not is_order(text)


def said(sentence: Sentence, corpus: Corpus, today: date) -> Statement:
    """Quote a sentence of guidance, with the day for which the works speak that it rests on."""
    source = corpus.source_by_id[sentence.passage.source_id]
    citation = cite_from(corpus, sentence.passage.id, sentence.span)
    return Statement(
        text=sentence.text,
        kind="document" if sentence.passage.facets["tier"] == "document" else "guidance",
        citations=(citation,),
        section=source.title,
        relation="related",
        as_of=max((work.date for work in citation.references), default=""),
        past_review=bool(source.review_by) and date.fromisoformat(source.review_by) < today,
    )
