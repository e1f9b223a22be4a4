"""What stands around pages: the notice on every view, and the pages outside the workspaces."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting
from ui.look.templates import render
from ui.look.theme import stylesheet
from ui.words.catalogue import say

WIDE = "J"
"""The case whose services are for anybody: the directories that work worldwide."""


@cache
def shipped_texts() -> Signposting:
    """Return the signposting texts that ship, read once."""
    return read_signposting(shipped_signposting())


def notice(signposting: Signposting | None = None) -> Markup:
    """Return the notice: automated answers, what they are not for, where to get help.

    Args:
        signposting: says what to do in danger, and names directories; the shipped texts if none
            are given.
    """
    texts = signposting or shipped_texts()
    language = texts.languages[0]
    services = [(one.name, one.purpose[language]) for one in texts.services_for(WIDE)]
    return render("frame/notice", danger=texts.danger[language], services=services)


def sign_in_page(said: str = "") -> str:
    """Return the page to sign in on.

    Args:
        said: what the reader should know first: why they see it again.
    """
    return _page("sign_in", say("door.sign_in"), said)


def account_page(name: str, said: str = "") -> str:
    """Return the page to change a password on.

    Args:
        name: whose.
        said: what the reader should know first: why it was not changed.
    """
    return _page("account", say("page.account"), said, name)


def told_page(sentence: str) -> str:
    """Return a page that says one sentence."""
    return _page("told", say("door.refused"), sentence)


def _page(kind: str, title: str, said: str, name: str = "") -> str:
    return render(
        "door",
        kind=kind,
        title=title,
        said=said,
        name=name,
        # What is marked as safe ships with the package.
        style=Markup(stylesheet("door")),
        about=notice(),
    )
