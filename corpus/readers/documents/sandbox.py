"""Operators' files read apart: in a process of its own with limits, and nothing else to reach."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError
from corpus.readers.documents.section import Document, Drawn, sections_of

SECONDS = 10
"""Seconds of a core that a file may take."""

MEGABYTES = 512
"""Memory that it may take."""

LARGEST = 64 * 2**20
"""Bytes of a file at most."""

LETTERS = 8_000_000
"""Characters of text at most; the longest of books has half."""

SUFFIXES = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
}
"""Formats by the ends of files' names."""

_CHILD = "import sys; from corpus.readers.documents.sandbox import main; main(*sys.argv[1:])"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_document(path: Path) -> Document:
    """Read an operator's file in a process of its own, which may reach nothing else.

    Raises:
        DocumentError: nothing of it is kept, for an outcome that the error names.
    """
    kind = SUFFIXES.get(path.suffix.casefold())
    if kind is None:
        known = ", ".join(SUFFIXES)
        raise DocumentError("unknown format", f"{path.name} ends in none of {known}.")
    data = _content(path)
    try:
        return _read_apart(data, kind, path.name)
    except DocumentError as error:
        if error.outcome != "scanned":
            raise
        recognised = _recognised(data)
        if recognised is None:
            raise
    document = _read_apart(recognised, kind, path.name)
    said = "Its words were read from pictures by ocrmypdf; check them against the page."
    digest = hashlib.sha256(data).hexdigest()
    return document.model_copy(update={"remarks": (*document.remarks, said), "sha256": digest})


def _content(path: Path) -> bytes:
    """Return the bytes of a regular file, opened once so that nothing else can take its place."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            said = "is a link; name the file that it leads to."
            raise DocumentError("symlink", f"{path.name} {said}") from None
        reason = error.strerror or "the operating system refuses"
        raise DocumentError("not a file", f"{path.name} cannot be read: {reason}.") from None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise DocumentError("not a file", f"{path.name} is no file; name one.")
        if found.st_size > LARGEST:
            size, most = found.st_size // 2**20, LARGEST // 2**20
            raise DocumentError(
                "too large", f"{path.name} has {size} MiB; at most {most} are read."
            )
        data = file.read(LARGEST)
    if not data.strip():
        raise DocumentError("empty", f"{path.name} holds nothing.")
    return data


def _read_apart(data: bytes, kind: str, name: str) -> Document:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-P", "-c", _CHILD, kind, name]
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=3 * SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _slow(name) from None
    try:
        told = json.loads(done.stdout)
    except ValueError:
        if done.returncode < 0:
            raise _slow(name) from None
        raise DocumentError("damaged", f"{name} is damaged: it could not be read.") from None
    if "outcome" in told:
        raise DocumentError(told["outcome"], told["said"], told["megabytes"])
    return Document.model_validate(told)


def _slow(name: str) -> DocumentError:
    return DocumentError("slow", f"{name} takes longer than {SECONDS} seconds to read.")


def _recognised(data: bytes) -> bytes | None:
    """Return a scanned PDF with its words, where `ocrmypdf` is installed; else nothing."""
    if shutil.which("ocrmypdf") is None:
        return None
    command = ["ocrmypdf", "--quiet", "--skip-text", "-", "-"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=600, check=True)
    except (subprocess.SubprocessError, OSError):
        return None
    return done.stdout


def drawn(data: bytes, kind: str) -> Drawn:
    """Draw what a file shows, in this process.

    Raises:
        DocumentError: it is not what its name says, or its reader refuses it; the sentence has no
            subject.
    """
    is_pdf, is_archive = b"%PDF-" in data[:1024], data.startswith(b"PK\x03\x04")
    if data.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DocumentError("encrypted", "is encrypted; save it without a password.")
        raise DocumentError("mismatch", "is of an old Office format; save it as DOCX or PDF.")
    if is_pdf != (kind == "pdf") or is_archive != (kind == "docx"):
        raise DocumentError("mismatch", f"is not what its name says: no {kind}.")
    if kind == "pdf":
        from corpus.readers.documents.pdf import draw_pdf

        return draw_pdf(data)
    if kind == "docx":
        from corpus.readers.documents.docx import draw_docx

        return draw_docx(data)
    return _drawn_text(data, kind)


def _drawn_text(data: bytes, kind: str) -> Drawn:
    from corpus.readers.documents.html import decoded, draw_html, draw_markdown, draw_text

    if kind == "html":
        if (b"\0" in data and decoded(data) is None) or b"<" not in data[:65536]:
            raise DocumentError("mismatch", "is not what its name says: no page.")
        return draw_html(data)
    text = decoded(data)
    if text is None or "\0" in text:
        if b"\0" in data:
            raise DocumentError("mismatch", "is not what its name says: no text.")
        raise DocumentError("encoding", "is not UTF-8; save it as UTF-8 text.")
    return draw_markdown(text) if kind == "markdown" else draw_text(text)


def _document(data: bytes, kind: str, name: str) -> Document:
    found = drawn(data, kind)
    if sum(len(one.text) for one in found.blocks) > LETTERS:
        raise DocumentError("too large", f"holds more than {LETTERS:,} characters of text.")
    blocks = found.blocks
    opens = len(blocks) > 1 and blocks[0].level == 1
    title = found.title or (blocks[0].text if opens else "") or Path(name).stem
    # The title of the whole stands above every heading, and is none of the text.
    sections = sections_of(blocks[1:] if opens and blocks[1].level == 1 else blocks)
    if not any(sign.isalnum() for one in sections for sign in one.text):
        raise DocumentError("empty", "holds no text.")
    return Document(
        name=name,
        kind=found.kind,
        title=title,
        language=found.language,
        pages=found.pages,
        sections=sections,
        remarks=found.remarks,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _most_memory() -> int:
    """Return the most memory that this process took, in MiB; 0 where it cannot be told."""
    with contextlib.suppress(ImportError):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(most // (2**20 if sys.platform == "darwin" else 2**10))
    return 0


def _limit() -> None:
    """Keep this process from memory, time and everything outside it."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, MEGABYTES * 2**20),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (most, most))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what no reader of files needs: connections, programs, writing."""
    del arguments
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "ctypes.")):
        raise PermissionError(event)


def main(kind: str, name: str) -> None:
    """Read a file from standard input, and write what it is, or its outcome, as JSON."""
    import logging

    logging.disable(logging.CRITICAL)
    _limit()
    told: dict[str, object]
    try:
        told = _document(sys.stdin.buffer.read(), kind, name).model_dump(mode="json")
    except DocumentError as error:
        told = {"outcome": error.outcome, "said": f"{name} {error}"}
    except (MemoryError, RecursionError):
        said = f"{name} takes more than {MEGABYTES} MiB of memory to read."
        told = {"outcome": "bomb", "said": said}
    told["megabytes"] = _most_memory()
    sys.stdout.write(json.dumps(told))
