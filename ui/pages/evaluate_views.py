"""What the Evaluate workspace shows: each view, from what lies in the home."""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import get_args

from markupsafe import Markup

from assistant.errors import BatchError, SignpostError
from assistant.records import Operation
from assistant.remarks import FeedbackLog
from assistant.settings import Settings
from corpus.passage import Passage
from evals.cases.case import Case
from evals.cases.own_cases import SUITE, OwnCases, OwnRows, Problems, free_id
from evals.cases.suites import FILES, FULL, SUITES, read_suite
from evals.metrics.score import passages_of
from evals.metrics.scores import LESS_IS_BETTER, Score
from evals.running.job import GOING, Job, Jobs, resumed
from evals.running.shelf import Entry, Shelf
from ui.exports import report_page as figures
from ui.look.templates import render
from ui.pages import evaluate_query as asked
from ui.pages.evaluate_query import Listed, Query, Show
from ui.pages.framework import shipped
from ui.service.desk import Serves
from ui.words.phrases import say

MOST_REPORTS, MOST_FOUND, LATEST = 1000, 8, 3
"""Reports that are read, of more the newest; passages that a search for gold shows; and answers
that are shown while a run goes on."""

SPLITS = ("development", "calibration", "test")

PARTS: Mapping[Show, tuple[Show, ...]] = {
    "runs": ("runs", "figures", "families", "cases", "plots", "compare"),
    "own": ("own", "form"),
    "reports": ("reports",),
    "learn": ("learn",),
}
"""Parts of the workspace, each with the views that belong to it."""


def progress_of(job: Job | None, shelf: Shelf) -> dict[str, object]:
    """Return how the last job stands, as it is shown, with what it answered; empty for none."""
    if job is None:
        return {}
    # Cases that are held out are read by nobody on the way either.
    open_to_all = job.order.split == "development" and job.phase == "asking"
    rows = shelf.latest(job.order.name, LATEST) if open_to_all else ()
    given = [one.answer for one in rows if one.answer]
    latest = [(one.status, one.question or say("evaluate.not_kept")) for one in given]
    return {"job": job, "going": job.phase in GOING, "said": counted(job), "latest": latest}


class Views:
    """Draws the views of one home."""

    def __init__(self, assistant: Serves, settings: Settings, jobs: Jobs) -> None:
        self.assistant, self.settings, self.jobs = assistant, settings, jobs
        self._feedback = FeedbackLog(settings)
        self.shelf = Shelf(settings.home)
        self.own = OwnCases(settings.home)
        self.rows = OwnRows(settings.home)

    def draw(self, query: Query) -> Markup:
        """Return a view; what is wrong is said in its place."""
        try:
            first = self._run if query.run else self.runs
            return Markup(getattr(self, f"_{query.show}", first)(query))
        except SignpostError as error:
            return problem(error)

    def ways(self, query: Query) -> tuple[tuple[str, str, bool], ...]:
        """Return the parts of the workspace: name, address, and whether it is the one shown."""
        return tuple(
            (say(f"evaluate.way_{name}"), Query(show=name).address(), query.show in views)
            for name, views in PARTS.items()
        )

    def runs(
        self, query: Query, typed: Mapping[str, str] | None = None, problem: str = ""
    ) -> Markup:
        """Return the first view."""
        entries = self.shelf.entries()
        newest = next((one for one in entries if one.summary), None)
        own = self.own.read()
        sizes = suite_sizes() | ({SUITE: len(own)} if own else {})
        return render(
            "evaluate_runs",
            listed=Listed.of(entries, query),
            query=query,
            newest=newest,
            first=self._first(newest) if newest else (),
            progress=progress_of(self.jobs.news(), self.shelf),
            total=sizes[FULL],
            suites={one: f"{say(f'evaluate.suite_{one}')} ({n:,})" for one, n in sizes.items()},
            splits=asked.named_of("split", SPLITS),
            typed={"suite": "framework", "split": "development", **(typed or {})},
            problem=problem,
        )

    def form(self, typed: asked.Typed, problems: Problems, **more: object) -> Markup:
        """Return the form with what is wrong, and what was `tried`, `found`, `said` or replied."""
        shown = {"tried": None, "reply": "", "found": (), "said": "", **more}
        known = {"choices": asked.choices(), "families": {one.family for one in development()}}
        return render("evaluate_form", typed=typed, problems=problems, **known, **shown)

    def case(self, case_id: str) -> tuple[Case, str]:
        """Return a case that may be edited, and whether it is `own` or `shipped`, or raise."""
        for where, cases in (("own", self.own.read()), ("shipped", development())):
            if case := next((one for one in cases if one.id == case_id), None):
                return case, where
        raise BatchError(say("evaluate.no_case", id=case_id))

    def passages(self, words: str) -> tuple[tuple[Passage, ...], str]:
        """Return passages that fit an id or words, or the reviewed text for what is no question."""
        corpus = shipped().corpus
        wanted = words.strip()
        by_id = [one for name, one in corpus.by_id.items() if name.casefold() == wanted.casefold()]
        if by_id or not wanted:
            return tuple(by_id), ""
        searched = self.assistant.find(wanted, MOST_FOUND)
        if searched.signposting is not None and not searched.hits:
            return (), searched.signposting.text
        found = (corpus.by_id.get(hit.passage_id) for hit in searched.hits)
        return tuple(filter(None, found)), ""

    def _first(self, entry: Entry) -> tuple[figures.Figure, ...]:
        summary = entry.summary
        if summary is None:
            return ()
        scores = () if summary.headline else self.shelf.open(entry.name).cases
        return figures.first_figures(summary, scores)

    def _form(self, query: Query) -> Markup:
        free = free_id(one.id for one in self.own.read())
        if query.case:
            return self.form(asked.typed_of(*self.case(query.case)), {})
        if not query.report:
            return self.form(asked.blank(free), {})
        for report in self._feedback.newest(limit=MOST_REPORTS):
            if report.id == query.report:
                return self.form(asked.typed_of_report(report, free), {})
        raise BatchError(say("evaluate.no_report"))

    def _reports(self, query: Query) -> Markup:
        listed = Listed.of(self._feedback.newest(limit=MOST_REPORTS), query)
        return render("evaluate_reports", listed=listed)

    def _own(self, query: Query) -> Markup:
        return render(
            "evaluate_own",
            query=query,
            listed=Listed.of(self.own.read(), query),
            rows=self.rows.read(),
            shipped=[x for x in development() if query.words and asked.has_words(x, query.words)],
        )

    def _learn(self, query: Query) -> Markup:
        job = self.jobs.news()
        told = job and (job.phase in GOING or job.order.learn)
        progress = progress_of(job if told else None, self.shelf)
        rows, learned = len(self.rows.read()), self.jobs.learned()
        return render("evaluate_learn", rows=rows, progress=progress, learned=learned)

    def _run(self, query: Query) -> Markup:
        entry, job = self.shelf.entry(query.run), self.jobs.now()
        going = job is not None and job.phase in GOING
        can_go_on = not going and self._can_go_on(entry, job)
        if entry.summary is None:
            return render("evaluate_unscored", entry=entry, going=going, can_go_on=can_go_on)
        if query.case:
            return self._case(query)
        scores = self.shelf.open(query.run).cases
        every = {name: one["right"] for name, one in entry.summary.families.items()}
        # What does worst stands first.
        worst = sorted(every, key=lambda name: every[name].value or 0.0)
        types = [one for one in get_args(Operation) if any(s.type == one for s in scores)]
        return render(
            "evaluate_run",
            entry=entry,
            query=query,
            views=PARTS["runs"][1:],
            can_go_on=can_go_on,
            first=self._first(entry),
            figures=figures,
            families=[figures.figure(name, every[name]) for name in worst],
            seconds=[one.seconds for one in scores],
            listed=Listed.of([one for one in scores if asked.fits(one, query)], query),
            readable=sum(asked.is_readable(one, query) for one in scores),
            held=sum(one.split != "development" for one in scores),
            names={"": say("evaluate.all"), **{name: name for name in sorted(every)}},
            types={"": say("evaluate.all"), **asked.named_of("type", types)},
        )

    def _case(self, query: Query) -> Markup:
        opened = self.shelf.open(query.run)
        case, score, told = self._told(query.run, query.case)
        back = query.address(case="", held=False)
        if not asked.is_readable(score, query):
            return render("fields/held_case", query=query, back=back)
        # What is not listed stands between blanks.
        ids = ["", "", *(one.id for one in opened.cases if asked.fits(one, query)), ""]
        at = ids.index(query.case) if query.case in ids else 0
        around = {"before": ids[at - 1], "after": ids[at + 1]}
        editable = case.split == "development" and not case.context and not case.over
        return render(
            "evaluate_case", told=told, query=query, back=back, editable=editable, **around
        )

    def _told(self, run: str, case_id: str) -> tuple[Case, Score, dict[str, object]]:
        opened = self.shelf.open(run)
        case = opened.asked.get(case_id)
        score = next((one for one in opened.cases if one.id == case_id), None)
        if case is None or score is None:
            raise BatchError(say("evaluate.not_in_run", id=case_id, run=run))
        row = self.shelf.row(run, case_id)
        passages = passages_of(shipped(), hostile=bool(case.over))
        return case, score, figures.told_of(case, row, score, passages)

    def _compare(self, query: Query) -> Markup:
        scored = (one.name for one in self.shelf.entries() if one.summary)
        names = {"": say("evaluate.choose_run"), **{name: name for name in scored}}
        if not query.run or not query.against:
            return render("evaluate_compare", query=query, names=names, found=None)
        if query.case:
            return self._both(query)
        found = self.shelf.compare(query.against, query.run)
        wanted = found.fixed if query.verdict == "fixed" else found.broken
        shown = [one for one in wanted if query.held or not one.held_out]
        return render(
            "evaluate_compare",
            query=query,
            names=names,
            found=found,
            listed=Listed.of(shown, query),
            unshown=len(wanted) - len(shown),
            cases=self.shelf.open(query.run).asked,
            less=LESS_IS_BETTER,
        )

    def _both(self, query: Query) -> Markup:
        runs = {"before": query.against, "after": query.run}
        both = {side: self._told(run, query.case) for side, run in runs.items()}
        back = query.address(case="", held=False)
        if not asked.is_readable(both["after"][1], query):
            return render("fields/held_case", query=query, back=back)
        told = {side: shown for side, (_, _, shown) in both.items()}
        return render("evaluate_both", query=query, back=back, told=told, runs=runs)

    def _can_go_on(self, entry: Entry, job: Job | None) -> bool:
        """Return whether a run can go on where none does: by Signpost, with cases known here."""
        ours = job is not None and job.order.name == entry.name
        if entry.whole or entry.config.command or (entry.written_lately and not ours):
            return False
        with suppress(BatchError):
            order = resumed(self.shelf.place(entry.name))
            return bool(order.chosen(self.own.path.parents[1]).read())
        return False


def problem(error: SignpostError) -> Markup:
    """Return what is said where something cannot be done or shown."""
    title, back = say("evaluate.problem"), say("evaluate.back")
    return render(
        "fields/problem", title=title, error=str(error), address=Query().address(), back=back
    )


@lru_cache(maxsize=1)
def development() -> tuple[Case, ...]:
    """Return the cases that ship and may be read, those of claims and hostile passages left out."""
    return tuple(one for one in read_suite(FULL, "development") if not one.context and not one.over)


@lru_cache(maxsize=1)
def suite_sizes() -> dict[str, int]:
    """Return the suites that ship, each with how many development cases it has."""
    sizes = {name: len(read_suite(name, "development")) for name in (*FILES, *SUITES)}
    return {FULL: sum(sizes.values()), **sizes}


def counted(job: Job) -> str:
    """Return how much is done, how fast, and how long it will take, in a sentence."""
    if job.phase not in ("asking", "learning") or not job.total:
        return say("evaluate.wait_scoring" if job.phase == "scoring" else "evaluate.wait")
    key = "evaluate.steps" if job.phase == "learning" else "evaluate.done"
    done = say(key, done=f"{job.done:,}", total=f"{job.total:,}")
    if job.seconds_left is None:
        return done
    rate = "" if job.order.learn else say("evaluate.rate", rate=f"{job.rate:.1f}")
    seconds = round(job.seconds_left)
    # To the minute, or under a minute to ten seconds.
    if job.seconds_left < 60:
        left = say("evaluate.seconds_left", n=max(10, -(-seconds // 10) * 10))
    else:
        left = say("evaluate.minutes_left", n=-(-seconds // 60))
    return " ".join(filter(None, (done, rate, left)))
