"""What is drawn of an answer before it is whole: all that is settled, and notes beside it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import Answer, Citation, Statement


def begun(whole: Answer, settled: Sequence[Statement]) -> Answer:
    """Return the beginning of an answer.

    A note of Signpost's own that opens the answer is settled from the first. It is drawn before
    its turn if nothing that is missing stands above it, lest it push down what is being read; and
    if it cites nothing, so that no number of a source changes.

    Args:
        whole: the answer in the sources' own words.
        settled: its first statements, as they will stand.
    """
    return whole.model_copy(update={"statements": (*settled, *_notes(whole, settled))})


def _notes(whole: Answer, settled: Sequence[Statement]) -> list[Statement]:
    cited = {_at(citation) for one in settled for citation in one.citations}
    notes: list[Statement] = []
    for one in whole.statements:
        # What has a section stands below all that has none.
        if one.section or one in settled:
            continue
        if one.kind == "note" and not one.citations:
            notes.append(one)
        elif not cited.issuperset(map(_at, one.citations)):
            break
    return notes


def _at(citation: Citation) -> tuple[str, int, int]:
    return citation.passage_id, citation.start, citation.end
