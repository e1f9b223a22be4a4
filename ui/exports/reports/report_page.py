"""A report on a run as one HTML page that asks nobody for anything, and prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from markupsafe import Markup

from assistant.records import Answer, Citation
from corpus.passage import Passage
from evals.cases.case import Case
from evals.cases.own_cases import listed_gold
from evals.comparing.report import Report
from evals.folder import AnswerRow
from evals.metrics.score import cited_ids, shown_text
from evals.metrics.scores import LESS_IS_BETTER, Score, Value, values_of
from ui.exports.document import Cited
from ui.exports.reports import report_figures as figures
from ui.look.templates import render
from ui.look.theme import asset, stylesheet
from ui.words.catalogue import say
from ui.words.phrases import tier_name, with_reader

Spans = tuple[tuple[int, int], ...]
"""First character of each quote in a passage, and one past its last."""


class Evidence(NamedTuple):
    """A passage that an answer cites, or that the gold holds."""

    place: str
    text: str
    """Its words; empty where the corpus at hand has no such passage."""

    spans: Spans
    """The quotes in it that stand at their place."""

    lost: tuple[str, ...] = ()
    """Quotes that do not."""

    cited: bool = True


class Sentence(NamedTuple):
    """A statement of an answer."""

    section: str
    """Heading that stands before it; empty where that of the one before still holds."""

    text: str
    numbers: tuple[int, ...]
    """The evidence that it cites, counted from 1."""

    aside: str
    """Its tier, and what the verifier says where that is a doubt."""


class Told(NamedTuple):
    """A case with what was answered and what that is worth."""

    case: Case
    score: Score
    answer: Answer | None
    """What was answered; none where it was refused or not asked."""

    error: str
    """Why it was not answered."""

    understood: str
    """The question as it was understood, where that differs."""

    sentences: tuple[Sentence, ...]
    nearest: tuple[int, ...]
    """The evidence that is closest without being an answer."""

    evidence: tuple[Evidence, ...]
    """What the answer cites, numbered as it comes."""

    gold: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    """What keeps the case from being right, a sentence each."""

    measures: dict[str, Value]
    facts: dict[str, str]
    """The rest of the gold by name, as text; what is empty is left out."""

    @classmethod
    def of(
        cls, case: Case, row: AnswerRow | None, score: Score, passages: Mapping[str, Passage]
    ) -> Told:
        """Put a case together."""
        answer = row.answer if row else None
        cited: Cited[str, Citation] = Cited()
        understood = ""
        sentences: list[Sentence] = []
        nearest: tuple[int, ...] = ()
        if answer:
            section = ""
            for one in answer.statements:
                sure = one.verdict in ("supported", "structural", "unchecked")
                aside = tier_name(one.kind) + ("" if sure else f", {one.verdict}")
                head = "" if one.section == section else one.section
                section = one.section
                sentences.append(Sentence(head, one.text, _numbers(one.citations, cited), aside))
            nearest = _numbers(answer.nearest, cited)
            if answer.resolved_question not in ("", answer.question):
                understood = with_reader(answer.resolved_question, answer)
        return cls(
            case=case,
            score=score,
            answer=answer,
            error=row.error if row else say("evaluate.no_answer"),
            understood=understood,
            sentences=tuple(sentences),
            nearest=nearest,
            evidence=tuple(_evidence(own, passages.get(id_)) for id_, own in cited.items()),
            gold=tuple(_gold(case, answer, passages)),
            reasons=tuple(_reasons(case, answer, score)),
            measures={name: one for name, one in values_of(score).items() if name != "seconds"},
            facts={name: text for name, text in _facts(case).items() if text},
        )


def _numbers(citations: Iterable[Citation], cited: Cited[str, Citation]) -> tuple[int, ...]:
    """Take citations in, and return the numbers of their passages."""
    return tuple(dict.fromkeys(cited.number(one.passage_id, one) for one in citations))


def _evidence(citations: list[Citation], passage: Passage | None) -> Evidence:
    first, text = citations[0], passage.text if passage else ""
    held = [one for one in citations if text[one.start : one.end] == one.quote]
    return Evidence(
        place=f"{tier_name(first.tier)}, {first.passage_id}, {first.locator}",
        text=text,
        spans=tuple((one.start, one.end) for one in held),
        lost=tuple(one.quote for one in citations if one not in held),
    )


def _gold(case: Case, answer: Answer | None, passages: Mapping[str, Passage]) -> Iterator[Evidence]:
    ids = listed_gold(case.gold)
    cited = cited_ids(answer, ids) if answer else ()
    said = [one for told in (answer.statements if answer else ()) for one in told.citations]
    for name in ids:
        passage = passages.get(name)
        place = f"{name}, {passage.locator}" if passage else name
        spans = tuple((one.start, one.end) for one in said if one.passage_id == name)
        yield Evidence(place, passage.text if passage else "", spans, cited=name in cited)


def _reasons(case: Case, answer: Answer | None, score: Score) -> Iterator[str]:
    if not score.status_right:
        yield say("evaluate.because_status", given=score.status, wanted=_wanted(case))
    for facet, one in score.facets.items():
        if one.missed:
            count, ids = len(one.missed), ", ".join(one.missed)
            yield say("evaluate.because_missed", n=count, total=one.gold, facet=facet, ids=ids)
        if one.stray:
            yield say("evaluate.because_stray", facet=facet, ids=", ".join(one.stray))
    if score.noted is False:
        yield say("evaluate.because_note", ids=", ".join(case.gold.facts))
    if score.strings is False:
        shown = shown_text(answer).casefold()
        lacks = (one for one in case.must_contain if one.casefold() not in shown)
        shows = (one for one in case.must_not_contain if one.casefold() in shown)
        yield from (say("evaluate.because_lacks", words=one) for one in lacks)
        yield from (say("evaluate.because_shows", words=one) for one in shows)
    if score.value is False:
        yield say("evaluate.because_value", value=case.gold.value)
    yield from _by_judges(case, score)


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


def _facts(case: Case) -> dict[str, str]:
    return {
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


def _wanted(case: Case) -> str:
    if case.gold.status:
        return ", ".join(case.gold.status)
    return say("evaluate.any_answer") if case.answerable else say("evaluate.any_refusal")


SECTIONS = {
    "scores": "Scores",
    "families": "Right, by family",
    "comparison": "Comparison",
    "risk": "Risk and coverage",
    "safeguarding": "Safeguarding",
    "judges": "How often each judge of faithfulness is right on labelled claims",
    "latency": "Time",
    "coverage": "What is asked of the page",
    "cases": "Cases",
}
"""What stands in a report, by anchor."""


def report_as_html(report: Report) -> str:
    """Return the whole page: styles, figures, tables, cases and the script that filters them."""
    summary = report.summary
    lines, replies = figures.lines_of(summary), figures.replies_of(summary)
    optional = {
        "comparison": report.comparison,
        "risk": lines,
        "safeguarding": replies,
        "judges": summary.judges,
    }
    return render(
        "report",
        title=f"Evaluation report: {summary.config.suite}",
        # Both ship with the package.
        style=Markup(stylesheet("plain")),
        script=Markup(asset("narrow.js") + asset("report.js")),
        report=report,
        sections={name: text for name, text in SECTIONS.items() if optional.get(name, True)},
        facts=_facts_of_run(report),
        first=figures.first_figures(summary, [one.score for one in report.told]),
        groups=figures.groups_of(summary),
        families=[figures.figure(name, one["right"]) for name, one in summary.families.items()],
        lines=lines,
        shares=figures.SHARES,
        replies=replies,
        judges=[figures.figure(name, one) for name, one in summary.judges.items()],
        bands=figures.bands(report.seconds),
        covered=report.covered,
        cases=[Told.of(one.case, one.row, one.score, report.passages) for one in report.told],
        less=LESS_IS_BETTER,
    )


def _facts_of_run(report: Report) -> dict[str, str]:
    config, summary = report.summary.config, report.summary
    return {
        "Run": report.name,
        "Cases": f"{summary.asked} of {config.count} asked, {summary.refused} refused",
        "Split": config.split or "all",
        "Edition": config.edition[:12],
        "Settings": config.settings_digest[:12],
        "Risk accepted": str(config.settings.get("risk", "")),
        "Begun": config.started,
        "Answered by": config.command or "Signpost",
    }
