"""Libraries of an operator's documents: files taken in, kept as read, indexed, and taken out."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Literal

from pydantic import ValidationError

from assistant.errors import DocumentError, LibraryError, StoreError
from assistant.home import alone, sha256_of_file, write_whole, writing
from assistant.retrieval.models import Embedder
from assistant.retrieval.store import Index, Progress, current_manifest
from assistant.retrieval.store_volume import FORMAT
from assistant.settings import Settings
from corpus.errors import Outcome
from corpus.passage import Corpus, Record, sha256_of
from corpus.readers.documents import SUFFIXES, Document, read_content
from corpus.readers.documents.sandbox import content_of, page_picture

LIBRARIES = "libraries"  # Folder of the home that holds libraries, each in a folder of its name.
LONGEST_NAME = 40  # Characters of a library's name.
READERS = 2  # Files that are read at once.

Told = Callable[[int, int, "FileOutcome"], None]
"""Called with files done, files in all, and what became of the last."""


class FileOutcome(Record):
    """What became of a file."""

    name: str
    outcome: Outcome | Literal["taken in", "renewed", "unchanged", "same", "removed"]
    said: str
    """As it is called in the library; why nothing of it was kept, or what was done with it; and the
    same as a sentence, with what was left out of it."""

    @property
    def is_refusal(self) -> bool:
        """Whether nothing of it was kept."""
        return self.outcome not in ("taken in", "renewed", "unchanged", "same", "removed")


class Ingested(Record):
    """What was done with a library."""

    library: str
    files: tuple[FileOutcome, ...]
    held: int
    """Its name, files in the order in which they were named, and how many it holds now."""

    texts: int
    embedded: int
    """Texts of its index (passages, and pieces of long ones), and those that were embedded now."""


class HeldFile(Record):
    """A file of a library, as it was read; the file itself is kept where it is a PDF."""

    name: str
    document: Document
    """As it is called in the library: its name, after those of folders that were named with it; and
    what was read."""

    @property
    def source_id(self) -> str:
        """The id of its source, in which its name cannot be read."""
        return f"doc:{sha256_of(self.name)[:10]}"

    @property
    def original(self) -> str:
        """What the file is called among originals; empty where it is not kept."""
        return _original(self.source_id) if self.document.kind == "pdf" else ""


class Access(Record):
    """Who may see a library."""

    roles: tuple[str, ...] = ()
    """Roles that may; everybody if none is named. Administrators always may."""

    def allows(self, role: str | None) -> bool:
        """Tell whether a role may see it; none is whoever works on the machine itself."""
        return role is None or role == "admin" or not self.roles or role in self.roles


class Library:
    """A library in the home: what its index points to is what it holds."""

    def __init__(self, settings: Settings, name: str = "documents") -> None:
        """Keep its place, unread; `LibraryError` where no library can have this name."""
        allowed = set(f"{ascii_lowercase}{digits}-")
        if not name or name.startswith("-") or set(name) - allowed or len(name) > LONGEST_NAME:
            raise LibraryError(
                f"{name!r} is no name of a library; use small letters, digits and hyphens."
            )
        self.name = name
        self.folder = settings.home / LIBRARIES / name
        # Libraries are folders of this machine, wherever the index of the corpus is.
        self.settings = settings.model_copy(update={"home": self.folder, "chroma_url": ""})
        self._listings = self.folder / "passages"
        """What was read, in a file named after its hash."""

        self._originals = self.folder / "originals"
        """PDFs as they came, for the pictures of their pages."""

    @property
    def exists(self) -> bool:
        """Whether it holds anything."""
        return (self.folder / "index" / "pointer.json").is_file()

    def held(self) -> tuple[HeldFile, ...]:
        """Return its files by name; `StoreError` where what it kept is damaged."""
        manifest = current_manifest(self.settings)
        if manifest is None:
            return ()
        again = f"remove {self.folder} and ingest its files again"
        try:
            data = (self._listings / f"{manifest.passages}.jsonl").read_bytes()
            if hashlib.sha256(data).hexdigest() != manifest.passages:
                raise StoreError(f"What the library {self.name} keeps was changed; {again}.")
            return tuple(HeldFile.model_validate_json(one) for one in data.splitlines())
        except (OSError, ValidationError) as error:
            said = f"What the library {self.name} keeps is damaged; {again}."
            raise StoreError(said) from error

    def access(self) -> Access:
        """Return who may see it; nobody but administrators where that cannot be read."""
        try:
            return Access.model_validate_json((self.folder / "access.json").read_text("utf-8"))
        except FileNotFoundError:
            return Access()
        except (OSError, ValueError):
            return Access(roles=("admin",))

    def grant(self, roles: Sequence[str]) -> None:
        """Say who may see it; everybody if no role is named. It may raise `StoreError`."""
        with writing(self.folder):
            access = Access(roles=tuple(roles)).model_dump_json()
            write_whole(self.folder / "access.json", access.encode())

    def change(
        self,
        paths: Sequence[Path],
        removed: Sequence[str],
        embedder: Callable[[], Embedder],
        told: Told = lambda done, total, outcome: None,
        progress: Progress | None = None,
        *,
        sent: Sequence[tuple[str, bytes]] = (),
    ) -> Ingested:
        """Take files in and out, and index what is held then; a file that is refused changes none.

        Folders are gone through without following links; of a file that is `removed`, by its name,
        no byte is kept. What is `sent` stands nowhere yet: what it is to be called, and its bytes.
        The model is asked for once there is something to embed.

        Raises:
            LibraryError: there is no file of a name that is to be removed, or nothing is named.
            IndexBusy: another process is changing it.
            StoreError: the home cannot be written, or is damaged.
        """
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with alone(self.folder / "lock", f"changing the library {self.name}"):
            held = {one.name: one for one in self.held()}
            before = current_manifest(self.settings)
            # What an earlier release indexed is read and indexed again, file by file as they come.
            stale = before is not None and before.format != FORMAT
            hashes = {} if stale else {name: one.document.sha256 for name, one in held.items()}
            outcomes = []
            for name in removed:
                if not held.pop(name, None):
                    known = f"which holds {', '.join(sorted(held)[:10]) or 'no file'}"
                    raise LibraryError(f"{name} is not in the library {self.name}, {known}.")
                outcomes.append(FileOutcome(name=name, outcome="removed", said="Removed."))
            files: list[tuple[str, Path | bytes]] = [*found_files(paths), *sent]
            for done, outcome in enumerate(self._taken_in(held, files, hashes), start=1):
                outcomes.append(outcome)
                told(done, len(files), outcome)
            kinds = {one.outcome for one in outcomes}
            embedded = 0
            if held and (stale or kinds & {"taken in", "renewed", "removed"}):
                embedded = self._index(held, embedder(), progress)
        if not held:
            with writing(self.folder), suppress(FileNotFoundError):
                shutil.rmtree(self.folder)
        manifest = current_manifest(self.settings)
        return Ingested(
            library=self.name,
            files=tuple(outcomes),
            held=len(held),
            texts=manifest.total if manifest else 0,
            embedded=embedded,
        )

    def picture(self, source_id: str, page: int) -> bytes:
        """Return a page of a PDF that it holds, a JPEG; else `LibraryError` or `DocumentError`."""
        try:
            data = (self._originals / _original(source_id)).read_bytes()
        except OSError:
            raise LibraryError(f"The library {self.name} keeps no such PDF.") from None
        return page_picture(data, page, "the file")

    def _taken_in(
        self,
        held: dict[str, HeldFile],
        files: Sequence[tuple[str, Path | bytes]],
        known: Mapping[str, str],
    ) -> Iterator[FileOutcome]:
        """Read files, two at a time, and give what became of each, in order.

        Those whose hash is `known` by their name are not read again.
        """
        with ThreadPoolExecutor(READERS) as pool:
            read = pool.map(partial(_read, known), files)
            for (name, _), (data, document, outcome) in zip(files, read, strict=True):
                digest = document.sha256 if document else ""
                same = (file.name for file in held.values() if file.document.sha256 == digest)
                if twin := next((other for other in same if other != name), ""):
                    said = f"The same as {twin}, which is held."
                    yield outcome.model_copy(update={"outcome": "same", "said": said})
                    continue
                if document is not None:
                    held[name] = HeldFile(name=name, document=document)
                if (file := held.get(name)) and file.original:
                    # A PDF is kept as it came, unless these are not the bytes that were read.
                    place, digest = self._originals / file.original, file.document.sha256
                    with writing(place):
                        kept = place.is_file() and sha256_of_file(place) == digest
                        if not kept and hashlib.sha256(data).hexdigest() == digest:
                            write_whole(place, data)
                yield outcome

    def _index(
        self, held: Mapping[str, HeldFile], embedder: Embedder, progress: Progress | None
    ) -> int:
        """Keep what is held, index it and sweep the rest; return how many texts were embedded."""
        files = [held[name] for name in sorted(held)]
        data = "".join(f"{file.model_dump_json()}\n" for file in files).encode()
        digest = hashlib.sha256(data).hexdigest()
        with writing(self.folder):
            write_whole(self._listings / f"{digest}.jsonl", data)
        corpus, settings = corpus_of(files), self.settings
        # No build before is kept: what is taken out has to be gone.
        built = Index.build(
            corpus, embedder, settings, progress, passages=digest, erase=True, reuse=True
        )
        kept = {f"{digest}.jsonl", *(file.original for file in files)}
        with writing(self.folder):
            for path in (*self._listings.iterdir(), *self._originals.glob("*")):
                if path.name not in kept:
                    path.unlink(missing_ok=True)
        return built.total - built.reused


def corpus_of(files: Sequence[HeldFile]) -> Corpus:
    """Return files as a corpus of the tier of documents."""
    sources = tuple(one.document.source(one.source_id, one.name) for one in files)
    passages = (passage for one in files for passage in one.document.passages(one.source_id))
    return Corpus(sources=sources, passages=tuple(passages))


def beside(corpus: Corpus, own: Corpus) -> Corpus:
    """Return a corpus with that of a library behind it."""
    return Corpus(
        sources=(*corpus.sources, *own.sources), passages=(*corpus.passages, *own.passages)
    )


def libraries(settings: Settings, role: str | None = None) -> tuple[str, ...]:
    """Return the names of libraries that a role may see; of all if none is given."""
    found = []
    for folder in sorted((settings.home / LIBRARIES).glob("*")):
        with suppress(LibraryError):
            library = Library(settings, folder.name)
            if library.exists and library.access().allows(role):
                found.append(library.name)
    return tuple(found)


def visible_library(settings: Settings, name: str, role: str | None = None) -> Library:
    """Return a library that a role may see; else `LibraryError`, whether or not there is one."""
    names = libraries(settings, role)
    if name not in names:
        known = ", ".join(names) or "none; make one with: signpost ingest PATH"
        raise LibraryError(f"There is no library {name!r}; there is {known}.")
    return Library(settings, name)


def found_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Return files by the names that they get; of a folder those of a known format, and links.

    `LibraryError` where a path is not there.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise LibraryError(f"{path} is not there; name files or folders.")
        named = [(path.name, path)]
        if path.is_dir() and not path.is_symlink():
            top = path.resolve()
            # A folder's own files come before those of the folders in it; a link is not followed.
            files = sorted(top.rglob("*"), key=lambda file: (file.parent.parts, file.name))
            named = [
                (f"{top.name}/{file.relative_to(top).as_posix()}", file)
                for file in files
                if (file.suffix.casefold() in SUFFIXES and not file.is_dir()) or file.is_symlink()
                if not file.name.startswith((".", "~$"))
            ]
        if not named:
            raise LibraryError(f"{path} holds no file ending in {', '.join(SUFFIXES)}.")
        for name, file in named:
            # Where another has its name, the folder's stands before it.
            other = found.get(name, file).absolute() != file.absolute()
            found[f"{file.absolute().parent.name}/{name}" if other else name] = file
    return list(found.items())


def _original(source_id: str) -> str:
    return f"{''.join(filter(str.isalnum, source_id))}.pdf"


def _read(
    before: Mapping[str, str], file: tuple[str, Path | bytes]
) -> tuple[bytes, Document | None, FileOutcome]:
    """Read a file; give its bytes, and no document where it is refused or was read before."""
    name, place = file
    try:
        data = place if isinstance(place, bytes) else content_of(place)
        if before.get(name) == hashlib.sha256(data).hexdigest():
            return data, None, FileOutcome(name=name, outcome="unchanged", said="Unchanged.")
        document = read_content(data, name.rpartition("/")[2])
    except DocumentError as error:
        return b"", None, FileOutcome(name=name, outcome=error.outcome, said=str(error))
    count, pages = len(document.sections), document.pages
    said = f"{count} passage{'s' if count > 1 else ''}."
    said = f"{pages} page{'s' if pages > 1 else ''}, {said}" if pages else said
    done: Literal["renewed", "taken in"] = "renewed" if name in before else "taken in"
    told = " ".join((said, *document.remarks))
    return data, document, FileOutcome(name=name, outcome=done, said=told)
