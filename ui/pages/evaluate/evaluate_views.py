"""What the Evaluate workspace shows: each view as HTML, from what lies in the home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.errors import BatchError, SignpostError
from assistant.safety.feedback import FeedbackLog
from corpus.whole import Whole
from evals.cases.own_cases import OwnCases, free_id
from evals.cases.suites import FULL, read_suite
from evals.running.job import resumed
from evals.running.jobs import Jobs
from evals.running.shelf import Entry, Opened, Shelf
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_case import edition_for, said_as_html, sides_as_html
from ui.pages.evaluate.evaluate_cases import cases_as_html, held_notice
from ui.pages.evaluate.evaluate_compare import alone_as_html, chooser_as_html, comparison_as_html
from ui.pages.evaluate.evaluate_form import (
    form_as_html,
    own_as_html,
    passages_as_html,
    reply_as_html,
    typed_of,
)
from ui.pages.evaluate.evaluate_markup import go, heading, told
from ui.pages.evaluate.evaluate_query import Query
from ui.pages.evaluate.evaluate_reports import MOST_REPORTS, reports_as_html, typed_of_report
from ui.pages.evaluate.evaluate_results import (
    families_as_html,
    figures_as_html,
    plots_as_html,
    tabs,
    unscored_as_html,
)
from ui.pages.evaluate.evaluate_runs import is_going, runs_as_html
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.safety.feedback import Feedback
    from assistant.settings import Settings
    from evals.cases.case import Case
    from ui.service.seams import Serves

MOST_FOUND = 8
"""Passages that a search for gold shows."""


class Views:
    """Draws the views of one home."""

    def __init__(self, assistant: Serves, settings: Settings, jobs: Jobs) -> None:
        """Keep what views are drawn from.

        Args:
            assistant: finds passages for the gold of a case.
            settings: of this process; its home holds runs and cases.
            jobs: says how the last run stands.
        """
        self._assistant = assistant
        self._jobs = jobs
        self._feedback = FeedbackLog(settings)
        self.shelf = Shelf(settings.home)
        self.own = OwnCases(settings.home)

    def draw(self, query: Query) -> str:
        """Return a view with the ways to the others; what is wrong is said in its place."""
        try:
            inside = self._drawer(query)(query)
        except SignpostError as error:
            back = go(Query(), say("evaluate.back"))
            inside = (
                f"{heading(say('evaluate.problem'))}{told(str(error), wrong=True)}<p>{back}</p>"
            )
        return f"{self._ways(query)}{inside}"

    def runs(self, query: Query, typed: Mapping[str, str] | None = None, problem: str = "") -> str:
        """Return the first view; `problem` says why a run was not started."""
        return runs_as_html(
            self.shelf.entries(),
            self._jobs.news(),
            query,
            own=len(self.own.read()),
            typed=typed,
            problem=problem,
        )

    def form(self, query: Query) -> str:
        """Return the form, filled with the case that is asked for."""
        case, edited = self.case(query.case) if query.case else (None, "")
        free = free_id(one.id for one in self.own.read())
        if case:
            typed = typed_of(case)
        elif query.report:
            typed = typed_of_report(self._report(query.report), free)
        else:
            typed = {"id": free, "family": "own"}
        return form_as_html(typed, {}, families=families(), edited=edited)

    def case(self, case_id: str) -> tuple[Case, str]:
        """Return a case that may be edited, and where it is from: `own` or `shipped`.

        Raises:
            BatchError: no case of one's own, and none of development that ships, has the id.
        """
        for case in self.own.read():
            if case.id == case_id:
                return case, "own"
        for case in development():
            if case.id == case_id:
                return case, "shipped"
        raise BatchError(say("evaluate.no_case", id=case_id))

    def passages(self, words: str) -> str:
        """Return passages that fit an id or words."""
        corpus = whole().corpus
        wanted = words.strip()
        by_id = [one for name, one in corpus.by_id.items() if name.casefold() == wanted.casefold()]
        if by_id or not wanted:
            return passages_as_html(by_id, wanted)
        searched = self._assistant.find(wanted, MOST_FOUND)
        if searched.signposting is not None and not searched.hits:
            return reply_as_html(searched.signposting)
        ids = [hit.passage_id for hit in searched.hits]
        return passages_as_html([corpus.by_id[one] for one in ids if one in corpus.by_id], wanted)

    def _ways(self, query: Query) -> str:
        places = {
            "runs": Query(),
            "own": Query(show="own"),
            "reports": Query(show="reports"),
        }
        now = {"own": "own", "form": "own", "reports": "reports"}.get(query.show, "runs")
        links = "".join(
            f"<li>{go(place, say(f'evaluate.way_{name}'), current=name == now)}</li>"
            for name, place in places.items()
        )
        named = say("evaluate.parts")
        return f'<nav class="sp-evaluate-ways" aria-label="{named}"><ul>{links}</ul></nav>'

    def _drawer(self, query: Query) -> Callable[[Query], str]:
        if query.show == "own":
            return self._own
        if query.show == "form":
            return self.form
        if query.show == "reports":
            return self._reports
        if query.show == "compare":
            return self._compare
        return self._run if query.run else self.runs

    def _reports(self, query: Query) -> str:
        return reports_as_html(self._feedback.newest(limit=MOST_REPORTS), query)

    def _report(self, report_id: str) -> Feedback:
        for one in self._feedback.newest(limit=MOST_REPORTS):
            if one.id == report_id:
                return one
        raise BatchError(say("evaluate.no_report"))

    def _own(self, query: Query) -> str:
        shipped = None
        words = query.words.casefold().split()
        if words:
            shipped = [one for one in development() if all(w in _text(one) for w in words)]
        return own_as_html(self.own.read(), query, shipped)

    def _run(self, query: Query) -> str:
        entry = self.shelf.entry(query.run)
        going = is_going(self._jobs.now())
        if entry.summary is None:
            return unscored_as_html(entry, going=going, can_go_on=self._can_go_on(entry))
        opened = self.shelf.open(query.run)
        if query.case:
            return self._case(opened, query)
        return f"{tabs(query, entry)}{self._inside(opened, query, going=going)}"

    def _inside(self, opened: Opened, query: Query, *, going: bool) -> str:
        entry = opened.entry
        summary = entry.summary
        if summary is None:
            return told(say("evaluate.unscored_run"))
        match query.show:
            case "families":
                return families_as_html(summary, query)
            case "plots":
                return plots_as_html(summary, opened.scores)
            case "cases":
                found = self.shelf.compare(query.against, query.run) if query.against else None
                others = [name for name in self._scored() if name != query.run]
                return cases_as_html(opened, query, others, found)
            case _:
                able = self._can_go_on(entry)
                return figures_as_html(summary, entry, going=going, can_go_on=able)

    def _case(self, opened: Opened, query: Query) -> str:
        case = opened.cases.get(query.case)
        score = next((one for one in opened.scores if one.id == query.case), None)
        if case is None or score is None:
            raise BatchError(say("evaluate.not_in_run", id=query.case, run=query.run))
        back = go(query.model_copy(update={"case": "", "held": False}), say("evaluate.to_cases"))
        if case.split != "development" and not query.held:
            return f"<p>{back}</p>{heading(case.id)}{held_notice([score], query)}"
        row = self.shelf.row(query.run, case.id)
        corpus = edition_for(whole(), hostile=bool(case.over))
        edit = ""
        if case.split == "development" and not case.context and not case.over:
            edit = go(Query(show="form", case=case.id), say("evaluate.edit_this"))
        turns = "".join(f"<li>{escape(turn)}</li>" for turn in case.turns)
        earlier = f'<ul class="sp-evaluate-turns">{turns}</ul>' if turns else ""
        return (
            f'<p class="sp-evaluate-back">{back} {self._beside(opened, query)}</p>'
            f"{heading(case.question, aside=f'{escape(case.id)} {edit}')}{earlier}"
            f"{sides_as_html(case, row, score, corpus)}"
        )

    def _beside(self, opened: Opened, query: Query) -> str:
        """Return the ways to the cases before and after, among those of the same splits."""
        ids = [one.id for one in opened.scores if query.held or one.split == "development"]
        at = ids.index(query.case) if query.case in ids else -1
        ways = []
        if at > 0:
            ways.append(
                go(query.model_copy(update={"case": ids[at - 1]}), say("evaluate.before_it"))
            )
        if 0 <= at < len(ids) - 1:
            ways.append(
                go(query.model_copy(update={"case": ids[at + 1]}), say("evaluate.after_it"))
            )
        return " ".join(ways)

    def _compare(self, query: Query) -> str:
        names = self._scored()
        if not query.run or not query.against:
            return self._chooser(names, query)
        found = self.shelf.compare(query.against, query.run)
        if query.case:
            return self._both(query)
        head = tabs(query, self.shelf.entry(query.run))
        cases = self.shelf.open(query.run).cases
        questions = {name: one.question for name, one in cases.items()}
        return f"{head}{comparison_as_html(found, names, query, questions)}"

    def _chooser(self, names: list[str], query: Query) -> str:
        if not query.run:
            return alone_as_html(names, query)
        return tabs(query, self.shelf.entry(query.run)) + chooser_as_html(names, query)

    def _both(self, query: Query) -> str:
        """Return one case as both runs answered it, side by side."""
        after = self.shelf.open(query.run)
        case = after.cases.get(query.case)
        if case is None:
            raise BatchError(say("evaluate.not_in_run", id=query.case, run=query.run))
        back = go(query.model_copy(update={"case": "", "held": False}), say("evaluate.to_compare"))
        score = next(one for one in after.scores if one.id == query.case)
        if case.split != "development" and not query.held:
            return f"<p>{back}</p>{heading(case.id)}{held_notice([score], query)}"
        corpus = edition_for(whole(), hostile=bool(case.over))
        sides = "".join(
            f"<div><h3>{escape(say(f'evaluate.{side}_side', run=run))}</h3>"
            f"{self._verdict(run, query.case)}"
            f"{said_as_html(self.shelf.row(run, query.case), corpus, number)}</div>"
            for number, (side, run) in enumerate(
                (("before", query.against), ("after", query.run)), 1
            )
        )
        alone = query.model_copy(update={"show": "cases"})
        return (
            f"<p>{back}</p>{heading(case.question, aside=escape(case.id))}"
            f'<div class="sp-evaluate-sides sp-evaluate-even">{sides}</div>'
            f"<p>{go(alone, say('evaluate.with_gold'))}</p>"
        )

    def _verdict(self, run: str, case_id: str) -> str:
        from ui.pages.evaluate.evaluate_case import reasons_as_html

        opened = self.shelf.open(run)
        score = next((one for one in opened.scores if one.id == case_id), None)
        case = opened.cases.get(case_id)
        if score is None or case is None:
            return told(say("evaluate.not_in_run", id=case_id, run=run))
        return reasons_as_html(case, self.shelf.row(run, case_id), score)

    def _scored(self) -> list[str]:
        return [one.name for one in self.shelf.entries() if one.summary]

    def _can_go_on(self, entry: Entry) -> bool:
        """Return whether a run can go on from here: by Signpost, with cases that are known here."""
        job = self._jobs.now()
        ours = job is not None and job.order.name == entry.name and not is_going(job)
        if entry.whole or entry.config.command or (entry.written_lately and not ours):
            return False
        try:
            order = resumed(self.shelf.place(entry.name))
            order.chosen(self.own.path.parents[1]).read()
        except BatchError:
            return False
        return True


@lru_cache(maxsize=1)
def whole() -> Whole:
    """Return framework, notes and glossary, read once."""
    return Whole.read()


@lru_cache(maxsize=1)
def development() -> tuple[Case, ...]:
    """Return the cases that ship and may be read, those of claims and hostile passages left out."""
    return tuple(one for one in read_suite(FULL, "development") if not one.context and not one.over)


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Return the families that there are."""
    return tuple(sorted({one.family for one in development()}))


def _text(case: Case) -> str:
    return f"{case.id} {case.family} {case.question}".casefold()
