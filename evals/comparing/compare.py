"""Two runs case by case: what was fixed, what broke, and whether it is more than chance."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from assistant.errors import BatchError
from corpus.passage import Record, sha256_of
from evals import statistics
from evals.cases.case import Case, Split
from evals.folder import AnswerRow, write_file
from evals.metrics.score import Scores, score_run, shown_text
from evals.metrics.scores import LESS_IS_BETTER, RISKS, Ranked, Values, ranked_of, values_of
from evals.statistics import ALPHA, Difference, Estimate


class Said(Record):
    """What one run said in a case."""

    status: str
    text: str
    """Headings and statements; the reason where there are none, or why it was refused."""


class CaseValues(Record):
    """One case of a run."""

    family: str
    split: Split
    case: str
    """Digest of question, turns and gold, so that a case that was edited is not compared."""

    values: Values
    ranked: Ranked = {}
    said: Said | None = None
    """By measure; what the measures of confidence are made of; and what was said, none in a file,
    and where the answers were left out."""


class Baseline(Record):
    """The scores of a run, case by case, without its answers."""

    suite: str
    edition: str
    settings_digest: str
    made: str
    """Digests of the corpus that was asked, and of the settings that can change an answer; and when
    the run was finished, ISO 8601 in UTC."""

    metrics: dict[str, Estimate]
    """The summary of the run, to be read by people; nothing is compared with it."""

    cases: dict[str, CaseValues]
    """By id."""

    @classmethod
    def of(cls, run: Scores) -> Self:
        """Return the scores of a run."""
        config = run.summary.config
        return cls(
            **config.model_dump(include={"suite", "edition", "settings_digest"}),
            made=config.finished,
            metrics={name: one for name, one in run.summary.metrics.items() if one.n},
            cases={
                score.id: CaseValues(
                    family=score.family,
                    split=score.split,
                    case=_digest(run.asked[score.id]),
                    values={
                        name: round(one, 4) if isinstance(one, float) else one
                        for name, one in values_of(score).items()
                    },
                    ranked={
                        n: (good, round(sure, 4)) for n, (good, sure) in ranked_of(score).items()
                    },
                    said=_said(run.rows[score.id]) if score.id in run.rows else None,
                )
                for score in run.cases
            },
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a baseline from its file, or from a run folder; BatchError if it is neither."""
        if path.is_dir():
            return cls.of(score_run(path))
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            said = "which `signpost eval baseline RUN --out FILE` makes; name another"
            raise BatchError(f"{path} is no baseline, {said}.") from None

    def save(self, path: Path) -> None:
        """Write it to a file, a case a line, so that a difference can be read.

        BatchError if it cannot be written, or what is there is no baseline.
        """
        if path.exists():
            self.load(path)
        # Times are another's on another machine, and would make each renewal differ in all.
        whole = self.model_dump(
            mode="json", exclude={"cases": {"__all__": {"values": {"seconds"}, "said": True}}}
        )
        cases = whole.pop("cases")
        head = json.dumps(whole, indent=1)[:-2]
        tight = partial(json.dumps, separators=(",", ":"))
        lines = ",\n".join(f"{tight(name)}:{tight(one)}" for name, one in cases.items())
        write_file(path, f'{head},\n "cases": {{\n{lines}\n }}\n}}\n')


def _digest(case: Case) -> str:
    aside = {"author", "added", "note", "suite", "tags"}
    said = case.model_dump(exclude=aside, exclude_defaults=True)
    return sha256_of(json.dumps(said, sort_keys=True, default=str))[:12]


class Change(Record):
    """A case in which a measure changed."""

    id: str
    family: str
    held_out: bool
    """Whether it is of a split whose failures stay unread."""

    was_right: bool
    is_right: bool
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    """Measures that got worse, and better."""

    before: Said | None = None
    after: Said | None = None
    """What was said; none where there is but a baseline, or the case is held out."""


class Comparison(Record):
    """A run beside another, over the cases that both have."""

    before: str
    after: str
    """Edition and settings of each: the first 12 characters of each digest."""

    cases: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    edited: tuple[str, ...]
    """Cases that both have, but whose question or gold was edited between; not compared."""

    measures: dict[str, Difference]
    families: dict[str, Difference]
    """By measure, over all cases, and whether the answer is right, by family."""

    changes: tuple[Change, ...]
    """Each case in which a measure changed, in order of the ids; time does not count."""

    @property
    def broken(self) -> tuple[Change, ...]:
        """Cases that were right and no longer are."""
        return tuple(one for one in self.changes if one.was_right > one.is_right)

    @property
    def fixed(self) -> tuple[Change, ...]:
        """Cases that were not right and now are."""
        return tuple(one for one in self.changes if one.was_right < one.is_right)

    @property
    def unchanged(self) -> int:
        """Number of cases whose verdict stayed, whatever else moved."""
        return self.cases - len(self.broken) - len(self.fixed)


def compare(
    before: Baseline, after: Baseline, alpha: float = ALPHA, *, held_out: bool = False
) -> Comparison:
    """Compare two runs by their scores; `alpha` is for the smallest detectable fall.

    What was said in a case that is held out (of any split but development) is left out, unless
    `held_out` asks for it. BatchError if they have no case in common.
    """
    both = {
        name: (one, after.cases[name]) for name, one in before.cases.items() if name in after.cases
    }
    pairs = {name: pair for name, pair in both.items() if pair[0].case == pair[1].case}
    if not pairs:
        raise BatchError("The two runs have no case in common; compare runs of the same suite.")
    every = list(pairs.values())
    names = dict.fromkeys(name for pair in every for one in pair for name in one.values)
    return Comparison(
        before=f"edition {before.edition[:12]}, settings {before.settings_digest[:12]}",
        after=f"edition {after.edition[:12]}, settings {after.settings_digest[:12]}",
        cases=len(pairs),
        only_before=tuple(name for name in before.cases if name not in after.cases),
        only_after=tuple(name for name in after.cases if name not in before.cases),
        edited=tuple(name for name in both if name not in pairs),
        measures={name: _differ(name, every, alpha) for name in (*names, *RISKS)},
        families={
            name: _differ("right", [pair for pair in every if pair[0].family == name], alpha)
            for name in sorted({old.family for old, _ in every})
        },
        changes=tuple(_changes(pairs, held_out)),
    )


def p_worse(name: str, one: Difference) -> float:
    """Return the chance of a measure getting worse by so much if nothing had changed; one-sided."""
    p = one.p_higher if name in LESS_IS_BETTER else one.p_lower
    return 1.0 if p is None else p


def _differ(name: str, pairs: Sequence[tuple[CaseValues, CaseValues]], alpha: float) -> Difference:
    field = "ranked" if name in RISKS else "values"
    sides = [(getattr(old, field), getattr(new, field)) for old, new in pairs]
    both = [(old[name], new[name]) for old, new in sides if name in old and name in new]
    if name in RISKS:
        found = statistics.compare_areas([old for old, _ in both], [new for _, new in both])
    else:
        # A verdict in each case is a share over cases.
        are_verdicts = all(isinstance(one, bool) for pair in both for one in pair)
        test = statistics.compare_rates if are_verdicts else statistics.compare_means
        found = test([(float(old), float(new)) for old, new in both], alpha)
    return found.model_copy(update={"unscored": len(pairs) - len(both)})


def _changes(
    pairs: Mapping[str, tuple[CaseValues, CaseValues]], held_out: bool
) -> Iterator[Change]:
    for name, (old, new) in pairs.items():
        moved = {
            measure: new.values[measure] < value
            for measure, value in old.values.items()
            if measure not in LESS_IS_BETTER and new.values.get(measure) not in (None, value)
        }
        is_read = held_out or new.split == "development"
        if moved:
            yield Change(
                id=name,
                family=new.family,
                held_out=new.split != "development",
                was_right=bool(old.values["right"]),
                is_right=bool(new.values["right"]),
                lost=tuple(measure for measure, loss in moved.items() if loss),
                gained=tuple(measure for measure, loss in moved.items() if not loss),
                before=old.said if is_read else None,
                after=new.said if is_read else None,
            )


def _said(row: AnswerRow) -> Said:
    answer = row.answer
    if answer is None:
        return Said(status="refused", text=row.error)
    reply = answer.signposting
    text = reply.text if reply else shown_text(answer).strip() or answer.reason
    return Said(status=answer.status, text=text)
