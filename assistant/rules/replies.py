"""Short replies to an answer, as complete questions: why, what else, how many, list them."""

from __future__ import annotations

from assistant.rules.earlier import Earlier
from assistant.rules.rephrasing import Rephrasing
from assistant.rules.responses import Reply
from corpus.structure.graph import Framework


class Replies:
    """Completes replies that name nothing themselves."""

    def __init__(self, framework: Framework, writing: Rephrasing) -> None:
        """Keep the framework, and what writes questions about it."""
        self._framework = framework
        self._writing = writing

    def to(self, reply: Reply, before: Earlier, text: str) -> str:
        """Return what a reply asks. A refusal, and a question back, stay what they are."""
        if before.refused or before.choices or reply == "again":
            return before.text
        if reply == "when":
            return self._writing.asked(text[:1].upper() + text[1:], before.text) or before.text
        asked = {
            "lacking": self._lacking,
            "why": self._why,
            "explain": self._explain,
            "else": self._else,
            "count": self._count,
            "list": self._list,
        }
        return asked[reply](before) or before.text

    def _lacking(self, before: Earlier) -> str:
        entities = before.query.entities
        if not entities or before.query.operation != "inverse":
            return ""
        return self._writing.lacking(before.query.target, entities[0])

    def _why(self, before: Earlier) -> str:
        if not before.subjects and (before.notes or not before.listed):
            return self._writing.asked("Why", before.text)
        if before.query.operation == "verify":
            return self._writing.asked("Why", before.text)
        if before.related and before.query.entities:
            return self._writing.reason((), self._writing.entity(before.query.entities[0]))
        if not before.subjects:
            return self._writing.reason(before.kinds, "")
        return self._writing.reason(before.kinds, self._writing.names(before.subjects))

    def _explain(self, before: Earlier) -> str:
        if before.subjects and (before.kinds or before.compared):
            return f"Tell me about {self._writing.names(before.subjects)}."
        if before.subjects:
            return self._else(before)
        if before.topic:
            return f"Tell me about {before.topic}."
        return ""

    def _else(self, before: Earlier) -> str:
        """Ask for the kinds of thing that were not asked for yet; then for all there is."""
        if not before.subjects:
            return f"Tell me about {before.topic}." if before.topic else ""
        first = self._framework.item(before.subjects[0])
        above = {one.kind for one in self._framework.lineage(first.id)}
        left = [
            kind.id
            for kind in self._framework.kinds
            if kind.id not in {*before.kinds, *above}
            and (found := self._framework.facet(first.id, kind.id))
            and found[1]
        ]
        if before.kinds and not left:
            return f"Tell me about {self._writing.names(before.subjects)}."
        return self._writing.of(before.subjects, left)

    def _count(self, before: Earlier) -> str:
        if before.related or before.query.filtered or before.compared:
            return before.text
        kinds = before.kinds or self._listed_kinds(before)
        if not kinds:
            return f"How many {before.topic} are there?" if before.topic else ""
        if before.subjects:
            return self._writing.of(before.subjects, kinds, counted=True)
        return self._writing.whole(kinds, counted=True)

    def _list(self, before: Earlier) -> str:
        if before.related or before.query.filtered or before.compared:
            return before.text
        kinds = before.kinds or self._listed_kinds(before)
        if not kinds:
            return self._explain(before)
        if before.subjects:
            return self._writing.of(before.subjects, kinds)
        return self._writing.whole(kinds)

    def _listed_kinds(self, before: Earlier) -> tuple[str, ...]:
        """Return the kinds of what an answer lists, subjects and what stands above them apart."""
        own = {one.kind for subject in before.subjects for one in self._framework.lineage(subject)}
        kinds = (self._framework.item(one).kind for one in before.listed)
        return tuple(kind for kind in dict.fromkeys(kinds) if kind not in own)
