"""The documents of a session as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ui.exports.sessions.session_outline import Block

PAGE = '<div style="break-before: page"></div>'
"""Starts a new page where Markdown is printed."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown; whatever their words hold, it is shown and not read as a mark."""
    lines: list[str] = []
    before = ""
    for block in blocks:
        list_goes_on = block.shape == before and block.shape in ("bullet", "step", "agenda")
        lines += [_line(block)] if list_goes_on else ["", _line(block)]
        before = block.shape
    return "\n".join(lines).strip() + "\n"


def _line(block: Block) -> str:
    text, lead = _plain(block.text), _plain(block.lead)
    marks = f" {''.join(f'[{one}]' for one in block.marks)}" if block.marks else ""
    led = f"**{lead}** " if lead else ""
    if block.shape in ("bullet", "step", "agenda"):
        return f"- {led}{text}{marks}"
    opens = {"title": "# ", "heading": "## ", "subheading": "### "}
    if block.shape == "page":
        return PAGE
    return f"{opens.get(block.shape, '')}{led}{text}{marks}"


def _plain(text: str) -> str:
    r"""Escape what Markdown would read as a mark.

    >>> print(_plain("a*b_c [1] <i>"))
    a\*b\_c \[1\] \<i\>
    """
    return _SPECIAL.sub(r"\\\1", text)
