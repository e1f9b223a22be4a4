"""The notice on every view: automated answers, what they are not for, where to get help."""

from __future__ import annotations

from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting
from ui.look.templates import escape
from ui.words.catalogue import say

WIDE = "J"
"""The case whose services are for anybody: the directories that work worldwide."""


def shipped_notice() -> str:
    """Return the notice with the help that the shipped texts name."""
    return notice_as_html(read_signposting(shipped_signposting()))


def notice_as_html(signposting: Signposting) -> str:
    """Return the notice as HTML; what to do in danger and the directories come from the texts.

    Nothing in it is a link: it stands on every view, and a name can be read out and looked up.
    """
    spoken = signposting.languages[0]
    services = "".join(
        f"<li>{escape(service.name)}. {escape(service.purpose[spoken])}</li>"
        for service in signposting.services_for(WIDE)
    )
    return (
        '<div class="sp-about">'
        f"<p><strong>{say('notice.automated')}</strong> {say('notice.automated_means')}</p>"
        f"<p><strong>{say('notice.no_reports')}</strong> {say('notice.no_reports_means')}</p>"
        f"<div><p><strong>{say('notice.help')}</strong> {escape(signposting.danger[spoken])}</p>"
        f"<details><summary>{say('notice.directories')}</summary><ul>{services}</ul></details></div>"
        "</div>"
    )
