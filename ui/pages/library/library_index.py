"""The check of the corpus and the index as HTML: how both stand, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.look.markup import escape
from ui.pages.library.library_sources import problems_as_html
from ui.service.background import Stand
from ui.words.catalogue import say
from ui.words.phrases import moment

if TYPE_CHECKING:
    from assistant.retrieval.manifest import Manifest
    from ui.pages.library.library_keeper import Checked, Kept, Shelf

SHOWN = 12
"""Characters of a hash that are shown, as the command line shows them."""


def check_as_html(stand: Stand, checked: Checked | None) -> str:
    """Return what the last check of the corpus found, and the button that checks again."""
    if stand.state == "running":
        body = _progress(say("library.checking"), stand)
    else:
        failed = _failed(stand.said) if stand.state == "failed" else ""
        label = say("library.check_again") if checked else say("library.check")
        body = f"{failed}{_button('check', label)}"
    found = _found(checked) if checked else f"<p>{say('library.check_never')}</p>"
    return (
        f'<h2 tabindex="-1">{say("library.view_check")}</h2><p>{say("library.check_about")}</p>'
        f"{body}{found}"
    )


def index_as_html(
    shelf: Shelf, stand: Stand, *, built: str = "", confirming: bool = False, said: str = ""
) -> str:
    """Return how the index stands, with what builds it anew and what goes back.

    Args:
        shelf: what the store holds.
        stand: how the last build stands.
        built: id of what the last build of this server built; empty before the first.
        confirming: whether going back is to be confirmed.
        said: what has just been done, as a sentence.
    """
    told = f'<p class="sp-library-said" role="status">{escape(said)}</p>' if said else ""
    if confirming and shelf.previous and stand.state != "running":
        return f"{_heading()}{told}{_confirmation(shelf.previous)}"
    now = shelf.current.manifest.build if shelf.current else ""
    place = say("library.index_place", place=escape(shelf.place))
    return "".join(
        (
            _heading(),
            told,
            _building(stand, now, built),
            f"<h3>{say('library.current')}</h3>",
            _kept(shelf.current, say("library.current_none")),
            f"<h3>{say('library.previous')}</h3>",
            _kept(shelf.previous, say("library.previous_none")),
            _back(shelf, stand),
            f'<p class="sp-library-place">{place}</p>',
        )
    )


def _heading() -> str:
    return f'<h2 tabindex="-1">{say("library.view_index")}</h2>'


def _found(checked: Checked) -> str:
    report = checked.report
    counted = "".join(
        f"<li>{escape(name)}: {escape(str(count))}{_of(part.totals.get(name))}</li>"
        for part in report.parts.values()
        for name, count in part.counts.items()
    )
    told = say("library.check_holds" if not report.problems else "library.check_fails")
    lists = "".join(
        f"<h3>{heading}</h3>{problems_as_html(problems)}"
        for heading, problems in (
            (say("library.problems", n=len(report.problems)), report.problems),
            (say("library.warnings", n=len(report.warnings)), report.warnings),
        )
        if problems
    )
    return (
        f'<p class="sp-library-outcome">{say("library.checked_at", when=moment(checked.at))}'
        f" <strong>{told}</strong></p>{lists}"
        f"<h3>{say('library.counted')}</h3>"
        f'<ul class="sp-library-counts">{counted}</ul>'
    )


def _of(total: int | None) -> str:
    return f" {say('library.of', total=total)}" if total else ""


def _building(stand: Stand, now: str, built: str) -> str:
    if stand.state == "running":
        return _progress(say("library.building"), stand)
    ended = ""
    if stand.state == "failed":
        ended = _failed(f"{stand.said} {say('library.build_failed')}")
    elif stand.state == "done" and built == now:
        told = say("library.build_done", when=moment(stand.ended))
        ended = f'<p class="sp-library-said" role="status">{told}</p>'
    button = _button("build", say("library.build"), build=now)
    return f"{ended}<p>{say('library.build_about')}</p>{button}"


def _progress(label: str, stand: Stand) -> str:
    may_leave = say("library.may_leave")
    if not stand.total:
        told = f"<p><strong>{label}</strong></p><p>{say('library.preparing')} {may_leave}</p>"
    else:
        written = stand.done >= stand.total
        counted = say("library.progress", done=stand.done, total=stand.total)
        told = (
            f'<label for="sp-library-bar">{label}</label>'
            f'<progress id="sp-library-bar" value="{stand.done}" max="{stand.total}"></progress>'
            f"<p>{say('library.verifying') if written else counted} {may_leave}</p>"
        )
    return f'<div class="sp-library-progress" data-busy>{told}</div>'


def _failed(sentence: str) -> str:
    return f'<p class="sp-library-failed" role="alert">{escape(sentence)}</p>'


def _kept(kept: Kept | None, none: str) -> str:
    if kept is None:
        return f"<p>{none}</p>"
    rows = {**_facts(kept.manifest), "fits": _fits(kept)}
    drawn = "".join(
        f"<dt>{say(f'library.index_{name}')}</dt><dd>{value}</dd>" for name, value in rows.items()
    )
    return f'<dl class="sp-library-facts">{drawn}</dl>'


def _facts(manifest: Manifest) -> dict[str, str]:
    counts = "; ".join(f"{escape(tier)} {count}" for tier, count in manifest.counts.items())
    recall = min(manifest.recall.values(), default=0.0)
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    return {
        "built": moment(manifest.created),
        "id": f"<code>{escape(manifest.build)}</code>",
        "edition": f"<code>{escape(manifest.corpus[:SHOWN])}</code>",
        "counts": say("library.index_total", n=manifest.total, counts=counts),
        "embedder": f"{escape(manifest.embedder)} <code>{escape(manifest.weights[:SHOWN])}</code>",
        "recall": f"{recall:.3f}",
        "reused": str(manifest.reused),
        "versions": escape(versions),
    }


def _fits(kept: Kept) -> str:
    said = kept.damage or kept.mismatch
    if said:
        no = f'<strong class="sp-library-mark sp-library-past">{say("library.no")}</strong>'
        return f"{no} {escape(said)}"
    return say("library.fits")


def _back(shelf: Shelf, stand: Stand) -> str:
    previous = shelf.previous
    if previous is None or stand.state == "running":
        return ""
    if previous.mismatch or previous.damage:
        return f"<p>{say('library.rollback_not')}</p>"
    return (
        f'<p><a class="sp-library-button" href="/library#view=index&amp;confirm=rollback">'
        f"{say('library.rollback')}</a></p>"
    )


def _confirmation(previous: Kept) -> str:
    manifest = previous.manifest
    asked = say("library.rollback_asked", when=moment(manifest.created), n=manifest.total)
    yes = _button("rollback", say("library.rollback_yes"), build=manifest.build)
    return (
        f'<div class="sp-library-confirm"><h3>{say("library.rollback")}</h3>'
        f"<p>{asked}</p><p>{say('library.rollback_means')}</p>"
        f'<p class="sp-library-choices">{yes}'
        '<a class="sp-library-button" href="/library#view=index">'
        f"{say('library.rollback_no')}</a></p></div>"
    )


def _button(what: str, label: str, **body: str) -> str:
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in body.items())
    return (
        f'<button type="button" class="sp-library-button sp-library-do" data-send="{what}"{data}>'
        f"{label}</button>"
    )
