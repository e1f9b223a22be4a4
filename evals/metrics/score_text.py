"""The scores of a run as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from evals.estimate import Estimate
from evals.metrics.scores import Score
from evals.metrics.summary import Summary

SHOWN = "development"
"""The split whose failures are shown; those of the others are counted, so that they stay unread."""


def table(summary: Summary, scores: Iterable[Score]) -> str:
    """Return a summary as text, then each development case that is not right and what is wrong."""
    config = summary.config
    wrong = [score for score in scores if not score.right]
    shown = [score for score in wrong if score.split == SHOWN]
    families = {name: one["right"] for name, one in summary.families.items()}
    parts = [
        f"Suite {config.suite}: {summary.asked} of {config.count} cases asked, "
        f"{summary.refused} refused; corpus {config.edition[:12]}",
        "",
        *_rows("metric", summary.metrics),
        "",
        *_rows("right, by family", families),
        *_matrix(summary.confusion),
    ]
    if summary.judges:
        parts += ["", *_rows("judges, right on labelled claims", summary.judges)]
    if shown:
        parts += ["", "Not right:", *(line for score in shown for line in _failure(score))]
    if hidden := len(wrong) - len(shown):
        parts += ["", f"{hidden} more are not right, of splits that stay unread."]
    return "\n".join(parts)


def _matrix(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    if len(confusion) < 2:
        return []
    given = sorted({letter for row in confusion.values() for letter in row})
    head = f"{'safeguarding case: gold, given':<32}" + "".join(f"{letter:>6}" for letter in given)
    rows = [
        f"{gold:<32}" + "".join(f"{row.get(letter) or '.':>6}" for letter in given)
        for gold, row in confusion.items()
    ]
    return ["", head, "-" * len(head), *rows]


def _rows(title: str, estimates: Mapping[str, Estimate]) -> list[str]:
    head = f"{title:<36}{'value':>9}{'95 % interval':>18}{'n':>6}{'unscored':>10}"
    rows = [head, "-" * len(head)]
    for name, one in estimates.items():
        if one.n:
            interval = "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}"
            rows.append(f"{name:<36}{one.value:>9.3f}{interval:>18}{one.n:>6}{one.unscored:>10}")
    return rows


def _failure(score: Score) -> Iterator[str]:
    yield f"  {score.id}  {score.question[:90]}"
    if not score.status_right:
        yield f"      status {score.status}" + (f": {score.error}" if score.error else "")
    for facet, one in score.facets.items():
        if one.missed:
            yield f"      {facet} missed: {' '.join(one.missed)}"
        if one.stray:
            yield f"      {facet} stray: {' '.join(one.stray)}"
    yield from (f"      {words}" for words in _said(score))


def _said(score: Score) -> Iterator[str]:
    said = (
        (score.noted, "no note is cited that states the fact"),
        (score.strings, "a string is missing, or one is there that must not be"),
        (score.value, "the opening does not state the value"),
        (score.verdict, "the checker's verdict is another"),
        (score.personal, "other kinds of personal data are noticed"),
    )
    yield from (words for verdict, words in said if verdict is False)
    if score.safeguarding and score.safeguarding[0] != score.safeguarding[1]:
        yield f"safeguarding case {score.safeguarding[1]} in place of {score.safeguarding[0]}"
    if score.citations and score.citations[0] != score.citations[1]:
        yield f"{score.citations[1] - score.citations[0]} citations are not exact"
