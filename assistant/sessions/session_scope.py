"""What a session is about, and what it quotes: items, notes that serve them, the glossary."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path

from assistant.answering.guidance import said
from assistant.answering.sentences import Sentence
from assistant.citing.citations import Quoting, note
from assistant.draft import listed
from assistant.errors import SessionError
from assistant.records import Statement
from assistant.sessions.session import AUDIENCES, Audience, SessionRequest
from assistant.understanding.lexicon import content_stems
from assistant.understanding.naming import name_of
from corpus.passage import Record, Span, read_toml
from corpus.readers.glossary import Term
from corpus.readers.notes import PREFIX, Note
from corpus.structure.graph import Framework, Item
from corpus.text import whole_words
from corpus.whole import Whole

FILE = Path(__file__).with_name("points.toml")

CARE = ("safe-training-sessions", "receiving-a-disclosure", "staff-wellbeing")
"""Notes that every session opens with; they are no topic of it."""

NEARLY, APT = 0.75, 0.9
"""Share of the best score from which a note speaks of a topic, and from which it does as well as
the best."""

LEAST, SURE = 0.45, 0.55
"""Cosines under which nothing speaks of a topic, and from which something does outright."""

MOST_PILLARS, MOST_NAMED = 3, 3
"""Items at the top of the framework, and below them, that a topic alone leads to."""

REMEMBERED = 5000  # Texts, or statements, of which it is remembered what they say.
FEW = 3  # Notes on a topic from which no others on the item of the best come after them.


Near = Callable[[str], tuple[float, Mapping[str, float]]]
"""Tells how near guidance comes to a topic, and the scores of its sources; see `Answerer.near`."""


class Point(Record):
    """What a note gives to a session."""

    say: tuple[str, ...] = ()
    can: str = ""
    """Words of its most useful sentences, and what somebody can do with it, without a comma."""

    ask: str = ""
    audiences: tuple[Audience, ...] = AUDIENCES


class Care(Record):
    """What an audience is told: words of ours, or a note and words of its sentence."""

    section: str = "Before the session"
    text: str = ""
    rests_on: str = ""
    audiences: tuple[Audience, ...] = AUDIENCES


class Points(Record):
    """What `points.toml` names, and what trainers and participants are told to do."""

    care: tuple[Care, ...]
    before: tuple[Care, ...]
    tasks: tuple[str, ...]
    steps: tuple[str, ...]
    harder: str
    look_for: str
    does: dict[str, str]
    note: dict[str, Point]

    def of(self, note: Note) -> Point:
        """Return what a note gives; nothing in particular where it is not named."""
        return self.note.get(note.front.id, Point())


@cache
def points() -> Points:
    """Return what the file names."""
    return read_toml(FILE, Points)


class Quotes(Quoting):
    """Statements that quote, from a whole corpus on a day."""

    def __init__(self, whole: Whole, today: date) -> None:
        super().__init__(whole.framework)
        self.whole, self.today = whole, today
        self.notes = {held.front.id: held for held in whole.notes}
        self._quoted: dict[str, list[Statement]] = {}

    def label(self, item: Item) -> Statement:
        """Quote what an item is called: its title, or its words where it has none."""
        return self.joined([self.title(item) if item.title else self.words(item)])

    def sentences(self, note: Note) -> list[Statement]:
        """Quote a note's sentences one by one, each with the day for which its sources speak."""
        quoted = self._quoted.setdefault(note.front.id, [])
        for number, section in enumerate(() if quoted else note.sections, start=1):
            if section.sentences:
                passage = self.whole.corpus.passage(f"{PREFIX}{note.front.id}#{number}")
                for at, span in enumerate(passage.sentences):
                    quoted.append(said(Sentence(passage, span, at), self.whole.corpus, self.today))
        return quoted

    def points(self, note: Note) -> list[Statement]:
        """Quote what is worth saying of a note, the most useful first; all if none is named."""
        all_said = [one for one in self.sentences(note) if not one.past_review]
        say = points().of(note).say
        named = {one.text: one for words in say for one in all_said if words in one.text}
        return [*named.values()] or [one for one in all_said[1:] if one.citations[0].references]

    def care(self, audience: Audience) -> tuple[Statement, ...]:
        """Return what a session opens with; `SessionError` where a note of it is missing or old."""
        for name in CARE:
            held = self.notes.get(name)
            if held is None or held.front.review_by < self.today:
                lost = f"the note {name!r} is missing or past its review; see to it first."
                raise SessionError(f"No session can be made: {lost}")
        return self.told(points().care, audience)

    def told(self, lines: Iterable[Care], audience: Audience) -> tuple[Statement, ...]:
        """Return the lines that are for an audience, each in its section."""
        pairs = (
            (self.sentence(care.rests_on) if care.rests_on else note(care.text), care.section)
            for care in lines
            if audience in care.audiences
        )
        return tuple(one.model_copy(update={"section": section}) for one, section in pairs if one)

    def sentence(self, place: str) -> Statement | None:
        """Quote the sentence of a note that holds some words, if it stands on the day."""
        name, _, words = place.partition(": ")
        quoted = self.sentences(self.notes[name]) if name in self.notes else ()
        return next((one for one in quoted if words in one.text and not one.past_review), None)

    def term(self, term: Term) -> Statement:
        """Quote the first sentence of a glossary entry, under its term."""
        passage = self.whole.corpus.passage(term.id)
        span = Span(start=0, end=passage.sentences[0].end)
        quoted = said(Sentence(passage, span, 0), self.whole.corpus, self.today)
        return quoted.model_copy(update={"section": term.term, "as_of": "", "relation": ""})

    @staticmethod
    def mentions(text: str, wording: str) -> bool:
        """Tell whether a text uses a wording as words of its own; capitals count if it has any.

        >>> Quotes.mentions("The ICSE database", "ICSE"), Quotes.mentions("Unite", "UN")
        (True, False)
        """
        # Most wordings are nowhere in it, and looking for letters alone is quick.
        if wording.lower() not in text.lower():
            return False
        flags = 0 if wording != wording.lower() else re.IGNORECASE
        forms = (wording, f"{wording}s") if wording[-1].isalpha() else (wording,)
        return whole_words(forms, flags=flags).search(text) is not None


class Scope:
    """What a session is about."""

    tops: tuple[Item, ...]
    named: tuple[Item, ...]
    """Items at the top of the framework, and titled items below them that it goes through, in its
    order."""

    holding: tuple[Item, ...]
    on_care: bool
    """Other items under the former whose own words hold the topic; and whether nothing speaks of it
    as much as a note on care does."""

    notes: tuple[Note, ...]
    """Notes that serve them, best first; none past its review, none of those on care."""

    missing: tuple[str, ...]
    elsewhere: tuple[str, ...]
    """What was asked for and not found, in sentences for the trainer; where it stands, for all."""

    def __init__(self, request: SessionRequest, whole: Whole, today: date, near: Near) -> None:
        """Find it out; `SessionError` where the corpus does not have it."""
        self._request, self._whole, self._framework = request, whole, whole.framework
        self._near = near
        self._beside: list[str] = []  # Parts of the topic that nothing speaks of outright.
        self._all_tops, self._titled = subjects_of(self._framework)
        named = [*self._asked(self._titled, request.capabilities)]
        ids = {item.id for item in named}
        own = [one for one in whole.notes if one.front.review_by >= today]
        self._standing = [one for one in own if one.front.id not in CARE]
        # Notes that a session for the audience may use; what is named brings its own.
        self._fitting = [
            one
            for one in self._standing
            if request.audience in points().of(one).audiences
            or ids.intersection(one.front.capabilities[:1])
        ]
        self._find([*self._asked(self._all_tops, request.pillars)], named)

    def _find(self, tops: list[Item], named: list[Item]) -> None:
        framework, topic = self._framework, self._request.topic.strip()
        parts = {one: self._speaking(one) for one in self._parts(topic)}
        widened = [self._widened(part, found) for part, found in parts.items()]
        spoken = {key: weight for found in parts.values() for key, weight in found.items()}
        tops += [framework.top(one.id) for one in named]
        asked = tuple(tops)
        missing = [self._lacking(part, found, tops) for part, found in parts.items()]
        # Where a pillar lacks the best note of a part, no pillar bounds what is said of the topic.
        bounds = [self._is_under(tops, found) for found in parts.values()]
        self._is_wide = not (self._request.pillars and all(bounds))
        if self._is_wide and not named:
            tops += [top for found in parts.values() for top in self._tops_of(found)]
        if not tops:
            if topic:
                nothing = f"Nothing in the corpus for this audience speaks of {topic!r}"
                raise SessionError(f"{nothing}; try other words, or choose a pillar.")
            raise SessionError("Say what the session is about: a pillar, a capability or a topic.")
        self.tops = tuple(sorted(set(tops), key=framework.items.index))
        below = [item for item in self._titled if framework.top(item.id) in self.tops]
        mainly, fitting = (
            Counter(key for one in notes for key in one.front.capabilities[:1])
            for notes in (self._whole.notes, self._fitting)
        )
        # A third of the notes that are mainly on an item fit the audience.
        below = [one for one in below if fitting[one.id] * 3 >= mainly[one.id]] or below
        queues = [self._serving(named or below, one) for one in parts.values() if one]
        mixed = (one for row in zip_longest(*queues) for one in row if one)
        notes = tuple({one.front.id: one for one in mixed}.values())
        self.notes = notes or self._serving(named or below, {})
        self.missing = tuple(filter(None, (*missing, *widened)))
        if not named and spoken:
            least = max((spoken.get(one.front.id, 0.0) for one in self.notes), default=0.0) * APT
            near = (one for one in self.notes if spoken.get(one.front.id, 0.0) >= least)
            serves = [key for one in near for key in one.front.capabilities[:1]]
            own = [one for one in below if one.id in serves]
            own = own or [one for one in below if one.id in spoken] or below
            named = sorted(own, key=lambda one: serves.index(one.id) if one.id in serves else 9)
        chosen = set(named[:MOST_NAMED] if spoken else named or below)
        self.named = tuple(sorted(chosen, key=framework.items.index))
        held = [*self.tops, *self.named]
        own = [one for one in framework.items if one.id in spoken and one not in held]
        self.holding = tuple(one for one in own if framework.top(one.id) in self.tops)
        shown = dict.fromkeys(framework.top(one.id) for one in (*self.named, *self.holding))
        if spoken:
            self.tops = tuple(one for one in self.tops if one in {*asked, *shown})
        lost = [top for top in dict.fromkeys(asked) if top not in shown]
        here, there = (listed([name_of(framework, top) for top in tops]) for tops in (shown, lost))
        says = f"What the framework page says of this stands under {here}, and not under {there}."
        self.elsewhere = (says,) if lost else ()
        self.on_care = any(spoken.get(name) == 1 for name in CARE)

    def _asked(self, items: Sequence[Item], asked: Iterable[int | str]) -> Iterator[Item]:
        ids = [item.id.partition(":")[2] for item in items]
        by_key = {str(item.number): item for item in items}
        by_key |= {item.id.lower(): item for item in items}
        by_key |= dict(zip(map(str.lower, ids), items, strict=True))
        for wanted in asked:
            key = str(wanted).strip().lower()
            if key not in by_key:
                kind = self._framework.kind_by_id[items[0].kind].singular
                numbers = sorted(item.number for item in items if item.number is not None)
                names: Sequence[object] = numbers if isinstance(wanted, int) else ids
                choice = f"choose {names[0]} to {names[-1]}"
                raise SessionError(f"The framework has no {kind} {wanted!r}; {choice}.")
            yield by_key[key]

    def _lacking(self, part: str, found: Mapping[str, float], tops: Sequence[Item]) -> str:
        if not found:
            return f"The corpus has nothing on \u201c{part}\u201d; the session leaves it out."
        if part in self._beside:
            return f"Nothing is outright on \u201c{part}\u201d; the session has what comes closest."
        if self._is_under(tops, found):
            return ""
        under = listed([name_of(self._framework, top) for top in tops])
        lost = f"The note that says most of \u201c{part}\u201d is not under {under}"
        return f"{lost}; the notes on the topic are from all pillars."

    def _is_under(self, tops: Sequence[Item], found: Mapping[str, float]) -> bool:
        """Tell whether what says most of a topic, if anything does, is under items, if any."""
        fronts = [one.front for one in self._fitting if one.front.id in found]
        most, ids = max((found[one.id] for one in fronts), default=0.0), {top.id for top in tops}
        best = [one.pillars for one in fronts if found[one.id] == most]
        return not (tops and best) or any(map(ids.intersection, best))

    def _parts(self, topic: str) -> list[str]:
        """Return what a topic joins with “and”, each of which something speaks of, or nothing.

        Where a title in the corpus has all of it, or a part of it says little alone, it is one.
        """
        titles = [one.title for one in self._framework.items]
        titles += [one.front.title for one in self._whole.notes]
        parts = [one.strip() for one in topic.replace(",", " and ").split(" and ") if one.strip()]
        is_whole = len(parts) < 2 or any(_stems(topic) <= _stems(one) for one in titles)
        is_whole |= any(LEAST <= self._near(part)[0] < SURE for part in parts)
        return [topic] if topic and is_whole else parts

    def _speaking(self, topic: str) -> dict[str, float]:
        """Return how well items and notes speak of a topic, by id; only those that do.

        Items do that hold every word, and notes that a search finds, by their share of the best,
        or that are marked with it.
        """
        glossary = self._whole.glossary
        term = glossary.term(topic)
        preferred = glossary.term(term.preferred) if term else None
        wordings = (topic, *(word for one in (term, preferred) if one for word in one.wordings))
        known = {one.front.id for one in self._whole.notes}
        items, found, nearest = dict[str, float](), dict[str, float](), 0.0
        for wording in dict.fromkeys(wordings):
            asked = _stems(wording)
            items |= {
                one.id: 1.0
                for one in self._framework.items
                if asked and asked <= _stems(f"{one.title} {one.description}")
            }
            cosine, scores = self._near(wording)
            nearest = max(nearest, cosine)
            for source, score in scores.items() if cosine >= LEAST else ():
                if (name := source.removeprefix(PREFIX)) in known:
                    found[name] = max(found.get(name, 0.0), score)
        if found and nearest < SURE:
            self._beside.append(topic)
        most = max(found.values(), default=1.0)
        for front in (one.front for one in self._whole.notes if topic.lower() in one.front.topics):
            found[front.id] = max(found.get(front.id, 0.0), NEARLY * most)
        least = NEARLY * max((own for one, own in found.items() if one not in CARE), default=0.0)
        return items | {one: own / most for one, own in found.items() if own >= least}

    def _widened(self, part: str, found: Mapping[str, float]) -> str:
        """Let in what says most of a topic where no note for the audience does, and say so."""
        best = [one for one in self._standing if found.get(one.front.id, 0.0) >= APT]
        if not best or any(one.front.id in found for one in self._fitting):
            return ""
        self._fitting += best
        return f"What says most of \u201c{part}\u201d was written for others; see what fits yours."

    def _tops_of(self, spoken: Mapping[str, float]) -> list[Item]:
        """Return the tops of most main items of the notes on a topic, or of what speaks of it."""
        framework = self._framework
        served, weight = defaultdict[str, float](float), defaultdict[str, float](float)
        for front in (held.front for held in self._fitting if held.front.id in spoken):
            for main in front.capabilities[:1] or front.pillars[:1]:
                served[main] += spoken[front.id] + spoken.get(main, 0.0)
        for key, score in (served or spoken).items():
            if key in framework.item_by_id and framework.top(key) in self._all_tops:
                weight[framework.top(key).id] += score
        best = sorted(weight, key=lambda id_: -weight[id_])[:MOST_PILLARS]
        return [framework.item(id_) for id_ in best if weight[id_] * 2 >= weight[best[0]]]

    def _serving(self, named: Sequence[Item], spoken: Mapping[str, float]) -> tuple[Note, ...]:
        """Return the notes that serve items or speak of a topic, best first.

        Where few speak of it, those on the item of the best that say most come after them.
        """
        top_ids, ids = {top.id for top in self.tops}, {item.id for item in named}
        titles = [held for item in named if (held := _stems(item.title))]
        is_bound = not (spoken and self._is_wide)

        def serves(note: Note) -> bool:
            if self._request.capabilities:
                return note.front.id in spoken or bool(ids.intersection(note.front.capabilities))
            under = not is_bound or bool(top_ids.intersection(note.front.pillars))
            return under and (not spoken or note.front.id in spoken)

        def place(note: Note) -> tuple[float, int, str]:
            front = note.front
            about = 3.0 * bool(ids.intersection(front.capabilities[:1]))
            about += 1.0 * bool(ids.intersection(front.capabilities))
            about += 1.0 * bool(top_ids.intersection(front.pillars[:1]))
            if not spoken:
                stems = _stems(front.title)
                about += max((len(title & stems) / len(title) for title in titles), default=0.0)
            about += 40.0 * spoken.get(front.id, 0.0)
            # A note for few audiences is nearer to their work.
            few = points().note.get(front.id)
            return -about, len(few.audiences) if few else 0, front.id

        found = sorted(filter(serves, self._fitting), key=place)
        if spoken and 0 < len(found) < FEW:
            best = max(found, key=lambda held: spoken.get(held.front.id, 0.0))
            main = best.front.capabilities[:1]
            alike = [one for one in self._fitting if one.front.capabilities[:1] == main]
            found = [*dict.fromkeys((*found, *sorted(alike, key=place)))]
        return tuple(found)


def subjects_of(framework: Framework) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return the numbered items at the top of the structure, and the titled ones under them."""
    top_kind = next(kind for kind in framework.top_kinds if kind.numbered)
    tops = framework.of_kind(top_kind.id)
    kinds = [kind for kind in framework.kinds if kind.parent == top_kind.id and kind.titled]
    below = (item for top in tops for kind in kinds for item in framework.below(top.id, kind.id))
    return tops, tuple(below)


@lru_cache(maxsize=REMEMBERED)
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))
