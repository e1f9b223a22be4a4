"""How the service stands, as HTML: its switch, its use, who may do what, and the HTTP API."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ui.access.rights import RIGHTS, Right, Role
from ui.look.markup import escape
from ui.words.catalogue import say
from ui.words.phrases import day

if TYPE_CHECKING:
    from assistant.safety.audit_export import AuditCounts
    from ui.access.switch import Switched

DAYS = 14
"""Days of use that are shown, the newest first; the API gives all."""

_SHOWN = (Right.ASK, Right.MEASURE, Right.RUN)


def service_as_html(switched: Switched, counts: AuditCounts | None, said: str = "") -> str:
    """Return the operator's overview.

    Args:
        switched: how the service is switched.
        counts: how it is used; none where that cannot be read.
        said: why it cannot, as a sentence.
    """
    state = say(f"library.switch_{switched.state.name.lower()}")
    told = f"<blockquote>{escape(switched.told())}</blockquote>" if switched.told() else ""
    used = _used(counts) if counts else f'<p role="alert">{escape(said)}</p>'
    return "".join(
        (
            f'<h2 tabindex="-1">{say("library.view_service")}</h2>',
            f"<h3>{say('library.switch')}</h3><p><strong>{state}</strong></p>{told}",
            f"<p>{say('library.switch_how')}</p>",
            f"<h3>{say('library.use')}</h3><p>{say('library.use_about')}</p>{used}",
            f"<h3>{say('library.roles')}</h3>{_roles()}<p>{say('library.roles_how')}</p>",
            f"<h3>{say('library.api')}</h3>",
            f'<p><a href="/api/docs">{say("library.api_docs")}</a></p>',
        )
    )


def _used(counts: AuditCounts) -> str:
    by_day: dict[str, list[str]] = defaultdict(list)
    for one in counts.answers:
        reason = f" ({one.reason.replace('_', ' ')})" if one.reason else ""
        by_day[one.day].append(f"{one.status.replace('_', ' ')}{reason}: {one.answers}")
    for found in counts.triage:
        by_day[found.day].append(say("library.triage", case=found.case, count=found.messages))
    if not by_day:
        return f"<p>{say('library.use_none')}</p>"
    rows = "".join(
        f'<tr><th scope="row">{escape(day(one))}</th><td>{escape("; ".join(by_day[one]))}</td></tr>'
        for one in sorted(by_day, reverse=True)[:DAYS]
    )
    return (
        f'<table class="sp-library-plain"><thead><tr><th scope="col">{say("library.use_day")}</th>'
        f'<th scope="col">{say("library.use_answers")}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _roles() -> str:
    heads = "".join(f'<th scope="col">{say(f"library.right_{one}")}</th>' for one in _SHOWN)
    rows = "".join(
        f'<tr><th scope="row">{say(f"library.role_{role}")}</th>{_rights(role)}</tr>'
        for role in Role
    )
    return (
        f'<table class="sp-library-plain"><thead><tr><th scope="col">{say("library.role")}</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _rights(role: Role) -> str:
    may = (say("library.yes") if one in RIGHTS[role] else say("library.no") for one in _SHOWN)
    return "".join(f"<td>{word}</td>" for word in may)
