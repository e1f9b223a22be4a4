"""The reader of HTML, and of Markdown and DOCX by way of it: what is seen, in its order.

Mammoth makes a page of a Word document once what is hidden is taken out.
"""

import codecs
import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from corpus.errors import DocumentError
from corpus.readers.documents.section import PARTED, Block, Drawn, cleaned, paragraphs

DEEPEST = 500  # Elements inside one another at most; no page that a person wrote comes near.
HEADINGS = {f"h{level}": level for level in range(1, 7)}
ENTRIES = 5_000  # Files in the archive of a Word document at most.
UNPACKED = 300 * 2**20  # Bytes of all files in it at most.
PART = 24 * 2**20  # Bytes of a part that is read at most; a book has two.
RATIO = 250  # Times that a part of a mebibyte or more may be larger than what it is packed in.
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = frozenset(
    "script style noscript template head nav footer iframe object svg math button select"
    " textarea canvas audio video".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby"
    " s samp small span strike strong sub sup time tt u var wbr img br".split()
)
_BREAK = "\v"  # Stands for a line break that the page asks for.
_DEFINES = ":\ue000"  # Stands between a term and its definition.
_CELLS = frozenset({"td", "th"})
_NOTHING = frozenset({"0", "0px", "0pt", "0em", "0%", "1px", "1pt"})
_WHITE = frozenset({"white", "#fff", "#ffffff", "transparent", "rgb(255,255,255)"})


def draw_html(data: bytes) -> Drawn:
    """Draw what a page shows, decoded by its mark, as UTF-8, or as it says itself."""
    page = _decoded(data)
    if (b"\0" in data and page is None) or b"<" not in data[:65536]:
        raise DocumentError("mismatch", "is not what its name says: no page.")
    if page is None:
        head = data[:2048].decode("latin-1").casefold()
        named = head.partition("charset=")[2].lstrip("\"' ")
        signs = (sign if sign.isalnum() or sign in "-_" else " " for sign in named)
        try:
            page = data.decode(codecs.lookup("".join(signs).split(" ")[0]).name)
        except (LookupError, UnicodeError):
            said = "is not UTF-8 and names no encoding that it is in; save it as UTF-8."
            raise DocumentError("encoding", said) from None
    return draw_page(page)


def draw_markdown(data: bytes) -> Drawn:
    """Draw what a Markdown file shows once it is a page; it is refused where it is no text."""
    from markdown_it import MarkdownIt

    text = _text(data)
    # What stands between two rules at the very beginning describes the file.
    if text.startswith("---\n") and "\n---\n" in text[4:]:
        text = text[4:].partition("\n---\n")[2]
    return draw_page(MarkdownIt("commonmark").enable("table").render(text))


def draw_text(data: bytes) -> Drawn:
    """Draw the paragraphs of a plain text, whose lines may be wrapped; refused where it is none."""
    lines = [cleaned(paragraph) for paragraph in paragraphs(_text(data))]
    telling = sum(count for _, count in lines)
    hidden = f"Signs that are not seen were left out: {telling}."
    blocks = [Block(line) for line, _ in lines if line]
    return Drawn(blocks, remarks=(hidden,) if telling else ())


def _text(data: bytes) -> str:
    text = _decoded(data)
    if text is not None and "\0" not in text:
        return text
    if b"\0" in data:
        raise DocumentError("mismatch", "is not what its name says: no text.")
    raise DocumentError("encoding", "is not UTF-8; save it as UTF-8 text.")


def _decoded(data: bytes) -> str | None:
    """Return text by its byte order mark or as UTF-8; none if it is in neither."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        return None


def draw_page(page: str) -> Drawn:
    """Draw what decoded HTML shows."""
    tree = LexborHTMLParser(page)
    head = tree.css_first("head > title")
    title = cleaned(head.text())[0] if head else ""
    language = (tree.root.attributes.get("lang") or "") if tree.root else ""
    walk = _Walk(tree)
    blocks = tuple(walk.over(tree.body)) if tree.body else ()
    said = f"Text that the page hides was left out: {walk.hidden} characters."
    return Drawn(blocks, title, language, remarks=(said,) if walk.hidden else ())


class _Walk:
    """One walk over a page, which never goes deeper on the stack however deep the page is."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.hidden = 0  # Characters that are not seen.
        self._styles = _style_rules(tree)
        self._text = ""
        self._cells: list[list[str]] = []
        self._names = True  # Whether all cells of the row so far name columns.
        self._tables = self._lists = 0

    def over(self, body: LexborNode) -> Iterator[Block]:
        """Give the blocks of a page in reading order."""
        # Each entry is a node to enter, or to leave, with whether a ground is painted under it.
        pending: list[tuple[LexborNode, bool, bool, int]] = [(body, False, False, 0)]
        while pending:
            node, leaving, painted, depth = pending.pop()
            if depth > DEEPEST:
                raise DocumentError("bomb", "has elements inside one another without end.")
            tag = node.tag or ""
            if leaving:
                yield from self._leave(tag)
            elif node.is_text_node:
                self._text += (node.text_content or "").replace(_BREAK, " ")
            elif node.is_element_node and tag not in _LEFT_OUT:
                style = self._style(node)
                painted = painted or "background" in style or "background-color" in style
                if _hides(style, painted):
                    self.hidden += len("".join(node.text().split()))
                    continue
                yield from self._enter(tag)
                pending.append((node, True, painted, depth))
                children = list(node.iter(include_text=True))
                pending += [(one, False, painted, depth + 1) for one in reversed(children)]

    def _enter(self, tag: str) -> Iterator[Block]:
        if tag == "br":
            self._text += _BREAK
        elif tag == "tr":
            yield from self._flush()
            self._cells.append([])
            self._names = True
        elif self._cells and tag not in _INLINE and tag not in _CELLS:
            self._text += " "
        elif tag not in _INLINE and not (tag == "dd" and self._text.endswith(_DEFINES)):
            yield from self._flush()
            self._lists += tag == "li"
            self._tables += tag == "table"

    def _leave(self, tag: str) -> Iterator[Block]:
        if tag in _CELLS and self._cells:
            self._cells[-1].append(self._taken())
            self._names &= tag == "th"
        elif tag == "tr" and self._cells:
            cells, more = self._cells.pop(), self._taken()
            cells += [more] if more else []
            if any(cells):
                yield Block(PARTED.join(cells), row=self._tables, names=self._names)
        elif tag in HEADINGS and not self._cells:
            if text := self._taken():
                yield Block(text, HEADINGS[tag])
        elif self._cells:
            self._text += "" if tag in _INLINE else " "
        elif tag not in _INLINE:
            yield from self._flush(term=tag == "dt")
            self._lists -= tag == "li"

    def _taken(self) -> str:
        text, telling = cleaned(self._text)
        self.hidden += telling
        self._text = ""
        return text

    def _flush(self, *, term: bool = False) -> Iterator[Block]:
        """Give what was gathered; two line breaks part it. A term waits for its definition."""
        if term and (told := self._text.strip()):
            self._text = told.rstrip(":") + _DEFINES
            return
        pieces = [" ".join(piece.split()) for piece in self._text.split(_BREAK)]
        for _, lines in groupby(pieces, key=bool):
            self._text = " ".join(lines)
            depth = -1 if _DEFINES in self._text else self._lists
            if text := self._taken():
                yield Block(text, depth=depth)

    def _style(self, node: LexborNode) -> dict[str, str]:
        attributes = node.attributes
        style = dict(self._styles.get(node.mem_id, {}))
        for name, attribute in (("color", "color"), ("background", "bgcolor")):
            if value := attributes.get(attribute):
                style[name] = value
        style |= _declared(attributes.get("style") or "")
        if "hidden" in attributes:
            style["display"] = "none"
        return style


def _declared(style: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in style.casefold().split(";"))
    return {
        name.strip(): "".join(value.replace("!important", "").split()) for name, _, value in pairs
    }


def _hides(style: dict[str, str], painted: bool) -> bool:
    away = [style.get(name, "") for name in ("left", "top", "text-indent", "margin-left")]
    return (
        style.get("display") == "none"
        or style.get("visibility") in ("hidden", "collapse")
        or style.get("opacity") in ("0", "0.0", "0%")
        or style.get("font-size") in _NOTHING
        or (style.get("color") in _WHITE and not painted)
        or any(one.startswith("-") and len(one) > 5 for one in away)
    )


def _style_rules(tree: LexborHTMLParser) -> dict[int, dict[str, str]]:
    """Return what the page's own style sheets declare, by node; none of what is asked for once."""
    found: dict[int, dict[str, str]] = {}
    for sheet in tree.css("style"):
        for rule in sheet.text().split("}"):
            before, _, declared = rule.rpartition("{")
            style = _declared(declared)
            # Rules for print and for narrow screens do not hold where a reader sits.
            if "@" in before or not (_hides(style, painted=False) or "background" in str(style)):
                continue
            with suppress(SelectolaxError):
                for node in tree.css(before.strip()):
                    found.setdefault(node.mem_id, {}).update(style)
    return found


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
    import mammoth
    from mammoth.images import img_element

    title = language = ""
    hidden, hiding, packed = 0, set[str](), io.BytesIO()
    try:
        if core := parts.get("docProps/core.xml"):
            stated = ElementTree.fromstring(core).findtext(
                "{http://purl.org/dc/elements/1.1/}title"
            )
            title = " ".join((stated or "").split())
        if data := parts.get("word/styles.xml"):
            styles = ElementTree.fromstring(data)
            stands = next(styles.iter(f"{_W}lang"), None)
            language = "" if stands is None else stands.get(f"{_W}val", "")
            for style in styles.iter(f"{_W}style"):
                if _is_hidden(style.find(f"{_W}rPr")):
                    hiding.add(style.get(f"{_W}styleId", ""))
        for name in parts.keys() & {"word/document.xml", "word/footnotes.xml", "word/endnotes.xml"}:
            parts[name], taken = _without_hidden(parts[name], hiding)
            hidden += taken
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, part in parts.items():
                archive.writestr(name, part)
        packed.seek(0)
        image = img_element(lambda _: {})
        page = mammoth.convert_to_html(
            packed, style_map="p[style-name='Title'] => h1:fresh", convert_image=image
        )
    except (ElementTree.ParseError, KeyError, ValueError, AttributeError, IndexError) as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        raise DocumentError("damaged", f"is damaged: {said}.") from None
    drawn = draw_page(page.value)
    said = f"Text that the document hides was left out: {hidden} characters."
    remarks = (*((said,) if hidden else ()), *drawn.remarks)
    return drawn._replace(title=title or drawn.title, language=language, remarks=remarks)


def _is_hidden(properties: ElementTree.Element | None) -> bool:
    if properties is None:
        return False

    def value(name: str) -> str:
        found = properties.find(f"{_W}{name}")
        return "" if found is None else found.get(f"{_W}val", "on").casefold()

    if {*map(value, ("vanish", "webHidden", "specVanish"))} - {"", "0", "false", "off"}:
        return True
    shaded = properties.find(f"{_W}shd") is not None or value("highlight")
    tiny = value("sz").isdigit() and int(value("sz")) <= 4
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
            if by_style or (run not in shaded and _is_hidden(run.find(f"{_W}rPr"))):
                for text in run.iter(f"{_W}t"):
                    taken += len("".join((text.text or "").split()))
                    text.text = ""
    return (ElementTree.tostring(root), taken) if taken else (data, 0)
