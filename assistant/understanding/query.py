"""One thing that a question asks of a framework, as its executor carries it out."""

from __future__ import annotations

from typing import Literal

from assistant.records import Operation
from corpus.passage import Record


class Query(Record):
    """One thing that a question asks."""

    text: str
    operation: Operation
    """What is asked of the subjects."""

    kinds: tuple[str, ...] = ()
    """Kinds of thing asked for, in order."""

    description: bool = False
    """Whether the description is asked for."""

    target: str = ""
    """Kind whose items are sought by what they have, as in `which of these list Interpol`."""

    subjects: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    """Passages that speak of what is sought, best first."""

    polar: bool = False
    """Whether yes or no is asked."""

    every: bool = False
    """Whether all of the entities are meant, and not any of them."""

    excluded: tuple[str, ...] = ()
    """Items that are set aside: `apart from X`."""

    premise: str = ""
    """What the question takes for granted and the source does not bear out, as one sentence."""

    counted: Literal["", "number", "most", "least"] = ""
    """Whether numbers of things are asked for, or held against each other."""

    of_page: bool = False
    """Whether it asks what the framework itself says."""

    beside: float = 0.0
    """How likely the framework is not asked after all, 0 to 1."""

    several: bool = False
    """Whether more than one thing is asked after all; see `Reading.several`."""

    narrowed: bool = False
    """Whether filters leave only a part of the framework to it."""

    filtered: bool = False
    """Whether only those of the kinds asked for are sought that speak of something."""
