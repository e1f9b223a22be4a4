"""The arguments that narrow an answer or a search, and the filters that they make."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.foreign import Foreign
    from assistant.pipeline import Assistant
    from assistant.records import Filters

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
        help="from this tier: framework, guidance; may be repeated",
    )
    group.add_argument(
        "--audience", default="", metavar="NAME", help="for officer, trainer or evaluator"
    )


def check_filters(arguments: argparse.Namespace) -> None:
    """Refuse filters beside a file of questions, whose rows have their own."""
    if arguments.batch and any(getattr(arguments, name, None) for name in FIELDS):
        arguments.parser.error('for --batch, filters stand in the rows: "filters": {...}')


def filters_of(arguments: argparse.Namespace, assistant: Assistant | Foreign) -> Filters:
    """Return the filters that the arguments name; the assistant refuses what is not there."""
    from assistant.pipeline import Assistant
    from assistant.records import Filters
    from assistant.rules.narrowing import pillar_id

    pillars = arguments.pillar
    if isinstance(assistant, Assistant):
        pillars = [pillar_id(one, assistant.framework) for one in pillars]
    return Filters(
        pillars=tuple(pillars),
        facets=tuple(arguments.facet),
        tiers=tuple(arguments.tier),
        audience=arguments.audience,
    )
