"""The notice on every view: automated answers, what they are not for, where to get help."""

from __future__ import annotations

from corpus.signposting import Signposting, read_signposting, shipped_signposting
from ui.markup import escape

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
        "<p><strong>Automated answers.</strong> Signpost answers by itself and quotes its sources;"
        " by default no language model is used. Check the source before you rely on an answer.</p>"
        "<p><strong>Not for reports.</strong> Signpost is not a reporting service and not a crisis"
        " service. Nobody reads what is typed here.</p>"
        f"<p><strong>Where to get help.</strong> {escape(signposting.danger[spoken])}"
        f" Directories for many countries:</p><ul>{services}</ul></div>"
    )
