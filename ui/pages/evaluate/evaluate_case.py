"""One case: the answer with its evidence, the gold beside it, and why it is scored so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.errors import SignpostError
from assistant.records import Answer, Citation
from corpus.passage import Corpus, Passage
from corpus.whole import Whole
from evals.cases.case import Case
from evals.cases.hostile import hostile_note
from evals.cases.own_cases import listed_gold
from evals.folder import AnswerRow
from evals.metrics.measures import values_of
from evals.metrics.score import cited_ids, shown_text
from evals.metrics.scores import Score
from ui.look.markup import escape, highlight
from ui.pages.answer.render import answer_as_html, turn_as_html
from ui.pages.evaluate.evaluate_cases import verdict
from ui.pages.evaluate.evaluate_markup import cell, facts, row, table, told
from ui.words.catalogue import say
from ui.words.phrases import tier_name


def edition_for(whole: Whole, *, hostile: bool) -> Corpus:
    """Return what quotes are shown in: the corpus that ships, with hostile passages if asked so."""
    corpus = whole.corpus
    if not hostile:
        return corpus
    note = hostile_note(whole)
    return Corpus(
        sources=(*corpus.sources, note.source), passages=(*corpus.passages, *note.passages)
    )


def sides_as_html(
    case: Case, row_of: AnswerRow | None, score: Score, corpus: Corpus, *, number: int = 1
) -> str:
    """Return the answer to a case with its evidence, and beside it the gold and the reasons.

    Args:
        case: what was asked.
        row_of: what was answered.
        score: what it is worth.
        corpus: what quotes are shown in.
        number: tells the answers on one page apart.
    """
    return (
        f'{reasons_as_html(case, row_of, score)}<div class="sp-evaluate-sides">'
        f"<div><h3>{say('evaluate.answer')}</h3>{said_as_html(row_of, corpus, number)}</div>"
        f"<div>{gold_as_html(case, row_of, score, corpus)}</div></div>{_measures(score)}"
    )


def said_as_html(row_of: AnswerRow | None, corpus: Corpus, number: int) -> str:
    """Return an answer as its reader saw it, or plainly where this edition lacks passages."""
    if row_of is None:
        return told(say("evaluate.no_answer"))
    answer = row_of.answer
    if answer is None:
        return told(say("evaluate.refused", why=row_of.error))
    try:
        return turn_as_html(answer_as_html(answer, corpus), number)
    except (SignpostError, KeyError):
        # A quote is not at its place, or its passage is not of this edition.
        return told(say("evaluate.no_evidence")) + plain_answer(answer, corpus)


def reasons_as_html(case: Case, row_of: AnswerRow | None, score: Score) -> str:
    """Return whether a case is right, and each reason why it is not."""
    answer = row_of.answer if row_of else None
    reasons = list(reasons_of(case, answer, score))
    items = "".join(f"<li>{escape(one)}</li>" for one in reasons)
    why = (
        f'<ul class="sp-evaluate-reasons">{items}</ul>'
        if reasons
        else f"<p>{escape(say('evaluate.all_right'))}</p>"
    )
    return f"<h3>{say('evaluate.why')}</h3><p>{verdict(right=score.right)}</p>{why}"


def reasons_of(case: Case, answer: Answer | None, score: Score) -> Iterator[str]:
    """Yield what keeps a case from being right, a sentence each."""
    if not score.status_right:
        yield say("evaluate.because_status", given=score.status, wanted=_wanted(case))
    yield from _by_facet(score)
    if score.noted is False:
        yield say("evaluate.because_note", ids=", ".join(case.gold.facts))
    if score.strings is False:
        yield from _strings(case, shown_text(answer))
    if score.value is False:
        yield say("evaluate.because_value", value=case.gold.value)
    yield from _by_judges(case, score)


def _by_facet(score: Score) -> Iterator[str]:
    for facet, one in score.facets.items():
        if one.missed:
            count, ids = len(one.missed), ", ".join(one.missed)
            yield say("evaluate.because_missed", n=count, total=one.gold, facet=facet, ids=ids)
        if one.stray:
            yield say("evaluate.because_stray", facet=facet, ids=", ".join(one.stray))


def _by_judges(case: Case, score: Score) -> Iterator[str]:
    exact, quotes = score.citations or (0, 0)
    if exact < quotes:
        yield say("evaluate.because_quotes", n=quotes - exact, total=quotes)
    gold, given = score.safeguarding or ("", "")
    if gold != given:
        yield say("evaluate.because_safeguarding", gold=gold, given=given)
    if score.verdict is False:
        yield say("evaluate.because_verdict", gold=case.gold.verdict)
    if score.personal is False:
        kinds = ", ".join(case.gold.personal or ()) or "\N{EN DASH}"
        yield say("evaluate.because_personal", gold=kinds)


def gold_as_html(case: Case, row_of: AnswerRow | None, score: Score, corpus: Corpus) -> str:
    """Return what a right answer holds: gold passages in full, each marked as cited or missed."""
    answer = row_of.answer if row_of else None
    cited = set(cited_ids(answer, listed_gold(case.gold))) if answer else set()
    spans = _spans(answer)
    items = "".join(
        _passage(one, corpus.by_id.get(one), cited=one in cited, spans=spans.get(one, ()))
        for one in listed_gold(case.gold)
    )
    passages = f'<ul class="sp-evaluate-gold">{items}</ul>' if items else ""
    rest = facts(
        {
            say("evaluate.earlier"): " / ".join(case.turns),
            say("evaluate.answerable"): say("evaluate.yes" if case.answerable else "evaluate.no"),
            say("evaluate.right_status"): _wanted(case),
            say("evaluate.value"): case.gold.value,
            say("evaluate.must"): "; ".join(case.must_contain),
            say("evaluate.must_not"): "; ".join(case.must_not_contain),
            say("evaluate.allowed"): ", ".join(case.gold.allowed),
            say("evaluate.resolved"): "; ".join(case.gold.resolved),
            say("evaluate.gold_case"): case.gold.safeguarding,
            say("evaluate.gold_verdict"): case.gold.verdict,
            say("evaluate.context"): case.context,
            say("evaluate.note"): case.note,
            say("evaluate.kind"): f"{case.family}, {case.type}, {case.split}",
        }
    )
    return f"<h3>{say('evaluate.gold')}</h3>{passages}{rest}"


def _passage(
    passage_id: str, passage: Passage | None, *, cited: bool, spans: Sequence[tuple[int, int]]
) -> str:
    mark = say("evaluate.cited") if cited else say("evaluate.missed")
    kind = "sp-evaluate-ok" if cited else "sp-evaluate-no"
    text = highlight(passage.text, spans) if passage else escape(say("evaluate.not_here"))
    place = f"{passage_id}, {passage.locator}" if passage else passage_id
    return (
        f'<li><p class="sp-evaluate-small">{escape(place)} <span class="{kind}">{escape(mark)}'
        f"</span></p><blockquote>{text}</blockquote></li>"
    )


def _spans(answer: Answer | None) -> Mapping[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for statement in answer.statements if answer else ():
        for one in statement.citations:
            found.setdefault(one.passage_id, []).append((one.start, one.end))
    return found


def _wanted(case: Case) -> str:
    if case.gold.status:
        return ", ".join(case.gold.status)
    return say("evaluate.any_answer") if case.answerable else say("evaluate.any_refusal")


def _strings(case: Case, text: str) -> Iterator[str]:
    shown = text.casefold()
    for one in case.must_contain:
        if one.casefold() not in shown:
            yield say("evaluate.because_lacks", words=one)
    for one in case.must_not_contain:
        if one.casefold() in shown:
            yield say("evaluate.because_shows", words=one)


def _measures(score: Score) -> str:
    values = {name: one for name, one in values_of(score).items() if name != "seconds"}
    rows = (row(escape(name), [cell(_shown(one))]) for name, one in values.items())
    took = row(say("evaluate.took"), [cell(f"{score.seconds * 1000:.0f} ms")])
    name = say("evaluate.case_measures")
    head = (say("evaluate.measure"), say("evaluate.value"))
    return (
        f'<details class="sp-evaluate-group"><summary>{escape(name)}</summary>'
        f"{table(name, head, [*rows, took])}</details>"
    )


def _shown(value: bool | float) -> str:
    if isinstance(value, bool):
        return say("evaluate.yes") if value else say("evaluate.no")
    return f"{value:.3f}"


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
    evidence = "".join(f"<li>{_plain_passage(*pair, corpus)}</li>" for pair in cited.items())
    listed = f"<ol>{evidence}</ol>" if evidence else ""
    return f'<div class="sp-answer sp-evaluate-plain">{"".join(lines)}{listed}</div>'


def _plain_passage(passage_id: str, citations: list[Citation], corpus: Corpus) -> str:
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
