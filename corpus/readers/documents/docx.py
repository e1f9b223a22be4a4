"""The reader of Word's DOCX: mammoth makes a page of it once what is hidden is taken out."""

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
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SHOWN = {"word/document.xml", "word/footnotes.xml", "word/endnotes.xml"}
_HIDDEN_STYLES = {"vanish", "webHidden", "specVanish"}
_STYLE_MAP = "p[style-name='Title'] => h1:fresh"


def draw_docx(data: bytes) -> Drawn:
    """Draw what a Word document shows without what was deleted, comments, headers and footers."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kept = _kept(archive)
            parts = {entry.filename: archive.read(entry) for entry in kept}
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise DocumentError("truncated", f"breaks off or is damaged: {error}.") from None
    # zipfile raises these for a part that needs a password, or is under strong encryption.
    except (NotImplementedError, RuntimeError):
        raise DocumentError("encrypted", "is encrypted; save it without a password.") from None
    for part in parts.values():
        # A sign of two bytes hides nothing.
        lean = part.replace(b"\0", b"")
        if b"<!DOCTYPE" in lean or b"<!ENTITY" in lean:
            raise DocumentError("bomb", "declares entities, which no Word document does.")
    return _drawn(parts)


def _kept(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the parts that have to do with words; pictures and fonts have not."""
    entries = archive.infolist()
    if "word/document.xml" not in archive.namelist():
        raise DocumentError("mismatch", "is an archive, but no Word document.")
    kept = [one for one in entries if one.filename.endswith((".xml", ".rels"))]
    for entry in entries:
        if entry.flag_bits & 1:
            raise DocumentError("encrypted", "is encrypted; save it without a password.")
        packed = max(entry.compress_size, 1)
        too_much = entry.file_size >= 2**20 and entry.file_size > RATIO * packed
        if too_much or (entry.file_size > PART and entry in kept):
            raise DocumentError("bomb", "unpacks to far more than it is.")
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNPACKED:
        raise DocumentError("bomb", "unpacks to far more than it is.")
    return kept


def _drawn(parts: dict[str, bytes]) -> Drawn:
    title = language = ""
    hidden, hiding, packed = 0, set[str](), io.BytesIO()
    try:
        if core := parts.get("docProps/core.xml"):
            stated = ElementTree.fromstring(core).findtext(_TITLE)
            title = " ".join((stated or "").split())
        if data := parts.get("word/styles.xml"):
            styles = ElementTree.fromstring(data)
            stands = next(styles.iter(f"{_W}lang"), None)
            language = "" if stands is None else stands.get(f"{_W}val", "")
            for style in styles.iter(f"{_W}style"):
                if _hides(style.find(f"{_W}rPr")):
                    hiding.add(style.get(f"{_W}styleId", ""))
        for name in parts.keys() & _SHOWN:
            parts[name], taken = _without_hidden(parts[name], hiding)
            hidden += taken
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        packed.seek(0)
        image = img_element(lambda _: {})
        page = mammoth.convert_to_html(packed, style_map=_STYLE_MAP, convert_image=image)
    except (ElementTree.ParseError, KeyError, ValueError, AttributeError, IndexError) as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        raise DocumentError("damaged", f"is damaged: {said}.") from None
    drawn = draw_page(page.value, "docx")
    said = f"Text that the document hides was left out: {hidden} characters."
    remarks = (*((said,) if hidden else ()), *drawn.remarks)
    return drawn._replace(title=title or drawn.title, language=language, remarks=remarks)


def _hides(properties: ElementTree.Element | None) -> bool:
    if properties is None:
        return False

    def value(name: str) -> str:
        found = properties.find(f"{_W}{name}")
        return "" if found is None else found.get(f"{_W}val", "on").casefold()

    if any(value(name) not in ("", "0", "false", "off") for name in _HIDDEN_STYLES):
        return True
    shaded = properties.find(f"{_W}shd") is not None or value("highlight")
    size = value("sz")
    tiny = size.isdigit() and int(size) <= 4
    return tiny or (value("color") == "ffffff" and not shaded)


def _without_hidden(data: bytes, hiding: set[str]) -> tuple[bytes, int]:
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
        for run in paragraph.iter(f"{_W}r"):
            named = (style, run.find(f"{_W}rPr/{_W}rStyle"))
            by_style = any(one is not None and one.get(f"{_W}val") in hiding for one in named)
            if by_style or (run not in shaded and _hides(run.find(f"{_W}rPr"))):
                for text in run.iter(f"{_W}t"):
                    taken += len("".join((text.text or "").split()))
                    text.text = ""
    return (ElementTree.tostring(root), taken) if taken else (data, 0)
