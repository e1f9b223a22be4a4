"""Search on the framework's own page: what speaks of something, says it, or names it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np

from assistant.draft import listed
from assistant.retrieval.encoder import Vector
from assistant.retrieval.search import Retriever
from assistant.retrieval.wordings import meant_by
from assistant.understanding.lexicon import Concept, Lexicon, contains, countries, stems_of
from assistant.understanding.reading import Query, Reading
from corpus.whole import Whole

SPEAKS = 0.46  # Score from which a passage of the framework speaks of what is asked of the page.
NEARLY = 0.6  # Score from which it is shown, where it is unsure whether the page was asked.
TOUCHES = 0.7  # Score from which it is shown beside guidance, where the page was not asked.
WORDS = 0.08  # What the BM25 score of a passage counts for beside its cosine.
BEARS = 0.5  # Cosine from which a passage bears on a question, whatever words they share.
ALIKE = 0.85  # Share of the best score from which another passage speaks of it as well.
SMALL = 3  # Letters of a word that stands inside a name, such as "of".
PLAIN = 0.2  # Rarity of the most ordinary words.
MOST_SPEAKING = 6  # Passages that speak of something, at most.


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
        self._order = [passage.id for passage in whole.corpus.passages]
        self._lexicon = lexicon
        self._retriever = retriever
        wording_ids, matrix = retriever.wordings("framework")
        own = [passage.id for passage in framework.passages]
        self._meant = [*own, *map(meant_by, wording_ids)]
        self._vectors = np.concatenate([retriever.vectors(own), matrix])
        self._stems = {passage.id: stems_of(passage.text) for passage in framework.passages}

    def speaking(
        self,
        text: str,
        least: float,
        bears: float = BEARS,
        within: Collection[str] = (),
    ) -> tuple[str, ...]:
        """Return the passages that speak of something, by meaning and by words, the best first.

        Of those `within` a part of the page, where one of them does; of all, else.

        Args:
            text: what is sought.
            least: score from which a passage counts.
            bears: cosine that it has to have besides.
            within: ids of the items of the part of the page that is asked about.
        """
        cosines = self._vectors @ self._embed(text)
        best: dict[str, float] = {}
        for at in np.argsort(-cosines):
            best.setdefault(self._meant[at], float(cosines[at]))
        words = self._retriever.scores(text)
        scores = {
            passage: best[passage] + WORDS * float(words[at])
            for at, passage in enumerate(self._order)
            if passage in best
        }
        if any(scores[one] >= least and best[one] >= bears for one in within):
            scores = {one: scores[one] for one in within}
        least = max(least, ALIKE * max(scores.values()))
        order = sorted(scores, key=lambda passage: -scores[passage])
        # The more words a question has, the more of them anything shares: the meaning has to bear.
        near = [one for one in order if scores[one] >= least and best[one] >= bears]
        return tuple(near[:MOST_SPEAKING])

    def claimed(self, query: Query) -> tuple[str, ...]:
        """Return what under a group comes close to what is claimed of it."""
        if query.operation != "verify" or not query.description:
            return query.matches
        group = self._framework.item(query.subjects[0])
        lines = ((one.id, self._framework.lineage(one.id)[1:]) for one in self._framework.items)
        below = [one for one, line in lines if group in line]
        near = self.speaking(query.text, SPEAKS, within=below)
        return tuple(one for one in near if one in below)

    def saying(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the items that hold some words to the letter, case aside."""
        sought = [word.casefold() for word in words]
        return tuple(
            passage.id
            for passage in self._framework.passages
            if self._framework.item(passage.id).parent
            and any(word in passage.text.casefold() for word in sought)
        )

    def holding(self, text: str, *, some: bool = True) -> tuple[str, ...]:
        """Return the items that hold all that a text says and any item does, or `some` of it."""
        asked = self._asked(text)
        # The page is no matter, and "place" is looked for only where nothing else is.
        sought = [one for one in asked if self._lexicon.rarity(one.label) > PLAIN] or asked
        items = [one for one in self._stems if self._framework.item(one).parent]
        held = [
            {one for one in items if any(contains(self._stems[one], form) for form in asked.forms)}
            for asked in sought
        ]
        held = [*filter(None, held)]
        found = set.intersection(*held) if held else set()
        if some and not found and len(held) > 2:
            # Of several words, each by itself is looked for.
            found = set().union(*(one for one in held if len(one) <= MOST_SPEAKING))
        return tuple(one for one in items if one in found)[:MOST_SPEAKING]

    def tied(self, text: str) -> tuple[str, ...]:
        """Return the items that say what a text says, in other words of the glossary."""
        concepts = self._lexicon.concepts(self._lexicon.telling(text), text)
        forms = [form for one in concepts if len(one.forms) > 1 for form in one.forms]
        found = [one for one, said in self._stems.items() if any(contains(said, f) for f in forms)]
        return tuple(one for one in found if self._framework.item(one).parent)[:MOST_SPEAKING]

    def unnamed(self, text: str) -> tuple[str, ...]:
        """Return the names in a text that the page does not print, of one word or of several."""
        asked = self._asked(text)
        names = [one for one in asked if self._lexicon.is_name(one, text)]
        absent = [one for one in names if not self._prints(one)]
        proper = tuple(one.label for one in absent if self._lexicon.is_proper(one))
        return proper or _of_several(text, names, absent)

    def terms(self, text: str) -> tuple[str, ...]:
        """Return the terms in a text that the page prints in none of the glossary's forms."""
        terms = (one for one in self._asked(text) if len(one.forms) > 1)
        return tuple(one.label for one in terms if not self._prints(one))

    def _asked(self, text: str) -> list[Concept]:
        """Return what the words of a text mean, without the page itself."""
        concepts = self._lexicon.concepts(self._lexicon.telling(text), text)
        return [one for one in concepts if one.label.casefold() not in self._own]

    def _prints(self, concept: Concept) -> bool:
        return any(contains(said, f) for said in self._stems.values() for f in concept.forms)

    def part(self, reading: Reading) -> tuple[str, ...]:
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
        kinds, lost = self._framework.kinds, self.unnamed(reading.text)
        if reading.operation not in ("check", "which"):
            shared = {one.facet for one in kinds if one.shared}
            taken = shared and reading.subjects and {*reading.facets} == shared
            bodies = [one for one in lost if one.isalpha() and one.lower() not in countries()]
            return tuple(filter(self._lexicon.says, bodies)) if taken else ()
        whole = reading.operation == "check" and not reading.subjects
        facets = {kind.facet for kind in kinds if kind.shared or whole} & {*reading.facets}
        years = tuple(filter(str.isdecimal, lost)) if reading.operation == "check" else ()
        return years if named.keys() - self._framework.item_by_id.keys() or not facets else lost


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
