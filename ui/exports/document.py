"""A document of blocks with footnotes, as Markdown or DOCX, and files as they are handed out."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from textwrap import shorten
from typing import Literal, NamedTuple

from assistant.errors import ExtraMissing
from corpus.passage import Record
from ui.words.phrases import Key, Value, clean, grouped, printable, say

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "gift": "text/plain; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "zip": "application/zip",
}
"""Of files by their endings, for the header `content-type`."""

NEEDS = {"docx": "docx", "pptx": "pptx", "xlsx": "xlsxwriter"}
"""The library of the extra `export` that writes a file, by its ending."""

LONGEST_NAME = 80  # Characters of a name, at most, without its ending.
Shape = Literal[
    "heading", "text", "bullet", "beneath", "option", "quote", "small", "table", "box", "notes",
]  # fmt: skip
"""What a block looks like; `beneath` goes on with the bullet before it, `option` is one to choose,
`small` is an aside, `box` stands out. Where there is a block `notes`, footnotes are gathered there;
else each stands at the foot of its page."""

PAGE = '<div style="break-before: page"></div>'  # Starts a new page where Markdown is printed.
_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+")

_SPECIAL = re.compile(r"([\\`*_\[\]{}<>|~^$@#]|&(?=\S))")
"""What Markdown, of CommonMark or of pandoc, would read as a mark."""

_FIRST = re.compile(r"^(\d*)([-+=:%.)])")
"""What opens a list, a rule, a title or a definition at the beginning of a line."""


class Words(NamedTuple):
    """Words of one look with the numbers of the footnotes behind them, none read as a mark."""

    text: str
    strong: bool = False
    notes: tuple[int, ...] = ()
    url: str = ""
    """Where they lead; anything but an address of the web leads nowhere."""

    @property
    def link(self) -> str:
        """Where they lead, if that is an address of the web."""
        return self.url if _ADDRESS.fullmatch(self.url) else ""


class Block(NamedTuple):
    """A paragraph, an item of a list, a heading with its level, or a table with its rows."""

    shape: Shape
    words: tuple[Words, ...] = ()
    level: int = 1
    rows: tuple[tuple[tuple[Words, ...], ...], ...] = ()
    """The first is the header."""

    new_page: bool = False
    kept: bool = False  # On one page with the next.


class Note(NamedTuple):
    """A footnote: what it says where it is cited first, and where it is cited again."""

    whole: str
    short: str = ""
    works: tuple[Words, ...] = ()  # What follows where footnotes are gathered.


class Document(NamedTuple):
    """A document, of a day; the kicker over its title says what kind of paper it is."""

    title: str
    blocks: tuple[Block, ...]
    day: str
    notes: tuple[Note, ...] = ()
    """Its footnotes, by number from 1."""

    subtitle: str = ""
    kicker: str = ""


def heading(text: str, level: int = 1, *, new_page: bool = False) -> Block:
    """Return a heading."""
    return Block("heading", (Words(text),), level, new_page=new_page)


def paragraph(*words: Words | str, shape: Shape = "text") -> Block:
    """Return a block of words; plain text stands for words of no special look."""
    return Block(shape, tuple(Words(one) if isinstance(one, str) else one for one in words))


def labelled(label: str, text: str, shape: Shape = "text") -> Block:
    """Return a block that opens with a label that stands out."""
    return paragraph(Words(f"{label}: ", strong=True), text, shape=shape)


def table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Block:
    """Return a table under a header."""
    given = (head, *rows)
    texts = ([x if isinstance(x, tuple) else (Words(str(x)),) for x in row] for row in given)
    return Block("table", rows=tuple(map(tuple, texts)))


def plain(words: Iterable[Words]) -> str:
    """Return words without their look."""
    return clean("".join(one.text for one in words))


def apart(text: str) -> tuple[str, str, str]:
    """Return the blank before words, the words in one line, and the blank behind them."""
    before = " " if text[:1].isspace() else ""
    behind = " " if text[-1:].isspace() and text.strip() else ""
    return before, " ".join(clean(text).split()), behind


class Cited(dict[Key, list[Value]]):
    """What is cited, by what it is numbered as, in order of first mention."""

    def __init__(self, key: Callable[[Value], Key]) -> None:
        """Number values by their key."""
        super().__init__()
        self._key = key

    def numbers(self, values: Iterable[Value]) -> tuple[int, ...]:
        """Take values in, and return the numbers of their keys, from 1, each once."""
        found = grouped(values, self._key)
        for key, own in found.items():
            self.setdefault(key, []).extend(own)
        return tuple(list(self).index(key) + 1 for key in found)


def document_as_docx(document: Document) -> bytes:
    """Return a document as DOCX, in British English, with headings, citations and page numbers."""
    from ui.exports.document_docx import Writing

    return Writing(document).content()


def document_as_markdown(document: Document) -> str:
    """Return a document as Markdown; its words are shown and never read as marks."""
    opening = (paragraph(document.kicker), heading(document.title, 0), paragraph(document.subtitle))
    text, before = "", ""
    for block in (*opening, *document.blocks):
        if drawn := _drawn(block):
            text += ("\n" if before == block.shape == "bullet" else "\n\n") + drawn
            before = block.shape
    for number, note in enumerate(document.notes, 1):
        text += f"\n\n[^{number}]: {_line((Words(note.whole), *note.works))}"
    return f"{text[2:]}\n"


def _drawn(block: Block) -> str:
    if block.shape == "notes":
        return ""
    if block.shape == "table":
        head, *rows = (f"| {' | '.join(map(_words, row))} |" for row in block.rows)
        return "\n".join((head, f"|{'---|' * len(block.rows[0])}", *rows))
    if block.shape == "heading":
        page = f"{PAGE}\n\n" if block.new_page else ""
        return f"{page}{'#' * (block.level + 1)} {_words(block.words)}"
    lead = {"quote": "> ", "box": "> ", "bullet": "- ", "beneath": "  "}.get(block.shape, "")
    return f"{lead}{_line(block.words)}"


def _line(words: tuple[Words, ...]) -> str:
    return _words(words) if words[0].strong else _FIRST.sub(r"\1\\\2", _words(words))


def _words(words: tuple[Words, ...]) -> str:
    drawn = ""
    for one in words:
        lead, said, end = apart(one.text)
        text = _SPECIAL.sub(r"\\\1", said)
        if one.link and text:
            text = f"<{one.link}>" if text == one.link else f"[{text}](<{one.link}>)"
        elif one.strong and text:
            text = f"**{text}**"
        drawn += f"{lead}{text}{''.join(f'[^{number}]' for number in one.notes)}{end}"
    return drawn.strip()


class File(NamedTuple):
    """A file to be handed out or written."""

    name: str
    content: bytes

    @property
    def media_type(self) -> str:
        """Its kind, by its ending."""
        return MEDIA_TYPES[self.name.rpartition(".")[2]]


class Form(NamedTuple):
    """A form that something can be written as; its ending says how a document is drawn."""

    ending: str
    make: Callable[..., Document | Record | bytes | str]
    lead: str = ""
    """What the name of its file begins with."""

    offered: Literal["", "answer", "conversation"] = "answer"
    """Where the page offers it for answers: nowhere, under each, or for a conversation too."""

    @property
    def installed(self) -> bool:
        """Whether this machine can write it."""
        return self.ending not in NEEDS or bool(find_spec(NEEDS[self.ending]))

    def check(self) -> None:
        """Raise `ExtraMissing` where the library that writes it is not installed."""
        if not self.installed:
            raise ExtraMissing(say("export.needs_extra"))

    def file(self, title: str, *given: object) -> File:
        """Write what is given, under a name after a title; raises as `check` does."""
        self.check()
        made = self.make(*given)
        if isinstance(made, Document):
            draw = document_as_docx if self.ending == "docx" else document_as_markdown
            made = draw(made)
        elif isinstance(made, Record):
            made = f"{printable(made.model_dump_json(indent=2))}\n"
        content = made.encode() if isinstance(made, str) else made
        return File(file_name(f"{self.lead} {title}", self.ending), content)


def file_name(words: str, ending: str) -> str:
    """Return a name for a file, of small ASCII letters, digits and hyphens.

    >>> file_name("What does Lanzarote’s Article 23 say?", "md")
    'what-does-lanzarote-s-article-23-say.md'
    >>> file_name("\N{HIRAGANA LETTER A}", "txt")
    'signpost.txt'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "replace").decode().lower()
    # An accent that was parted from its letter leaves nothing between the letters around it.
    plain = re.sub(r"(?<=[a-z])\?(?=[a-z])", "-", plain)
    plain = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    name = shorten(plain, LONGEST_NAME, placeholder="", break_long_words=False)
    name = name.replace(" ", "-") or plain.partition(" ")[0][:LONGEST_NAME] or "signpost"
    return f"{name}.{ending}"
