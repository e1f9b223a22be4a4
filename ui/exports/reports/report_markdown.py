"""A report on a run as Markdown: the figures, and each case that is not right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from evals.comparing.report import Report, Told
from evals.metrics.score import shown_text
from evals.metrics.scores import values_of
from evals.statistics import Estimate
from ui.exports.reports.report_figures import interval
from ui.words.phrases import clean


def report_as_markdown(report: Report) -> str:
    """Return the figures of a report, then the cases that are not right, as Markdown."""
    config, summary = report.summary.config, report.summary
    right = {name: one["right"] for name, one in summary.families.items()}
    parts = [
        f"# Evaluation report: {plain(config.suite)}",
        f"{summary.asked} of {config.count} cases asked, {summary.refused} refused. Edition "
        f"`{config.edition[:12]}`, settings `{config.settings_digest[:12]}`, begun "
        f"{config.started}.",
        _estimates("In five figures", summary.headline),
        _estimates("Scores", summary.metrics),
        _estimates("Right, by family", right),
        *_compared(report),
        *([_confusion(summary.confusion)] if summary.confusion else []),
        *_coverage(report),
        f"## Not right\n\n{report.held_out} held-out cases are counted above and not shown.",
        *(_case(one) for one in report.told if not one.score.right),
    ]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Return a text that Markdown reads as words: no mark of it, no HTML, one line."""
    line = " ".join(clean(text).split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#|!~" else sign for sign in line)


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([plain(str(one)) for one in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _estimates(title: str, found: Mapping[str, Estimate]) -> str:
    rows = (
        (name, f"{one.value:.3f}", interval(one), one.n, one.unscored)
        for name, one in found.items()
        if one.value is not None
    )
    head = ("metric", "value", "95 % interval", "n", "unscored")
    return f"## {title}\n\n{_table(head, rows)}"


def _compared(report: Report) -> Iterator[str]:
    found = report.comparison
    if found is None:
        return
    yield (
        f"## Comparison\n\n{found.cases} cases in both: {len(found.broken)} broken, "
        f"{len(found.fixed)} fixed, {found.unchanged} unchanged."
    )
    rows = (
        (
            name,
            one.n,
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{one.low:+.3f} to {one.high:+.3f}",
            f"{one.p:.2g}",
            "" if one.detectable is None else f"{one.detectable:.3f}",
        )
        for name, one in found.measures.items()
        if one.n
    )
    head = ("measure", "n", "before", "after", "change, 95 % interval", "p", "detectable")
    yield _table(head, rows)
    for title, changes in (("Broken", found.broken), ("Fixed", found.fixed)):
        names = [one.id for one in changes if not one.held_out]
        unseen = len(changes) - len(names)
        yield f"{title}: {plain(', '.join(names)) or 'none'}; {unseen} held out."


def _confusion(counts: Mapping[str, Mapping[str, int]]) -> str:
    letters = sorted({*counts, *(given for row in counts.values() for given in row)})
    rows = ((gold, *(counts.get(gold, {}).get(given, 0) for given in letters)) for gold in letters)
    return f"## Safeguarding\n\n{_table(('by gold', *letters), rows)}"


def _coverage(report: Report) -> Iterator[str]:
    yield "## What is asked of the page"
    for kind in dict.fromkeys(one.kind for one in report.covered):
        own = [one for one in report.covered if one.kind == kind]
        unasked = ", ".join(one.id for one in own if not one.asked) or "none"
        uncited = ", ".join(one.id for one in own if not one.citing) or "none"
        yield (
            f"{len(own)} {kind}. No case asks for: {plain(unasked)}. No answer cites: "
            f"{plain(uncited)}."
        )


def _case(one: Told) -> str:
    answer = one.row.answer
    said = shown_text(answer) if answer else one.row.error
    lines = [f"> {plain(line)}" for line in said.split("\n") if line.strip()]
    # Time is no failure; of a share, all that is below the whole is.
    values = values_of(one.score).items()
    short = ", ".join(name for name, of in values if name not in ("right", "seconds") and of < 1)
    fails = f"{one.score.status}; falls short in {short or 'nothing else'}"
    head = f"### {plain(one.case.question)}\n\n`{one.score.id}`, {one.score.family}: {fails}."
    return f"{head}\n\n" + "\n>\n".join(lines)
