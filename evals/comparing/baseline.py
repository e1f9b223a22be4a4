"""What a run is compared by: the scores of each case, with the edition and settings they are of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from assistant.errors import BatchError
from corpus.passage import Record, sha256_of
from evals.cases.case import Case, Split, load_cases
from evals.folder import CASES, write_file
from evals.metrics.measures import Ranked, Values, ranked_of, values_of
from evals.metrics.score import Scores, score_run
from evals.statistics import Estimate


class CaseValues(Record):
    """One case of a run."""

    family: str
    split: Split
    case: str
    """Digest of question, turns and gold, so that a case that was edited is not compared."""

    values: Values
    """By measure."""

    ranked: Ranked = {}
    """What the measures of confidence are made of."""


class Baseline(Record):
    """The scores of a run, case by case, without its answers."""

    suite: str
    edition: str
    """Digest of the corpus that was asked."""

    settings_digest: str
    """Digest of the settings that can change an answer."""

    made: str
    """When the run was finished, ISO 8601 in UTC."""

    metrics: dict[str, Estimate]
    """The summary of the run, to be read by people; nothing is compared with it."""

    cases: dict[str, CaseValues]
    """By id."""

    @classmethod
    def of(cls, folder: Path, scores: Scores | None = None) -> Self:
        """Return the scores of a run folder, which is scored for it unless `scores` are given.

        Raises:
            BatchError: it is no run folder, or its files do not fit.
        """
        scores = scores or score_run(folder)
        cases = {case.id: case for case in load_cases(folder / CASES)}
        config = scores.summary.config
        return cls(
            suite=config.suite,
            edition=config.edition,
            settings_digest=config.settings_digest,
            made=config.finished,
            metrics={name: one for name, one in scores.summary.metrics.items() if one.n},
            cases={
                score.id: CaseValues(
                    family=score.family,
                    split=score.split,
                    case=_digest(cases[score.id]),
                    values={
                        name: round(one, 4) if isinstance(one, float) else one
                        for name, one in values_of(score).items()
                    },
                    ranked={
                        name: (good, round(sure, 4))
                        for name, (good, sure) in ranked_of(score).items()
                    },
                )
                for score in scores.cases
            },
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a baseline from its file, or from a run folder.

        Raises:
            BatchError: it is neither.
        """
        if path.is_dir():
            return cls.of(path)
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise BatchError(
                f"{path} is no baseline; make one with: signpost eval baseline RUN --out {path}"
            ) from None

    def save(self, path: Path) -> None:
        """Write it to a file, a case a line, so that a difference can be read.

        Raises:
            BatchError: it cannot be written.
        """
        whole = self.model_dump(mode="json")
        cases = whole.pop("cases")
        for case in cases.values():
            # Times are another's on another machine, and would make each renewal differ in all.
            case["values"] = {n: one for n, one in case["values"].items() if n != "seconds"}
        head = json.dumps(whole, indent=1)[:-2]
        tight = (",", ":")
        lines = ",\n".join(
            f"{json.dumps(name)}:{json.dumps(one, separators=tight)}" for name, one in cases.items()
        )
        write_file(path, f'{head},\n "cases": {{\n{lines}\n }}\n}}\n')


def _digest(case: Case) -> str:
    said = case.model_dump(
        exclude={"author", "added", "note", "suite", "tags"}, exclude_defaults=True
    )
    return sha256_of(json.dumps(said, sort_keys=True, default=str))[:12]
