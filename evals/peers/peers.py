"""The same questions through Signpost and its peers, in one table."""

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import NamedTuple

from assistant.errors import BatchError
from assistant.home import writing
from assistant.pipeline import Assistant
from assistant.settings import Settings
from corpus.passage import Corpus, Record
from corpus.whole import Whole
from evals import refusing
from evals.cases.case import Case, load_split
from evals.folder import AnswerRow, lines_of, write_file
from evals.peers.peer_score import GROUPS, PeerCorpus, Verdict, is_to_be_answered, judge
from evals.peers.runners import ask_peer
from evals.running.run import Chosen, by_command, one_by_one
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


def prepare(work: Path, corpus: PeerCorpus, *, framework_only: bool = False) -> None:
    """Write what every peer gets: the pages, and the probes to tune on.

    StoreError if the folder cannot be written.
    """
    with writing(work):
        work.mkdir(parents=True, exist_ok=True)
        ask_peer.write_rows(work / ask_peer.PAGES, corpus.pages)
        ask_peer.write_rows(work / ask_peer.PROBES, probes(framework_only))


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


def ask(
    one: Contestant,
    cases: Sequence[Case],
    work: Path,
    home: Path,
    corpus: Corpus,
    *,
    refuses: bool = True,
) -> Iterator[AnswerRow]:
    """Let a contestant answer cases, a peer in a process of its own, and yield its rows.

    BatchError if its environment is missing, or the process fails; SignpostError if Signpost cannot
    be opened.
    """
    if not one.environment:
        return one_by_one(cases, Settings.from_environment(), Assistant.open)
    python = home / "peers" / one.environment / "bin" / "python"
    if not python.exists():
        raise BatchError(f"{one.title} has no environment at {python}; run: make bench-peers")
    # A path to modules of this environment must not reach into another one: -E.
    words = [str(python), "-E", ask_peer.__file__, str(work), one.name]
    return by_command(shlex.join(words if refuses else [*words, "open"]), cases, corpus)


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
    `never_refuse`, they show the best that they find, whatever its score. SignpostError if an
    environment is missing, or a contestant fails.
    """
    whole = Whole.read()
    corpus = PeerCorpus.of(whole, framework_only=framework_only)
    prepare(work, corpus, framework_only=framework_only)
    results = []
    for one in (one for one in CONTESTANTS if one.name in names):
        sys.stderr.write(f"Asking {one.title} {len(cases)} questions ...\n")
        given = ask(one, cases, work, home, whole.corpus, refuses=not never_refuse)
        rows = {row.id: row for row in given}
        write_file(work / f"{one.name}.jsonl", lines_of([*rows.values()]))
        verdicts = tuple(judge(case, rows[case.id], corpus, whole.framework) for case in cases)
        note = f"{metadata.version('signpost')}: as shipped"
        if one.environment:
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
    # Whoever is no Signpost is not asked what only the checker answers.
    limits = {"suite": given.suite, "cases": given.cases, "limit": given.limit}
    chosen = Chosen(**limits, command="peers")
    asked = chosen.read()
    # The work folders of variants do not meet.
    variants = [f"-{one.replace('_', '-')}" for one, is_set in rules.items() if is_set]
    work = home / "peers" / "runs" / "".join([chosen.name, *variants])
    told = bench(asked, work, home, given.only, **rules)
    sys.stdout.write(f"{chosen.name}: {len(asked)} questions\n\n{told}\n")


if __name__ == "__main__":
    raise SystemExit(main())
