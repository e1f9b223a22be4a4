"""Files that are handed out: their bytes, their kind, and names in plain ASCII."""

import re
import unicodedata
from collections.abc import Callable
from importlib.util import find_spec
from textwrap import shorten
from typing import NamedTuple

from assistant.errors import ExtraMissing
from ui.words.phrases import say

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MARKDOWN = "text/markdown; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
RIS = "application/x-research-info-systems; charset=utf-8"
BIBTEX = "application/x-bibtex; charset=utf-8"

LONGEST_NAME = 80
"""Characters of a name, at most, without its ending."""


class File(NamedTuple):
    """A file to be handed out or written."""

    name: str
    media_type: str
    content: bytes


class Form(NamedTuple):
    """A form that something can be written as."""

    ending: str
    media_type: str
    """For the header `content-type`."""

    write: Callable[..., bytes | str]
    lead: str = ""
    """What the name of its file begins with."""

    needs: str = ""
    """The library of the extra `export` that writes it."""

    @property
    def installed(self) -> bool:
        """Whether this machine can write it."""
        return not self.needs or bool(find_spec(self.needs))

    def check(self) -> None:
        """Raise `ExtraMissing` where the library that writes it is not installed."""
        if not self.installed:
            raise ExtraMissing(say("export.needs_extra"))

    def file(self, title: str, *given: object) -> File:
        """Write what is given, under a name after a title; raises as `check` does."""
        self.check()
        made = self.write(*given)
        content = made.encode() if isinstance(made, str) else made
        return File(file_name(f"{self.lead} {title}", self.ending), self.media_type, content)


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
