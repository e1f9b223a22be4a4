"""An answer whose evidence does not hold, in plain words: each quote, and whether it is there."""

from __future__ import annotations

from assistant.records import Answer, Citation
from corpus.passage import Corpus
from ui.look.markup import escape, highlight
from ui.words.catalogue import say
from ui.words.phrases import tier_name


def plain_answer(answer: Answer, corpus: Corpus) -> str:
    """Return what an answer says, and under it each passage that it cites, the quotes marked.

    Args:
        answer: the answer.
        corpus: what its quotes are held against.
    """
    cited: dict[str, list[Citation]] = {}
    lines = [f"<p><strong>{escape(answer.status)}</strong> {escape(answer.reason)}</p>"]
    section = ""
    for one in answer.statements:
        if one.section != section:
            section = one.section
            lines.append(f"<h4>{escape(section)}</h4>")
        for citation in one.citations:
            cited.setdefault(citation.passage_id, []).append(citation)
        numbers = dict.fromkeys(list(cited).index(c.passage_id) + 1 for c in one.citations)
        marks = "".join(f"[{number}]" for number in numbers)
        lines.append(f"<p>{escape(one.text)} {marks}</p>")
    for citation in answer.nearest:
        cited.setdefault(citation.passage_id, []).append(citation)
    evidence = "".join(f"<li>{_passage(*pair, corpus)}</li>" for pair in cited.items())
    listed = f"<ol>{evidence}</ol>" if evidence else ""
    return f'<div class="sp-answer sp-evaluate-plain">{"".join(lines)}{listed}</div>'


def _passage(passage_id: str, citations: list[Citation], corpus: Corpus) -> str:
    first, passage = citations[0], corpus.by_id.get(passage_id)
    text = passage.text if passage else ""
    held = [one for one in citations if text[one.start : one.end] == one.quote]
    lost = "".join(
        f'<p><span class="sp-evaluate-no">{escape(say("evaluate.not_at_its_place"))}</span> '
        f"{escape(one.quote)}</p>"
        for one in citations
        if one not in held
    )
    marked = highlight(text, [(one.start, one.end) for one in held])
    place = f"{tier_name(first.tier)}, {passage_id}, {first.locator}"
    shown = f"<blockquote>{marked}</blockquote>" if passage else ""
    return f'<p class="sp-evaluate-small">{escape(place)}</p>{shown}{lost}'
