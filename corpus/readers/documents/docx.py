"""The reader of Word's DOCX: mammoth makes a page of it once what is hidden is taken out."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

import mammoth
from mammoth.images import img_element

from corpus.errors import DocumentError
from corpus.readers.documents.html import draw_page
from corpus.readers.documents.section import Drawn

ENTRIES = 5_000  # Files in the archive at most.
UNPACKED = 300 * 2**20  # Bytes of all files in the archive at most.
PART = 24 * 2**20  # Bytes of a part that is read at most; a book has two.
RATIO = 250  # Times that a part of a mebibyte or more may be larger than what it is packed in.

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HIDDEN_STYLES = {"vanish", "webHidden", "specVanish"}
_STYLE_MAP = "p[style-name='Title'] => h1:fresh"


def draw_docx(data: bytes) -> Drawn:
    """Draw what a Word document shows; deleted text, comments, headers and footers are not read.

    Raises:
        DocumentError: it is no such document, is encrypted or damaged, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            parts = {one.filename: archive.read(one) for one in archive.infolist() if _kept(one)}
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise DocumentError("truncated", f"breaks off or is damaged: {error}.") from None
    # zipfile raises these for a part that needs a password, or is under strong encryption.
    except (NotImplementedError, RuntimeError):
        raise DocumentError("encrypted", "is encrypted; save it without a password.") from None
    for name, part in parts.items():
        # A sign of two bytes hides nothing.
        if name.endswith((".xml", ".rels")) and b"<!" in part.replace(b"\0", b""):
            lean = part.replace(b"\0", b"")
            if b"<!DOCTYPE" in lean or b"<!ENTITY" in lean:
                raise DocumentError("bomb", "declares entities, which no Word document does.")
    return _drawn(parts)


def _check(archive: zipfile.ZipFile) -> None:
    found = archive.infolist()
    if "word/document.xml" not in archive.namelist():
        raise DocumentError("mismatch", "is an archive, but no Word document.")
    for one in found:
        if one.flag_bits & 1:
            raise DocumentError("encrypted", "is encrypted; save it without a password.")
        packed = max(one.compress_size, 1)
        too_much = one.file_size >= 2**20 and one.file_size > RATIO * packed
        if too_much or (one.file_size > PART and _kept(one)):
            raise DocumentError("bomb", "unpacks to far more than it is.")
    if len(found) > ENTRIES or sum(one.file_size for one in found) > UNPACKED:
        raise DocumentError("bomb", "unpacks to far more than it is.")


def _kept(entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part has to do with words; pictures and fonts have not."""
    return entry.filename.endswith((".xml", ".rels")) and not entry.is_dir()


def _drawn(parts: dict[str, bytes]) -> Drawn:
    try:
        styles = _styles(parts.get("word/styles.xml", b""))
        hidden = 0
        for name in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
            if name in parts:
                parts[name], taken = _without_hidden(parts[name], styles)
                hidden += taken
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        packed.seek(0)
        page = mammoth.convert_to_html(
            packed, style_map=_STYLE_MAP, convert_image=img_element(lambda _: {})
        )
        title, language = _told(parts)
    except (ElementTree.ParseError, KeyError, ValueError, AttributeError, IndexError) as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        raise DocumentError("damaged", f"is damaged: {said}.") from None
    drawn = draw_page(page.value, "docx")
    said = f"Text that the document hides was left out: {hidden} characters."
    remarks = (*((said,) if hidden else ()), *drawn.remarks)
    return drawn._replace(title=title or drawn.title, language=language, remarks=remarks)


def _styles(data: bytes) -> set[str]:
    """Return the ids of styles whose text is not seen."""
    if not data:
        return set()
    styles = ElementTree.fromstring(data)
    return {
        one.get(f"{_W}styleId", "")
        for one in styles.iter(f"{_W}style")
        if (properties := one.find(f"{_W}rPr")) is not None and _hides(properties)
    }


def _hides(properties: ElementTree.Element) -> bool:
    """Tell whether a run's properties keep a reader from seeing it."""

    def value(name: str) -> str:
        found = properties.find(f"{_W}{name}")
        return "" if found is None else found.get(f"{_W}val", "on").casefold()

    if any(value(name) not in ("", "0", "false", "off") for name in _HIDDEN_STYLES):
        return True
    shaded = properties.find(f"{_W}shd") is not None or value("highlight")
    size = value("sz")
    tiny = size.isdigit() and int(size) <= 4
    return tiny or (value("color") == "ffffff" and not shaded)


def _without_hidden(data: bytes, styles: set[str]) -> tuple[bytes, int]:
    """Return a part without runs that are not seen, and how many characters those had."""
    root = ElementTree.fromstring(data)
    taken = 0
    shaded = {
        run
        for cell in (*root.iter(f"{_W}tc"), *root.iter(f"{_W}p"))
        if cell.find(f"./*/{_W}shd") is not None
        for run in cell.iter(f"{_W}r")
    }
    for paragraph in root.iter(f"{_W}p"):
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        all_of_it = style is not None and style.get(f"{_W}val") in styles
        for run in paragraph.iter(f"{_W}r"):
            own = run.find(f"{_W}rPr")
            named = None if own is None else own.find(f"{_W}rStyle")
            by_style = named is not None and named.get(f"{_W}val") in styles
            if all_of_it or by_style or (own is not None and _hides(own) and run not in shaded):
                for text in [*run.iter(f"{_W}t")]:
                    taken += len("".join((text.text or "").split()))
                    text.text = ""
    return (ElementTree.tostring(root), taken) if taken else (data, 0)


def _told(parts: dict[str, bytes]) -> tuple[str, str]:
    """Return what the document says of itself: its title and its language, or nothing."""
    title = language = ""
    if core := parts.get("docProps/core.xml"):
        stated = ElementTree.fromstring(core).findtext("{http://purl.org/dc/elements/1.1/}title")
        title = " ".join((stated or "").split())
    if styles := parts.get("word/styles.xml"):
        stands = next(ElementTree.fromstring(styles).iter(f"{_W}lang"), None)
        language = "" if stands is None else stands.get(f"{_W}val", "")
    return title, language
