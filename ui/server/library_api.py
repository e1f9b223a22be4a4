"""The routes behind the Library workspace: each gives a view, or does one thing and gives it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import APIRouter, HTTPException
from pydantic import ConfigDict, Field

from assistant.errors import SignpostError
from assistant.safety.audit_export import AuditCounts
from corpus.passage import Record
from ui.pages.library.library_changes import changes_as_html
from ui.pages.library.library_index import check_as_html, index_as_html
from ui.pages.library.library_keeper import Keeper
from ui.pages.library.library_service import service_as_html
from ui.pages.library.library_sources import source_as_html, sources_as_html
from ui.words.catalogue import say
from ui.words.phrases import moment

if TYPE_CHECKING:
    from ui.access.switch import Switch

T = TypeVar("T")


class View(Record):
    """A view of the workspace."""

    html: str
    """Drawn, and inert."""


class BuildBody(Record):
    """What the reader saw when the button was pressed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    build: Annotated[str, Field(max_length=100)]
    """Id of the build in question."""


def build_library(keeper: Keeper, switch: Switch) -> APIRouter:
    """Return the routes under `/api/library`.

    Args:
        keeper: keeps the library.
        switch: how the service is switched.
    """
    api = APIRouter(prefix="/api/library", include_in_schema=False)
    _add_sources(api, keeper)
    _add_standing(api, keeper, switch)
    _add_doing(api, keeper)
    return api


def _add_sources(api: APIRouter, keeper: Keeper) -> None:
    corpus = keeper.corpus

    @api.get("/sources")
    def sources() -> View:
        ids = corpus.source_by_id
        warned = {one: keeper.warnings_of(one) for one in ids} if keeper.checking.result else None
        return View(html=sources_as_html(corpus, _today(), warned))

    @api.get("/source")
    def source(id: Annotated[str, Field(max_length=300)]) -> View:
        found = corpus.source_by_id.get(id)
        if found is None:
            raise HTTPException(404, say("library.no_source"))
        warned = keeper.warnings_of(id) if keeper.checking.result else None
        return View(html=source_as_html(corpus, found, _today(), warned))


def _add_standing(api: APIRouter, keeper: Keeper, switch: Switch) -> None:
    @api.get("/check")
    def check() -> View:
        return _check(keeper)

    @api.get("/index")
    def index(confirm: Annotated[str, Field(max_length=20)] = "") -> View:
        return _told(lambda: _index(keeper, confirming=confirm == "rollback"))

    @api.get("/changes")
    def changes(edition: Annotated[str, Field(max_length=300)] = "") -> View:
        return _told(lambda: _changes(keeper, edition))

    @api.get("/service")
    def service() -> View:
        try:
            counts, said = AuditCounts.of(keeper.settings), ""
        except SignpostError as error:
            counts, said = None, str(error)
        return View(html=service_as_html(switch.now(), counts, said))


def _add_doing(api: APIRouter, keeper: Keeper) -> None:
    @api.post("/check")
    def check() -> View:
        keeper.checking.start()
        return _check(keeper)

    @api.post("/build")
    def build(body: BuildBody) -> View:
        def begin() -> View:
            keeper.start_building(body.build)
            return _index(keeper)

        return _told(begin)

    @api.post("/rollback")
    def rollback(body: BuildBody) -> View:
        def back() -> View:
            manifest = keeper.roll_back(body.build)
            return _index(keeper, said=say("library.rolled_back", when=moment(manifest.created)))

        return _told(back)

    @api.post("/editions")
    def editions() -> View:
        def keep() -> View:
            keeper.keep_edition()
            return _changes(keeper, "")

        return _told(keep)


def _check(keeper: Keeper) -> View:
    return View(html=check_as_html(keeper.checking.stand, keeper.checking.result))


def _index(keeper: Keeper, *, confirming: bool = False, said: str = "") -> View:
    built = keeper.building.result
    html = index_as_html(
        keeper.shelf(),
        keeper.building.stand,
        built=built.build if built else "",
        confirming=confirming,
        said=said,
    )
    return View(html=html)


def _changes(keeper: Keeper, edition: str) -> View:
    found = keeper.compared(edition) if edition else None
    editions = keeper.editions()
    return View(html=changes_as_html(editions, keeper.corpus, chosen=edition, found=found))


def _told(work: Callable[[], T]) -> T:
    """Return what `work` returns; what it cannot do is told as a sentence.

    Raises:
        HTTPException: it was refused.
    """
    try:
        return work()
    except SignpostError as error:
        raise HTTPException(409, str(error)) from None


def _today() -> date:
    return datetime.now(UTC).date()
