"""A plan as passages: read from a file, with headings or pages above each paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assistant.errors import GapError
from corpus.passage import Passage, Record, sha256_of
from corpus.readers.running import sentences_in

KIND = "plan"
"""Value of the facet `kind` of a plan's passages."""


class Plan(Record):
    """A document that is held against a framework."""

    name: str
    """Name of its file."""

    title: str
    """Its first heading, or the name of its file."""

    sha256: str
    """Hash of the file, hexadecimal."""

    passages: tuple[Passage, ...]
    """Its paragraphs, items of lists and rows of tables, in reading order."""


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        GapError: it cannot be read, or says nothing.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise GapError(f"{path} cannot be read: {error.strerror}; name a plan.") from None
    except UnicodeDecodeError:
        raise GapError(f"{path} is not UTF-8 text; save it as Markdown or text.") from None
    passages = tuple(_passages(text))
    if not any(one.sentences for one in passages):
        raise GapError(f"{path} says nothing; name a plan with text in it.")
    import hashlib

    first = next((one.heading_path[0] for one in passages if one.heading_path), path.stem)
    return Plan(
        name=path.name, title=first, sha256=hashlib.sha256(data).hexdigest(), passages=passages
    )


def _passages(text: str) -> Iterator[Passage]:
    path: list[str] = []
    block: list[str] = []
    number = 0
    for line in [*text.split("\n"), ""]:
        mark = len(line) - len(line.lstrip("#"))
        stops = not line.strip() or mark or line.lstrip()[:2] in ("- ", "* ") or line[:1] == "|"
        if stops and block:
            number += 1
            yield _passage(number, tuple(path), "\n".join(block))
            block = []
        if mark:
            path = [*path[: mark - 1], line.lstrip("# ").strip()]
        elif line.strip() and set(line) - set("|-: "):
            block.append(line)


def _passage(number: int, path: tuple[str, ...], text: str) -> Passage:
    return Passage(
        id=f"plan~{number}",
        source_id="plan",
        locator=f"paragraph {number}",
        heading_path=path,
        text=text,
        sentences=sentences_in(text),
        facets={"tier": "document", "source": "plan", "kind": KIND},
        text_sha256=sha256_of(text),
    )
