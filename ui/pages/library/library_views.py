"""What the Library workspace shows: sources, the check, the index, differences, the service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant.errors import SignpostError
from assistant.ingestion import Access, libraries, visible_library
from assistant.safety.audit import LEAST, AuditCounts
from corpus.readers.documents import SUFFIXES
from corpus.readers.documents.sandbox import LARGEST
from ui.access.limits import MOST_FILES
from ui.access.rights import RIGHTS, Right, Role
from ui.access.service_state import State, Switch
from ui.exports.report_page import case_name
from ui.look.templates import render
from ui.pages.library.library_changes import MOST, kinds_of, told_of
from ui.pages.library.library_keeper import Keeper, Kept, Refusal
from ui.pages.library.library_sources import ORDERS, chosen, facts_of, shelved, works_of
from ui.pages.plain import Way
from ui.words.catalogue import say
from ui.words.phrases import moment

if TYPE_CHECKING:
    from corpus.structure.faults import Problem

VIEWS = ("sources", "documents", "check", "index", "changes", "service")
"""In the order in which they are offered; each is drawn by the method of its name."""

PATH = "/library"

SHOWN = 12
"""Characters of a digest that are shown, as the command line shows them."""

LONGEST = 300
"""Characters of a value of the address that are read."""


DAYS = 14
"""Days of use that are shown, the newest first; the API gives all."""

RIGHTS_SHOWN = (Right.ASK, Right.MEASURE, Right.RUN)

STATUSES = ("answered", "partial", "not_covered", "clarify", "out_of_scope", "declined")
"""What becomes of a question, a column each, in the order of how much is answered."""


class Day(NamedTuple):
    """What was asked on a day."""

    day: str
    """ISO 8601."""

    answers: tuple[str, ...]
    """Count by status, as it may be told; empty for none."""

    messages: str
    """Messages that met a reviewed reply, each kind in plain words with its count."""


class Library:
    """Draws the views of one library."""

    def __init__(self, keeper: Keeper, switch: Switch) -> None:
        """Keep what views are drawn from."""
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
        return render("library_problem", view=view, error=sentence)

    def _sources(self, asked: Mapping[str, str]) -> Markup:
        corpus = self._keeper.corpus
        found = shelved(corpus, _today(), self._warnings())
        filters = {name: asked.get(name, "") for name in ("words", "tier", "past", "sort")}
        left = chosen(found, **filters)
        tiers = dict.fromkeys(one.tier for one in corpus.sources)
        named = {str(one): say(f"library.tier_{one}") for one in tiers}
        return render(
            "library_sources",
            corpus=corpus,
            found=left,
            filters=filters,
            tiers={"": say("library.tier_all"), **named},
            orders={name: say(f"library.sort_{name}") for name in ORDERS},
            checked=self._keeper.checking.result is not None,
        )

    def _source(self, name: str) -> Markup:
        corpus = self._keeper.corpus
        found = shelved(corpus, _today(), self._warnings())
        one = next((one for one in found if one.source.id == name), None)
        if one is None:
            raise Refusal(say("library.no_source"))
        return render(
            "library_source",
            one=one,
            facts=facts_of(one),
            checked=self._keeper.checking.result is not None,
            warnings=self._keeper.warnings_of(name),
            works=works_of(one.source.references),
            passages=[passage for passage in corpus.passages if passage.source_id == name],
        )

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
            seen={one.value: access.allows(one) for one in Role if one is not Role.ADMIN},
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
            builds={"current": shelf.current, "previous": shelf.previous},
            facts=_facts,
        )

    def _changes(self, asked: Mapping[str, str]) -> Markup:
        corpus, edition = self._keeper.corpus, asked.get("edition", "")
        found = self._keeper.compared(edition) if edition else None
        editions = self._keeper.editions()
        return render(
            "library_changes",
            corpus=corpus,
            shown=SHOWN,
            editions=editions,
            edition=edition,
            found=found,
            told=tuple(told_of(found)) if found else (),
            kinds=kinds_of(found, corpus) if found else {},
            most=MOST,
            kept=f"{corpus.digest[:SHOWN]}.json" in editions,
        )

    def _service(self, asked: Mapping[str, str]) -> Markup:
        try:
            days, said = days_of(AuditCounts.of(self._keeper.settings)), ""
        except SignpostError as error:
            days, said = (), str(error)
        return render(
            "library_service",
            switched=self._switch.now(),
            states={one.value: say(f"library.switch_{one.name.lower()}") for one in State},
            days=days,
            said=said,
            statuses=STATUSES,
            rights=RIGHTS_SHOWN,
            roles=roles(),
        )

    def _warnings(self) -> dict[str, tuple[Problem, ...]] | None:
        if self._keeper.checking.result is None:
            return None
        return {one: self._keeper.warnings_of(one) for one in self._keeper.corpus.source_by_id}


def ways(view: str) -> tuple[Way, ...]:
    """Return the parts of the workspace; `view` is the one that is shown."""
    return tuple(
        Way(say(f"library.view_{one}"), f"{PATH}?view={one}", one == view) for one in VIEWS
    )


def view_of(asked: Mapping[str, str]) -> str:
    """Return which view an address asks for."""
    view = asked.get("view", "")
    return view if view in VIEWS and not asked.get("source") else "sources"


def _facts(kept: Kept) -> dict[str, str]:
    manifest = kept.manifest
    counts = "; ".join(f"{tier} {count}" for tier, count in manifest.counts.items())
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    wrong = kept.damage or kept.mismatch
    rows = {
        "built": moment(manifest.created),
        "id": manifest.build,
        "edition": manifest.corpus[:SHOWN],
        "counts": say("library.index_total", n=manifest.total, counts=counts),
        "embedder": f"{manifest.embedder} {manifest.weights[:SHOWN]}",
        "recall": f"{min(manifest.recall.values(), default=0.0):.3f}",
        "reused": str(manifest.reused),
        "versions": versions,
        "fits": f"{say('library.no')} {wrong}" if wrong else say("library.fits"),
    }
    return {say(f"library.index_{name}"): text for name, text in rows.items()}


def days_of(counts: AuditCounts) -> tuple[Day, ...]:
    """Return the newest days of use, with what was asked in columns."""
    days = {one.day for one in counts.answers} | {one.day for one in counts.triage}
    return tuple(_day(one, counts) for one in sorted(days, reverse=True)[:DAYS])


def roles() -> dict[str, tuple[str, ...]]:
    """Return for each role whether it has each of the rights that are shown."""
    no, yes = say("library.no"), say("library.yes")
    return {
        say(f"library.role_{role}"): tuple(
            yes if one in RIGHTS[role] else no for one in RIGHTS_SHOWN
        )
        for role in Role
    }


def _day(day: str, counts: AuditCounts) -> Day:
    by_status: dict[str, list[str]] = {}
    for one in counts.answers:
        if one.day == day:
            by_status.setdefault(one.status, []).append(str(one.answers))
    messages = "; ".join(
        say("library.triage", case=case_name(one.case), count=_sum([str(one.messages)]))
        for one in counts.triage
        if one.day == day
    )
    return Day(day, tuple(_sum(by_status.get(one, [])) for one in STATUSES), messages)


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


def _today() -> date:
    return datetime.now(UTC).date()
