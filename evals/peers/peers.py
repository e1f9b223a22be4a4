"""The same questions through Signpost and its peers, in one table."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import NamedTuple

from pydantic import TypeAdapter

from assistant.errors import BatchError, QuestionError
from assistant.home import writing
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.settings import Settings
from corpus.passage import Record
from corpus.whole import Whole
from evals import refusing
from evals.cases.case import Case, load_cases, load_split
from evals.cases.suites import read_suite
from evals.metrics.score import openings, shown_text
from evals.peers.peer_score import GROUPS, PeerCorpus, Verdict, is_to_be_answered, judge
from evals.peers.runners import ask_peer
from evals.statistics import Estimate, rate


class Contestant(NamedTuple):
    """Who answers, by the name of its files.

    Its virtual environment is a folder under `SIGNPOST_HOME/peers`; `ask_peer.py` asks it
    there. That of Signpost, which is asked here, is empty.
    """

    name: str
    title: str
    environment: str


CONTESTANTS = (
    Contestant("signpost", "Signpost", ""),
    Contestant("cairn", "cairn-assistant", "cairn"),
    Contestant("groundrag", "groundrag", "groundrag"),
    Contestant("dense", "LlamaIndex dense", "llamaindex"),
    Contestant("bm25", "LlamaIndex BM25", "llamaindex"),
)


def prepare(
    work: Path, cases: Sequence[Case], corpus: PeerCorpus, *, framework_only: bool = False
) -> None:
    """Write what every contestant gets: the pages, the probes to tune on, the questions.

    StoreError if the folder cannot be written.
    """
    questions = [case.model_dump(include={"id", "question", "turns"}) for case in cases]
    with writing(work):
        work.mkdir(parents=True, exist_ok=True)
        ask_peer.write_rows(work / ask_peer.PAGES, corpus.pages)
        ask_peer.write_rows(work / ask_peer.PROBES, probes(framework_only))
        ask_peer.write_rows(work / ask_peer.QUESTIONS, questions)


def probes(framework_only: bool = False) -> list[ask_peer.Probe]:
    """Return all shipped development questions that stand alone, without earlier turns, each once.

    One that is in two suites is answerable if either says so. If there are only the framework's
    pages, those that guidance answers are left out.
    """
    found: dict[str, bool] = {}
    for case in load_split("development"):
        answerable = is_to_be_answered(case)
        if answerable is not None and not (case.turns or (framework_only and case.gold.facts)):
            found[case.question] = answerable or found.get(case.question, False)
    return [ask_peer.Probe(question, answerable) for question, answerable in found.items()]


def ask(one: Contestant, work: Path, home: Path, *, refuses: bool = True) -> None:
    """Let a contestant answer the questions of a work folder, a peer in a process of its own.

    BatchError if its environment is missing, or the process fails; SignpostError if Signpost cannot
    be opened.
    """
    if not one.environment:
        _ask_signpost(ask_peer.Job(work, one.name))
        return
    python = home / "peers" / one.environment / "bin" / "python"
    if not python.exists():
        raise BatchError(f"{one.title} has no environment at {python}; run: make bench-peers")
    quiet = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    # A path to modules of this environment must not reach into another one.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(python), ask_peer.__file__, str(work), one.name, "" if refuses else "open"],
        env=kept | quiet | {"SIGNPOST_HOME": str(home)},
        cwd=work,  # no settings file of wherever this was called
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise BatchError(f"{one.title} ended with {done.returncode}: {said}")


def _ask_signpost(job: ask_peer.Job) -> None:
    """Open the assistant on the index that is there, and answer; nothing is tuned here."""
    assistant = Assistant.open(Settings.from_environment())

    def talk(turns: Sequence[str], question: str) -> ask_peer.Shown:
        try:
            answer = assistant.ask(Question(text=question, turns=tuple(turns)))
        except QuestionError as error:
            return ask_peer.Shown(str(error), status="not_covered", reason="empty")
        quotes = tuple(
            ask_peer.Quote(one.passage_id, one.quote, aside=statement.kind == "note")
            for statement in answer.statements
            for one in statement.citations
        )
        text, first = shown_text(answer), openings(answer)
        return ask_peer.Shown(text, quotes, answer.status, answer.reason, first)

    job.answer_all(partial(partial, talk), metadata.version("signpost"), "as shipped")


def load_rows(path: Path, cases: Sequence[Case]) -> list[ask_peer.PeerRow]:
    """Read what a contestant answered, one row for each case in their order, or `BatchError`."""
    parsed = TypeAdapter(ask_peer.PeerRow)
    try:
        rows = [parsed.validate_json(line) for line in path.read_text("utf-8").split("\n") if line]
    except (OSError, ValueError) as error:
        raise BatchError(f"{path} holds no rows that can be read; run it again.") from error
    if [row.id for row in rows] != [case.id for case in cases]:
        raise BatchError(f"{path} answers other cases than were asked; run it again.")
    return rows


class Result(Record):
    """One contestant, asked and judged, with its version and how it was set up."""

    title: str
    note: str
    verdicts: tuple[Verdict, ...]


def table(results: Sequence[Result]) -> str:
    """Return the results side by side, with intervals of 95 % and how each was set up."""
    rows = [("", *(one.title for one in results)), *_measures(results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    notes = [f"{one.title} {one.note}." for one in results]
    return "\n".join([*lines, "", *notes])


def _measures(results: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    def rates(title: str, field: str, group: str = "") -> tuple[str, ...]:
        estimates = [
            rate([getattr(one, field) for one in each.verdicts if group in ("", *one.groups)])
            for each in results
        ]
        if field == "exact":
            return (title, *(f"{_cell(one)} n {one.n}" for one in estimates))
        return (f"{title} (n {max(one.n for one in estimates)})", *map(_cell, estimates))

    yield rates("complete and on topic", "complete")
    yield rates("refused though answerable", "missed")
    yield rates("correct refusals", "turned_away")
    yield rates("false answers", "false")
    yield rates("every quote verbatim", "exact")
    times = (median(one.seconds for one in each.verdicts) for each in results)
    yield ("seconds, warm, median", *(f"{one:.4f}" for one in times))
    yield from (rates(f"complete: {group}", "complete", group) for group in GROUPS)
    yield rates("false premises corrected", "corrected")


def _cell(one: Estimate) -> str:
    return "-" if one.value is None else f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


def bench(
    cases: Sequence[Case],
    work: Path,
    home: Path,
    names: Sequence[str],
    *,
    framework_only: bool = False,
    never_refuse: bool = False,
) -> str:
    """Ask and judge the contestants named, and return the table; Signpost answers as it is.

    What is given and answered lies in `work`, the environments of the peers in `home`. If
    `framework_only`, the peers get, and are tuned on, the framework's pages alone; if
    `never_refuse`, they show the best that they find, whatever its score. SignpostError if there is
    no case, an environment is missing, or a contestant fails.
    """
    if not cases:
        raise BatchError("There is no case to ask; give another suite, file or limit.")
    whole = Whole.read()
    corpus = PeerCorpus.of(whole, framework_only=framework_only)
    prepare(work, cases, corpus, framework_only=framework_only)
    results = []
    for one in (one for one in CONTESTANTS if one.name in names):
        sys.stderr.write(f"Asking {one.title} {len(cases)} questions ...\n")
        ask(one, work, home, refuses=not never_refuse)
        rows = load_rows(work / f"{one.name}.jsonl", cases)
        verdicts = tuple(
            judge(case, row, corpus, whole.framework) for case, row in zip(cases, rows, strict=True)
        )
        note = (work / f"{one.name}.txt").read_text(encoding="utf-8")
        results.append(Result(title=one.title, note=note, verdicts=verdicts))
    return table(results)


@refusing
def main(arguments: Sequence[str] | None = None) -> None:
    """Run the bench, and print the table."""
    names = [one.name for one in CONTESTANTS]
    parser = argparse.ArgumentParser(prog="python -m evals.peers.peers", description=__doc__)
    parser.add_argument("--suite", default="framework-dev", help="suite of cases to ask")
    parser.add_argument("--cases", type=Path, help="file of cases to ask in place of a suite")
    parser.add_argument("--limit", type=int, help="ask only the first so many cases")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="contestants")
    flag = partial(parser.add_argument, action="store_true")
    flag("--framework-only", help="give peers the framework's pages alone")
    flag("--never-refuse", help="let peers show the best they find")
    given = parser.parse_args(arguments)
    rules = {"framework_only": given.framework_only, "never_refuse": given.never_refuse}
    home = Settings.from_environment().home.resolve()
    cases = load_cases(given.cases) if given.cases else read_suite(given.suite)
    name = given.cases.stem if given.cases else given.suite
    asked = cases[: given.limit]
    # The work folders of variants do not meet.
    variants = [f"-{one.replace('_', '-')}" for one, is_set in rules.items() if is_set]
    work = home / "peers" / "runs" / "".join([name, *variants])
    told = bench(asked, work, home, given.only, **rules)
    sys.stdout.write(f"{name}: {len(asked)} questions\n\n{told}\n")


if __name__ == "__main__":
    raise SystemExit(main())
