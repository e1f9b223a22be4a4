"""What an administrator does with the library: check it, build its index, go back, compare."""

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Generic, Literal, NamedTuple, TypeVar

from assistant import opening
from assistant.certificates.edition import Edition, export_edition, load_edition
from assistant.errors import SignpostError
from assistant.ingestion import Ingested, Library
from assistant.retrieval import models, store
from assistant.retrieval.store_volume import Manifest
from assistant.settings import Settings
from corpus.checks.corpus_check import check_corpus
from corpus.editions.difference import Difference, compare
from corpus.passage import Corpus, Problem
from corpus.whole import Whole
from ui.words.phrases import say

T = TypeVar("T")

Report = Callable[[int, int], None]
"""Called with what is done and with all that is to be done."""

EDITIONS = "editions"
"""Folder of the home that holds exported editions, which the page compares with."""


class Refusal(SignpostError):
    """What was asked for cannot be done now; the sentence says why."""


class Kept(NamedTuple):
    """A build of the index, and why this server could not answer from it; empty if it could."""

    manifest: Manifest
    wrong: str


class Job(Generic[T]):
    """A piece of work that can be started again once it has ended."""

    state: Literal["idle", "running", "done", "failed"] = "idle"
    done, total = 0, 0
    said = ""
    """How it stands, `idle` before its first run; and why it failed, as one sentence."""

    result: T | None = None
    at = ""
    """What the last run that did not fail returned, and when: ISO 8601 in UTC."""

    def __init__(self, work: Callable[[Report], T]) -> None:
        self._work = work
        self._lock = threading.Lock()

    def start(self) -> bool:
        """Start it in a thread; return whether it was not running already."""
        with self._lock:
            if self.state == "running":
                return False
            self.state, self.said = "running", ""
            self._report(0, 0)
            # A daemon, so that a server that is told to stop does not wait for it: whatever a job
            # writes must bear being cut off.
            threading.Thread(target=self._run, name="job", daemon=True).start()
            return True

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _run(self) -> None:
        state: Literal["done", "failed"] = "failed"
        # A fault of our own is told too; its words, which may hold anything, are not.
        self.said = say("problem.fault")
        try:
            self.result = self._work(self._report)
            self.at = datetime.now(UTC).isoformat(timespec="seconds")
            state, self.said = "done", ""
        except SignpostError as error:
            self.said = str(error)
        finally:
            self.state = state


class Keeper:
    """Keeps the library of one server; what takes long goes on in the background."""

    def __init__(self, corpus: Corpus, settings: Settings) -> None:
        self.corpus, self.settings = corpus, settings
        self.checking = Job(lambda _: check_corpus(today=datetime.now(UTC).date()))
        self.building = Job(self._build)
        self.changing: Job[Ingested] | None = None

    def shelf(self) -> tuple[str, Kept | None, Kept | None]:
        """Return the place of the store, the build that answers, and the one before, or raise."""
        found = store.status(self.settings)
        return found.place, self._kept(found.current), self._kept(found.previous)

    def start_building(self, build: str) -> None:
        """Build the index anew in the background, after the build that the reader saw, if any.

        `Refusal` if another one answers by now, one is being built, or the corpus was changed.
        """
        now = store.current_manifest(self.settings)
        if (now.build if now else "") != build:
            raise Refusal(say("library.index_changed"))
        if now is None or not now.passages:
            self._check_disk()
        if not self.building.start():
            raise Refusal(say("library.building_already"))

    def roll_back(self, build: str) -> Manifest:
        """Let the build before answer again, if it is still the one that the reader confirmed."""
        _, _, previous = self.shelf()
        if previous is None or previous.manifest.build != build:
            raise Refusal(say("library.index_changed"))
        if previous.wrong:
            raise Refusal(say("library.rollback_refused", why=previous.wrong))
        return store.rollback(self.settings)

    def change_library(
        self,
        name: str,
        sent: Sequence[tuple[str, bytes]] = (),
        removed: str = "",
        roles: Sequence[str] = (),
    ) -> None:
        """Take documents into a library and out of it, in a job that `changing` then holds.

        A library that is not there is made, for these roles. `sent` is what each file is called,
        and its bytes, `removed` the id of a source. `Refusal` if one is being changed already.
        """
        library = Library(self.settings, name)

        def work(report: Report) -> Ingested:
            if sent and not library.exists:
                library.grant(roles)
            return library.change(
                (),
                [one.name for one in library.held() if one.source_id == removed],
                partial(models.ready_embedder, self.settings),
                lambda number, total, outcome: report(number, total),
                sent=sent,
            )

        if self.changing and self.changing.state == "running":
            raise Refusal(say("library.changing_already"))
        self.changing = Job(work)
        self.changing.start()

    def warnings(self) -> dict[str, list[Problem]]:
        """Return what the last check said, by source, those that are of none under the empty id."""
        found: dict[str, list[Problem]] = defaultdict(list)
        if report := self.checking.result:
            for one in (*report.problems, *report.warnings):
                # It is named by a passage, a section, a file or the source.
                stem = one.id.removesuffix(".md").removesuffix(".toml")
                passage = self.corpus.by_id.get(one.id)
                names = [passage.source_id] if passage else []
                names += [one.id.partition("#")[0], f"note:{stem}", stem]
                source = (name for name in names if name in self.corpus.source_by_id)
                found[next(source, "")].append(one)
        return found

    def editions(self) -> tuple[str, ...]:
        """Return the names of the newest 50 exported editions, the newest first."""
        folder = self.settings.home / EDITIONS
        try:
            named = (one for end in ("json", "jsonl") for one in folder.glob(f"[!.]*.{end}"))
            files = [one for one in named if one.is_file() and not one.is_symlink()]
            files.sort(key=lambda one: (-one.stat().st_mtime, one.name))
        except OSError:
            return ()
        return tuple(one.name for one in files[:50])

    def keep_edition(self) -> None:
        """Export the edition that answers, named by its digest; `CorpusError` if it cannot be."""
        folder = self.settings.home / EDITIONS
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise Refusal(say("library.no_folder", folder=folder)) from None
        export_edition(self.corpus, folder / f"{self.corpus.digest[:12]}.json")

    def compared(self, name: str) -> tuple[Edition, Difference]:
        """Return one of `editions`, and what changed from it to the one that answers, or raise."""
        if name not in self.editions():
            raise Refusal(say("library.no_edition"))
        old = load_edition(self.settings.home / EDITIONS / name)
        return old, compare(old.corpus, self.corpus, datetime.now(UTC).date())

    def _build(self, report: Report) -> Manifest:
        built = opening.build_again(self.settings, report)
        # So that there is something to compare with once the corpus has changed.
        self.keep_edition()
        return built

    def _check_disk(self) -> None:
        if Whole.read().corpus.digest != self.corpus.digest:
            raise Refusal(say("library.disk_changed"))

    def _kept(self, manifest: Manifest | None) -> Kept | None:
        if manifest is None:
            return None
        mismatch = manifest.mismatch(self.corpus, models.load_embedder(self.settings))
        return Kept(manifest, store.damage_of(self.settings, manifest.build) or mismatch)
