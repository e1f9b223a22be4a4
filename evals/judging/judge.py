"""Let a language model judge the answers of a run, beside the scores and never in their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

from assistant.errors import BatchError, ModelError, SettingsError
from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.wording.endpoint import Failure
from corpus.passage import Record
from evals.cases.case import Split
from evals.folder import JUDGED, lines_of, write_file
from evals.judging.judge_call import Caller
from evals.judging.judge_items import Answers, in_turn, of_claims
from evals.judging.judge_prompt import verdict_of
from evals.judging.judge_rows import Item, JudgedRow, Terms, load_judged
from evals.judging.judge_summary import JudgeSummary, summarise
from evals.metrics.score import score_run

FAILURES = 5
"""Failures in a row after which the model is not asked any more."""

SEED = 1
"""What is drawn and exchanged by, where nothing else is given."""

Progress = Callable[[int, int], None]
"""Called with verdicts that are there, and verdicts in all."""


class Wanted(Record):
    """What is judged."""

    answers: int | None = None
    """So many answers of the run at most; none for all."""

    claims: int | None = None
    """So many labelled claims at most; none for all."""

    split: Split = "development"
    """The split that both are of."""

    seed: int = SEED
    """What they are drawn and exchanged by."""


class JudgeRun(Record):
    """What a call did."""

    folder: Path
    """The run folder."""

    kept: int
    """Verdicts that were already there."""

    asked: int
    """Questions that this call asked."""

    failed: int
    """Those of them that the model did not reply to; they are asked again by another call."""

    withheld: int
    """Answers left out because their question holds personal data, and the model is elsewhere."""

    summary: JudgeSummary | None
    """Over all verdicts; none where there is not one."""


def judge_run(
    folder: Path, settings: Settings, wanted: Wanted, progress: Progress | None = None
) -> JudgeRun:
    """Score a run, ask the model of it and of labelled claims, and write `judged.jsonl`.

    A file that an interrupted call left is gone on with: what was asked in the same words is kept,
    with gold and checker as they are now.

    Args:
        folder: the run folder.
        settings: which model.
        wanted: what is judged.
        progress: called after each reply.

    Raises:
        SettingsError: no model is set, or its address is refused.
        ModelError: what it needs is not installed, or it failed several times in a row.
        BatchError: the folder is no run folder, or its verdicts are another model's.
    """
    if not settings.llm_url:
        raise SettingsError(
            "No language model is set to judge by; set SIGNPOST_LLM_URL, such as "
            "http://127.0.0.1:8000/v1."
        )
    caller = Caller.open(settings)
    terms = Terms(model=caller.model, split=wanted.split, seed=wanted.seed)
    before = _before(folder, terms)
    answers = Answers(score_run(folder), terms, Finder.shipped(), is_local=caller.is_local)
    items = in_turn(tuple(of_claims(terms, wanted.claims)), tuple(answers.items(wanted.answers)))
    kept = _kept(before, items)
    write_file(folder / JUDGED, lines_of(tuple(kept.values())))
    left = [one for one in items if one.id not in kept]
    failed = _ask(left, caller, terms, folder / JUDGED, _telling(progress, len(kept), len(left)))
    return JudgeRun(
        folder=folder,
        kept=len(kept),
        asked=len(left),
        failed=failed,
        withheld=answers.withheld,
        summary=summarise(load_judged(folder)),
    )


def _before(folder: Path, terms: Terms) -> tuple[JudgedRow, ...]:
    rows = load_judged(folder)
    for row in rows:
        if row.terms != terms:
            had = row.terms
            raise BatchError(
                f"{folder / JUDGED} holds verdicts of {had.model} on the split {had.split} by the "
                f"seed {had.seed}; ask for the same, or remove the file."
            )
    return rows


def _kept(rows: Sequence[JudgedRow], items: Sequence[Item]) -> dict[str, JudgedRow]:
    """Return rows by id, without those that are asked in other words now."""
    now = {one.id: one for one in items}
    kept = {}
    for row in rows:
        item = now.get(row.id)
        if item is None:
            kept[row.id] = row
        elif item.digest == row.digest:
            kept[row.id] = JudgedRow.of(item, row.terms, row.verdict, row.seconds)
    return kept


def _ask(
    items: Sequence[Item],
    caller: Caller,
    terms: Terms,
    path: Path,
    tell: Callable[[int], None],
) -> int:
    """Write verdicts as they come; return how often the model did not reply."""
    failed = in_a_row = 0
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for done, item in enumerate(items, 1):
            start = perf_counter()
            said = caller.ask(item.system, item.request)
            if isinstance(said, Failure):
                failed, in_a_row = failed + 1, in_a_row + 1
                if in_a_row == FAILURES:
                    raise ModelError(
                        f"The language model failed {FAILURES} times in a row ({said.cause}); its "
                        f"verdicts until then are in {path}, and the same command goes on."
                    )
            else:
                in_a_row = 0
                row = JudgedRow.of(item, terms, verdict_of(said), perf_counter() - start)
                file.write(lines_of([row]))
                file.flush()
            tell(done)
    return failed


def _telling(progress: Progress | None, kept: int, left: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if progress is not None:
            progress(kept + done, kept + left)

    return tell
