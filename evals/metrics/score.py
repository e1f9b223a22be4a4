"""Score the answers of a run folder, without asking again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from assistant.errors import BatchError
from assistant.records import Answer, Status
from corpus.passage import Passage, Record, digest_of
from corpus.structure.graph import Framework
from corpus.whole import Whole
from evals import folder as files
from evals.cases.case import Case, Gold, load_cases
from evals.cases.hostile import hostile_note
from evals.metrics import metrics
from evals.metrics.metrics import Pair, judges_on_development
from evals.metrics.scores import FacetScore, Score, Summary, pooled, summarise
from evals.statistics import Estimate


class Scores(Record):
    """A run that was scored: its cases and answers by id, each score, and those over all cases."""

    asked: dict[str, Case]
    rows: dict[str, files.AnswerRow] = {}
    """Left out where they are not wanted, since they are large."""

    cases: tuple[Score, ...]
    """In the order of the cases; one for each that was answered."""

    summary: Summary

    def table(self) -> str:
        """Return the summary as text for a terminal, with the cases that are not right.

        Those of other splits than development are counted, so that they stay unread.
        """
        summary, config = self.summary, self.summary.config
        wrong = [score for score in self.cases if not score.right]
        shown = [score for score in wrong if score.split == "development"]
        parts = [
            f"Suite {config.suite}: {summary.asked} of {config.count} cases asked, "
            f"{summary.refused} refused; corpus {config.edition[:12]}",
            *_rows("metric", summary.metrics),
            *_rows("right, by family", summary.families),
            *_matrix(summary.confusion),
            *_rows("judges, right on labelled claims", summary.judges),
        ]
        if shown:
            parts += ["", "Not right:", *(line for score in shown for line in _failure(score))]
        if hidden := len(wrong) - len(shown):
            parts += ["", f"{hidden} more are not right, of splits that stay unread."]
        return "\n".join(parts)


def score_run(folder: Path) -> Scores:
    """Score a run, and write `scores.jsonl` and `summary.json` into its folder.

    Citations are checked against the corpus that ships; if the run was made with another edition,
    they are unscored. BatchError if the folder is no run folder, has no answer yet, or its files do
    not fit.
    """
    config = files.load_config(folder)
    asked = load_cases(folder / files.CASES)
    if digest_of(asked) != config.cases:
        raise BatchError(f"{folder / files.CASES} is not what was asked; run it into a new folder.")
    by_id = {row.id: row for row in files.load_answers(folder)}
    if not by_id:
        raise BatchError(f"{folder} has no answer yet; run the suite into it again.")
    if strange := by_id.keys() - {case.id for case in asked}:
        raise BatchError(
            f"{folder} answers {min(strange)!r}, no case of it; run into a new folder."
        )
    whole = Whole.read()
    is_known = whole.corpus.digest == config.edition
    passages = passages_of(whole, hostile=bool(config.hostile)) if is_known else None
    scores = tuple(
        score_case(case, by_id[case.id], whole.framework, passages)
        for case in asked
        if case.id in by_id
    )
    summary = summarise(config, scores, judges_on_development())
    files.write_file(folder / files.SCORES, files.lines_of(scores))
    files.write_file(folder / files.SUMMARY, summary.model_dump_json(indent=2) + "\n")
    return Scores(
        asked={case.id: case for case in asked}, rows=by_id, cases=scores, summary=summary
    )


def passages_of(whole: Whole, *, hostile: bool) -> dict[str, Passage]:
    """Return the passages that may be cited, by id; hostile ones if it was asked over them."""
    more = hostile_note(whole).passages if hostile else ()
    return {**whole.corpus.by_id, **{one.id: one for one in more}}


def score_case(
    case: Case, row: files.AnswerRow, framework: Framework, passages: Mapping[str, Passage] | None
) -> Score:
    """Score one answer; a question that was refused is scored as one that was declined.

    Without passages, citations and what they carry are unscored.
    """
    answer, gold, facts, items = row.answer, case.gold, case.gold.facts, framework.item_by_id
    found = cited_ids(answer, frozenset(gold.items())) if answer else ()
    named = {facet: ids_of_facet(found, facet, framework) for facet in gold.ids()}
    facets = {facet: _facet(named[facet], ids, gold) for facet, ids in gold.ids().items()}
    pairs = ([one.recall for one in facets.values()], [one.precision for one in facets.values()])
    recalled, precise = (part / whole if whole else None for part, whole in map(pooled, pairs))
    firsts = {
        metrics.is_gold_first(named[facet], ids, gold.allowed) for facet, ids in gold.ids().items()
    }
    above = metrics.with_lineage((*gold.items(), *gold.allowed), framework)
    guided = [one for one in found if one not in items]
    notes = metrics.units((*facts, *gold.allowed))
    note_focus = metrics.precision(metrics.units(guided), notes) if facts else None
    hits = [hit.passage_id for hit in answer.hits] if answer else []
    status: Status = answer.status if answer else "declined"
    reason = answer.reason if answer else "refused"
    to_answer = None if case.context else metrics.is_to_be_answered(case.answerable, gold.status)
    abstained = to_answer if to_answer is None else metrics.has_abstained(status, reason, to_answer)
    more: dict[str, object] = {}
    if answer:
        more |= metrics.told_by(case, answer, framework)
        if passages and not case.context:
            more |= metrics.judge(answer, metrics.fitting_of(case, framework), passages)
    score = Score(
        **case.model_dump(include={"id", "question", "family", "split", "type", "tags"}),
        status=status,
        status_right=metrics.is_status_right(
            status, reason, answerable=case.answerable, accepted=gold.status
        ),
        facets=facets,
        recall=recalled,
        precision=precise,
        complete=None if recalled is None else recalled == precise == 1.0,
        gold_first=False not in firsts if firsts - {None} else None,
        focus=metrics.precision([one for one in found if one in items], above) if above else None,
        noted=bool(note_focus) if facts else None,
        note_rank=metrics.note_rank([one for one in hits if one not in items], facts),
        note_focus=note_focus,
        strings=metrics.has_strings(shown_text(answer), case.must_contain, case.must_not_contain),
        value=metrics.has_value(openings(answer), gold.value),
        citations=_exactness(answer, passages),
        seconds=row.seconds,
        error=row.error,
        to_answer=to_answer,
        abstained=abstained,
        confidence=answer.confidence if answer else None,
        ranking=metrics.ranking(
            metrics.units(hits), metrics.units((*gold.items(), *facts)), metrics.units(gold.allowed)
        ),
        safeguarding=metrics.letters(case, answer),
    ).model_copy(update=more)
    return score.model_copy(update={"right": score.is_right()})


def cited_ids(answer: Answer, gold: Collection[str] = ()) -> tuple[str, ...]:
    """Return what an answer's statements cite, in reading order without repeats.

    A note lists nothing, it counts or explains: what it cites is shown to the reader and so counts
    where it is `gold`, but never against the answer.
    """
    return tuple(
        dict.fromkeys(
            citation.passage_id
            for statement in answer.statements
            for citation in statement.citations
            if statement.kind != "note" or citation.passage_id in gold
        )
    )


def shown_text(answer: Answer | None) -> str:
    """Return the words of an answer: its headings and statements, notes included."""
    statements = answer.statements if answer else ()
    return "\n".join(f"{statement.section}\n{statement.text}" for statement in statements)


def openings(answer: Answer | None) -> tuple[str, ...]:
    """Return the statements before the first heading; if there are none, the first of all."""
    said = answer.statements if answer else ()
    return tuple(one.text for one in tuple(takewhile(lambda o: not o.section, said)) or said[:1])


def ids_of_facet(found: Sequence[str], facet: str, framework: Framework) -> tuple[str, ...]:
    """Return the ids of a facet among those cited, in order.

    Where the facet is at the top of the structure and none of it is cited itself, an answer names
    what its citations stand under: an entry of a pillar's partners names the pillar.
    """
    kinds = {kind.id for kind in framework.kinds if kind.facet == facet}
    items = [framework.item(one) for one in found if one in framework.item_by_id]
    own = tuple(item.id for item in items if item.kind in kinds)
    if own or not any(kind.id in kinds for kind in framework.top_kinds):
        return own
    tops = (framework.top(item.id) for item in items)
    return tuple(dict.fromkeys(top.id for top in tops if top.kind in kinds))


def _facet(named: Sequence[str], ids: Sequence[str], gold: Gold) -> FacetScore:
    judged = [one for one in named if one in ids or one not in gold.allowed]
    hit = len(set(judged) & set(ids))
    return FacetScore(
        missed=tuple(one for one in ids if one not in named),
        stray=tuple(one for one in judged if one not in ids),
        recall=(hit, len(set(ids))),
        precision=(hit, len(judged)),
    )


def _exactness(answer: Answer | None, passages: Mapping[str, Passage] | None) -> Pair | None:
    """Return the citations verbatim at their place, and all of them; `nearest` counts as well."""
    if answer is None or passages is None:
        return None
    cited = [one for said in answer.statements for one in said.citations] + [*answer.nearest]
    exact = sum(
        one.passage_id in passages
        and 0 <= one.start < one.end
        and passages[one.passage_id].text[one.start : one.end] == one.quote
        for one in cited
    )
    return (exact, len(cited)) if cited else None


def _matrix(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    if len(confusion) < 2:
        return []
    given = sorted({letter for row in confusion.values() for letter in row})
    head = f"{'safeguarding case: gold, given':<32}" + "".join(f"{letter:>6}" for letter in given)
    rows = [
        f"{gold:<32}" + "".join(f"{row.get(letter) or '.':>6}" for letter in given)
        for gold, row in confusion.items()
    ]
    return ["", head, "-" * len(head), *rows]


def _rows(title: str, estimates: Mapping[str, Estimate]) -> list[str]:
    head = f"{title:<36}{'value':>9}{'95 % interval':>18}{'n':>6}{'unscored':>10}"
    rows = ["", head, "-" * len(head)] if estimates else []
    for name, one in estimates.items():
        if one.n:
            interval = "" if one.low is None else f"{one.low:.3f} to {one.high:.3f}"
            rows.append(f"{name:<36}{one.value:>9.3f}{interval:>18}{one.n:>6}{one.unscored:>10}")
    return rows


def _failure(score: Score) -> Iterator[str]:
    yield f"  {score.id}  {score.question[:90]}"
    if not score.status_right:
        yield f"      status {score.status}" + (f": {score.error}" if score.error else "")
    for facet, one in score.facets.items():
        for what, ids in (("missed", one.missed), ("stray", one.stray)):
            yield from [f"      {facet} {what}: {' '.join(ids)}"] if ids else []
    said = (
        (score.noted, "no note is cited that states the fact"),
        (score.strings, "a string is missing, or one is there that must not be"),
        (score.value, "the opening does not state the value"),
        (score.verdict, "the checker's verdict is another"),
        (score.personal, "other kinds of personal data are noticed"),
    )
    yield from (f"      {words}" for verdict, words in said if verdict is False)
    if score.safeguarding and not score.safe:
        yield f"      safeguarding case {score.safeguarding[1]} in place of {score.safeguarding[0]}"
    if score.citations and not score.exact:
        yield f"      {score.citations[1] - score.citations[0]} citations are not exact"
