"""What the Library workspace shows: sources, the check, the index, differences, the service."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from typing import NamedTuple, get_args

from markupsafe import Markup

from assistant.errors import SignpostError
from assistant.ingestion import Access, libraries, visible_library
from assistant.records import Status
from assistant.safety.audit import LEAST, AuditCounts
from corpus.editions.difference import Difference
from corpus.passage import Corpus, Reference, Source
from corpus.readers.documents import SUFFIXES
from corpus.readers.documents.sandbox import LARGEST
from ui.access.limits import MOST_FILES
from ui.access.rights import RIGHTS, Right, Role
from ui.access.service_state import State, Switch
from ui.exports.report_page import case_name
from ui.look.templates import NONE, render
from ui.pages.library.library_keeper import Keeper, Kept, Refusal
from ui.words.catalogue import say
from ui.words.phrases import clean, day, kind_of, moment, seen_as

VIEWS = ("sources", "documents", "check", "index", "changes", "service")
"""In the order in which they are offered; each is drawn by the method of its name."""

PATH = "/library"

SHOWN = 12
"""Characters of a digest that are shown, as the command line shows them."""

LONGEST = 300
"""Characters of a value of the address that are read."""

MOST = 100
"""Changes of one kind that are shown; the command line shows all."""

SOON = 30
"""Days before the day of review from which a source is marked as due soon."""

DAYS = 14
"""Days of use that are shown, the newest first; the API gives all."""

RIGHTS_SHOWN = (Right.ASK, Right.MEASURE, Right.RUN)

STATUSES = tuple(one for one in get_args(Status) if one != "safeguarding")
"""What becomes of a question, a column each, in the order of how much is answered."""


class Library:
    """Draws the views of one library."""

    def __init__(self, keeper: Keeper, switch: Switch) -> None:
        self._keeper = keeper
        self._switch = switch

    def draw(self, given: Mapping[str, str]) -> Markup:
        """Return the view that an address asks for; what is wrong is said in its place."""
        asked = {name: value[:LONGEST] for name, value in given.items()}
        view = view_of(asked)
        try:
            if asked.get("source"):
                return self._source(asked["source"])
            return Markup(getattr(self, f"_{view}")(asked))
        except SignpostError as error:
            return self.problem(str(error), view)

    def problem(self, sentence: str, view: str) -> Markup:
        """Return what is said where something cannot be done or shown."""
        return render(
            "fields/problem",
            title=say(f"library.view_{view}"),
            error=sentence,
            address=f"{PATH}?view={view}",
            back=say("library.look_again"),
            kind="told bad",
        )

    def _sources(self, asked: Mapping[str, str]) -> Markup:
        filters = {name: asked.get(name, "") for name in ("words", "tier", "past", "sort")}
        tiers = dict.fromkeys(str(one.tier) for one in self._keeper.corpus.sources)
        return render(
            "library_sources",
            corpus=self._keeper.corpus,
            found=chosen(self._shelved(), **filters),
            filters=filters,
            tiers={"": say("library.tier_all"), **{x: say(f"library.tier_{x}") for x in tiers}},
            orders={name: say(f"library.sort_{name}") for name in ORDERS},
            checked=self._keeper.checking.result is not None,
        )

    def _source(self, name: str) -> Markup:
        shelved = next((one for one in self._shelved() if one.source.id == name), None)
        if shelved is None:
            raise Refusal(say("library.no_source"))
        return render(
            "library_source",
            one=shelved,
            facts=facts_of(shelved),
            checked=self._keeper.checking.result is not None,
            warnings=self._keeper.warnings().get(name, ()),
            works=works_of(shelved.source.references),
            passages=[one for one in self._keeper.corpus.passages if one.source_id == name],
        )

    def _shelved(self) -> list[Shelved]:
        corpus, today = self._keeper.corpus, datetime.now(UTC).date()
        warnings = self._keeper.warnings()
        passages = Counter(passage.source_id for passage in corpus.passages)
        return [
            Shelved(
                source,
                place,
                kind_of(source),
                *review_of(source, today),
                passages=passages[source.id],
                warnings=len(warnings.get(source.id, ())),
            )
            for place, source in enumerate(corpus.sources)
        ]

    def _documents(self, asked: Mapping[str, str]) -> Markup:
        settings = self._keeper.settings
        names = libraries(settings)
        name = asked.get("library") or next(iter(names), "")
        library = visible_library(settings, name) if name in names else None
        held = library.held() if library else ()
        access = library.access() if library else Access()
        return render(
            "library_documents",
            job=self._keeper.changing,
            names=names,
            name=name,
            held=held,
            removed=next((one for one in held if one.source_id == asked.get("remove")), None),
            roles={one.value: say(f"library.role_{one}") for one in Role if one is not Role.ADMIN},
            seen=[one.value for one in Role if access.allows(one)],
            endings=",".join(SUFFIXES),
            megabytes=LARGEST // 2**20,
            files=MOST_FILES,
        )

    def _check(self, asked: Mapping[str, str]) -> Markup:
        checking = self._keeper.checking
        return render("library_check", stand=checking.stand, checked=checking.result)

    def _index(self, asked: Mapping[str, str]) -> Markup:
        built = self._keeper.building.result
        shelf, back = self._keeper.shelf(), ""
        if shelf.current and asked.get("back") == shelf.current.manifest.build:
            back = say("library.rolled_back", when=moment(shelf.current.manifest.created))
        return render(
            "library_index",
            shelf=shelf,
            stand=self._keeper.building.stand,
            built=built.build if built else "",
            confirming=asked.get("confirm") == "rollback",
            said=back,
            facts=index_facts,
        )

    def _changes(self, asked: Mapping[str, str]) -> Markup:
        corpus, edition = self._keeper.corpus, asked.get("edition", "")
        old, difference = self._keeper.compared(edition) if edition else (None, None)
        editions = self._keeper.editions()
        return render(
            "library_changes",
            corpus=corpus,
            shown=SHOWN,
            editions={one: one for one in editions},
            edition=edition,
            old=old,
            difference=difference,
            kinds=kinds_of(difference, old.corpus, corpus) if old and difference else {},
            most=MOST,
            kept=f"{corpus.digest[:SHOWN]}.json" in editions,
        )

    def _service(self, asked: Mapping[str, str]) -> Markup:
        try:
            days, said = days_of(AuditCounts.of(self._keeper.settings)), ""
        except SignpostError as error:
            days, said = (), str(error)
        no, yes = say("library.no"), say("library.yes")
        use = ("day", *STATUSES, "messages")
        return render(
            "library_service",
            switched=self._switch.now(),
            states={one.value: say(f"library.switch_{one.name.lower()}") for one in State},
            said=said,
            use=[say(f"library.use_{name}") for name in use],
            days=[
                (day(one.day), [x or NONE for x in (*one.answers, one.messages)]) for one in days
            ],
            rights=[say("library.role"), *(say(f"library.right_{one}") for one in RIGHTS_SHOWN)],
            roles=[
                (say(f"library.role_{role}"), [yes if x in own else no for x in RIGHTS_SHOWN])
                for role, own in RIGHTS.items()
            ],
        )


def ways(view: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the parts of the workspace: name, address, and whether it is the view shown."""
    return tuple((say(f"library.view_{one}"), f"{PATH}?view={one}", one == view) for one in VIEWS)


def view_of(asked: Mapping[str, str]) -> str:
    """Return which view an address asks for."""
    view = asked.get("view", "")
    return view if view in VIEWS and not asked.get("source") else "sources"


class Shelved(NamedTuple):
    """A source as it is listed."""

    source: Source
    place: int
    """Its place in the library."""

    kind: str
    """What its tier is called."""

    state: str
    """How it stands to its review: `fixed`, `past`, `soon` or `good`."""

    review: str
    """The same in words."""

    passages: int
    warnings: int
    """How many the last check gave."""


ORDERS: Mapping[str, Callable[[Shelved], tuple[object, ...]]] = {
    "order": lambda one: (one.place,),
    "title": lambda one: (clean(one.source.title).casefold(),),
    "review": lambda one: (one.source.review_by or "9999", one.place),
    "as_of": lambda one: (one.source.as_of, one.place),
    "passages": lambda one: (-one.passages, one.place),
    "warnings": lambda one: (-one.warnings, one.place),
}
"""What sources are sorted by, by name."""


def chosen(found: Iterable[Shelved], words: str, tier: str, past: str, sort: str) -> list[Shelved]:
    """Return the sources that filters leave, sorted; `past` is empty, or asks for those alone."""
    wanted = words.casefold().split()

    def fits(one: Shelved) -> bool:
        source = one.source
        text = f"{source.id} {source.title} {source.publisher} {source.version} {one.kind}"
        return (
            tier in ("", source.tier)
            and (not past or one.state == "past")
            and all(word in clean(text).casefold() for word in wanted)
        )

    return sorted(filter(fits, found), key=ORDERS.get(sort, ORDERS["order"]))


def review_of(source: Source, today: date) -> tuple[str, str]:
    """Return how a source stands to its review: a key and the words; no day, no review.

    Returns:
        `fixed`, `past`, `soon` or `good`, and a sentence.
    """
    try:
        until = date.fromisoformat(source.review_by)
    except ValueError:
        return "fixed", say("library.review_fixed")
    left = (until - today).days
    if left < 0:
        return "past", say("library.review_past", n=-left, day=day(source.review_by))
    state = "soon" if left <= SOON else "good"
    return state, say("library.review_left", n=left, day=day(source.review_by))


def facts_of(one: Shelved) -> dict[str, str]:
    """Return what is known of a source, by name; what is empty is left out."""
    source = one.source
    edition = ", ".join(filter(None, map(clean, (source.version, source.published))))
    rows = {
        "tier": one.kind,
        "publisher": source.publisher,
        "edition": edition or say("library.not_named"),
        "as_of": day(source.as_of),
        "review": one.review,
        "confidence": say(f"library.confidence_{source.confidence}"),
        "licence": source.licence,
        "seen": seen_as(source.seen) or say("library.seen_primary"),
        "where": source.locator,
        "url": source.url,
        "passages": str(one.passages),
        "id": source.id,
        "sha256": source.sha256,
    }
    return {say(f"library.column_{name}"): text for name, text in rows.items() if text}


def works_of(works: Iterable[Reference]) -> list[tuple[Reference, str]]:
    """Return each work once, with edition and all its places in words."""
    same: dict[tuple[object, ...], list[Reference]] = defaultdict(list)
    for work in works:
        same[work.publisher, work.title, work.year, work.url, work.seen].append(work)
    found = []
    for alike in same.values():
        rest = ", ".join(filter(None, (str(alike[0].year or ""), seen_as(alike[0].seen))))
        where = "; ".join(dict.fromkeys(filter(None, (clean(one.locator) for one in alike))))
        found.append((alike[0], ": ".join(filter(None, (rest, where)))))
    return found


def index_facts(kept: Kept) -> dict[str, str]:
    """Return what is known of a build of the index, by name."""
    manifest = kept.manifest
    counts = "; ".join(f"{tier} {count}" for tier, count in manifest.counts.items())
    wrong = kept.damage or kept.mismatch
    rows = {
        "built": moment(manifest.created),
        "id": manifest.build,
        "edition": manifest.corpus[:SHOWN],
        "counts": say("library.index_total", n=manifest.total, counts=counts),
        "embedder": f"{manifest.embedder} {manifest.weights[:SHOWN]}",
        "recall": f"{min(manifest.recall.values(), default=0.0):.3f}",
        "reused": str(manifest.reused),
        "versions": ", ".join(f"{name} {number}" for name, number in manifest.versions.items()),
        "fits": f"{say('library.no')} {wrong}" if wrong else say("library.fits"),
    }
    return {say(f"library.index_{name}"): text for name, text in rows.items()}


Piece = tuple[str, str]
"""Words, and what became of them: empty, `del` or `ins`."""


class Change(NamedTuple):
    """A passage or source that changed."""

    named: str
    """Its id, or its title."""

    place: str
    """Where it stands, or what changed."""

    pieces: tuple[Piece, ...] = ()
    """Its words."""


def kinds_of(difference: Difference, old: Corpus, new: Corpus) -> dict[str, list[Change]]:
    """Return what changed from an edition to the one that answers, and what is past its review.

    Changes stand under what they have in common, and how many they are; those beside the words
    are told source by source.
    """
    fields: Counter[tuple[str, str]] = Counter()
    for one in difference.resourced:
        said = ", ".join(one.fields)
        if one.checked_again:
            said = say("library.only_days", fields=said)
        fields[new.by_id[one.now].source_id, said] += 1
    reviews: dict[str, list[str]] = defaultdict(list)
    for stale in difference.stale:
        reviews[new.by_id[stale.id].source_id].append(stale.review_by)
    kinds = {
        "added": [
            _passage(id_, id_, new, ((new.by_id[id_].text, ""),)) for id_ in difference.added
        ],
        "removed": [
            _passage(id_, id_, old, ((old.by_id[id_].text, ""),)) for id_ in difference.removed
        ],
        "reworded": [
            _passage(one.id, one.now, new, tuple(pieces(one.old, one.new)))
            for one in difference.reworded
        ],
        "renumbered": [_passage(one.id, one.now, new) for one in difference.renumbered],
        "resourced": [_of_source(id_, n, said, new) for (id_, said), n in fields.items()],
        "stale": [
            _of_source(id_, len(days), say("library.stale_since", day=day(days[0])), new)
            for id_, days in reviews.items()
        ],
    }
    counts = {name: len(getattr(difference, name)) for name in kinds}
    return {say(f"library.{name}", n=counts[name]): own for name, own in kinds.items() if own}


def pieces(old: str, new: str) -> Iterator[Piece]:
    """Yield two wordings as one text: what stays, what was taken out, what was put in.

    >>> list(pieces("keeps all lists", "keeps no lists"))
    [('keeps', ''), ('all', 'del'), ('no', 'ins'), ('lists', '')]
    """
    ours, theirs = clean(old).split(), clean(new).split()
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        before, after = " ".join(ours[a:b]), " ".join(theirs[c:d])
        told = [(before, "")] if kind == "equal" else [(before, "del"), (after, "ins")]
        yield from (piece for piece in told if piece[0])


def _passage(old: str, now: str, corpus: Corpus, words: tuple[Piece, ...] = ()) -> Change:
    passage = corpus.by_id[now]
    path = " > ".join(map(clean, passage.heading_path)) or clean(passage.locator)
    return Change(old if now == old else f"{old} {say('library.now')} {now}", path, words)


def _of_source(source: str, count: int, said: str, corpus: Corpus) -> Change:
    counted = say("library.passages", n=count)
    return Change(corpus.source_by_id[source].title, f"{counted}: {said}")


class Day(NamedTuple):
    """What was asked on a day."""

    day: str
    """ISO 8601."""

    answers: tuple[str, ...]
    """Count by status, as it may be told; empty for none."""

    messages: str
    """Messages that met a reviewed reply, each kind in plain words with its count."""


def days_of(counts: AuditCounts) -> tuple[Day, ...]:
    """Return the newest days of use, with what was asked in columns."""
    answered: dict[tuple[str, str], list[str]] = defaultdict(list)
    messages: dict[str, list[str]] = defaultdict(list)
    for one in counts.answers:
        answered[one.day, one.status].append(str(one.answers))
    for met in counts.triage:
        count = _sum([str(met.messages)])
        told = say("library.triage", case=case_name(met.case), count=count)
        messages[met.day].append(told)
    days = {on for on, _ in answered} | set(messages)
    return tuple(
        Day(on, tuple(_sum(answered[on, one]) for one in STATUSES), "; ".join(messages[on]))
        for on in sorted(days, reverse=True)[:DAYS]
    )


def _sum(told: list[str]) -> str:
    """Return counts of one status together; a small one is only known to be from 1 to 4.

    >>> _sum(["12", "7"]), _sum(["12", "fewer than 5"]), _sum([])
    ('19', '13 to 16', '')
    """
    exact = sum(int(one) for one in told if one.isdecimal())
    small = sum(not one.isdecimal() for one in told)
    if small:
        return say("library.use_range", low=exact + small, high=exact + small * (LEAST - 1))
    return str(exact) if told else ""
