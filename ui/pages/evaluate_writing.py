"""What the Evaluate workspace does: runs, learning, and cases and rows of an installation's own."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from markupsafe import Markup

from assistant.errors import BatchError, SignpostError
from assistant.safety.personal import Finder, kept
from evals.cases.case import Case
from evals.cases.own_cases import Problems, checked, texts_of
from evals.metrics.score import score_case
from evals.running.job import Order, resumed
from evals.running.run import timed
from ui.exports.report_page import told_of
from ui.pages import evaluate_query as form
from ui.pages.evaluate_query import Query, Typed
from ui.pages.evaluate_views import SPLITS, Views
from ui.pages.framework import shipped
from ui.service.desk import Desk, Recorded
from ui.words.phrases import say


class Done(NamedTuple):
    """What came of something that was asked for; its view is opened where nothing is `inside`."""

    query: Query
    inside: Markup | None = None
    status: int = 200


class Writing:
    """Does what is asked for in one home."""

    def __init__(self, views: Views, desk: Desk) -> None:
        self._views, self._desk = views, desk

    def start(self, sent: Typed) -> Done:
        """Start a run, let one go on, or score one."""
        names = ("suite", "split", "family", "limit", "name", "sure")
        typed = {name: _text(sent, name) for name in names}
        try:
            if name := _text(sent, "resume"):
                order = resumed(self._views.shelf.place(name))
            elif name := _text(sent, "score"):
                order = Order(name=self._views.shelf.place(name).name)
            else:
                order = self._order(typed)
            self._views.jobs.start(order)
        except SignpostError as error:
            return Done(Query(), self._views.runs(Query(), typed, str(error)), 422)
        return Done(Query())

    def stop(self) -> Done:
        """Stop what goes on."""
        job = self._views.jobs.now()
        self._views.jobs.stop()
        return Done(Query(show="learn" if job and job.order.learn else "runs"))

    def learn(self, sent: Typed) -> Done:
        """Begin to learn, or go back to the weights before, or raise `SignpostError`."""
        from evals.training.learning import check_installed, undo

        if _text(sent, "do") == "learn":
            check_installed()
            self._views.jobs.start(Order(name="learning", learn=True))
        else:
            undo(self._views.settings.home)
        return Done(Query(show="learn"))

    def case(self, sent: Typed, user: str) -> Done:
        """Do what the form says: save a case, save a row, try, look for passages, or remove."""
        typed = {name: _text(sent, name) for name in form.FIELDS}
        if typed["edited"] not in ("own", "shipped"):
            typed["edited"] = ""
        acts: Mapping[str, Callable[[], Done]] = {
            "find": lambda: self._find(typed),
            "remove": lambda: self._remove(typed["id"]),
            "learn": lambda: self._save_row(typed),
            "try": lambda: self._checked(typed, lambda case: self._try(case, typed, user)),
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
        if name in self._views.shelf.names():
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
                before = self._views.case(typed["id"])[0]
        case, problems = checked(form.values_of_case(typed, shipped(), before), shipped())
        if case is None or problems:
            return self._form(typed, problems)
        return self._refused(typed, texts_of(case)) or act(case)

    def _refused(self, typed: Typed, texts: tuple[str, ...]) -> Done | None:
        """Return what keeps texts from being kept: personal data, or no policy question."""
        finder = Finder.of(shipped().corpus)
        if any(map(finder.find, texts)):
            where = (name for name in form.FREE if finder.find(typed[name]))
            return self._form(typed, {next(where, "note"): say("evaluate.personal")})
        for text in texts:
            if found := self._views.assistant.find(text, 1).signposting:
                # Nothing of such a message is kept, on the page neither.
                emptied = {**typed, **dict.fromkeys(form.FREE, "")}
                problems = {"question": say("evaluate.no_policy_question")}
                return self._form(emptied, problems, reply=found.text)
        return None

    def _save(self, case: Case, typed: Typed) -> Done:
        try:
            replaced = self._views.own.save(case)
        except SignpostError as error:
            return self._form(typed, {"id": str(error)})
        key = "evaluate.saved_again" if replaced else "evaluate.saved"
        return self._form(form.typed_of(case, "own"), {}, said=say(key, id=case.id))

    def _save_row(self, typed: Typed) -> Done:
        row, problems = form.row_of(typed, shipped(), self._views.rows.read())
        if row is None:
            return self._form(typed, problems)
        if refused := self._refused(typed, (row.question, *row.turns)):
            return refused
        try:
            self._views.rows.save(row)
        except SignpostError as error:
            return self._form(typed, {"question": str(error)})
        return self._form(typed, {}, said=say("evaluate.row_saved", id=row.id))

    def _remove(self, name: str) -> Done:
        if not self._views.rows.remove(name):
            self._views.own.remove(name)
        return Done(Query(show="own"))

    def _find(self, typed: Typed) -> Done:
        found, reply = self._views.passages(typed["find"])
        missed = typed["find"] and not found and not reply
        said = say("evaluate.no_passage", words=typed["find"]) if missed else ""
        shown = {**typed, "find": ""} if reply else typed
        return self._form(shown, {}, found=found, reply=reply, said=said)

    def _try(self, case: Case, typed: Typed, user: str) -> Done:
        recorded = Recorded(self._views.assistant, self._desk, user)
        row = timed(case, lambda asked: kept(recorded.ask(asked), shipped().corpus))
        passages = shipped().corpus.by_id
        score = score_case(case, row, shipped().framework, passages)
        return self._form(typed, {}, tried=told_of(case, row, score, passages))

    def _form(self, typed: Typed, problems: Problems, **more: object) -> Done:
        status = 422 if problems else 200
        return Done(Query(show="form"), self._views.form(typed, problems, **more), status)


def _text(sent: Typed, name: str) -> str:
    return sent.get(name, "").strip()
