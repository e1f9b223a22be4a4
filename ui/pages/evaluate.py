"""The Evaluate workspace: its views, and what is done there with runs, cases and labelled rows."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, get_args

from markupsafe import Markup

from assistant.errors import BatchError, SignpostError
from assistant.records import Operation
from assistant.remarks import FeedbackLog
from assistant.safety.personal import Finder, kept
from assistant.settings import Settings
from evals.cases.case import Case
from evals.cases.own_cases import SUITE, OwnCases, OwnRows, Problems, checked, free_id, texts_of
from evals.cases.suites import FILES, FULL, SUITES, read_suite
from evals.metrics.score import passages_of, score_case
from evals.metrics.scores import LESS_IS_BETTER
from evals.running.job import GOING, LEARNED, Job, Jobs, Order, read_job, resumed
from evals.running.run import timed
from evals.running.shelf import Entry, Shelf
from ui.exports import report_page as figures
from ui.look.templates import render
from ui.pages import evaluate_query as asked
from ui.pages.evaluate_query import Listed, Query, Show, Typed
from ui.pages.framework import shipped
from ui.service.desk import Recorded, Serves
from ui.words.phrases import say

MOST_REPORTS, MOST_FOUND, LATEST = 1000, 8, 3
"""Reports that are read, of more the newest; passages that a search for gold shows; and answers
that are shown while a run goes on."""

SPLITS = ("development", "calibration", "test")

PARTS: Mapping[Show, tuple[Show, ...]] = {
    "runs": ("runs", "families", "cases", "plots", "compare"),
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


class Done(NamedTuple):
    """What came of something that was asked for; its view is opened where nothing is `inside`."""

    query: Query
    inside: Markup = Markup()
    status: int = 200


class Evaluate:
    """Draws the views of one home, and does what is asked for there."""

    def __init__(self, assistant: Serves, settings: Settings, jobs: Jobs) -> None:
        self._assistant, self._settings, self._jobs = assistant, settings, jobs
        self._feedback = FeedbackLog(settings)
        self._shelf = Shelf(settings.home)
        self.own_cases = OwnCases(settings.home)
        self._own_rows = OwnRows(settings.home)

    def draw(self, query: Query) -> Markup:
        """Return a view; what is wrong is said in its place."""
        try:
            first = self._run if query.run else self._first_view
            return Markup(getattr(self, f"_{query.show}", first)(query))
        except SignpostError as error:
            return problem(error)

    def ways(self, query: Query) -> tuple[tuple[str, str, bool], ...]:
        """Return the parts of the workspace: name, address, and whether it is the one shown."""
        return tuple(
            (say(f"evaluate.way_{name}"), Query(show=name).address(), query.show in views)
            for name, views in PARTS.items()
        )

    def _first_view(self, query: Query, typed: Typed | None = None, problem: str = "") -> Markup:
        entries = self._shelf.entries()
        newest = next((one for one in entries if one.summary), None)
        own = self.own_cases.read()
        sizes = suite_sizes() | ({SUITE: len(own)} if own else {})
        return render(
            "evaluate_runs",
            listed=Listed.of(entries, query),
            query=query,
            newest=newest,
            first=figures.first_figures(newest.summary) if newest and newest.summary else (),
            progress=progress_of(self._jobs.news(), self._shelf),
            total=sizes[FULL],
            suites={one: f"{say(f'evaluate.suite_{one}')} ({n:,})" for one, n in sizes.items()},
            splits=asked.named_of("split", SPLITS),
            typed={"suite": "framework", "split": "development", **(typed or {})},
            problem=problem,
        )

    def _editable(self, case_id: str) -> tuple[Case, str]:
        """Return a case that may be edited, and whether it is `own` or `shipped`, or raise."""
        for where, cases in (("own", self.own_cases.read()), ("shipped", development())):
            if case := next((one for one in cases if one.id == case_id), None):
                return case, where
        raise BatchError(say("evaluate.no_case", id=case_id))

    def _form(self, query: Query) -> Markup:
        typed = asked.blank(free_id(one.id for one in self.own_cases.read()))
        if query.case:
            typed = asked.typed_of(*self._editable(query.case))
        elif query.report:
            reports = self._feedback.newest(limit=MOST_REPORTS)
            report = next((one for one in reports if one.id == query.report), None)
            if report is None:
                raise BatchError(say("evaluate.no_report"))
            typed = asked.typed_of_report(report, typed["id"])
        return self._again(typed, {}).inside

    def _reports(self, query: Query) -> Markup:
        listed = Listed.of(self._feedback.newest(limit=MOST_REPORTS), query)
        return render("evaluate_reports", listed=listed)

    def _own(self, query: Query) -> Markup:
        return render(
            "evaluate_own",
            query=query,
            listed=Listed.of(self.own_cases.read(), query),
            rows=self._own_rows.read(),
            shipped=[x for x in development() if query.words and asked.has_words(x, query.words)],
        )

    def _learn(self, query: Query) -> Markup:
        job = self._jobs.news()
        told = job and (job.phase in GOING or job.order.learn)
        progress = progress_of(job if told else None, self._shelf)
        rows, learned = len(self._own_rows.read()), read_job(self._shelf.folder, LEARNED)
        return render("evaluate_learn", rows=rows, progress=progress, learned=learned)

    def _run(self, query: Query) -> Markup:
        entry, job = self._shelf.entry(query.run), self._jobs.now()
        going = job is not None and job.phase in GOING
        can_go_on = not going and self._can_go_on(entry, job)
        if entry.summary is None:
            return render("evaluate_unscored", entry=entry, going=going, can_go_on=can_go_on)
        if query.case:
            return self._case(query)
        scores = self._shelf.open(query.run).cases
        every = entry.summary.families
        # What does worst stands first.
        worst = sorted(every, key=lambda name: every[name].value or 0.0)
        types = [one for one in get_args(Operation) if any(s.type == one for s in scores)]
        return render(
            "evaluate_run",
            entry=entry,
            query=query,
            views=PARTS["runs"],
            can_go_on=can_go_on,
            first=figures.first_figures(entry.summary),
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
        told, back = self._told(query.run, query), query.address(case="", held="")
        if not told:
            return render("fields/held_case", query=query, back=back)
        # What is not listed stands between blanks.
        cases = self._shelf.open(query.run).cases
        ids = ["", "", *(one.id for one in cases if asked.fits(one, query)), ""]
        at = ids.index(query.case) if query.case in ids else 0
        around = {"before": ids[at - 1], "after": ids[at + 1]}
        return render("evaluate_case", told=told, query=query, back=back, **around)

    def _told(self, run: str, query: Query) -> dict[str, object]:
        """Return what a page shows of a case in a run; nothing if it may not be shown."""
        opened = self._shelf.open(run)
        case = opened.asked.get(query.case)
        score = next((one for one in opened.cases if one.id == query.case), None)
        if case is None or score is None:
            raise BatchError(say("evaluate.not_in_run", id=query.case, run=run))
        if not asked.is_readable(score, query):
            return {}
        row = self._shelf.row(run, case.id)
        passages = passages_of(shipped(), hostile=bool(case.over))
        return figures.told_of(case, row, score, passages)

    def _compare(self, query: Query) -> Markup:
        scored = (one.name for one in self._shelf.entries() if one.summary)
        names = {"": say("evaluate.choose_run"), **{name: name for name in scored}}
        if not query.run or not query.against:
            return render("evaluate_compare", query=query, names=names, found=None)
        if query.case:
            return self._both(query)
        found = self._shelf.compare(query.against, query.run)
        wanted = found.fixed if query.verdict == "fixed" else found.broken
        shown = [one for one in wanted if query.held or not one.held_out]
        return render(
            "evaluate_compare",
            query=query,
            names=names,
            found=found,
            listed=Listed.of(shown, query),
            unshown=len(wanted) - len(shown),
            cases=self._shelf.open(query.run).asked,
            less=LESS_IS_BETTER,
        )

    def _both(self, query: Query) -> Markup:
        runs = {"before": query.against, "after": query.run}
        told = {side: self._told(run, query) for side, run in runs.items()}
        back = query.address(case="", held="")
        if not all(told.values()):
            return render("fields/held_case", query=query, back=back)
        return render("evaluate_both", query=query, back=back, told=told, runs=runs)

    def _can_go_on(self, entry: Entry, job: Job | None) -> bool:
        """Return whether a run can go on where none does: by Signpost, with cases known here."""
        ours = job is not None and job.order.name == entry.name
        if entry.whole or entry.config.command or (entry.written_lately and not ours):
            return False
        with suppress(BatchError):
            order = resumed(self._shelf.place(entry.name))
            return bool(order.read(self._settings.home))
        return False

    def start(self, sent: Typed) -> Done:
        """Start a run, let one go on, or score one."""
        names = ("suite", "split", "family", "limit", "name", "sure")
        typed = {name: _text(sent, name) for name in names}
        try:
            if name := _text(sent, "resume"):
                order = resumed(self._shelf.place(name))
            elif name := _text(sent, "score"):
                order = Order(name=self._shelf.place(name).name)
            else:
                order = self._order(typed)
            self._jobs.start(order)
        except SignpostError as error:
            return Done(Query(), self._first_view(Query(), typed, str(error)), 422)
        return Done(Query())

    def stop(self) -> Done:
        """Stop what goes on."""
        job = self._jobs.now()
        self._jobs.stop()
        return Done(Query(show="learn" if job and job.order.learn else "runs"))

    def learn(self, sent: Typed) -> Done:
        """Begin to learn, or go back to the weights before, or raise `SignpostError`."""
        from evals.training.learning import check_installed, undo

        if _text(sent, "do") == "learn":
            check_installed()
            self._jobs.start(Order(name="learning", learn=True))
        else:
            undo(self._settings.home)
        return Done(Query(show="learn"))

    def case(self, sent: Typed, asks: Recorded) -> Done:
        """Do what the form says: save a case, save a row, try, look for passages, or remove."""
        typed = {name: _text(sent, name) for name in asked.FIELDS}
        if typed["edited"] not in ("own", "shipped"):
            typed["edited"] = ""
        acts: Mapping[str, Callable[[], Done]] = {
            "find": lambda: self._find(typed),
            "remove": lambda: self._remove(typed["id"]),
            "learn": lambda: self._save_row(typed),
            "try": lambda: self._checked(typed, lambda case: self._try(case, typed, asks)),
            "save": lambda: self._checked(typed, lambda case: self._save(case, typed)),
        }
        return acts.get(_text(sent, "do"), acts["find"])()

    def _order(self, typed: Typed) -> Order:
        split, limit = typed["split"], typed["limit"]
        if split not in SPLITS:
            raise BatchError(say("evaluate.choose_split"))
        if split != "development" and typed["sure"] != "yes":
            raise BatchError(say("evaluate.not_sure"))
        if limit and not (limit.isascii() and limit.isdecimal() and 0 < int(limit[:7]) <= 100_000):
            raise BatchError(say("evaluate.bad_limit"))
        day = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        name = typed["name"] or f"{typed['suite'][:30]}-{split}-{day}"
        if name in self._shelf.names():
            raise BatchError(say("evaluate.name_taken", run=name))
        return Order(
            name=name,
            suite=typed["suite"],
            split=split,  # type: ignore[arg-type]  # held against the splits above
            family=typed["family"] or None,
            limit=int(limit) if limit else None,
        )

    def _checked(self, typed: Typed, act: Callable[[Case], Done]) -> Done:
        """Do something with the case that stands in the form, unless it may not be kept."""
        before = None
        if typed["edited"]:
            with suppress(BatchError):
                before = self._editable(typed["id"])[0]
        case, problems = checked(asked.values_of_case(typed, shipped(), before), shipped())
        if case is None or problems:
            return self._again(typed, problems)
        return self._refused(typed, texts_of(case)) or act(case)

    def _refused(self, typed: Typed, texts: tuple[str, ...]) -> Done | None:
        """Return what keeps texts from being kept: personal data, or no policy question."""
        finder = Finder(shipped().corpus)
        if any(map(finder.find, texts)):
            where = (name for name in asked.FREE if finder.find(typed[name]))
            return self._again(typed, {next(where, "note"): say("evaluate.personal")})
        for text in texts:
            if found := self._assistant.find(text, 1).signposting:
                # Nothing of such a message is kept, on the page neither.
                emptied = {**typed, **dict.fromkeys(asked.FREE, "")}
                problems = {"question": say("evaluate.no_policy_question")}
                return self._again(emptied, problems, reply=found.text)
        return None

    def _save(self, case: Case, typed: Typed) -> Done:
        if typed["edited"] != "own" and case.id in {one.id for one in self.own_cases.read()}:
            return self._again(typed, {"id": say("evaluate.id_taken", id=case.id)})
        try:
            replaced = self.own_cases.save(case)
        except SignpostError as error:
            return self._again(typed, {"id": str(error)})
        key = "evaluate.saved_again" if replaced else "evaluate.saved"
        return self._again(asked.typed_of(case, "own"), {}, said=say(key, id=case.id))

    def _save_row(self, typed: Typed) -> Done:
        row, problems = asked.row_of(typed, shipped(), self._own_rows.read())
        if row is None:
            return self._again(typed, problems)
        if refused := self._refused(typed, (row.question, *row.turns)):
            return refused
        try:
            self._own_rows.save(row)
        except SignpostError as error:
            return self._again(typed, {"question": str(error)})
        return self._again(typed, {}, said=say("evaluate.row_saved", id=row.id))

    def _remove(self, name: str) -> Done:
        if not self._own_rows.remove(name):
            self.own_cases.remove(name)
        return Done(Query(show="own"))

    def _find(self, typed: Typed) -> Done:
        corpus, wanted, reply = shipped().corpus, typed["find"], ""
        found = [one for name, one in corpus.by_id.items() if name.casefold() == wanted.casefold()]
        if wanted and not found:
            searched = self._assistant.find(wanted, MOST_FOUND)
            hits = (corpus.by_id.get(hit.passage_id) for hit in searched.hits)
            found = list(filter(None, hits))
            # Nothing of what is no question is kept, on the page neither.
            reply = searched.signposting.text if searched.signposting and not searched.hits else ""
        said = say("evaluate.no_passage", words=wanted) if wanted and not (found or reply) else ""
        shown = {**typed, "find": ""} if reply else typed
        return self._again(shown, {}, found=found, reply=reply, said=said)

    def _try(self, case: Case, typed: Typed, asks: Recorded) -> Done:
        row = timed(case, lambda question: kept(asks.ask(question), shipped().corpus))
        passages = shipped().corpus.by_id
        score = score_case(case, row, shipped().framework, passages)
        return self._again(typed, {}, tried=figures.told_of(case, row, score, passages))

    def _again(self, typed: Typed, problems: Problems, **more: object) -> Done:
        """Return the form with what is wrong, and what was `tried`, `found`, `said` or replied."""
        shown = {"tried": None, "reply": "", "found": (), "said": "", **more}
        known = {"choices": asked.choices(), "families": {one.family for one in development()}}
        inside = render("evaluate_form", typed=typed, problems=problems, **known, **shown)
        return Done(Query(show="form"), inside, 422 if problems else 200)


def problem(error: SignpostError) -> Markup:
    """Return what is said where something cannot be done or shown."""
    title, back = say("evaluate.problem"), say("evaluate.back")
    return render("fields/problem", title=title, error=str(error), address=asked.PATH, back=back)


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


def _text(sent: Typed, name: str) -> str:
    return sent.get(name, "").strip()
