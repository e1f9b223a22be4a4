"""Operators' files read apart: in a process of its own with limits, and nothing else to reach."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import DocumentError
from corpus.readers.documents.section import Document, Drawn, sections_of

SECONDS = 9  # Seconds of a core that a file may take.
MEGABYTES = 512  # Memory that it may take.
LARGEST = 64 * 2**20  # Bytes of a file at most.
LETTERS = 8_000_000  # Characters of text at most; the longest of books has half.
PICTURE = 1_200  # Pixels of the longer side of a page's picture.

SUFFIXES = {
    **{".pdf": "pdf", ".docx": "docx"},
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".txt", ".text"), "text"),
}
"""Formats by the ends of files' names."""

_CHILD = "import sys; from corpus.readers.documents import sandbox as s; s.{}(*sys.argv[1:])"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_document(path: Path, seconds: int = SECONDS) -> Document:
    """Read an operator's file in a process of its own, which may reach nothing else.

    It may take some `seconds` of a core, on a busy machine three times as long. Raises
    DocumentError with an outcome if nothing of it is kept.
    """
    return read_content(content_of(path), path.name, seconds)


def read_content(data: bytes, name: str, seconds: int = SECONDS) -> Document:
    """Read the content of a file as `read_document` does, with the same errors."""
    kind = _kind(name)
    if len(data) > LARGEST:
        raise DocumentError("too large", f"{name} has more than {LARGEST // 2**20} MiB; part it.")
    if not data.strip():
        raise DocumentError("empty", f"{name} holds nothing.")
    try:
        return _read_apart(data, kind, name, seconds)
    except DocumentError as error:
        if error.outcome != "scanned":
            raise
        recognised = _recognised(data)
        if recognised is None:
            raise
    document = _read_apart(recognised, kind, name, seconds)
    said = "Its words were read from pictures by ocrmypdf; check them against the page."
    digest = hashlib.sha256(data).hexdigest()
    return document.model_copy(update={"remarks": (*document.remarks, said), "sha256": digest})


def page_picture(data: bytes, page: int, name: str) -> bytes:
    """Return a page of a PDF, from 1, as a JPEG, drawn in a process like that which reads.

    Raises DocumentError if it has no such page, or none that can be drawn within the limits.
    """
    done = _apart("draw_page", data, (str(page),), name, SECONDS)
    if not done.stdout.startswith(b"\xff\xd8"):
        raise DocumentError("damaged", f"Page {page} of {name} cannot be drawn.")
    return done.stdout


def bare_name(name: str) -> str:
    r"""Return the last part of what a sender calls a file.

    >>> bare_name(r"C:\plans\a.pdf"), bare_name("../")
    ('a.pdf', 'file')
    """
    last = PurePath(name.replace("\\", "/").replace("\0", "")).name
    return last[-200:] if last.strip(".") else "file"


def _kind(name: str) -> str:
    kind = SUFFIXES.get(PurePath(name).suffix.casefold())
    if kind is None:
        known = ", ".join(SUFFIXES)
        raise DocumentError("unknown format", f"{name} ends in none of {known}.")
    return kind


def content_of(path: Path) -> bytes:
    """Return the bytes of a regular file, opened once so that nothing else can take its place.

    At most one more than may be read is returned. Raises DocumentError if it is a link, no file,
    or of no known format.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            said = "is a link; name the file that it leads to."
            raise DocumentError("symlink", f"{path.name} {said}") from None
        reason = error.strerror or "the operating system refuses"
        said = f"{path.name} cannot be read: {reason}; name a file."
        raise DocumentError("not a file", said) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise DocumentError("not a file", f"{path.name} is no file; name one.")
    with os.fdopen(handle, "rb") as file:
        _kind(path.name)
        return file.read(LARGEST + 1)


def _apart(
    call: str, data: bytes, given: tuple[str, ...], name: str, seconds: int
) -> subprocess.CompletedProcess[bytes]:
    """Let a process of its own call a function of this module, with a file at its input."""
    try:
        return subprocess.run(
            [sys.executable, "-P", "-c", _CHILD.format(call), *given, str(seconds)],
            input=data,
            capture_output=True,
            timeout=3 * seconds,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _slow(name, seconds) from None


def _read_apart(data: bytes, kind: str, name: str, seconds: int) -> Document:
    done = _apart("main", data, (kind, name), name, seconds)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        if done.returncode < 0:
            raise _slow(name, seconds) from None
        raise DocumentError("damaged", f"{name} is damaged: it could not be read.") from None
    if "outcome" in told:
        raise DocumentError(told["outcome"], told["said"], told["megabytes"])
    return Document.model_validate(told)


def _slow(name: str, seconds: int) -> DocumentError:
    return DocumentError("slow", f"{name} takes longer than {seconds} seconds to read; part it.")


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


def _drawn(data: bytes, kind: str) -> Drawn:
    """Draw what a file shows, or say why not in a sentence without its subject."""
    if data.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise DocumentError("encrypted", "is encrypted; save it without a password.")
        raise DocumentError("mismatch", "is of an old Office format; save it as DOCX or PDF.")
    is_pdf, is_archive = b"%PDF-" in data[:1024], data.startswith(b"PK\x03\x04")
    if is_pdf != (kind == "pdf") or is_archive != (kind == "docx"):
        raise DocumentError("mismatch", f"is not what its name says: no {kind}.")
    if kind == "pdf":
        from corpus.readers.documents.pdf import draw_pdf

        return draw_pdf(data)
    from corpus.readers.documents.html import draw_docx, draw_html, draw_markdown, draw_text

    draw = {"docx": draw_docx, "html": draw_html, "markdown": draw_markdown, "text": draw_text}
    return draw[kind](data)


def _document(data: bytes, kind: str, name: str) -> Document:
    found = _drawn(data, kind)
    if sum(len(block.text) for block in found.blocks) > LETTERS:
        raise DocumentError("too large", f"holds more than {LETTERS:,} characters of text.")
    blocks = found.blocks
    opens = len(blocks) > 1 and blocks[0].level == 1
    title = found.title or (blocks[0].text if opens else "") or Path(name).stem
    # The title of the whole stands above every heading, and is none of the text.
    sections = sections_of(blocks[1:] if opens and blocks[1].level == 1 else blocks)
    if not any(sign.isalnum() for section in sections for sign in section.text):
        raise DocumentError("empty", "holds no text.")
    told = found._asdict() | {"name": name, "kind": kind, "title": title, "sections": sections}
    del told["blocks"]
    return Document(**told, sha256=hashlib.sha256(data).hexdigest())


def _limit(seconds: int, files: int = 0) -> None:
    """Keep this process from memory, from more seconds of a core, and from everything outside it.

    Open `files` are limited where code that Python does not see is at work; 0 for any.
    """
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, MEGABYTES * 2**20),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            *([(resource.RLIMIT_NOFILE, files)] if files else ()),
        ):
            resource.setrlimit(what, (most, most))
    if not files:
        sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    """Refuse what no reader of files needs: connections, programs, writing."""
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "ctypes.")):
        raise PermissionError(event)


def told_of(data: bytes, kind: str, name: str) -> dict[str, object]:
    """Return a file as a Document's JSON, or its outcome with a sentence, in this process."""
    told: dict[str, object] = {"outcome": "bomb"}
    try:
        told = _document(data, kind, name).model_dump(mode="json")
    except DocumentError as error:
        told = {"outcome": error.outcome, "said": f"{name} {error}"}
    except MemoryError:
        told["said"] = f"{name} takes more than {MEGABYTES} MiB of memory to read."
    except RecursionError:
        told["said"] = f"{name} holds things inside one another without end."
    # The most memory that this process took, in MiB; 0 where it cannot be told. Not `getrusage`,
    # whose figure is that of the process before where this was forked from it.
    used = 0
    with contextlib.suppress(OSError):
        _, _, status = Path("/proc/self/status").read_text("utf-8").partition("VmHWM:")
        used = int(status.split()[0]) // 2**10 if status else 0
    return told | {"megabytes": used}


def main(kind: str, name: str, seconds: str) -> None:
    """Read a file from standard input, and write what `told_of` tells of it."""
    import logging

    logging.disable(logging.CRITICAL)
    _limit(int(seconds))
    sys.stdout.write(json.dumps(told_of(sys.stdin.buffer.read(), kind, name)))


def draw_page(page: str, seconds: str) -> None:
    """Draw a page of the PDF on standard input, and write its picture; nothing if it cannot be."""
    import pypdfium2
    from PIL import Image

    Image.preinit()
    # Past its streams nothing can be opened: no file of this machine, no font, no connection.
    _limit(int(seconds), files=3)
    shown = pypdfium2.PdfDocument(sys.stdin.buffer.read())[int(page) - 1]
    picture = shown.render(scale=PICTURE / max(shown.get_size())).to_pil()
    drawn_as = io.BytesIO()
    picture.convert("RGB").save(drawn_as, "JPEG", quality=80)
    sys.stdout.buffer.write(drawn_as.getvalue())
