"""Runs of the same cases side by side, as Markdown: `python -m evals.side_by_side RUN ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from assistant.errors import BatchError, SignpostError
from evals.estimate import Estimate
from evals.folder import SUMMARY
from evals.summary import Summary

ROWS: Mapping[str, str] = {
    "right in all that is scored": "right",
    "complete: all of the gold, nothing else": "complete",
    "facet recall": "recall",
    "facet precision": "precision",
    "recall@10": "recall@10",
    "nDCG@10": "nDCG@10",
    "citations exact": "citations exact",
    "note cited": "note cited",
    "abstention precision": "abstention precision",
    "abstention recall": "abstention recall",
    "abstention F1": "abstention F1",
}
"""Measures of a summary by what the table calls them."""

_SECONDS = "latency median (ms)"


def load_summaries(folders: Sequence[Path]) -> tuple[Summary, ...]:
    """Read what was scored of runs.

    Raises:
        BatchError: a run is not scored or not finished, or two are of other cases or editions.
    """
    found = tuple(_summary(folder) for folder in folders)
    first = found[0].config
    for folder, one in zip(folders, found, strict=True):
        if one.asked < one.config.count:
            raise BatchError(f"{folder} is not finished; run the suite into it again and score it.")
        if (one.config.cases, one.config.edition) != (first.cases, first.edition):
            raise BatchError(f"{folder} and {folders[0]} are of other cases; ask both the same.")
    return found


def table(summaries: Sequence[Summary], names: Sequence[str]) -> str:
    """Return a row for each measure and a column for each run, with intervals of 95 %.

    The number of cases stands with the measure, and with each value where runs differ in it; what
    a run does not tell is `unscored`.
    """
    lines = [("", *names), ("---",) * (len(names) + 1), *_rows(summaries)]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.side_by_side", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="a scored run folder")
    folders = parser.parse_args(argv).runs
    try:
        told = table(load_summaries(folders), [folder.resolve().name for folder in folders])
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{told}\n")
    return 0


def _summary(folder: Path) -> Summary:
    try:
        return Summary.model_validate_json((folder / SUMMARY).read_bytes())
    except (OSError, ValidationError):
        raise BatchError(f"{folder} is not scored; run: signpost eval score {folder}") from None


def _rows(summaries: Sequence[Summary]) -> Iterator[tuple[str, ...]]:
    for title, name in ROWS.items():
        estimates = [one.metrics[name] for one in summaries]
        counts = {one.n for one in estimates}
        if counts == {0}:
            continue
        alike = len(counts) == 1
        label = f"{title} (n {min(counts):,})" if alike else title
        yield (label, *(_cell(one, counted=not alike) for one in estimates))
    seconds = [one.metrics[_SECONDS].value for one in summaries]
    told = ("unscored" if one is None else f"{one / 1000:.3f}" for one in seconds)
    yield ("seconds for a question, median", *told)


def _cell(one: Estimate, *, counted: bool) -> str:
    if one.value is None:
        return "unscored"
    interval = "" if one.low is None else f" ({one.low:.2f} to {one.high:.2f})"
    return f"{one.value:.2f}{interval}" + (f", n {one.n:,}" if counted else "")


if __name__ == "__main__":
    sys.exit(main())
