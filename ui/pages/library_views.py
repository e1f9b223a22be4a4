"""What the Library workspace shows: sources, the check, the index, differences, the service."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from markupsafe import Markup

from assistant.errors import SignpostError
from assistant.ingestion import Access, libraries, visible_library
from assistant.safety.audit import LEAST, AuditCounts
from corpus.editions.difference import Difference, Resourced
from corpus.passage import Corpus, Reference, Source
from corpus.readers.documents import SUFFIXES
from corpus.readers.documents.sandbox import LARGEST
from ui.access.rights import MOST_FILES, RIGHTS, Right, Role
from ui.access.service_state import State, Switch
from ui.exports.report_page import case_name
from ui.look.templates import NONE, render
from ui.pages.evaluate_query import STATUSES, Typed
from ui.pages.library_keeper import Keeper, Refusal
from ui.words.footnotes import SAME_WORK
from ui.words.phrases import clean, day, grouped, kind_of, moment, say, seen_as

VIEWS = ("sources", "documents", "check", "index", "changes", "service")
"""In the order in which they are offered; each is drawn by the template of its name."""

PATH = "/library"
RIGHTS_SHOWN = (Right.ASK, Right.MEASURE, Right.RUN)

Shows = dict[str, object]
"""What the template of a view is filled with, beside the keeper and its last check."""


@dataclass(frozen=True)
class Library:
    """Draws the views of one library."""

    keeper: Keeper
    switch: Switch

    def draw(self, given: Typed) -> Markup:
        """Return the view that an address asks for; what is wrong is said in its place."""
        asked = {name: value[:300] for name, value in given.items()}
        view = view_of(asked)
        name = "source" if asked.get("source") else view
        shows: Callable[[Typed], Shows] = getattr(self, f"_{name}", lambda asked: {})
        try:
            more = shows(asked)
        except SignpostError as error:
            return self.problem(str(error), view)
        checked = self.keeper.checking.result
        return render(f"library_{name}", keeper=self.keeper, checked=checked, **more)

    def problem(self, sentence: str, view: str) -> Markup:
        """Return what is said where something cannot be done or shown."""
        title, back = say(f"library.view_{view}"), say("library.look_again")
        address = f"{PATH}?view={view}"
        return render("fields/problem", title=title, error=sentence, address=address, back=back)

    def _sources(self, asked: Typed) -> Shows:
        filters = {name: asked.get(name, "") for name in ("words", "tier", "past", "sort")}
        tiers = dict.fromkeys(str(one.tier) for one in self.keeper.corpus.sources)
        return {
            "found": chosen(self._shelved(), **filters),
            "filters": filters,
            "tiers": {"": say("library.tier_all"), **{x: say(f"library.tier_{x}") for x in tiers}},
            "orders": {name: say(f"library.sort_{name}") for name in ORDERS},
        }

    def _source(self, asked: Typed) -> Shows:
        name = asked["source"]
        shelved = next((one for one in self._shelved() if one.source.id == name), None)
        if shelved is None:
            raise Refusal(say("library.no_source"))
        return {
            "one": shelved,
            "facts": facts_of(shelved),
            "warnings": self.keeper.warnings().get(name, ()),
            "works": works_of(shelved.source.references),
            "passages": [one for one in self.keeper.corpus.passages if one.source_id == name],
        }

    def _shelved(self) -> "list[Shelved]":
        corpus, today = self.keeper.corpus, datetime.now(UTC).date()
        warned = {name: len(own) for name, own in self.keeper.warnings().items()}
        passages = Counter(passage.source_id for passage in corpus.passages)
        return [
            Shelved(one, *review_of(one, today), passages[one.id], warned.get(one.id, 0))
            for one in corpus.sources
        ]

    def _documents(self, asked: Typed) -> Shows:
        settings = self.keeper.settings
        names = libraries(settings)
        name = asked.get("library") or next(iter(names), "")
        library = visible_library(settings, name) if name in names else None
        held = library.held() if library else ()
        access = library.access() if library else Access()
        return {
            "names": names,
            "name": name,
            "held": held,
            "removed": next((one for one in held if one.source_id == asked.get("remove")), None),
            "roles": {x.value: say(f"library.role_{x}") for x in Role if x is not Role.ADMIN},
            "seen": [one.value for one in Role if access.allows(one)],
            "endings": ",".join(SUFFIXES),
            "megabytes": LARGEST // 2**20,
            "files": MOST_FILES,
        }

    def _index(self, asked: Typed) -> Shows:
        (place, current, previous), back = self.keeper.shelf(), ""
        if current and asked.get("build") == current.manifest.build:
            back = say("library.rolled_back", when=moment(current.manifest.created))
        shown = {"place": place, "current": current, "previous": previous, "said": back}
        return {**shown, "confirming": asked.get("confirm") == "rollback"}

    def _changes(self, asked: Typed) -> Shows:
        corpus, edition = self.keeper.corpus, asked.get("edition", "")
        old, difference = self.keeper.compared(edition) if edition else (None, None)
        editions = self.keeper.editions()
        return {
            "editions": {one: one for one in editions},
            "edition": edition,
            "old": old,
            "difference": difference,
            "kinds": kinds_of(difference, old.corpus, corpus) if old and difference else {},
            "most": 100,  # of a kind that are shown; the command line shows all
            "kept": f"{corpus.digest[:12]}.json" in editions,
        }

    def _service(self, asked: Typed) -> Shows:
        try:
            days, said = days_of(AuditCounts.of(self.keeper.settings)), ""
        except SignpostError as error:
            days, said = [], str(error)
        no, yes = say("library.no"), say("library.yes")
        use = ("day", *STATUSES, "messages")
        return {
            "switched": self.switch.now(),
            "states": {one.value: say(f"library.switch_{one.name.lower()}") for one in State},
            "said": said,
            "use": [say(f"library.use_{name}") for name in use],
            "days": [(day(on), [told or NONE for told in cells]) for on, cells in days],
            "rights": [say("library.role"), *(say(f"library.right_{x}") for x in RIGHTS_SHOWN)],
            "roles": [
                (say(f"library.role_{role}"), [yes if x in own else no for x in RIGHTS_SHOWN])
                for role, own in RIGHTS.items()
            ],
        }


def ways(view: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the parts of the workspace: name, address, and whether it is the view shown."""
    return tuple((say(f"library.view_{one}"), f"{PATH}?view={one}", one == view) for one in VIEWS)


def view_of(asked: Typed) -> str:
    """Return which view an address asks for."""
    view = asked.get("view", "")
    return view if view in VIEWS and not asked.get("source") else "sources"


class Shelved(NamedTuple):
    """A source as it is listed, with how many warnings the last check gave."""

    source: Source
    state: str
    """How it stands to its review: `fixed`, `past`, `soon` or `good`; then the same in words."""

    review: str
    passages: int
    warnings: int


ORDERS: Mapping[str, Callable[[Shelved], tuple[object, ...]]] = {
    "order": lambda one: (),
    "title": lambda one: (clean(one.source.title).casefold(),),
    "review": lambda one: (one.source.review_by or "9999",),
    "as_of": lambda one: (one.source.as_of,),
    "passages": lambda one: (-one.passages,),
    "warnings": lambda one: (-one.warnings,),
}


def chosen(found: Iterable[Shelved], words: str, tier: str, past: str, sort: str) -> list[Shelved]:
    """Return the sources that filters leave, sorted; `past` is empty, or asks for those alone."""
    wanted = words.casefold().split()

    def fits(one: Shelved) -> bool:
        source, kind = one.source, kind_of(one.source)
        text = f"{source.id} {source.title} {source.publisher} {source.version} {kind}"
        return (
            tier in ("", source.tier)
            and (not past or one.state == "past")
            and all(word in clean(text).casefold() for word in wanted)
        )

    return sorted(filter(fits, found), key=ORDERS.get(sort, ORDERS["order"]))


def review_of(source: Source, today: date) -> tuple[str, str]:
    """Return how a source stands to its review: `fixed`, `past`, `soon` or `good`, and words."""
    try:
        until = date.fromisoformat(source.review_by)
    except ValueError:
        return "fixed", say("library.review_fixed")
    left = (until - today).days
    if left < 0:
        return "past", say("library.review_past", n=-left, day=day(source.review_by))
    state = "soon" if left <= 30 else "good"
    return state, say("library.review_left", n=left, day=day(source.review_by))


def facts_of(one: Shelved) -> dict[str, str]:
    """Return what is known of a source, by name; what is empty is left out."""
    source = one.source
    edition = ", ".join(filter(None, map(clean, (source.version, source.published))))
    rows = {
        "tier": kind_of(source),
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
    found = []
    for alike in grouped(works, SAME_WORK).values():
        rest = ", ".join(filter(None, (str(alike[0].year or ""), seen_as(alike[0].seen))))
        where = "; ".join(dict.fromkeys(filter(None, (clean(one.locator) for one in alike))))
        found.append((alike[0], ": ".join(filter(None, (rest, where)))))
    return found


Piece = tuple[str, str]
"""Words, and what became of them: empty, `del` or `ins`."""

Change = tuple[str, str, tuple[Piece, ...]]
"""A passage or source that changed: its id or title, where it stands or what changed, and words."""


def kinds_of(difference: Difference, old: Corpus, new: Corpus) -> dict[str, list[Change]]:
    """Return what changed since an edition, and what is past its review, by kind with its count."""

    def of_sources(said: Iterable[tuple[str, str]]) -> list[Change]:
        """Tell what is said of passages, once for each source, with how many these are."""
        counts = Counter((new.by_id[id_].source_id, told) for id_, told in said)
        return [
            (new.source_by_id[source].title, f"{say('library.passages', n=n)}: {told}", ())
            for (source, told), n in counts.items()
        ]

    def fields(one: Resourced) -> str:
        named = ", ".join(one.fields)
        return say("library.only_days", fields=named) if one.checked_again else named

    def whole(ids: Iterable[str], corpus: Corpus) -> list[Change]:
        return [_passage(id_, id_, corpus, [(corpus.by_id[id_].text, "")]) for id_ in ids]

    kinds = {
        "added": whole(difference.added, new),
        "removed": whole(difference.removed, old),
        "reworded": [
            _passage(one.id, one.now, new, pieces(one.old, one.new)) for one in difference.reworded
        ],
        "renumbered": [_passage(one.id, one.now, new) for one in difference.renumbered],
        "resourced": of_sources((one.now, fields(one)) for one in difference.resourced),
        "stale": of_sources(
            (one.id, say("library.stale_since", day=day(one.review_by))) for one in difference.stale
        ),
    }
    counts = {name: len(getattr(difference, name)) for name in kinds}
    return {say(f"library.{name}", n=counts[name]): own for name, own in kinds.items() if own}


def pieces(old: str, new: str) -> Iterator[Piece]:
    """Yield two wordings as one text: what stays, what was taken out, what was put in."""
    ours, theirs = clean(old).split(), clean(new).split()
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        before, after = " ".join(ours[a:b]), " ".join(theirs[c:d])
        told = [(before, "")] if kind == "equal" else [(before, "del"), (after, "ins")]
        yield from (piece for piece in told if piece[0])


def _passage(old: str, now: str, corpus: Corpus, words: Iterable[Piece] = ()) -> Change:
    passage = corpus.by_id[now]
    path = " > ".join(map(clean, passage.heading_path)) or clean(passage.locator)
    named = old if now == old else f"{old} {say('library.now')} {now}"
    return named, path, tuple(words)


def days_of(counts: AuditCounts) -> list[tuple[str, list[str]]]:
    """Return the newest 14 days of use, ISO 8601, with what was asked in columns.

    A count for each of `STATUSES`, empty for none; then the messages that met a reviewed reply.
    """
    answered: dict[tuple[str, str], list[str]] = defaultdict(list)
    messages: dict[str, list[str]] = defaultdict(list)
    for one in counts.answers:
        answered[one.day, one.status].append(str(one.answers))
    for met in counts.triage:
        count = _sum([str(met.messages)])
        told = say("library.triage", case=case_name(met.case), count=count)
        messages[met.day].append(told)
    days = {on for on, _ in answered} | set(messages)
    return [
        (on, [*(_sum(answered[on, one]) for one in STATUSES), "; ".join(messages[on])])
        for on in sorted(days, reverse=True)[:14]
    ]


def _sum(told: list[str]) -> str:
    """Return counts of one status together; a small one is only known to be from 1 to 4."""
    exact = sum(int(one) for one in told if one.isdecimal())
    small = sum(not one.isdecimal() for one in told)
    if small:
        return say("library.use_range", low=exact + small, high=exact + small * (LEAST - 1))
    return str(exact) if told else ""
