"""Arguments that several commands share: days, what narrows an answer, what reads runs."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SignpostError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    from assistant.foreign import Foreign
    from assistant.library_tier import LibraryTier
    from assistant.pipeline import Assistant
    from assistant.records import Filters


def read_day(text: str | None) -> date:
    """Read a day as typed; today if none is.

    Raises:
        SignpostError: it is no day.
    """
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SignpostError(f"{text!r} is no day; write it as 2027-08-01.") from None


def add_readers(actions: Commands) -> None:
    """Add the subcommands that read finished runs, and ask Signpost nothing."""
    _add_compare(actions)
    _add_baseline(actions)
    _add_gate(actions)
    _add_report(actions)


def _add_compare(actions: Commands) -> None:
    compare = actions.add_parser("compare", help="compare two runs case by case")
    compare.add_argument("before", type=Path, metavar="RUN_A", help="the run to compare with")
    compare.add_argument("after", type=Path, metavar="RUN_B", help="the run that is compared")
    compare.add_argument("--json", action="store_true", help="print the comparison as JSON")
    _add_held_out(compare)
    compare.set_defaults(room="eval_commands", command="compare")


def _add_baseline(actions: Commands) -> None:
    baseline = actions.add_parser("baseline", help="write what later runs are held against")
    baseline.add_argument("run", type=Path, metavar="RUN", help="the run folder")
    baseline.add_argument("--out", required=True, type=Path, metavar="FILE", help="the baseline")
    baseline.set_defaults(room="eval_commands", command="baseline")


def _add_gate(actions: Commands) -> None:
    gate = actions.add_parser(
        "gate",
        help="fail if a run is worse than a baseline",
        epilog="Exit code: 0 if it is no worse, 1 if it is, with the cases that broke.",
    )
    gate.add_argument("run", type=Path, metavar="RUN", help="the run folder")
    gate.add_argument(
        "--against",
        required=True,
        type=Path,
        metavar="BASELINE",
        help="a baseline, such as evals/baseline.json, or another run folder",
    )
    gate.add_argument(
        "--alpha",
        type=_share,
        default=0.05,
        metavar="SHARE",
        help="chance of failing a run that is no worse (0.05)",
    )
    gate.set_defaults(room="eval_commands", command="gate")


def _add_report(actions: Commands) -> None:
    report = actions.add_parser("report", help="write a run as one page, with each case")
    report.add_argument("run", type=Path, metavar="RUN", help="the run folder")
    report.add_argument("--against", type=Path, metavar="RUN_B", help="a run to compare it with")
    report.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="the page: FILE.html, or FILE.md"
    )
    _add_held_out(report)
    report.set_defaults(room="eval_commands", command="report")


def _add_held_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="show cases of the test and calibration splits too, which are only counted otherwise",
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0")
    return int(text)


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is no share between 0 and 1")
    return number


FIELDS = ("pillar", "facet", "tier", "audience")
"""Names of the arguments."""


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Let a parser take filters."""
    group = parser.add_argument_group("only what is")
    group.add_argument(
        "--pillar",
        action="append",
        default=[],
        metavar="N",
        help="of this pillar: 3; may be repeated",
    )
    group.add_argument(
        "--facet",
        action="append",
        default=[],
        metavar="NAME",
        help="of this kind, in the framework: outcomes; may be repeated",
    )
    group.add_argument(
        "--tier",
        action="append",
        default=[],
        choices=("framework", "guidance", "document"),
        metavar="TIER",
        help="from this tier: framework, guidance, document; may be repeated",
    )
    group.add_argument(
        "--audience", default="", metavar="NAME", help="for officer, trainer or evaluator"
    )


def check_filters(arguments: argparse.Namespace) -> None:
    """Refuse filters beside a file of questions, whose rows have their own."""
    if arguments.batch and any(getattr(arguments, name, None) for name in FIELDS):
        arguments.parser.error('for --batch, filters stand in the rows: "filters": {...}')


def filters_of(
    arguments: argparse.Namespace, assistant: Assistant | Foreign | LibraryTier
) -> Filters:
    """Return the filters that the arguments name; the assistant refuses what is not there."""
    from assistant.answering.narrowing import pillar_id
    from assistant.library_tier import LibraryTier
    from assistant.pipeline import Assistant
    from assistant.records import Filters

    pillars = arguments.pillar
    main = assistant.main if isinstance(assistant, LibraryTier) else assistant
    if isinstance(main, Assistant):
        pillars = [pillar_id(one, main.framework) for one in pillars]
    return Filters(
        pillars=tuple(pillars),
        facets=tuple(arguments.facet),
        tiers=tuple(arguments.tier),
        audience=arguments.audience,
    )
