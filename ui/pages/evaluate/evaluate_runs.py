"""The first view of Evaluate: start a run, see how it goes, and choose among those there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.cases.own_cases import SUITE
from evals.cases.suites import FILES, FULL, SUITES
from evals.running.job import GOING, Job
from evals.running.shelf import Entry
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_markup import (
    box,
    cell,
    choose,
    go,
    heading,
    interval,
    page_of,
    pager,
    row,
    share,
    table,
    told,
)
from ui.pages.evaluate.evaluate_query import Query
from ui.words.catalogue import say

SPLITS = ("development", "calibration", "test")


def runs_as_html(
    entries: Sequence[Entry],
    job: Job | None,
    query: Query,
    *,
    own: int,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> str:
    """Return the view.

    Args:
        entries: all runs, newest first.
        job: how the last job stands.
        query: which page of the list.
        own: how many cases of one's own there are.
        typed: what stands in the form; nothing if none is given.
        problem: why a run was not started.
    """
    return (
        f"{heading(say('evaluate.runs'), aside=escape(say('evaluate.runs_about')))}"
        f"{job_as_html(job)}{_form(own, typed or {}, problem, going=is_going(job))}"
        f"{_list(entries, query)}"
    )


def is_going(job: Job | None) -> bool:
    """Return whether a job goes on."""
    return job is not None and job.phase in GOING


def job_as_html(job: Job | None) -> str:
    """Return how the last job stands; the page asks for its figures while it goes on."""
    if job is None:
        return ""
    going = is_going(job)
    stop = (
        '<form data-post="/api/evaluate/stop" class="sp-evaluate-stop">'
        f"<button>{say('evaluate.stop')}</button></form>"
        if going
        else ""
    )
    poll = " data-poll" if going else ""
    return (
        f'<section class="sp-evaluate-job"{poll} aria-label="{say("evaluate.progress")}">'
        f'<div class="sp-evaluate-figures">{figures_as_html(job)}</div>{stop}</section>'
    )


def figures_as_html(job: Job) -> str:
    """Return what changes while a job goes on: its phase, the bar, the rate and the time left."""
    name = job.order.name
    if not is_going(job):
        return _ended(job)
    bar = f'<progress aria-label="{say("evaluate.progress")}"></progress>'
    if job.phase == "asking" and job.total:
        bar = (
            f'<progress aria-label="{say("evaluate.progress")}" value="{job.done}"'
            f' max="{job.total}"></progress>'
        )
    phase = escape(say(f"evaluate.phase_{job.phase}", run=name))
    return f"<p><strong>{phase}</strong></p>{bar}<p>{escape(counted(job))}</p>"


def counted(job: Job) -> str:
    """Return how many cases are done, how fast, and how long it will take, in a sentence."""
    if job.phase != "asking" or not job.total:
        return say(f"evaluate.wait_{job.phase}" if job.phase in GOING else "evaluate.wait_opening")
    done = say("evaluate.done", done=f"{job.done:,}", total=f"{job.total:,}")
    if job.seconds_left is None:
        return done
    rate = say("evaluate.rate", rate=f"{job.rate:.1f}")
    return f"{done} {rate} {time_left(job.seconds_left)}"


def time_left(seconds: float) -> str:
    """Return how long it will take, to the minute, or under a minute to ten seconds."""
    if seconds < 60:
        return say("evaluate.seconds_left", n=max(10, -(-round(seconds) // 10) * 10))
    return say("evaluate.minutes_left", n=-(-round(seconds) // 60))


def _ended(job: Job) -> str:
    run = job.order.name
    counts = {"done": f"{job.done:,}", "total": f"{job.total:,}"}
    if job.phase == "failed":
        return told(say("evaluate.ended_failed", run=run, why=job.sentence), wrong=True)
    if job.phase == "stopped":
        return told(say("evaluate.ended_stopped", run=run, **counts))
    link = go(Query(show="figures", run=run), say("evaluate.open_run", run=run))
    return f"{told(say('evaluate.ended_done', run=run, **counts))}<p>{link}</p>"


def _form(own: int, typed: Mapping[str, str], problem: str, *, going: bool) -> str:
    names = (FULL, *FILES, *SUITES, *((SUITE,) if own else ()))
    suites = {name: say(f"evaluate.suite_{name}") for name in names}
    splits = {name: say(f"evaluate.split_{name}") for name in SPLITS}
    wrong = _problem(problem)
    sure = (
        '<div class="sp-evaluate-sure"><label><input type="checkbox" name="sure" value="yes"> '
        f"{escape(say('evaluate.sure'))}</label>"
        f'<p class="sp-evaluate-hint">{escape(say("evaluate.why_held"))}</p></div>'
    )
    fields = (
        choose("suite", say("evaluate.suite"), suites, typed.get("suite", "framework")),
        choose("split", say("evaluate.split"), splits, typed.get("split", "development")),
        box("family", say("evaluate.family_or_not"), typed.get("family", "")),
        box("limit", say("evaluate.limit"), typed.get("limit", ""), more=' inputmode="numeric"'),
        box("name", say("evaluate.name"), typed.get("name", "")),
    )
    closed = "" if problem or not going else f'<p class="sp-evaluate-hint">{_one()}</p>'
    opened = " open" if problem or not going else ""
    return (
        f'<details class="sp-evaluate-start"{opened}><summary>{say("evaluate.start_one")}</summary>'
        f'{closed}<form data-post="/api/evaluate/runs">{wrong}'
        f'<div class="sp-evaluate-row sp-evaluate-choices">{"".join(fields)}</div>{sure}'
        f'<button class="sp-evaluate-main">{say("evaluate.start")}</button></form></details>'
    )


def _one() -> str:
    return escape(say("evaluate.one_at_a_time"))


def _problem(problem: str) -> str:
    if not problem:
        return ""
    return (
        f'<div class="sp-evaluate-summary" role="alert" tabindex="-1">'
        f"<h3>{say('evaluate.problem')}</h3><p>{escape(problem)}</p></div>"
    )


def _list(entries: Sequence[Entry], query: Query) -> str:
    if not entries:
        return f'<div class="sp-evaluate-empty">{told(say("evaluate.no_runs"))}</div>'
    start, end = page_of(entries, query)
    head = tuple(
        say(f"evaluate.{name}")
        for name in ("run", "asked_of", "day", "right", "complete", "abstention", "edition")
    )
    rows = (_row(entry) for entry in entries[start:end])
    compared = go(Query(show="compare"), say("evaluate.compare_two")) if len(entries) > 1 else ""
    return (
        f"<h3>{say('evaluate.all_runs', total=len(entries))}</h3>"
        f"{f'<p>{compared}</p>' if compared else ''}"
        f"{table(say('evaluate.runs'), head, rows, 'sp-evaluate-runs')}{pager(query, len(entries))}"
    )


def _row(entry: Entry) -> str:
    config = entry.config
    name = go(Query(show="figures", run=entry.name), entry.name)
    asked = ", ".join(
        part
        for part in (config.suite, config.split or say("evaluate.every_split"), config.family or "")
        if part
    )
    state = f"{entry.answered:,}"
    if not entry.whole:
        state = say("evaluate.answered_of", done=f"{entry.answered:,}", total=f"{config.count:,}")
    cells = [cell(f"{asked}: {state}"), cell(config.started[:10])]
    metrics = entry.summary.metrics if entry.summary else {}
    for measure in ("right", "complete", "abstention F1"):
        one = metrics.get(measure)
        shown = "" if one is None or one.value is None else share(one.value)
        reach = f'<span class="sp-evaluate-small">{interval(one)}</span>' if one else ""
        column = say(f"evaluate.{measure.partition(' ')[0]}")
        cells.append(f'<td data-name="{column}">{shown} {reach}</td>')
    if not entry.summary:
        cells[2:] = [f'<td colspan="3">{escape(say("evaluate.unscored_run"))}</td>']
    cells.append(cell(config.edition[:8]))
    return row(name, cells)
