"""Asks Signpost, as the other contestants are asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata

from .peer_rows import Job, PeerNote, Quote, Shown, Talk, answer_all


def run(job: Job) -> None:
    """Open the assistant on the index that is there, and answer; nothing is tuned here."""
    from assistant.errors import QuestionError
    from assistant.pipeline import Assistant
    from assistant.records import Question
    from assistant.settings import Settings
    from evals.metrics.score import openings, shown_text

    assistant = Assistant.open(Settings.from_environment())

    def begin(turns: Sequence[str]) -> Talk:
        def talk(question: str) -> Shown:
            try:
                answer = assistant.ask(Question(text=question, turns=tuple(turns)))
            except QuestionError as error:
                return Shown(str(error), (), "not_covered", "empty", ())
            quotes = tuple(
                Quote(one.passage_id, one.quote, aside=statement.kind == "note")
                for statement in answer.statements
                for one in statement.citations
            )
            text, first = shown_text(answer), openings(answer)
            return Shown(text, quotes, answer.status, answer.reason, first)

        return talk

    answer_all(job, begin, PeerNote(metadata.version("signpost"), "as shipped"))


if __name__ == "__main__":
    run(Job.read(sys.argv[1:]))
