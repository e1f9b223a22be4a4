"""A run of the evaluation: its figures with their doubts, its cases, and one page of both."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from assistant.records import Answer, Citation
from corpus.passage import Passage
from evals.cases.case import Case
from evals.cases.own_cases import listed_gold
from evals.comparing.report import Report
from evals.folder import AnswerRow
from evals.metrics.score import cited_ids, shown_text
from evals.metrics.scores import LESS_IS_BETTER, Score, Summary, is_few, values_of
from evals.statistics import Estimate
from ui.exports.document import Cited
from ui.look.templates import asset, percent, render, share, shipped_texts, stylesheet
from ui.words.phrases import say, with_reader

BANDS = (25, 50, 75, 100, 150, 200, 300, 500, 1000)
"""Upper ends, in milliseconds, of the bands that times are counted in; one more for the rest."""

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
"""Shares of coverage for which the risk is told in figures."""

GROUPS = {
    "told": ("right", "complete", "recall", "precision", "gold first", "focus", "strings", "value"),
    "notes": ("note cited", "note first", "note in first 3", "note focus"),
    "kept": ("citations exact", "citation", "faithful", "scorer", "tiers", "counts"),
    "refused": ("status", "abstention", "AURC", "safeguarding", "personal", "verdict"),
    "found": ("recall@", "nDCG", "MRR", "follow-up"),
    "time": ("latency",),
    "kinds": (),
}
"""Beginnings of the names of measures, by the group that they stand in; the longest one counts, and
the measures of one kind of item stand in the last."""

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

_FACET = re.compile(r"^(recall|precision) ([a-z]+)")


class Figure(NamedTuple):
    """A number of a run as it is shown."""

    name: str
    about: str
    """What it says, in a sentence; empty where none is known."""

    value: str
    reach: str
    found: Estimate
    drawn: bool = True
    """Its 95 % interval, empty for none; and whether it is a share, and can be drawn."""

    @property
    def few(self) -> bool:
        """Whether it says little, since few cases have it."""
        return is_few(self.found)


def first_figures(summary: Summary) -> tuple[Figure, ...]:
    """Return the five figures that a run is summed up in, those that it has."""
    shown = []
    for name, found in summary.headline.items():
        if found.value is not None:
            key, reach = f"evaluate.head_{name}", _interval(found, percent)
            said = (say(key), say(f"{key}_about"), percent(found.value), reach)
            shown.append(Figure(*said, found))
    return tuple(shown)


def groups_of(summary: Summary) -> dict[str, list[Figure]]:
    """Return all measures of a run by the name of their group."""
    by_group: dict[str, list[Figure]] = {name: [] for name in GROUPS}
    groups = {begin: group for group, own in GROUPS.items() for begin in own}
    for name, found in summary.metrics.items():
        if found.value is not None:
            begin = max(filter(name.startswith, groups), key=len, default="right")
            group = "kinds" if _FACET.match(name) else groups[begin]
            by_group[group].append(figure(name, found))
    return {say(f"evaluate.group_{name}"): own for name, own in by_group.items() if own}


def figure(name: str, found: Estimate) -> Figure:
    """Return a measure as it is shown."""
    drawn = not name.endswith("(ms)")
    value = share(found.value) if drawn or found.value is None else f"{found.value:.0f} ms"
    return Figure(name, about(name), value, _interval(found), found, drawn)


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


def _interval(found: Estimate, drawn: Callable[[float | None], str] = share) -> str:
    if found.low is None or found.high is None:
        return ""
    return say("evaluate.from_to", low=drawn(found.low), high=drawn(found.high))


def bands(seconds: Sequence[float]) -> list[tuple[str, int]]:
    """Count times in bands: the name of each, up to so many milliseconds, and how many.

    >>> bands([0.02, 0.06, 3.0])[0], bands([0.02, 0.06, 3.0])[-1]
    (('up to 25 ms', 1), ('more than a second', 1))
    """
    counts = Counter(bisect_left(BANDS, 1000 * second) for second in seconds)
    names = (*(say("evaluate.up_to", most=high) for high in BANDS), say("evaluate.over"))
    return [(name, counts[at]) for at, name in enumerate(names)]


def lines_of(summary: Summary) -> list[tuple[str, list[tuple[float, float]], tuple[str, ...]]]:
    """Return what is risked over coverage: its name, points to draw, and the risk at `SHARES`.

    A point is a coverage and a risk, from 0 to 1, ascending in coverage.
    """
    found = []
    for at, points in enumerate(summary.curves.values()):
        if points:
            # No more than these are drawn.
            kept = [*points[:: max(len(points) // 160, 1)], points[-1]]
            reached = ([risk for across, risk in points if across <= end + 1e-9] for end in SHARES)
            figures = tuple(f"{risks[-1]:.3f}" if risks else "" for risks in reached)
            found.append((say(f"evaluate.risk_{at}"), kept, figures))
    return found


def replies_of(summary: Summary) -> Iterator[tuple[str, int, int, str]]:
    """Yield of each safeguarding case its name, its messages, those met rightly, and the others."""
    for gold, given in summary.confusion.items():
        others = "; ".join(f"{case_name(met)}: {n}" for met, n in given.items() if met != gold)
        yield case_name(gold), sum(given.values()), given.get(gold, 0), others


def case_name(letter: str) -> str:
    """Return what a safeguarding case is for, in plain words; its letter where none is known."""
    known = {case.id for case in shipped_texts().cases}
    return say(f"triage.{letter.lower()}") if letter in known else letter


class Evidence(NamedTuple):
    """A passage that an answer cites, or that the gold holds."""

    place: str
    text: str
    spans: tuple[tuple[int, int], ...]
    lost: tuple[str, ...] = ()
    """The quotes in it that stand at their place, and those that do not."""

    cited: bool = True


def told_of(
    case: Case, row: AnswerRow | None, score: Score, passages: Mapping[str, Passage]
) -> dict[str, object]:
    """Return a case with what was answered and what that is worth, by what a page calls it.

    Of each of the `sentences` the heading, where it changes; its text; the numbers of its evidence;
    and its tier with a doubt that the verifier has.
    """
    answer = row.answer if row else None
    cited = Cited[str, Citation](lambda cite: cite.passage_id)
    section, understood = "", ""
    sentences: list[tuple[str, str, tuple[int, ...], str]] = []
    for said in answer.statements if answer else ():
        sure = said.verdict in ("supported", "structural", "unchecked")
        aside = say(f"phrase.tier_{said.kind}") + ("" if sure else f", {said.verdict}")
        head, section = "" if said.section == section else said.section, said.section
        sentences.append((head, said.text, cited.numbers(said.citations), aside))
    if answer and answer.resolved_question not in ("", answer.question):
        understood = with_reader(answer.resolved_question, answer)
    return {
        "case": case,
        "score": score,
        "answer": answer,
        "error": row.error if row else say("evaluate.no_answer"),
        "understood": understood,
        "sentences": sentences,
        "nearest": cited.numbers(answer.nearest) if answer else (),
        "evidence": [_evidence(own, passages.get(id_)) for id_, own in cited.items()],
        "gold": list(_gold(case, answer, passages)),
        "reasons": list(_reasons(case, answer, score)),
        "measures": {name: held for name, held in values_of(score).items() if name != "seconds"},
        "facts": _facts(case),
    }


def _evidence(citations: list[Citation], passage: Passage | None) -> Evidence:
    first, text = citations[0], passage.text if passage else ""
    held = [cite for cite in citations if text[cite.start : cite.end] == cite.quote]
    place = f"{say(f'phrase.tier_{first.tier}')}, {first.passage_id}, {first.locator}"
    lost = tuple(cite.quote for cite in citations if cite not in held)
    return Evidence(place, text, tuple((cite.start, cite.end) for cite in held), lost)


def _gold(case: Case, answer: Answer | None, passages: Mapping[str, Passage]) -> Iterator[Evidence]:
    ids = listed_gold(case.gold)
    cited = cited_ids(answer, ids) if answer else ()
    given = [cite for said in (answer.statements if answer else ()) for cite in said.citations]
    for name in ids:
        passage = passages.get(name)
        place = f"{name}, {passage.locator}" if passage else name
        spans = tuple((cite.start, cite.end) for cite in given if cite.passage_id == name)
        yield Evidence(place, passage.text if passage else "", spans, cited=name in cited)


def _reasons(case: Case, answer: Answer | None, score: Score) -> Iterator[str]:
    gold, because = case.gold, "evaluate.because_"
    if not score.status_right:
        yield say(f"{because}status", given=score.status, wanted=_wanted(case))
    for facet, found in score.facets.items():
        if ids := ", ".join(found.missed):
            count = {"n": len(found.missed), "total": found.recall[1]}
            yield say(f"{because}missed", facet=facet, ids=ids, **count)
        if found.stray:
            yield say(f"{because}stray", facet=facet, ids=", ".join(found.stray))
    shown = shown_text(answer).casefold()
    lacks = (("lacks", words) for words in case.must_contain if words.casefold() not in shown)
    shows = (("shows", words) for words in case.must_not_contain if words.casefold() in shown)
    exact, quotes = score.citations or (0, 0)
    letter, given = score.safeguarding or ("", "")
    kinds = ", ".join(gold.personal or ()) or "\N{EN DASH}"
    strings = [] if score.strings is not False else [*lacks, *shows]
    more: list[tuple[bool, str, dict[str, object]]] = [
        (score.noted is False, "note", {"ids": ", ".join(gold.facts)}),
        *((True, key, dict[str, object](words=words)) for key, words in strings),
        (score.value is False, "value", {"value": gold.value}),
        (exact < quotes, "quotes", {"n": quotes - exact, "total": quotes}),
        (letter != given, "safeguarding", {"gold": letter, "given": given}),
        (score.verdict is False, "verdict", {"gold": gold.verdict}),
        (score.personal is False, "personal", {"gold": kinds}),
    ]
    yield from (say(f"{because}{key}", **values) for holds, key, values in more if holds)


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
    return {say(f"evaluate.{name}"): text for name, text in told.items() if text}


def _wanted(case: Case) -> str:
    of_any = "evaluate.any_answer" if case.answerable else "evaluate.any_refusal"
    return ", ".join(case.gold.status) or say(of_any)


def report_as_html(report: Report) -> str:
    """Return the whole page: styles, figures, tables, cases and the script that filters them."""
    summary, config = report.run.summary, report.run.summary.config
    lines, replies = lines_of(summary), list(replies_of(summary))
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
        script=Markup(asset("narrow.js")),
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
        first=first_figures(summary),
        groups=groups_of(summary),
        families=[figure(name, found) for name, found in summary.families.items()],
        lines=lines,
        shares=SHARES,
        replies=replies,
        judges=[figure(name, found) for name, found in summary.judges.items()],
        bands=bands([one.seconds for one in report.run.cases]),
        covered=report.covered,
        cases=[
            told_of(report.run.asked[one.id], report.run.rows[one.id], one, report.passages)
            for one in report.shown
        ],
        less=LESS_IS_BETTER,
    )
