"""The cases of a report, one by one: the question, the gold, the answer, its evidence marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.records import Answer, Citation, Statement
from corpus.passage import Passage
from corpus.structure.graph import Framework
from evals.cases.case import Case
from evals.comparing.report import Report, Told
from evals.metrics.measures import values_of
from evals.metrics.scores import Score
from ui.look.markup import escape, highlight
from ui.words.phrases import tier_name
from ui.words.wording_text import with_reader


def cases_as_html(report: Report) -> str:
    """Return every case that may be read, closed, with what it is filtered by."""
    return "".join(_case(one, report) for one in report.told)


def verdict_of(score: Score) -> str:
    """Return what a case is called by its verdict."""
    return "Right" if score.right else "Not right"


def failures_of(score: Score) -> tuple[str, ...]:
    """Return the measures in which a case falls short of what can be had.

    Time is none; of a share, all that is below the whole.
    """
    values = values_of(score).items()
    return tuple(name for name, one in values if name not in ("right", "seconds") and one < 1)


def _case(one: Told, report: Report) -> str:
    score = one.score
    mark = "rp-ok" if score.right else "rp-wrong"
    sign = "\N{CHECK MARK}" if score.right else "\N{BALLOT X}"
    return (
        f'<details class="rp-case" data-family="{escape(score.family)}"'
        f' data-right="{str(score.right).lower()}">'
        f'<summary><span class="{mark}"><span aria-hidden="true">{sign}</span> '
        f"{verdict_of(score)}</span> <strong>{escape(one.case.question)}</strong> "
        f'<span class="rp-id">{escape(score.id)}, {escape(score.family)}</span></summary>'
        f'<div class="rp-sides"><div>{_answer(one, report.passages)}</div>'
        f"<div>{_gold(one, report.framework)}</div></div></details>"
    )


def _answer(one: Told, passages: Mapping[str, Passage]) -> str:
    answer = one.row.answer
    if answer is None:
        return f"<h4>Refused</h4><p>{escape(one.row.error)}</p>"
    evidence = _Evidence(passages)
    said = "".join(_sections(answer, evidence))
    if near := answer.nearest:
        said += f"<p>Closest, but not an answer: {evidence.chips(near)}</p>"
    if answer.signposting:
        said += f"<blockquote>{escape(answer.signposting.text, breaks=True)}</blockquote>"
    return f"<h4>Answer: {_status(answer)}</h4>{_understood(answer)}{said}{evidence.as_html()}"


def _status(answer: Answer) -> str:
    why = f", {answer.reason}" if answer.reason else ""
    sure = "" if answer.confidence is None else f", confidence {answer.confidence:.2f}"
    reply = f", case {answer.signposting.case}" if answer.signposting else ""
    return escape(f"{answer.status}{why}{reply}{sure}")


def _understood(answer: Answer) -> str:
    if answer.resolved_question in ("", answer.question):
        return ""
    understood = with_reader(answer.resolved_question, answer)
    return f"<p>Understood as: {escape(understood)}</p>"


def _sections(answer: Answer, evidence: _Evidence) -> Iterator[str]:
    section = ""
    for one in answer.statements:
        if one.section != section:
            section = one.section
            yield f"<h5>{escape(section)}</h5>"
        yield f"<p>{escape(one.text)} {evidence.chips(one.citations)}{_kind(one)}</p>"


def _kind(one: Statement) -> str:
    verdict = "" if one.verdict in ("supported", "structural", "unchecked") else f", {one.verdict}"
    return f' <span class="rp-id">{escape(tier_name(one.kind) + verdict)}</span>'


class _Evidence:
    """The passages that an answer cites, numbered as they come, with every quote marked."""

    def __init__(self, passages: Mapping[str, Passage]) -> None:
        self._passages = passages
        self._cited: dict[str, list[Citation]] = {}

    def chips(self, citations: Iterable[Citation]) -> str:
        """Take citations in, and return their numbers."""
        numbers = []
        for one in citations:
            self._cited.setdefault(one.passage_id, []).append(one)
            numbers.append(list(self._cited).index(one.passage_id) + 1)
        return "".join(f"[{number}]" for number in dict.fromkeys(numbers))

    def as_html(self) -> str:
        """Return all passages that were taken in."""
        items = "".join(f"<li>{self._passage(*one)}</li>" for one in self._cited.items())
        return f'<h5>Evidence</h5><ol class="rp-evidence">{items}</ol>' if items else ""

    def _passage(self, passage_id: str, citations: list[Citation]) -> str:
        first = citations[0]
        place = f"{tier_name(first.tier)}, {passage_id}, {first.locator}"
        passage = self._passages.get(passage_id)
        text = passage.text if passage else ""
        held = [one for one in citations if text[one.start : one.end] == one.quote]
        lost = "".join(
            f'<p><strong class="rp-wrong">Not at its place:</strong> {escape(one.quote)}</p>'
            for one in citations
            if one not in held
        )
        marked = highlight(text, [(one.start, one.end) for one in held])
        return f'<p class="rp-id">{escape(place)}</p><blockquote>{marked}</blockquote>{lost}'


def _gold(one: Told, framework: Framework) -> str:
    case, score = one.case, one.score
    short = failures_of(score)
    fails = f"<p>Falls short in: {escape(', '.join(short))}</p>" if short else ""
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{value}</dd>"
        for name, value in _rows(case, score, framework)
        if value
    )
    return f"<h4>Gold</h4>{fails}<dl>{facts}</dl>"


def _rows(case: Case, score: Score, framework: Framework) -> Iterator[tuple[str, str]]:
    yield "Earlier turns", "<br>".join(map(escape, case.turns))
    yield "To be answered", "yes" if case.answerable else "no"
    yield "Status that is right", escape(", ".join(case.gold.status))
    for facet, ids in case.gold.ids().items():
        missed = score.facets[facet].missed if facet in score.facets else ()
        yield facet.capitalize(), _items(ids, missed, framework)
    strays = [(facet, one.stray) for facet, one in score.facets.items() if one.stray]
    for facet, ids in strays:
        yield f"{facet.capitalize()} that do not belong", _items(ids, (), framework)
    yield "Facts", escape(", ".join(case.gold.facts))
    yield "Value", escape(case.gold.value)
    yield "Safeguarding case", escape(case.gold.safeguarding)
    yield "Verdict", escape(case.gold.verdict)
    yield "Held against", escape(case.context)
    yield "Must show", escape("; ".join(case.must_contain))
    yield "Must not show", escape("; ".join(case.must_not_contain))
    yield "Why", escape(case.note)
    yield "Asked", escape(f"{score.seconds * 1000:.0f} ms; {case.split}, {', '.join(case.tags)}")


def _items(ids: Iterable[str], missed: Iterable[str], framework: Framework) -> str:
    def named(one: str) -> str:
        item = framework.item_by_id.get(one)
        title = item.title or framework.passage_by_id[one].text if item else ""
        lacks = ' <strong class="rp-wrong">missed</strong>' if one in missed else ""
        return f"<li>{escape(f'{one} {title}')}{lacks}</li>"

    return f"<ul>{''.join(map(named, ids))}</ul>"
