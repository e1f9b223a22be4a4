"""A report on a run as a document in Markdown: the figures, and each case that is not right."""

from collections.abc import Iterable, Iterator, Mapping

from evals.comparing.report import Report, Told
from evals.metrics.score import shown_text
from evals.metrics.scores import values_of
from evals.statistics import Estimate
from ui.exports.document import Block, Document, document_as_markdown, heading, paragraph
from ui.exports.report_page import interval


def report_as_markdown(report: Report) -> str:
    """Return the figures of a report, then the cases that are not right, as Markdown."""
    title = f"Evaluation report: {report.summary.config.suite}"
    day = report.summary.config.started
    return document_as_markdown(Document(title, tuple(_blocks(report)), {}, day))


def _blocks(report: Report) -> Iterator[Block]:
    config, summary = report.summary.config, report.summary
    right = {name: one["right"] for name, one in summary.families.items()}
    yield paragraph(
        f"{summary.asked} of {config.count} cases asked, {summary.refused} refused. Edition "
        f"{config.edition[:12]}, settings {config.settings_digest[:12]}, begun {config.started}."
    )
    yield from _estimates("In five figures", summary.headline)
    yield from _estimates("Scores", summary.metrics)
    yield from _estimates("Right, by family", right)
    yield from _compared(report)
    if counts := summary.confusion:
        yield heading("Safeguarding")
        letters = sorted({*counts, *(given for row in counts.values() for given in row)})
        rows = [(gold, *(counts.get(gold, {}).get(one, 0) for one in letters)) for gold in letters]
        yield _table(("by gold", *letters), rows)
    yield heading("What is asked of the page")
    for kind in dict.fromkeys(one.kind for one in report.covered):
        own = [one for one in report.covered if one.kind == kind]
        unasked = ", ".join(one.id for one in own if not one.asked) or "none"
        uncited = ", ".join(one.id for one in own if not one.citing) or "none"
        yield paragraph(
            f"{len(own)} {kind}. No case asks for: {unasked}. No answer cites: {uncited}."
        )
    yield heading("Not right")
    yield paragraph(f"{report.held_out} held-out cases are counted above and not shown.")
    for told in report.told:
        if not told.score.right:
            yield from _case(told)


def _table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Block:
    return Block("table", rows=(head, *(tuple(map(str, row)) for row in rows)))


def _estimates(title: str, found: Mapping[str, Estimate]) -> Iterator[Block]:
    yield heading(title)
    rows = (
        (name, f"{one.value:.3f}", interval(one), one.n, one.unscored)
        for name, one in found.items()
        if one.value is not None
    )
    yield _table(("metric", "value", "95 % interval", "n", "unscored"), rows)


def _compared(report: Report) -> Iterator[Block]:
    found = report.comparison
    if found is None:
        return
    yield heading("Comparison")
    yield paragraph(
        f"{found.cases} cases in both: {len(found.broken)} broken, "
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
        yield paragraph(f"{title}: {', '.join(names) or 'none'}; {unseen} held out.")


def _case(one: Told) -> Iterator[Block]:
    answer = one.row.answer
    said = shown_text(answer) if answer else one.row.error
    # Time is no failure; of a share, all that is below the whole is.
    values = values_of(one.score).items()
    short = ", ".join(name for name, of in values if name not in ("right", "seconds") and of < 1)
    fails = f"{one.score.status}; falls short in {short or 'nothing else'}"
    yield heading(one.case.question, 2)
    yield paragraph(f"{one.score.id}, {one.score.family}: {fails}.")
    yield from (paragraph(line, shape="quote") for line in said.split("\n") if line.strip())
