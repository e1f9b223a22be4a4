"""What a framework calls its items: put as the reader was taught it, and linked to a question."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

import numpy as np

from assistant.retrieval.encoder import Matrix
from assistant.understanding.lexicon import content_stems
from assistant.understanding.reader import FRAMEWORK, KINDS, NAMES, SHARP, Floats, softmax
from corpus.structure.graph import Framework, Kind
from corpus.text import whole_words


def role_of(kind: Kind) -> str:
    """Return the part that a kind plays, as the facet that the reader was taught for it.

    What heads a page are pillars, what is described or titled on it capabilities, what several can
    share partners, and what is only stated outcomes.
    """
    if not kind.parent:
        return "pillars"
    if kind.shared:
        return "partners"
    return "capabilities" if kind.described or kind.titled else "outcomes"


def roles_of(framework: Framework) -> dict[str, str]:
    """Return the framework's facets by those that the reader was taught."""
    facets = {kind.facet for kind in framework.kinds}
    if facets >= KINDS.keys():
        return {one: one for one in KINDS}
    found: dict[str, str] = {}
    for kind in framework.kinds:
        found.setdefault(role_of(kind), kind.facet)
    return found


def untaught(
    framework: Framework, roles: Mapping[str, str]
) -> list[tuple[re.Pattern[str], str, str]]:
    """Return what names each kind that no role is of, what it is taken for, and its facet."""
    return [
        (
            whole_words((kind.singular, kind.plural, *kind.words), flags=re.I),
            roles[role_of(kind)],
            kind.facet,
        )
        for kind in framework.kinds
        if kind.facet not in roles.values() and role_of(kind) in roles
    ]


def canonical(framework: Framework, roles: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts a framework's names as the reader was taught them.

    Kinds are called by the part that they play, and what is named by some name of that part.
    """
    words: dict[str, str] = {}
    for kind in framework.kinds:
        taught = role_of(kind)
        if kind.facet != taught:
            words |= {kind.singular: KINDS[taught], kind.plural: taught}
            words |= dict.fromkeys(kind.words, taught)
            words |= {} if kind.shared else dict.fromkeys(kind.asked_by, f"which {taught}")
    if all(facet == taught for taught, facet in roles.items()):
        return _swap(words)
    words |= dict.fromkeys((framework.name, *framework.aliases), FRAMEWORK)
    for kind in framework.kinds:
        taught = role_of(kind)
        named = [(one.title, *one.aliases) for one in framework.of_kind(kind.id) if one.title]
        if kind.shared:
            named = [(one.label, *one.words) for one in framework.entities]
        for at, names in enumerate(named if taught in NAMES else ()):
            words |= dict.fromkeys(names, NAMES[taught][at % len(NAMES[taught])])
    return _swap(words)


def _swap(words: Mapping[str, str]) -> Callable[[str], str]:
    lower = {one.lower(): put for one, put in words.items() if one}
    if not lower:
        return str
    form = whole_words(lower, flags=re.I)
    return lambda text: form.sub(lambda found: lower[found.group().lower()], text)


def wordings_by_id(framework: Framework) -> dict[str, list[str]]:
    """Return what each item and entity of a framework is called, and what an item says."""
    found: dict[str, list[str]] = {}
    for item, said in zip(framework.items, framework.passages, strict=True):
        wordings = dict.fromkeys((item.title, *item.aliases, said.text, *said.also))
        found[item.id] = [one for one in wordings if one]
    for entity in framework.entities:
        found[entity.id] = [*dict.fromkeys((entity.label, *entity.words))]
    return found


def names_of(framework: Framework) -> list[str]:
    """Return all wordings of what a framework names, in the order in which they are linked."""
    return [text for one in wordings_by_id(framework).values() for text in one]


class Linker:
    """Links a question's vector to what a framework names."""

    def __init__(
        self,
        framework: Framework,
        embed: Callable[[str], Matrix],
        embed_names: Callable[[Sequence[str]], Matrix],
    ) -> None:
        """Keep the framework; the vectors of its names are fetched with the first question."""
        self._framework = framework
        self._embed = embed
        self._embed_names = embed_names

    def vector(self, text: str) -> Floats:
        """Return a text's own vector, for a framework that the reader was not taught."""
        vector: Floats = self._embed(text).astype(np.float64)
        return vector

    @cached_property
    def _names(self) -> tuple[list[str], Matrix, list[int]]:
        """The ids, the vectors of all wordings, and the first wording of each id."""
        names = wordings_by_id(self._framework)
        firsts = np.cumsum([0, *(len(one) for one in names.values())])[:-1]
        vectors = self._embed_names(names_of(self._framework))
        return list(names), vectors, [int(one) for one in firsts]

    def chances(self, vector: Floats) -> dict[str, float]:
        """Return how likely each item and entity is meant, the likest first."""
        ids, matrix, firsts = self._names
        best = np.maximum.reduceat(SHARP * (matrix @ vector), firsts)
        shares = softmax(best[None, :])[0]
        return {ids[at]: float(shares[at]) for at in np.argsort(-shares)}


def said_of(
    framework: Framework, question: str, subjects: Sequence[str], items: Collection[str]
) -> dict[str, float]:
    """Return how much of what some items alone say a question says too, 1 for the most.

    A word counts for less the more of the items say it, and not where it names the subjects.
    """
    texts = wordings_by_id(framework)
    naming = " ".join(text for one in subjects for text in texts[one])
    asked = {*content_stems(question)} - {*content_stems(naming)}
    said = {one: asked & {*content_stems(" ".join(texts[one]))} for one in items}
    shared = Counter(word for words in said.values() for word in words)
    rare = {word: 1.0 / count for word, count in shared.items() if count <= len(items) / 2}
    sums = {one: sum(rare.get(word, 0.0) for word in words) for one, words in said.items()}
    most = max(1.0, *sums.values()) if sums else 1.0
    return {one: total / most for one, total in sums.items()}
