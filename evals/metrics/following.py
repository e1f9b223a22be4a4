"""Whether a question that leans on earlier turns was understood."""

from __future__ import annotations

from collections.abc import Collection

from assistant.records import Answer
from corpus.structure.graph import Framework


def is_resolved(
    answer: Answer, gold: Collection[str], strings: Collection[str], framework: Framework
) -> bool | None:
    """Return whether a follow-up was resolved to what was meant; `None` if nothing tells.

    Nothing does where the answer keeps to itself how the question was understood.

    By strings, where the gold names some: the question as understood holds each, case ignored.
    Else by scope: every gold item of the framework is a subject or group of the scope, or stands
    above or under one. A gold that is in notes alone tells nothing of the scope.

    Args:
        answer: to the last question.
        gold: ids that a right answer cites.
        strings: `Gold.resolved`.
        framework: what tells which item stands under which.
    """
    if not answer.resolved_question:
        return None
    if strings:
        asked = answer.resolved_question.casefold()
        return all(one.casefold() in asked for one in strings)
    wanted = [one for one in gold if one in framework.item_by_id]
    if not wanted:
        return None
    scope = [
        one for one in (*answer.scope.subjects, *answer.scope.groups) if one in framework.item_by_id
    ]
    return all(any(_in_line(one, subject, framework) for subject in scope) for one in wanted)


def _in_line(one: str, other: str, framework: Framework) -> bool:
    above, beyond = framework.lineage(one), framework.lineage(other)
    return other in {item.id for item in above} or one in {item.id for item in beyond}
