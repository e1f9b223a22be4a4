"""The Framework workspace: the whole page as one picture, each item with what is known of it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from typing import NamedTuple, get_args
from urllib.parse import quote

from markupsafe import Markup

from corpus.passage import Corpus
from corpus.readers.glossary import Glossary, plain
from corpus.readers.notes import Audience, Note
from corpus.readers.page import shipped_framework, source_lines
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from ui.look.templates import render
from ui.words.phrases import say

PATH = "/framework"

SOON_DAYS = 183  # How long before its review a note is counted as due: half a year.
MOST_QUESTIONS = 3


shipped = cache(Whole.read)
"""Returns the corpus that ships, read once."""


def is_served(corpus: Corpus) -> bool:
    """Tell whether an assistant answers from the framework that would be drawn."""
    return shipped().framework.source.id in corpus.source_by_id


@lru_cache(maxsize=200)
def shown(asked: str, today: date) -> tuple[str, Markup]:
    """Return the workspace with the framework that ships; see `draw`."""
    return draw(shipped(), source_lines(shipped_framework()), today, asked)


def draw(whole: Whole, lines: tuple[str, ...], today: date, asked: str = "") -> tuple[str, Markup]:
    """Return the workspace as of a day, with the item open that is asked for, after its title.

    `lines` are the framework's source text as printed.
    """
    framework = whole.framework
    item, terms = found(framework, asked), sought_terms(framework, whole.glossary)
    known = known_of(whole, item, today) if item else {}
    told = [kind for kind in framework.kinds if kind not in framework.top_kinds[1:]]
    html = render(
        "framework",
        framework=framework,
        columns=list(columns_of(framework)),
        counts=counted((kind, len(framework.of_kind(kind.id))) for kind in told),
        asked=asked,
        known=known,
        tied=known.get("tied", ()),
        open_top=framework.top(item.id) if item else None,
        example=framework.items[min(1, len(framework.items) - 1)],
        lines=lines,
        terms=terms,
        terms_of={
            one.id: [word for term in terms if one.id in term.items for word in term.wordings]
            for one in framework.items
        },
        words_of={one.id: more_of(framework, one) for one in framework.items},
        coverage=coverage_of(framework, whole.notes, today),
        address=lambda one: f"{PATH}?item={quote(one.id, safe=':')}",
        full_name=partial(full_name, framework),
        name_of=partial(name_of, framework),
    )
    title = known.get("title", say("framework.unknown_title") if asked else "")
    return str(title), html


def found(framework: Framework, asked: str) -> Item | None:
    """Return the item that an address names, with or without the source, in any letters."""
    names = ((name.lower(), item) for item in framework.items for name in (short(item), item.id))
    return dict(names).get(asked.casefold())


def columns_of(framework: Framework) -> Iterator[tuple[Item, list[tuple[Kind, tuple[Item, ...]]]]]:
    """Yield the items at the top with what stands under them by kind, empty groups too."""
    for top in (item for kind in framework.top_kinds for item in framework.of_kind(kind.id)):
        facets = ((kind, framework.facet(top.id, kind.id)) for kind in framework.kinds)
        yield top, [(kind, held[1]) for kind, held in facets if held]


def short(item: Item) -> str:
    """Return an id without its source, as people write it."""
    return item.id.rpartition(":")[2]


def name_of(framework: Framework, item: Item) -> str:
    """Return what a reader would call an item: `Capability 12`, `Outcome P3-O4`."""
    kind = framework.kind_by_id[item.kind].singular.capitalize()
    return f"{kind} {item.number if item.number is not None else short(item)}"


def full_name(framework: Framework, item: Item) -> str:
    """Return the name of an item with its title or words."""
    return say("framework.full_name", name=name_of(framework, item), label=item.label)


def counted(kinds: Iterable[tuple[Kind, int]]) -> str:
    """Return numbers of items by kind, as a sentence lists them: `5 outcomes and 1 partner`."""
    return joined([f"{n} {kind.singular if n == 1 else kind.plural}" for kind, n in kinds if n])


def joined(parts: Sequence[str]) -> str:
    """Return parts as a sentence lists them: with commas, and a last word between the last two."""
    if len(parts) < 2:
        return "".join(parts)
    return say("framework.last_of_several", before=", ".join(parts[:-1]), last=parts[-1])


def names_in(note: Note) -> tuple[str, ...]:
    """Return the ids of the items that a note is about."""
    return (*note.front.capabilities, *note.front.pillars)


def kinds_named(framework: Framework, notes: Sequence[Note]) -> set[str]:
    """Return the kinds of the items that notes are about."""
    named = {one for note in notes for one in names_in(note)}
    return {item.kind for item in framework.items if item.id in named}


def known_of(whole: Whole, item: Item, today: date) -> dict[str, object]:
    """Return what is known of an item beside its words, as of a day, by what the page calls it.

    `ties` are the other ends of its inferred links, `same` other items that name the same `body`,
    and `shared` what the page ties to an item above and not to this alone. Each of the `notes` says
    whether a question by its title is answered, and whether it is past its review. `above` says how
    many notes are about the item at its top, where none can be about its own.
    """
    framework, notes = whole.framework, notes_about(whole.notes, item)
    top = framework.top(item.id)
    can_have = item.kind in kinds_named(framework, whole.notes)
    bare = {one.title for one in framework.items if _is_undescribed(framework, one)}
    tier, name = say(f"phrase.tier_{framework.source.tier}"), name_of(framework, item)
    ties, title, why = _ties(framework, item)
    over = () if notes or can_have else notes_about(whole.notes, top)
    return {
        "item": item,
        "title": item.title or name,
        "kind_line": say("framework.kind_line", tier=tier, name=name) if item.title else tier,
        "passage": framework.passage_by_id[item.id],
        "is_undescribed": _is_undescribed(framework, item),
        "ties": ties,
        "tied": {one.id for one, _ in ties},
        "ties_title": title,
        "ties_why": why,
        "same": [
            one
            for one in framework.items
            if one.id != item.id and set(one.entities) & set(item.entities)
        ],
        "body": joined([one.label for one in framework.entities if one.id in item.entities]),
        "held": counted((one, len(framework.below(item.id, one.id))) for one in framework.kinds),
        "shared": list(_shared(framework, item)),
        "notes": [(one, one.front.title not in bare, one.front.review_by < today) for one in notes],
        "lacks_notes": can_have and not notes,
        "above": (say("framework.notes_above", n=len(over)), top) if over else None,
        "questions": questions_of(framework, item),
    }


def _is_undescribed(framework: Framework, item: Item) -> bool:
    return framework.kind_by_id[item.kind].described and not item.description


def notes_about(notes: Sequence[Note], item: Item) -> tuple[Note, ...]:
    """Return the notes whose front matter names an item, those most about it first."""

    def place(note: Note) -> tuple[int, int, str]:
        named = names_in(note)
        return named.index(item.id), len(named), note.front.title

    return tuple(sorted((one for one in notes if item.id in names_in(one)), key=place))


def _ties(framework: Framework, item: Item) -> tuple[list[tuple[Item, str]], str, str]:
    """Return the inferred links of an item, what they are, and why the page cannot say it."""
    links, ties = framework.links_of(item.id), []
    for link in links:
        other = framework.item(link.target if link.source == item.id else link.source)
        there = framework.top(other.id)
        apart = there != framework.top(item.id)
        under = say("framework.of_other", label=name_of(framework, there)) if apart else ""
        ties.append((other, say("framework.strength", strength=link.strength) + under))
    if not ties:
        return ties, "", ""
    heading = "framework.closest" if links[0].source == item.id else "framework.closest_to"
    kind, own = framework.kind_by_id[ties[0][0].kind], framework.kind_by_id[item.kind]
    why = say("framework.inferred_why", other=kind.singular, own=own.singular)
    return ties, say(heading, kinds=kind.plural.capitalize()), why


def _shared(framework: Framework, item: Item) -> Iterator[tuple[str, Item]]:
    shared: dict[str, list[tuple[Kind, int]]] = {}
    for kind in framework.kinds:
        held = framework.facet(item.id, kind.id)
        if held and held[1] and kind.id != item.kind and held[0].id != item.id:
            shared.setdefault(held[0].id, []).append((kind, len(held[1])))
    singular = framework.kind_by_id[item.kind].singular
    for owner in map(framework.item, shared):
        above, counts = framework.kind_by_id[owner.kind].singular, counted(shared[owner.id])
        yield say("framework.shared", counts=counts, kind=singular, above=above), owner


def questions_of(framework: Framework, item: Item) -> tuple[str, ...]:
    """Return two or three questions about an item that Signpost answers."""
    top, kind = framework.top(item.id), framework.kind_by_id[item.kind]
    tops = framework.top_kinds[0]
    asked: list[str] = []
    if kind.shared:
        asked.append(say("framework.ask_who_has", kinds=tops.plural, label=item.label))
    if item.title:
        kinds = [
            other.plural
            for other in framework.kinds
            if other.id != item.kind and (held := framework.facet(item.id, other.id)) and held[1]
        ]
        if kinds:
            asked.append(say("framework.ask_related", kinds=joined(kinds), label=item.title))
        # Of an item whose description is not printed, there is nothing to be told.
        if not _is_undescribed(framework, item):
            asked.append(say("framework.ask_about", label=item.title))
        if item.parent:
            above = framework.kind_by_id[framework.item(item.parent).kind].singular
            asked.append(say("framework.ask_under", kind=above, label=item.title))
    else:
        if top.kind != tops.id:
            asked.append(say("framework.ask_where", label=item.label))
        # What a titled item is closest to, where this is that.
        others = (framework.item(link.source) for link in framework.links_of(item.id))
        titles = [one.title for one in others if one.title][:1]
        asked += [say("framework.ask_related", kinds=kind.plural, label=one) for one in titles]
    if top.id != item.id:
        asked.append(say("framework.ask_list", kinds=kind.plural, label=top.title or top.label))
        asked.append(say("framework.ask_about", label=top.title or top.label))
    return tuple(dict.fromkeys(asked))[:MOST_QUESTIONS]


class Row(NamedTuple):
    """What is written about one item: its notes, a number for each column, all notes first."""

    item: Item
    name: str
    counts: tuple[int, ...]


def coverage_of(framework: Framework, notes: Sequence[Note], today: date) -> dict[str, object]:
    """Count the notes of every item whose kind is numbered, or that a note names, as of a day.

    Of the `rows`, `bare` are those without a note, and `fewest` those with the fewest where none is
    bare. `most` is the most notes of an item below the top; those at the top would pale the rest.
    """
    kinds = {kind.id for kind in framework.kinds if kind.numbered}
    kinds |= kinds_named(framework, notes)
    items = [item for item in framework.items if item.kind in kinds]
    soon, audiences = today + timedelta(days=SOON_DAYS), get_args(Audience)
    rows: list[Row] = []
    for item in items:
        fronts = [note.front for note in notes if item.id in names_in(note)]
        counts = (
            len(fronts),
            sum(one.confidence == "high" for one in fronts),
            *(sum(audience in one.audiences for one in fronts) for audience in audiences),
            sum(today <= one.review_by <= soon for one in fronts),
            sum(one.review_by < today for one in fronts),
        )
        rows.append(Row(item, full_name(framework, item), counts))
    least = min((row.counts[0] for row in rows), default=0)
    columns = ["column_notes", "column_sure", *(f"for_{one}" for one in audiences)]
    columns += ["column_soon", "column_past"]
    return {
        "columns": [say(f"framework.{one}") for one in columns],
        "rows": rows,
        "bare": [row for row in rows if not row.counts[0]],
        "fewest": [row for row in rows if least and row.counts[0] == least],
        "most": max((row.counts[0] for row in rows if row.item.parent), default=0) or 1,
        "today": today,
        "past": sum(note.front.review_by < today for note in notes),
        "kinds": counted(
            (framework.kind_by_id[kind], sum(one.kind == kind for one in items))
            for kind in dict.fromkeys(one.kind for one in items)
        ),
    }


class Sought(NamedTuple):
    """A term of the glossary as a search box knows it."""

    wordings: tuple[str, ...]
    """What may be typed for it, folded; deprecated where it is to `avoid`."""

    preferred: str
    avoid: bool
    items: tuple[str, ...]
    """Ids of the items that speak of it, in reading order."""

    @property
    def told(self) -> tuple[str, ...]:
        """The wordings of which the reader is told what they are read as."""
        preferred = folded(self.preferred)
        return tuple(one for one in self.wordings if self.avoid or one not in preferred)


def folded(text: str) -> str:
    """Return a text as it is compared: small letters without accents, words one blank apart."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", bare.lower()).strip()


def more_of(framework: Framework, item: Item) -> str:
    """Return the words that an item is found by beside those it shows, folded, each once."""
    kind = framework.kind_by_id[item.kind]
    parts = [short(one) for one in framework.lineage(item.id)]
    parts += [kind.singular, kind.plural, *item.aliases]
    for entity in framework.entities:
        parts += [entity.label, *entity.words] if entity.id in item.entities else []
    return " ".join(dict.fromkeys(folded(" ".join(parts)).split()))


def sought_terms(framework: Framework, glossary: Glossary) -> tuple[Sought, ...]:
    """Return the terms of a glossary that lead to an item, or that should not be used."""
    texts = {one.id: f" {folded(one.text)} " for one in framework.passages}
    concepts = {plain(one): group for group in glossary.concepts for one in group.wordings}
    terms = []
    for term in glossary.terms:
        concept = concepts.get(plain(term.term))
        alike = (term, concept) if concept else (term,)
        speaks = {item for one in alike for item in one.items}
        wanted = {f" {folded(wording)} " for one in alike for wording in one.wordings}
        items = tuple(
            key for key, text in texts.items() if key in speaks or any(w in text for w in wanted)
        )
        if items or term.status == "avoid":
            wordings = tuple(dict.fromkeys(filter(None, map(folded, term.wordings))))
            preferred = glossary.instead_of(term) or term.shown
            terms.append(Sought(wordings, preferred, term.status == "avoid", items))
    return tuple(terms)
