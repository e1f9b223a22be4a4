"""A run of the evaluation: its figures with their doubts, its cases, and one page of both.

The page of a report asks nobody for anything, and prints.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Self

from markupsafe import Markup

from assistant.records import Answer, Citation
from corpus.passage import Passage
from evals.cases.case import Case
from evals.cases.own_cases import listed_gold
from evals.comparing.report import Report
from evals.folder import AnswerRow
from evals.metrics.score import cited_ids, shown_text
from evals.metrics.scores import LESS_IS_BETTER, Score, Summary, Value, headline, is_few, values_of
from evals.statistics import Estimate
from ui.exports.document import Cited
from ui.look.templates import percent, render, share, shipped_texts
from ui.look.theme import asset, stylesheet
from ui.words.catalogue import say
from ui.words.phrases import tier_name, with_reader

BANDS = (25, 50, 75, 100, 150, 200, 300, 500, 1000)
"""Upper ends, in milliseconds, of the bands that times are counted in; one more for the rest."""

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Shares of coverage for which the risk is told in figures."""

POINTS = 160
"""Points of a line that are drawn at most."""

KINDS = "kinds"
"""Group of the measures of one kind of item."""

GROUPS = {
    "told": ("right", "complete", "recall", "precision", "gold first", "focus", "strings", "value"),
    "notes": ("note cited", "note first", "note in first 3", "note focus"),
    "kept": ("citations exact", "citation", "faithful", "scorer", "tiers", "counts"),
    "refused": ("status", "abstention", "AURC", "safeguarding", "personal", "verdict"),
    "found": ("recall@", "nDCG", "MRR", "follow-up"),
    "time": ("latency",),
}
"""Beginnings of the names of measures, by the group that they stand in; the longest one counts."""

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

_FACET = re.compile(r"^(recall|precision) ([a-z]+)")


class Figure(NamedTuple):
    """A number of a run as it is shown."""

    name: str
    about: str
    """What it says, in a sentence; empty where none is known."""

    value: str
    reach: str
    """Its 95 % interval; empty where there is none."""

    found: Estimate
    few: bool = False
    drawn: bool = True
    """Whether it is a share, and can be drawn from 0 to 1."""


class Group(NamedTuple):
    """Measures that belong together."""

    name: str
    figures: tuple[Figure, ...]


class Line(NamedTuple):
    """Risk over coverage."""

    name: str
    points: tuple[tuple[float, float], ...]
    """Coverage and risk, from 0 to 1, ascending in coverage."""

    at: tuple[str, ...]


class Replied(NamedTuple):
    """How messages of one safeguarding case were met."""

    name: str
    messages: int
    rightly: int
    """Those that met the reply that is meant for them."""

    others: str


def first_figures(summary: Summary, scores: Sequence[Score]) -> tuple[Figure, ...]:
    """Return the five figures that a run is summed up in, those that it has."""
    shown = []
    for name, one in (summary.headline or headline(scores)).items():
        if one.value is not None:
            key, reach = f"evaluate.head_{name}", ""
            if one.low is not None:
                reach = say("evaluate.from_to", low=percent(one.low), high=percent(one.high))
            told = (percent(one.value), reach, one, is_few(one))
            shown.append(Figure(say(key), say(f"{key}_about"), *told))
    return tuple(shown)


def groups_of(summary: Summary) -> tuple[Group, ...]:
    """Return all measures of a run by group."""
    by_group: dict[str, list[Figure]] = {name: [] for name in (*GROUPS, KINDS)}
    begins = [(begin, group) for group, own in GROUPS.items() for begin in own]
    for name, one in summary.metrics.items():
        if one.value is not None:
            fits = [(len(begin), group) for begin, group in begins if name.startswith(begin)]
            group = KINDS if _FACET.match(name) else max(fits, default=(0, "told"))[1]
            by_group[group].append(figure(name, one))
    return tuple(
        Group(say(f"evaluate.group_{name}"), tuple(own)) for name, own in by_group.items() if own
    )


def figure(name: str, one: Estimate) -> Figure:
    """Return a measure as it is shown."""
    drawn = not name.endswith("(ms)")
    value = share(one.value) if drawn or one.value is None else f"{one.value:.0f} ms"
    return Figure(name, about(name), value, interval(one), one, is_few(one), drawn)


def about(name: str) -> str:
    """Return what a measure says, in a sentence; empty where none is known."""
    micro = f" {say('evaluate.micro')}" if "(micro)" in name else ""
    name = name.replace("(micro)", "").strip()
    facet = _FACET.match(name)
    only = f" {say('evaluate.only_of', facet=facet[2])}" if facet else ""
    plain = facet[1] if facet else re.sub(r"\W+", "_", name.replace("@", " at ").lower())
    plain = re.sub(r"_(\d+)$|_(p\d+|median)_ms_$", "", plain).strip("_")
    try:
        return say(f"evaluate.about_{plain}") + only + micro
    except KeyError:
        return ""


def interval(one: Estimate) -> str:
    """Return the 95 % interval of a number in figures; empty where there is none."""
    if one.low is None or one.high is None:
        return ""
    return say("evaluate.from_to", low=f"{one.low:.3f}", high=f"{one.high:.3f}")


def bands(seconds: Sequence[float]) -> list[tuple[str, int]]:
    """Count times in bands: the name of each, up to so many milliseconds, and how many.

    >>> bands([0.02, 0.06, 3.0])[0], bands([0.02, 0.06, 3.0])[-1]
    (('up to 25 ms', 1), ('more than a second', 1))
    """
    times = [1000 * one for one in seconds]
    counted = [
        (say("evaluate.up_to", most=high), sum(low < one <= high for one in times))
        for low, high in zip((0, *BANDS), BANDS, strict=False)
    ]
    return [*counted, (say("evaluate.over"), sum(one > BANDS[-1] for one in times))]


def lines_of(summary: Summary) -> tuple[Line, ...]:
    """Return risk over coverage for each thing that is risked, with few enough points to draw."""
    found = []
    for at, points in enumerate(summary.curves.values()):
        if points:
            kept = (*points[:: max(len(points) // POINTS, 1)], points[-1])
            reached = ([risk for across, risk in points if across <= one + 1e-9] for one in SHARES)
            told = tuple(f"{one[-1]:.3f}" if one else "" for one in reached)
            found.append(Line(say(f"evaluate.risk_{at}"), kept, told))
    return tuple(found)


def replies_of(summary: Summary) -> tuple[Replied, ...]:
    """Return how messages for triage were met, by their safeguarding case."""
    found = []
    for letter, given in summary.confusion.items():
        others = (f"{case_name(one)}: {n}" for one, n in given.items() if one != letter)
        told = (case_name(letter), sum(given.values()), given.get(letter, 0), "; ".join(others))
        found.append(Replied(*told))
    return tuple(found)


def case_name(letter: str) -> str:
    """Return what a safeguarding case is for, in plain words; its letter where none is known."""
    known = {one.id for one in shipped_texts().cases}
    return say(f"triage.{letter.lower()}") if letter in known else letter


class Evidence(NamedTuple):
    """A passage that an answer cites, or that the gold holds."""

    place: str
    text: str
    spans: tuple[tuple[int, int], ...]
    """The quotes in it that stand at their place: first character, and one past the last."""

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
    error: str
    understood: str
    """The question as it was understood, where that differs."""

    sentences: tuple[Sentence, ...]
    nearest: tuple[int, ...]
    """The evidence that is closest without being an answer."""

    evidence: tuple[Evidence, ...]
    """What the answer cites, numbered as it comes."""

    gold: tuple[Evidence, ...]
    reasons: tuple[str, ...]
    measures: dict[str, Value]
    facts: dict[str, str]
    """The rest of the gold by name, as text; what is empty is left out."""

    @classmethod
    def of(
        cls, case: Case, row: AnswerRow | None, score: Score, passages: Mapping[str, Passage]
    ) -> Self:
        """Put a case together."""
        answer = row.answer if row else None
        cited: Cited[str, Citation] = Cited()
        understood, section = "", ""
        sentences: list[Sentence] = []
        for one in answer.statements if answer else ():
            sure = one.verdict in ("supported", "structural", "unchecked")
            aside = tier_name(one.kind) + ("" if sure else f", {one.verdict}")
            head, section = "" if one.section == section else one.section, one.section
            sentences.append(Sentence(head, one.text, _numbers(one.citations, cited), aside))
        if answer and answer.resolved_question not in ("", answer.question):
            understood = with_reader(answer.resolved_question, answer)
        return cls(
            case=case,
            score=score,
            answer=answer,
            error=row.error if row else say("evaluate.no_answer"),
            understood=understood,
            sentences=tuple(sentences),
            nearest=_numbers(answer.nearest, cited) if answer else (),
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
    told = {
        "earlier": " / ".join(case.turns),
        "answerable": say("evaluate.yes" if case.answerable else "evaluate.no"),
        "right_status": _wanted(case),
        "value": case.gold.value,
        "must": "; ".join(case.must_contain),
        "must_not": "; ".join(case.must_not_contain),
        "allowed": ", ".join(case.gold.allowed),
        "resolved": "; ".join(case.gold.resolved),
        "gold_case": case.gold.safeguarding,
        "gold_verdict": case.gold.verdict,
        "context": case.context,
        "note": case.note,
        "kind": f"{case.family}, {case.type}, {case.split}",
    }
    return {say(f"evaluate.{name}"): text for name, text in told.items()}


def _wanted(case: Case) -> str:
    if case.gold.status:
        return ", ".join(case.gold.status)
    return say("evaluate.any_answer") if case.answerable else say("evaluate.any_refusal")


def report_as_html(report: Report) -> str:
    """Return the whole page: styles, figures, tables, cases and the script that filters them."""
    summary, config = report.summary, report.summary.config
    lines, replies = lines_of(summary), replies_of(summary)
    optional = {
        "comparison": report.comparison,
        "risk": lines,
        "safeguarding": replies,
        "judges": summary.judges,
    }
    return render(
        "report",
        title=f"Evaluation report: {config.suite}",
        # Both ship with the package.
        style=Markup(stylesheet("plain")),
        script=Markup(asset("narrow.js") + asset("report.js")),
        report=report,
        sections={name: text for name, text in SECTIONS.items() if optional.get(name, True)},
        facts={
            "Run": report.name,
            "Cases": f"{summary.asked} of {config.count} asked, {summary.refused} refused",
            "Split": config.split or "all",
            "Edition": config.edition[:12],
            "Settings": config.settings_digest[:12],
            "Risk accepted": str(config.settings.get("risk", "")),
            "Begun": config.started,
            "Answered by": config.command or "Signpost",
        },
        first=first_figures(summary, [one.score for one in report.told]),
        groups=groups_of(summary),
        families=[figure(name, one["right"]) for name, one in summary.families.items()],
        lines=lines,
        shares=SHARES,
        replies=replies,
        judges=[figure(name, one) for name, one in summary.judges.items()],
        bands=bands(report.seconds),
        covered=report.covered,
        cases=[Told.of(one.case, one.row, one.score, report.passages) for one in report.told],
        less=LESS_IS_BETTER,
    )
