"""Search on the framework's own page: what deals with a topic, says something, or names it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from assistant.answering.answerability import Weighing
from assistant.draft import listed
from assistant.retrieval.encoder import SHIPPED, Matrix, Vector
from assistant.retrieval.models import embed_kept
from assistant.retrieval.search import Retriever
from assistant.retrieval.wordings import meant_by
from assistant.understanding.lexicon import (
    Concept,
    Lexicon,
    Spelling,
    contains,
    countries,
    stems_of,
)
from assistant.understanding.reading import Query, Reading, query_of
from corpus.passage import Record
from corpus.readers.glossary import Glossary
from corpus.readers.questions import LabelledTopic
from corpus.text import quoted, whole_words
from corpus.whole import Whole

FILE = "topics.json"
"""The fitted weights, in this package; `python -m evals.training.fit_topics` writes them."""

DEALS = 0.3  # Chance from which an item of the page deals with what is asked of the page.
COMES_NEAR = 0.08  # Chance from which it comes close, where none deals with it.
TOUCHES = 0.15  # Chance from which it is told after those that deal with it, and apart from them.
CLEARLY = 0.5  # Chance from which it is shown where it is unsure whether the page was asked.
BESIDE = 0.8  # Chance from which it is shown beside guidance, where the page was not asked.
SURELY = 0.9  # Chance from which some of a kind are asked for, where no other sign tells it.
EVEN = 0.5  # Share of the judged questions like one, none dealt with, from which it is not either.
GUIDED = 0.95  # Probability of asking guidance from which what the page has on it is not told.
SILENT = 0.8  # Certainty from which the page is told to be silent.
LINKED = 0.9  # Weight from which what a question is linked to is meant, and not its topic.
LIKELY = 0.6  # Weight below which its topic is, even if that is another one.
KEPT = 4  # Questions of which the chances are kept, the last ones.
MOST_NEAR = 2  # Items that come close, at most.
MOST_DEALING = 8  # Items that deal with something, at most.
MOST_TOUCHING = 3  # Items that are told after them, at most.
SMALL = 3  # Letters of a word that stands inside a name, such as "of".
PLAIN = 0.2  # Rarity of the most ordinary words.
SHARP = 12.0  # What a cosine is multiplied with before the softmax over judged questions.

FIGURES = (
    "best",  # greatest cosine of the question with an item's text or a wording of it
    "behind",  # how far that is behind the greatest of all items
    "words",  # BM25 score of the item's text
    "share",  # share of the question's telling words that it says, by their rarity
)
"""What is weighed of an item."""

JUDGED = (
    "dealing",  # greatest cosine of the question with a judged one that the item deals with
    "touching",  # the same with one that it touches on, or deals with
    "straying",  # the same with one that it does neither
    "share_judged",  # share of the judged ones that it deals with, by a softmax of the cosines
    "likest",  # greatest cosine with any judged one
)
"""What is weighed besides where questions on the framework's topics were judged."""

DOES_DEAL, DOES_TOUCH = 2, 1  # How an item bears on a judged question; 0 where it does not.


class Weights(Record):
    """What tells from its figures whether an item deals with what is asked."""

    judged: Weighing
    plain: Weighing
    """Without the figures of `JUDGED`."""

    made_from: dict[str, str]
    """Digests of what both were fitted with."""

    @classmethod
    def shipped(cls) -> Self:
        """Read the weights that ship."""
        return cls.model_validate_json((files(__package__) / FILE).read_text("utf-8"))


class Topics(NamedTuple):
    """Questions on topics of a page, judged against its items; see `bearing_of`."""

    vectors: Matrix
    """Of the questions, unit norm, shape (questions, dimension)."""

    bearing: NDArray[np.int8]
    """How each item bears on each question, shape (questions, items)."""

    def figures(self, vector: Vector) -> Matrix:
        """Return the figures of `JUDGED`, shape (5, items); a greatest cosine is 0 or more."""
        cosines = self.vectors @ vector
        columns = [
            np.where(bears, cosines[:, None], 0.0).max(axis=0)
            for bears in (self.bearing == DOES_DEAL, self.bearing > 0, self.bearing == 0)
        ]
        columns.append(self._shares(cosines) @ (self.bearing == DOES_DEAL))
        columns.append(np.full(self.bearing.shape[1], cosines.max()))
        return np.stack(columns).astype(np.float32)

    def without(self, vector: Vector) -> float:
        """Return the share of the judged questions like this that no item deals with, 0 to 1."""
        alone = ~(self.bearing == DOES_DEAL).any(axis=1)
        return float(self._shares(self.vectors @ vector) @ alone)

    @staticmethod
    def _shares(cosines: Vector) -> Vector:
        weights = np.exp(SHARP * (cosines - cosines.max()))
        shares: Vector = weights / weights.sum()
        return shares


def judged_topics() -> list[LabelledTopic]:
    """Return the questions on topics that ship to be learned from."""
    return [row for row in LabelledTopic.read() if row.split == "train"]


def topic_texts(glossary: Glossary, rows: Sequence[LabelledTopic]) -> list[str]:
    """Return the words of questions on topics, their abbreviations said in full."""
    in_full = Spelling(glossary).in_full
    return [in_full(row.question) for row in rows]


def bearing_of(rows: Sequence[LabelledTopic], items: Sequence[str]) -> NDArray[np.int8]:
    """Return how items with these ids bear on judged questions, shape (questions, items)."""
    place = {one: at for at, one in enumerate(items)}
    bearing = np.zeros((len(rows), len(items)), dtype=np.int8)
    for at, row in enumerate(rows):
        bearing[at, [place[one] for one in row.touches if one in place]] = DOES_TOUCH
        bearing[at, [place[one] for one in row.deals if one in place]] = DOES_DEAL
    return bearing


def chances_of(figures: Mapping[str, Matrix], weighing: Weighing) -> Matrix:
    """Return how likely each item deals with what is asked, by its figures, shape (items,)."""
    rows = zip(*figures.values(), strict=True)
    return np.array(
        [weighing.chance(dict(zip(figures, map(float, row), strict=True))) for row in rows]
    )


class PageSearch:
    """The framework's passages with all their wordings, ready to be searched."""

    def __init__(
        self, whole: Whole, lexicon: Lexicon, retriever: Retriever, embed: Callable[[str], Vector]
    ) -> None:
        """Gather the vectors of the passages and of their wordings; `embed` gives a question's."""
        self._embed = embed
        self._framework = framework = whole.framework
        names = (framework.name, *framework.aliases)
        self._own = {one.casefold().removeprefix("the ").removeprefix("this ") for one in names}
        self._lexicon = lexicon
        self._retriever = retriever
        wording_ids, matrix = retriever.wordings("framework")
        self.items = own = [passage.id for passage in framework.passages]
        place = {one: at for at, one in enumerate(own)}
        self._meant = np.array([*range(len(own)), *(place[meant_by(one)] for one in wording_ids)])
        self._vectors = np.concatenate([retriever.vectors(own), matrix])
        order = [passage.id for passage in whole.corpus.passages]
        self._places = [order.index(one) for one in own]
        self._stems = {passage.id: stems_of(passage.text) for passage in framework.passages}
        self._weights = Weights.shipped()
        self.chances = lru_cache(maxsize=KEPT)(self._chances)
        self.topics: Topics | None = None
        rows = judged_topics()
        judged = any(place.keys() & {*one.deals} for one in rows)
        if judged and retriever.embedder.name == SHIPPED:  # The weights were learned for it.
            home = retriever.settings.home
            texts = topic_texts(whole.glossary, rows)
            vectors = embed_kept(retriever.embedder, home, texts)
            self.topics = Topics(vectors, bearing_of(rows, own))

    def figures(self, text: str, topics: Topics | None = None) -> dict[str, Matrix]:
        """Return the figures of all items, shape (items,) each; those of `JUDGED` with topics."""
        vector = self._embed(text)
        best = np.full(len(self._stems), -1.0, dtype=np.float32)
        np.maximum.at(best, self._meant, self._vectors @ vector)
        asked = self._asked(text)
        weights = [self._lexicon.rarity(one.label) for one in asked]
        said = [
            sum(w for w, one in zip(weights, asked, strict=True) if says(stems, one))
            for stems in self._stems.values()
        ]
        columns = [
            best,
            best - best.max(),
            self._retriever.scores(text)[self._places],
            np.array(said) / max(sum(weights), PLAIN),
        ]
        found = dict(zip(FIGURES, columns, strict=True))
        return found | dict(zip(JUDGED, topics.figures(vector), strict=True)) if topics else found

    def _chances(self, text: str) -> dict[str, float]:
        """Return how likely each item deals with what a text asks, 0 to 1, the likeliest first."""
        weighing = self._weights.judged if self.topics else self._weights.plain
        chances = chances_of(self.figures(text, self.topics), weighing)
        return {self.items[at]: float(chances[at]) for at in np.argsort(-chances, kind="stable")}

    def dealing(
        self, text: str, least: float = DEALS, within: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Return the items that deal with what a text asks, the likeliest first.

        Args:
            text: what is asked.
            least: chance from which an item does.
            within: ids of items of the part of the page that is asked about: if one of them does,
                the others count for nothing.
        """
        found = [one for one, chance in self.chances(text).items() if chance >= least]
        inside = [one for one in found if one in within]
        return tuple((inside or found)[:MOST_DEALING])

    def touching(
        self, text: str, dealing: Sequence[str], kinds: Collection[str], part: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Return what may bear on a text beside what deals with it, of some kinds, or of a part."""
        kinds = kinds or {one.id for one in self._framework.kinds if one.parent}
        likely = [one for one, chance in self.chances(text).items() if chance >= TOUCHES]
        found = [one for one in self._of_kinds(likely, kinds) if one not in dealing]
        return tuple([one for one in found if not part or one in part][:MOST_TOUCHING])

    def _of_kinds(self, ids: Sequence[str], kinds: Collection[str]) -> tuple[str, ...]:
        """Return the items of some kinds among those with these ids."""
        return tuple(one for one in ids if self._framework.item(one).kind in kinds)

    def search(
        self, reading: Reading, text: str, named: Mapping[str, float], *, placed: bool, asked: bool
    ) -> Query:
        """Return the query for what the page says of what a reading looks for.

        Args:
            reading: of the question.
            text: the question, with what it leans on.
            named: ids of items and bodies that it names, and how exactly.
            placed: whether the page is likely asked.
            asked: whether it surely is.
        """
        wanted = quoted(reading.text) if placed else ()
        if said := self.saying(wanted):
            return self.mentioning(reading, text, said)
        # What is looked for is said by the turn itself, whatever it goes on with.
        words, part = (reading.text, self._part(reading)) if placed else (text, ())
        absent = wanted if reading.operation == "mentions" else ()
        lost = absent or (self._unnamed(words) if asked else ())
        least = BESIDE if lost or not placed else DEALS if asked else CLEARLY
        matches = self.dealing(words, least, part) if placed or reading.beside < GUIDED else ()
        if asked and not self.dealing(words, CLEARLY):
            held = self._holding(words)
            matches = tuple(one for one in held if one in part) or (not part and held) or matches
        if absent or (lost and not matches):
            return Query(text=text, operation="explain", premise=lacking(lost), of_page=True)
        if asked and not matches:
            # Nothing deals with what is named: that itself is asked for.
            subjects = tuple(one for one in reading.subjects if one in named)
            listing = reading.model_copy(update={"operation": "list", "subjects": subjects})
            if subjects and (query := query_of(listing, text, self._framework)):
                return query
        near = () if matches or not asked else self.dealing(words, COMES_NEAR, part)[:MOST_NEAR]
        if asked and (matches or near or reading.certainty >= SILENT):
            return self.mentioning(reading, text, matches, near)
        # What is named by its number is what is asked about, whatever is asked of it.
        exact = [one for one, how in named.items() if how >= 1.0 and one in self.items]
        found = tuple(dict.fromkeys((*exact, *matches)))
        return Query(
            text=text, operation="explain", matches=found, near=not exact, beside=reading.beside
        )

    def mentioning(
        self, reading: Reading, text: str, matches: tuple[str, ...], near: tuple[str, ...] = ()
    ) -> Query:
        """Return the query for what the page says of something, or which items say it.

        Where none deals with it, those are told that come `near`.
        """
        words = reading.text
        literal = self.saying(quoted(words)) or self._holding(words)
        own = [one for one in self._framework.kinds if one.facet in reading.facets]
        kinds = tuple(one.id for one in own if not one.shared)
        words_of = ((one.singular, one.plural, *one.words) for one in own)
        worded = any(whole_words(some, flags=re.I).search(text) for some in words_of)
        one_kind = worded and len(kinds) == 1 and bool(matches or near)
        part = self._part(reading)
        touching = self.touching(words, matches, kinds if one_kind else (), part) if matches else ()
        matches = (one_kind and self._of_kinds(matches, kinds)) or matches
        touching = () if {*matches} <= {*literal} else touching
        lost = self._unnamed(words) if reading.certainty < SILENT else ()
        terms = self._terms(words) if (matches or near) and not literal else ()
        return Query(
            text=text,
            operation="list" if one_kind else "explain",
            kinds=kinds if one_kind else (),
            matches=matches or near,
            touching=touching,
            filtered=one_kind,
            of_page=True,
            beside=self._beside(reading.beside, words, matches if one_kind else ()),
            near=bool(near and not matches),
            unnamed=(*filter(str.isdecimal, lost), *terms),
        )

    def on_topic(self, query: Query, reading: Reading, exact: Collection[str]) -> Query:
        """Return a query for the items that deal with its topic, where it names none of them.

        What is listed of a kind are then the items of that kind that deal with it, or it is told
        that none does; an item that is described comes with the others that deal with the topic.

        Args:
            query: what is asked of the page.
            reading: of the question.
            exact: ids of what it names exactly.
        """
        subjects, kinds = {*query.subjects}, {*query.kinds}
        bare = not (query.entities or query.excluded or query.premise or query.polar)
        if not bare or query.counted or query.claims or {*exact} & subjects:
            return query
        levels = {self._framework.item(one).kind for one in subjects}
        below = {one.id for one in self._framework.kinds if one.parent and not one.shared}
        strange = reading.weight < LIKELY
        if query.operation in ("describe", "list") and kinds and not query.description:
            own = kinds <= below and (strange or levels <= kinds)
            return self._some_of(query, strange=strange) if own else query
        alone = query.operation in ("describe", "inverse") and len(subjects) == 1
        if not alone or not levels <= below or reading.weight >= LINKED:
            return query
        found = self.dealing(query.text, CLEARLY)
        update: dict[str, object] = {"operation": "explain", "matches": found}
        if not subjects <= {*found}:
            meant = strange and self.dealing(query.text, BESIDE)
            return query.model_copy(update=update | {"subjects": ()}) if meant else query
        return query.model_copy(update=update) if query.operation == "describe" else query

    def _some_of(self, query: Query, *, strange: bool) -> Query:
        """Return a query for those of a kind that deal with a topic, or for none if none does.

        `strange` tells whether what it is linked to is unlikely.
        """
        every = [one for one, chance in self.chances(query.text).items() if chance >= CLEARLY]
        found = self._of_kinds(every, query.kinds)[:MOST_DEALING]
        if found and (query.subjects or self.dealing(query.text, SURELY)):
            beside = self._beside(query.beside, query.text, found)
            update = {"operation": "list", "filtered": True, "subjects": (), "beside": beside}
            update |= {"touching": self.touching(query.text, found, query.kinds)}
            return query.model_copy(update=update | {"matches": found})
        if found or not self.topics or (query.subjects and not strange):
            return query
        # All of a kind is no answer to what asks for some of it, of which there are none.
        void = self.topics.without(self._embed(query.text)) >= EVEN
        return Query(text=query.text, operation="explain", of_page=True) if void else query

    def _beside(self, beside: float, text: str, found: Sequence[str]) -> float:
        """Return how likely the page is not asked, where a kind is of which these items deal."""
        return beside * (1.0 - max((self.chances(text)[one] for one in found), default=0.0))

    def claimed(self, query: Query) -> tuple[str, ...]:
        """Return what under a group comes close to what is claimed of it, or else elsewhere."""
        if query.operation != "verify" or not query.description:
            return query.matches
        framework = self._framework
        groups = [framework.item(one) for one in query.subjects]
        shared = {one.id for one in framework.kinds if one.shared}
        if any(one.parent for one in groups) or (query.kinds and {*query.kinds} <= shared):
            return query.matches
        below = (
            one.id for one in framework.items if one.parent and framework.top(one.id) in groups
        )
        near = self.dealing(query.text, DEALS, [*below])
        return near or self._of_kinds(self.dealing(query.text, BESIDE), query.kinds)

    def saying(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the items that hold some words to the letter, case aside."""
        sought = [word.casefold() for word in words]
        return tuple(
            passage.id
            for passage in self._framework.passages
            if self._framework.item(passage.id).parent
            and any(word in passage.text.casefold() for word in sought)
        )

    def _holding(self, text: str) -> tuple[str, ...]:
        """Return the items that say all that a text says and any item does, its rarest word too."""
        asked = self._asked(text)
        # The page is no matter, and "place" is looked for only where nothing else is.
        sought = [one for one in asked if self._lexicon.rarity(one.label) > PLAIN] or [*asked]
        sought.sort(key=lambda one: -self._lexicon.rarity(one.label))
        items = [one for one in self.items if self._framework.item(one).parent]
        held = [{item for item in items if says(self._stems[item], one)} for one in sought]
        if not (held and held[0]):
            return ()
        found = set.intersection(*filter(None, held))
        return tuple(one for one in items if one in found)[:MOST_DEALING]

    def _unnamed(self, text: str) -> tuple[str, ...]:
        """Return the names in a text that the page does not print, of one word or of several."""
        asked = self._asked(text)
        names = [one for one in asked if self._lexicon.is_name(one, text)]
        absent = [one for one in names if not self._prints(one)]
        proper = tuple(one.label for one in absent if self._lexicon.is_proper(one))
        return proper or _of_several(text, names, absent)

    def _terms(self, text: str) -> tuple[str, ...]:
        """Return the terms in a text that the page prints in none of the glossary's forms."""
        terms = (one for one in self._asked(text) if len(one.forms) > 1)
        return tuple(one.label for one in terms if not self._prints(one))

    def _asked(self, text: str) -> list[Concept]:
        """Return what the words of a text mean, without the page itself."""
        concepts = self._lexicon.concepts(self._lexicon.telling(text), text)
        return [one for one in concepts if one.label.casefold() not in self._own]

    def _prints(self, concept: Concept) -> bool:
        return any(says(said, concept) for said in self._stems.values())

    def _part(self, reading: Reading) -> tuple[str, ...]:
        """Return the items of the part of the page that is asked about, of the kinds asked for."""
        below = [one for one in self._framework.kinds if one.parent]
        asked = [one for one in below if one.facet in reading.facets] or below
        kinds = [one for one in asked if not one.shared] or asked
        heads = {one.id for one in self._framework.of_kind(self._framework.kinds[0].id)}
        return tuple(
            item.id
            for head in reading.subjects
            if head in heads
            for kind in kinds
            for item in self._framework.below(head, kind.id)
        )

    def lost(self, reading: Reading, named: Mapping[str, float]) -> tuple[str, ...]:
        """Return the bodies of which it is asked whether or where they are partners, in vain.

        What is claimed of the whole page may name anything, and of a part of it a year. Where the
        partners of a part are asked for, it may be taken for granted that a body is one of them.

        Args:
            reading: of a question.
            named: ids of items and bodies that it names, and how exactly.
        """
        kinds, lost = self._framework.kinds, self._unnamed(reading.text)
        if reading.operation not in ("check", "which"):
            shared = {one.facet for one in kinds if one.shared}
            taken = shared and reading.subjects and {*reading.facets} == shared
            bodies = [one for one in lost if one.isalpha() and one.lower() not in countries()]
            return tuple(filter(self._lexicon.says, bodies)) if taken else ()
        whole = reading.operation == "check" and not reading.subjects
        facets = {kind.facet for kind in kinds if kind.shared or whole} & {*reading.facets}
        years = tuple(filter(str.isdecimal, lost)) if reading.operation == "check" else ()
        return years if named.keys() - self._framework.item_by_id.keys() or not facets else lost


def says(stems: tuple[str, ...], concept: Concept) -> bool:
    """Tell whether what has these stems says what some words of a question mean."""
    return any(contains(stems, form) for form in concept.forms)


def lacking(names: Sequence[str]) -> str:
    """Say which names the page does not print.

    >>> lacking(["Europol", "2030"])
    'The page does not name “Europol” and “2030”.'
    """
    quoted = listed([f"\u201c{one}\u201d" for one in names])
    return f"The page does not name {quoted}."


def _of_several(text: str, names: Sequence[Concept], absent: Sequence[Concept]) -> tuple[str, ...]:
    """Return runs of words written large, perhaps with a small one between, of which one is absent.

    "African Union" is a name, and neither of its words is more than an ordinary one written large.
    """
    found, run = [], [*names[:1]]
    for one, after in pairwise([*names, None]):
        end = one.start + len(one.label) if one else 0
        between = text[end : after.start].split() if after else []
        if after and len(between) <= 1 and all(len(word) <= SMALL for word in between):
            run.append(after)
            continue
        if len(run) > 1 and any(word in absent for word in run):
            found.append(text[run[0].start : end])
        run = [after] if after else []
    return tuple(found)
