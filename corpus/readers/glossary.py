"""The glossary: its records, how a wording is looked up, what does not hold, and its passages."""

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain, starmap
from typing import Annotated, Literal

from pydantic import BeforeValidator

from corpus import passage
from corpus.errors import CorpusError
from corpus.readers.notes import MARK, ON, OWN, parted
from corpus.text import split_sentences

KIND = "term"  # Facet `kind` of the glossary's passages.

SOURCE_ID = "glossary"  # Opens the ids of its passages too: `glossary:icse`.

Said = tuple[str, tuple[str, ...]]  # A sentence, and the ids of what it rests on.


def _filled(value: object) -> object:
    # TOML has no null, so what is not known of a work is left out of the file.
    blank = {"year": None, "url": "", "locator": ""}
    return blank | value if isinstance(value, dict) else value


Work = Annotated[passage.Reference, BeforeValidator(_filled)]
"""A reference that may leave out year, address and place."""


class Term(passage.Record):
    """One entry: a wording, what it means, and how it stands to other wordings."""

    term: str
    expansion: str = ""
    synonyms: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    """What it stands for, if it is an abbreviation; other wordings that mean it (abbreviations,
    spellings, the source's own words); and words that people use for it but that mean other things
    too: shown, never taken for it."""

    status: Literal["use", "avoid", "alias"] = "use"
    """`use` for a term of the field, `avoid` for a deprecated one, `alias` for a variant or for
    ordinary words that mean the same."""

    preferred: str = ""
    under: str = ""
    """The term to use instead, by its own wording, its expansion or a synonym; and a wider term,
    which this one is also taken for in a question."""

    understood: bool = True
    """Whether its wordings stand for each other in a question; false where the framework names it
    itself, or where its words are too common to be told from it."""

    items: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Items of the framework that speak of it whatever their words, and items that it bears on
    though they do not: those are for a reader, never for an answer."""

    note: str = ""
    source: str = ""
    """What it means, in sentences that stand alone, which may end with marks: `[^gsr:C12]`; and id
    of the work that a sentence without marks rests on: our own usage if empty."""

    @property
    def id(self) -> str:
        """Id of its passage: `glossary:child-pornography`."""
        bare = plain(self.term).replace("'", "")
        kept = (sign if sign.isascii() and sign.isalnum() else " " for sign in bare)
        return f"{SOURCE_ID}:{'-'.join(''.join(kept).split())}"

    @property
    def wordings(self) -> tuple[str, ...]:
        """All wordings that mean it, its own first."""
        return tuple(dict.fromkeys(filter(None, (self.term, self.expansion, *self.synonyms))))

    @property
    def shown(self) -> str:
        """The term in full, its abbreviation behind it."""
        return f"{self.expansion} ({self.term})" if self.expansion else self.term


class Synonyms(passage.Record):
    """Wordings that stand for each other when a question is understood."""

    wordings: tuple[str, ...]
    """The preferred one first; those of deprecated and narrower terms are among them."""

    items: tuple[str, ...] = ()


class Sense(passage.Record):
    """One of several things that a word or two like words can mean."""

    name: str
    meaning: str
    """One sentence that stands alone; it may end with marks."""

    tells: tuple[str, ...]
    """Words in a question that tell it from the others."""

    items: tuple[str, ...] = ()
    source: str = ""
    """Id of the work that its meaning rests on; our own usage if empty."""


class SenseGroup(passage.Record):
    """Two senses or more that must not be confused."""

    id: str
    title: str
    difference: str
    senses: tuple[Sense, ...]

    @property
    def passage_id(self) -> str:
        """Id of its passage: `glossary:helpline-and-hotline`."""
        return f"{SOURCE_ID}:{self.id}"


class Glossary(passage.Record):
    """All terms and senses."""

    terms: tuple[Term, ...]
    senses: tuple[SenseGroup, ...] = ()
    references: tuple[Work, ...] = ()
    asked: dict[str, tuple[str, ...]] = {}
    """Everyday questions that an entry answers, by its id."""

    as_of: str = ""
    review_by: str = ""
    """Day after which it needs a new check, ISO 8601."""

    sha256: str = ""

    @cached_property
    def _by_wording(self) -> dict[str, Term]:
        # Of two entries with one wording the first.
        return {plain(word): term for term in reversed(self.terms) for word in term.wordings}

    @cached_property
    def concepts(self) -> tuple[Synonyms, ...]:
        """Each term with all wordings that stand for it, as a question is understood."""
        members: dict[str, list[Term]] = {}
        for term in (term for term in self.terms if term.understood):
            root = self._root(term, {term.term})
            members.setdefault(root.term, [root]).append(term)
        return tuple(_synonyms(terms) for terms in members.values())

    @cached_property
    def abbreviations(self) -> tuple[Synonyms, ...]:
        """Each abbreviation with what it stands for, whether or not questions are read by it."""
        return tuple(_synonyms([term]) for term in self.terms if term.expansion)

    @cached_property
    def deprecated(self) -> dict[str, str]:
        """Each deprecated wording, with the term to use instead as a reader would write it."""
        avoid = [term for term in self.terms if term.status == "avoid"]
        return {word: self.instead_of(term) for term in avoid for word in term.wordings}

    @cached_property
    def by_id(self) -> dict[str, Term]:
        """Entries by the id of their passage; of two with one id the first."""
        return {term.id: term for term in reversed(self.terms)}

    @property
    def source(self) -> passage.Source:
        """The glossary as the source of its passages."""
        return passage.Source(
            id=SOURCE_ID,
            title="Glossary",
            publisher="Signpost",
            as_of=self.as_of,
            review_by=self.review_by,
            licence="as Signpost",
            locator="glossary.toml",
            sha256=self.sha256,
            tier="guidance",
            references=self.references,
        )

    @cached_property
    def passages(self) -> tuple[passage.Passage, ...]:
        """A passage for each entry that says something, then one for each group of senses."""
        entries = [
            self._passage(term.id, term.term, _said_of(term, self), (*term.items, *term.related))
            for term in self.terms
            if term.expansion or term.note
        ]
        for group in self.senses:
            said = _grounded(group.difference, (OWN,))
            for sense in group.senses:
                said += _grounded(sense.meaning, (sense.source or OWN,))
            items = [item for sense in group.senses for item in sense.items]
            entries.append(self._passage(group.passage_id, group.title, said, items))
        return tuple(entries)

    def _passage(
        self, id_: str, title: str, said: Sequence[Said], items: Iterable[str]
    ) -> passage.Passage:
        text = " ".join(sentence for sentence, _ in said)
        called = self.by_id[id_].wordings if id_ in self.by_id else ()
        own = {"tier": "guidance", "source": SOURCE_ID, "kind": KIND}
        return passage.Passage(
            id=id_,
            source_id=SOURCE_ID,
            locator=f"entry \u201c{title}\u201d",
            heading_path=("Glossary", title),
            text=text,
            sentences=split_sentences(text),
            facets=own | dict.fromkeys((f"about:{item}" for item in items), ON),
            text_sha256=passage.sha256_of(text),
            grounds=tuple(rests for _, rests in said),
            asked=(*self.asked.get(id_, ()), *(f"What is {name}?" for name in called)),
        )

    def instead_of(self, term: Term) -> str:
        """Return the wording that is preferred to an entry's, its abbreviation behind it."""
        other = self.term(term.preferred)
        if other and plain(term.preferred) in (plain(other.term), plain(other.expansion)):
            return other.shown
        return term.preferred

    def term(self, word: str) -> Term | None:
        """Return the entry that has this wording, whatever its case; none if there is none."""
        return self._by_wording.get(plain(word))

    def _root(self, term: Term, seen: Set[str]) -> Term:
        """Follow preferred and wider terms to the last that questions are understood by."""
        wider = self.term(term.preferred or term.under)
        if wider and wider.understood and wider.term not in seen:
            return self._root(wider, {*seen, wider.term})
        return term


def _synonyms(terms: list[Term]) -> Synonyms:
    wordings = dict.fromkeys(wording for term in terms for wording in term.wordings)
    items = dict.fromkeys(item for term in terms for item in term.items)
    return Synonyms(wordings=tuple(wordings), items=tuple(items))


def plain(wording: str) -> str:
    """Return a wording as it is compared: lower case, single spaces, straight apostrophes."""
    return " ".join(wording.replace("\u2019", "'").lower().split())


def shipped_glossary() -> Traversable:
    """Return the glossary that ships with Signpost."""
    return files("corpus") / "glossary.toml"


def read_glossary(file: Traversable) -> Glossary:
    """Read a glossary; CorpusError if it is no TOML, is not in its form, or has a fault."""
    glossary = passage.read_toml(file, Glossary)
    for _, said in glossary_faults(glossary):
        raise CorpusError(f"{file.name}: {said}")
    return glossary.model_copy(update={"sha256": passage.sha256_of(passage.text_of(file))})


def glossary_faults(
    glossary: Glossary, known: Collection[str] | None = None
) -> Iterator[passage.Problem]:
    """Name what does not hold together, references too where the ids of items are known."""
    parts = (_id_faults(glossary), _entry_faults(glossary), _reference_faults(glossary, known))
    return starmap(passage.Problem, chain(*parts))


def _id_faults(glossary: Glossary) -> Iterator[passage.Fault]:
    owner: dict[str, str] = {}
    for term in glossary.terms:
        for wording in dict.fromkeys(map(plain, term.wordings)):
            if wording in owner:
                said = f"{wording!r} stands under {owner[wording]!r} and {term.term!r}; keep one."
                yield term.id, said
            owner.setdefault(wording, term.term)
    ids = [term.id for term in glossary.terms] + [group.passage_id for group in glossary.senses]
    for id_ in passage.twice(ids):
        yield id_, f"Two entries have the id {id_!r}; rename one."
    for id_ in (id_ for id_ in glossary.asked if id_ not in ids):
        yield id_, f"There are questions for {id_!r}, which is no entry."


def _entry_faults(glossary: Glossary) -> Iterator[passage.Fault]:
    for term in glossary.terms:
        yield from ((term.id, f"The entry {term.term!r} {said}") for said in _lacks(term, glossary))
    for group in glossary.senses:
        if len(group.senses) < 2:
            said = f"The senses {group.id!r} are fewer than two; add what they are told from."
            yield group.passage_id, said
        owner: dict[str, str] = {}
        for sense in group.senses:
            if not sense.tells:
                said = (
                    f"The sense {sense.name!r} has no 'tells'; name the words that tell it apart."
                )
                yield group.passage_id, said
            for tell in map(plain, sense.tells):
                if tell in owner:
                    said = f"{tell!r} tells {owner[tell]!r} and {sense.name!r}; keep it for one."
                    yield group.passage_id, said
                owner.setdefault(tell, sense.name)


def _lacks(term: Term, glossary: Glossary) -> Iterator[str]:
    use, avoid = term.status == "use", term.status == "avoid"
    short = term.term.isupper() and not term.expansion
    yield from passage.failing(
        (short, "is an abbreviation without 'expansion'; say what it stands for."),
        (avoid and not term.preferred, "is to be avoided but names no 'preferred' term; name one."),
        (avoid and not term.note, "is to be avoided but has no 'note'; say why."),
        (use and term.preferred, "has the status 'use' and a 'preferred' term; drop one of them."),
    )
    for field, named in (("preferred", term.preferred), ("under", term.under)):
        other = glossary.term(named)
        if named and other is None:
            yield f"names the {field} term {named!r}, which is no entry; add it."
        elif other and (other.term == term.term or other.status == "avoid"):
            yield f"names the {field} term {named!r}, which cannot stand for it."


def _reference_faults(glossary: Glossary, known: Collection[str] | None) -> Iterator[passage.Fault]:
    named = [
        (term.id, [*term.items, *term.related, *MARK.findall(term.note), term.source])
        for term in glossary.terms
    ]
    for group in glossary.senses:
        text = " ".join((group.difference, *(sense.meaning for sense in group.senses)))
        own = (name for sense in group.senses for name in (*sense.items, sense.source))
        named.append((group.passage_id, [*MARK.findall(text), *own]))
    works = {work.id for work in glossary.references} | {OWN, ""}
    for id_, names in named:
        for name in (name for name in names if name not in works):
            if ":" not in name:
                said = f"names the source {name!r}, which is not among the references; add it."
                yield id_, f"{id_} {said}"
            elif known is not None and name not in known:
                yield id_, f"{id_} names {name!r}, which is no item of the framework; correct it."


def _said_of(term: Term, glossary: Glossary) -> list[Said]:
    rests, instead = (term.source or OWN,), glossary.instead_of(term)
    said: list[Said] = []
    if term.expansion:
        said.append((f"{term.term} stands for {term.expansion}.", rests))
    if term.status == "avoid":
        opening = f"The wording \u201c{term.term}\u201d is one to avoid"
        said.append((f"{opening}; the preferred term is {instead}.", rests))
    elif instead:
        said.append((f"Signpost prefers the term {instead} to {term.term}.", (OWN,)))
    return said + _grounded(term.note, rests)


def _grounded(text: str, rests: tuple[str, ...]) -> list[Said]:
    """Part a text into sentences; one without marks rests on what the whole rests on.

    >>> _grounded("Help is free. It is near.[^gsr:C9] More.", ("a",))
    [('Help is free.', ('a',)), ('It is near.', ('gsr:C9',)), ('More.', ('a',))]
    """
    said: list[Said] = []
    for piece, marks in parted(text):
        said += [(span.of(piece), rests) for span in split_sentences(piece)]
        if marks:
            said[-1] = (said[-1][0], marks)
    return said
