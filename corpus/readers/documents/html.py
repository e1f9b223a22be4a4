"""The reader of HTML, and of Markdown by way of it: headings, paragraphs and rows that are seen."""

import codecs
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from corpus.errors import DocumentError
from corpus.readers.documents.section import PARTED, Block, Drawn, Kind, cleaned, paragraphs

DEEPEST = 500  # Elements inside one another at most; no page that a person wrote comes near.
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LEFT_OUT = frozenset(
    "script style noscript template head nav footer iframe object svg math button select"
    " textarea canvas audio video".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby"
    " s samp small span strike strong sub sup time tt u var wbr img br".split()
)
_BREAK = "\v"  # Stands for a line break that the page asks for.
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
    return draw_page(page, "html")


def draw_markdown(data: bytes) -> Drawn:
    """Draw what a Markdown file shows once it is a page; it is refused where it is no text."""
    from markdown_it import MarkdownIt

    text = _text(data)
    # What stands between two rules at the very beginning describes the file.
    if text.startswith("---\n") and "\n---\n" in text[4:]:
        text = text[4:].partition("\n---\n")[2]
    return draw_page(MarkdownIt("commonmark").enable("table").render(text), "markdown")


def draw_text(data: bytes) -> Drawn:
    """Draw the paragraphs of a plain text, whose lines may be wrapped; refused where it is none."""
    lines = [cleaned(paragraph) for paragraph in paragraphs(_text(data))]
    telling = sum(count for _, count in lines)
    hidden = f"Signs that are not seen were left out: {telling}."
    blocks = [Block(line) for line, _ in lines if line]
    return Drawn("text", blocks, remarks=(hidden,) if telling else ())


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


def draw_page(page: str, kind: Kind) -> Drawn:
    """Draw what decoded HTML shows."""
    tree = LexborHTMLParser(page)
    head = tree.css_first("head > title")
    title = cleaned(head.text())[0] if head else ""
    language = (tree.root.attributes.get("lang") or "") if tree.root else ""
    walk = _Walk(tree)
    blocks = tuple(walk.over(tree.body)) if tree.body else ()
    said = f"Text that the page hides was left out: {walk.hidden} characters."
    return Drawn(kind, blocks, title, language, remarks=(said,) if walk.hidden else ())


class _Walk:
    """One walk over a page, which never goes deeper on the stack however deep the page is."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.hidden = 0  # Characters that are not seen.
        self._styles = _style_rules(tree)
        self._text = ""
        self._cells: list[list[str]] = []

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
        elif self._cells and tag not in _INLINE and tag not in _CELLS:
            self._text += " "
        elif tag not in _INLINE:
            yield from self._flush()

    def _leave(self, tag: str) -> Iterator[Block]:
        if tag in _CELLS and self._cells:
            self._cells[-1].append(self._taken())
        elif tag == "tr" and self._cells:
            cells = [one for one in (*self._cells.pop(), self._taken()) if one]
            if cells:
                yield Block(PARTED.join(cells), row=True)
        elif tag in HEADINGS and not self._cells:
            if text := self._taken():
                yield Block(text, HEADINGS[tag])
        elif self._cells:
            self._text += "" if tag in _INLINE else " "
        elif tag not in _INLINE:
            yield from self._flush()

    def _taken(self) -> str:
        text, telling = cleaned(self._text)
        self.hidden += telling
        self._text = ""
        return text

    def _flush(self) -> Iterator[Block]:
        """Give what was gathered; two line breaks part it."""
        pieces = [" ".join(piece.split()) for piece in self._text.split(_BREAK)]
        for _, lines in groupby(pieces, key=bool):
            self._text = " ".join(lines)
            if text := self._taken():
                yield Block(text)

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
