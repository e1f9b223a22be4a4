"""One thing that a question asks."""

from __future__ import annotations

from typing import Literal

from assistant.records import Operation
from corpus.passage import Record


class Query(Record):
    """One thing that a question asks."""

    text: str
    """Its words."""

    operation: Operation
    """What is asked of the subjects."""

    kinds: tuple[str, ...] = ()
    """Kinds of thing asked for, in order."""

    description: bool = False
    """Whether the description is asked for."""

    target: str = ""
    """Kind whose items are sought by what they have, as in `which of these list Interpol`."""

    subjects: tuple[str, ...] = ()
    """Items that it is about."""

    guessed: bool = False
    """Whether the subjects are meant by a topic, and not named."""

    entities: tuple[str, ...] = ()
    """Entities that it is about."""

    topic: str = ""
    """Words that no name accounts for."""

    sought: str = ""
    """The topic as it is searched for, without the words around it; empty for the whole text."""

    matches: tuple[str, ...] = ()
    """Passages that speak of the topic, best first."""

    order: tuple[str, ...] = ()
    """Passages by how well they speak of the topic, where it only means its subject."""

    uncovered: tuple[str, ...] = ()
    """Concepts of the topic that no passage holds."""

    missing: tuple[str, ...] = ()
    """Those of them that make up a part of the topic, and are worth telling."""

    whole: bool = False
    """Whether some passage holds all of the topic."""

    foreign: bool = False
    """Whether the topic is of another field altogether."""

    wants: str = ""
    """Sort of value asked for: `number`, `date`, `money`, `country`; empty for none."""

    negated: bool = False
    """Whether what lacks something is sought."""

    polar: bool = False
    """Whether yes or no is asked."""

    brief: bool = False
    """Whether only the definition is asked for."""

    every: bool = False
    """Whether all of the entities are meant, and not any of them."""

    told_of: bool = False
    """Whether it is asked what an item says of the topic."""

    universal: bool = False
    """Whether it is asked if all have something."""

    excluded: tuple[str, ...] = ()
    """Items that are set aside: `apart from X`."""

    premise: str = ""
    """What the question takes for granted and the source does not bear out, as one sentence."""

    unnamed: str = ""
    """A proper name in the question that no passage of the framework holds."""

    reason: str = "false_premise"
    """Why there is no answer, where a premise does not hold."""

    why: bool = False
    """Whether reasons are asked for that the framework would have to give."""

    counted: Literal["", "number", "most", "least", "more", "fewer"] = ""
    """Whether numbers of things are asked for, or held against each other."""

    strength: float = 0.0
    """How well the best passage speaks of the topic, 0 to 1."""

    named: bool = False
    """Whether it names a kind of the framework's items."""

    sure: bool = False
    """Whether it names an item of the framework beyond doubt."""

    of_page: bool = False
    """Whether it asks what the framework itself says."""

    touching: tuple[str, ...] = ()
    """Where what is silent on a topic is sought: passages that hold a part of it."""

    narrowed: bool = False
    """Whether filters leave only a part of the framework to it."""

    filtered: bool = False
    """Whether only those of the kinds asked for are sought that speak of the topic."""
