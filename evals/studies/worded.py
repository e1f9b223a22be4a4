"""What a language model did to the answers of a run: `python -m evals.studies.worded RUN WITHOUT`.

Both are run folders over the same cases, the first with a model set and the second without.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from assistant.citing.faithful import matched_of
from assistant.citing.verifier import Verifier
from assistant.errors import BatchError, SignpostError
from assistant.records import Answer, Wording
from corpus.passage import Passage, Record
from corpus.whole import Whole
from evals.estimate import Estimate, mean, rate
from evals.folder import AnswerRow, load_answers
from evals.metrics import overlap
from evals.metrics.measures import values_of
from evals.metrics.score import score_run
from evals.metrics.scores import Score
from evals.studies.misbehaviour import same_content

COUNTS = ("kept", "retried", "copied", "replaced", "put_back")

TIMED = "seconds"
"""What differs from run to run, and says nothing about an answer."""

PATIENCE_S = 30.0
"""Seconds that a model has for an answer where nothing is set."""


class Pair(Record):
    """One question, answered both ways."""

    id: str
    """The case."""

    without: Answer
    """In the sources' own words."""

    worded: Answer
    """By the model."""

    wording: Wording
    """What the model did."""

    seconds: float
    """That the answer took."""

    differs: tuple[str, ...]
    """Measures of the suite that differ between the two."""

    parts: tuple[tuple[str, str], ...]
    """Of each sentence of the model's: a quote, and the part of the sentence that carries it."""

    @property
    def same(self) -> bool:
        """Whether both rest on the same quotes and count the same."""
        return same_content(self.without, self.worded)


def pairs_of(run: Path, without: Path) -> tuple[Pair, ...]:
    """Return the answers that a model was asked to word, beside those without one.

    Both runs are scored on the way; a run that is not finished counts as far as it came.

    Raises:
        BatchError: a folder is no run, or the runs are of other cases.
    """
    passages = Whole.read().corpus.by_id
    rows = {row.id: row for row in load_answers(without)}
    scored = [{one.id: one for one in score_run(folder).cases} for folder in (run, without)]
    return tuple(_pairs(load_answers(run), rows, passages, *scored))


def _pairs(
    run: Sequence[AnswerRow],
    rows: dict[str, AnswerRow],
    passages: Mapping[str, Passage],
    worded: dict[str, Score],
    without: dict[str, Score],
) -> Iterator[Pair]:
    for row in run:
        if row.id not in rows:
            raise BatchError("The runs are of other cases; ask both the same.")
        before, after = rows[row.id].answer, row.answer
        wording = after.provenance.wording if after else None
        if before is None or after is None or wording is None:
            continue
        yield Pair(
            id=row.id,
            without=before,
            worded=after,
            wording=wording,
            seconds=row.seconds,
            parts=tuple(_parts(before, after, passages)),
            differs=_differing(without[row.id], worded[row.id]),
        )


def _parts(
    before: Answer, after: Answer, passages: Mapping[str, Passage]
) -> Iterator[tuple[str, str]]:
    quoted = {one.text for one in before.statements}
    for one in after.statements:
        if one.kind != "note" and one.text not in quoted:
            # Where the guard does not take it, the whole sentence has to be carried by each.
            pieces = matched_of(one, passages).pieces or (one.text,) * len(one.citations)
            yield from zip((cited.quote for cited in one.citations), pieces, strict=True)


def _differing(before: Score, after: Score) -> tuple[str, ...]:
    one, other = values_of(before), values_of(after)
    names = sorted(one.keys() | other.keys())
    return tuple(name for name in names if name != TIMED and one.get(name) != other.get(name))


def summary(found: Sequence[Pair]) -> str:
    """Return what came of the answers, as lines."""
    counts = {name: sum(getattr(one.wording, name) for one in found) for name in COUNTS}
    causes = Counter(one.wording.cause for one in found if one.wording.cause)
    differing = Counter(name for one in found for name in one.differs)
    seconds = sorted(one.seconds for one in found)
    parts = [part for one in found for part in one.parts]
    verifier = Verifier.open()
    apart = rate([overlap.is_carried(quote, piece) for quote, piece in parts])
    checked = rate([verifier.verify(*part).verdict == "supported" for part in parts])
    by_model = [one.wording.kept + one.wording.retried > 0 for one in found]
    lines = [
        f"answers given to the model: {len(found)}, calls {sum(o.wording.calls for o in found)}",
        f"same quotes and counts as without it: {shown(rate([one.same for one in found]))}",
        f"every measure of the suite the same: {shown(rate([not one.differs for one in found]))}",
        *(f"  {name} differs: {count}" for name, count in sorted(differing.items())),
        f"parts of its sentences carried by their quotes, by the scorer apart: {shown(apart)}",
        f"the same by the checker: {shown(checked)}",
        f"with a sentence of the model's: {shown(rate(by_model))}",
        ", ".join(f"{name} {count}" for name, count in counts.items()),
        *(f"all in the sources' words, {name}: {n}" for name, n in sorted(causes.items())),
        f"seconds for an answer: median {seconds[len(seconds) // 2]:.1f}, "
        f"mean {shown(mean(seconds))}, longest {seconds[-1]:.1f}",
        f"within {PATIENCE_S:.0f} seconds: {shown(rate([one <= PATIENCE_S for one in seconds]))}",
    ]
    return "\n".join(lines)


def shown(one: Estimate) -> str:
    """Return an estimate with its interval and n.

    >>> shown(Estimate(value=0.5, n=4, unscored=0, low=0.15, high=0.85, method="wilson"))
    '0.500 (0.150 to 0.850, n 4)'
    """
    if one.value is None or one.low is None:
        return f"{one.value} (n {one.n})"
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f}, n {one.n})"


def beside(pair: Pair) -> str:
    """Return an answer both ways, as lines."""
    own, worded = (
        "\n".join(f"  {one.text}" for one in each.statements)
        for each in (pair.without, pair.worded)
    )
    return f"{pair.without.question}\n without\n{own}\n with\n{worded}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what came of a run, and return the exit code: 1 if an answer lost or gained content."""
    given = _parser().parse_args(arguments)
    try:
        found = pairs_of(given.run, given.without)
        if not found:
            raise BatchError(
                f"No answer of {given.run} was given to a model; set SIGNPOST_LLM_URL."
            )
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    told = sorted(found, key=lambda one: one.wording.kept + one.wording.retried, reverse=True)
    sys.stdout.write("\n".join([summary(found), "", *map(beside, told[: given.show])]) + "\n")
    return 0 if all(one.same for one in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.studies.worded", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder, with a model set")
    parser.add_argument("without", type=Path, metavar="WITHOUT", help="the same without one")
    parser.add_argument(
        "--show", type=int, default=0, help="print so many both ways, those most worded"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
