"""What the Evaluate workspace does: starts and stops runs, keeps and tries cases of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import BatchError, QuestionError, SignpostError
from assistant.records import Question, Signposting
from assistant.safety.personal import Finder, kept
from evals.cases.case import Case
from evals.cases.own_cases import Problems, checked, sorted_gold, texts_of
from evals.folder import AnswerRow
from evals.metrics.score import score_case
from evals.running.job import Order, resumed
from ui.pages.evaluate.evaluate_case import edition_for, sides_as_html
from ui.pages.evaluate.evaluate_form import LINES, form_as_html, typed_of
from ui.pages.evaluate.evaluate_markup import told
from ui.pages.evaluate.evaluate_query import Query
from ui.pages.evaluate.evaluate_runs import SPLITS
from ui.pages.evaluate.evaluate_views import Views, families, whole
from ui.service.desk import Recorded
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.running.jobs import Jobs
    from ui.service.desk import Desk
    from ui.service.seams import Serves

AUTHOR = "evaluator"
"""Who is said to have written a case; no name is kept with it."""

Sent = Mapping[str, object]
"""What the page sends: a text for each field, or a list where there are several."""


class Done(NamedTuple):
    """What came of something that was asked for."""

    go: str = ""
    """Address of the view to open; empty to stay."""

    html: str = ""
    """What stands in the place of the view; empty to leave it."""

    said: str = ""
    """What a screen reader says."""


class Writing:
    """Does what is asked for in one home."""

    def __init__(
        self, views: Views, jobs: Jobs, assistant: Serves, settings: Settings, desk: Desk
    ) -> None:
        """Keep what is worked with.

        Args:
            views: draw what comes of it.
            jobs: start and stop runs.
            assistant: answers a case that is tried, and tells what is no policy question.
            settings: of this process.
            desk: records what is asked.
        """
        self._views = views
        self._jobs = jobs
        self._assistant = assistant
        self._settings = settings
        self._desk = desk

    def start(self, sent: Sent) -> Done:
        """Start a run, let one go on, or score one."""
        typed = {name: _text(sent, name) for name in ("suite", "split", "family", "limit", "name")}
        try:
            if name := _text(sent, "resume"):
                order = resumed(self._views.shelf.place(name))
            elif name := _text(sent, "score"):
                order = Order(name=self._views.shelf.place(name).name)
            else:
                order = self._order(typed, sure=_text(sent, "sure") == "yes")
            self._jobs.start(order)
        except SignpostError as error:
            html = self._views.runs(Query(), typed, str(error))
            return Done(html=html, said=str(error))
        return Done(go=Query().address(), said=say("evaluate.started", run=order.name))

    def stop(self) -> Done:
        """Stop the run that goes on."""
        stopped = self._jobs.stop()
        said = say("evaluate.was_stopped" if stopped else "evaluate.nothing_to_stop")
        return Done(go=Query().address(), said=said)

    def case(self, sent: Sent, user: str) -> Done:
        """Save, try or remove a case, as the form says."""
        what = _text(sent, "do")
        edited = _text(sent, "edited") if _text(sent, "edited") in ("own", "shipped") else ""
        typed = {name: _text(sent, name) for name in _FIELDS}
        if what == "remove":
            return self._remove(typed["id"])
        case, problems = checked(self._values(typed, edited), whole())
        refused = None
        if case:
            problems, refused = self._held_back(case)
        if case is None or problems or refused:
            return self._form(typed, edited, problems, refused=refused)
        if what == "try":
            return self._try(case, typed, edited, user)
        return self._save(case, typed, edited)

    def _order(self, typed: Mapping[str, str], *, sure: bool) -> Order:
        split, limit = typed["split"], typed["limit"]
        if split not in SPLITS:
            raise BatchError(say("evaluate.choose_split"))
        if split != "development" and not sure:
            raise BatchError(say("evaluate.not_sure"))
        if limit and not (
            limit.isascii() and limit.isdecimal() and len(limit) < 7 and 0 < int(limit) <= 100_000
        ):
            raise BatchError(say("evaluate.bad_limit"))
        name = typed["name"] or self._name(typed["suite"], split)
        if name in self._views.shelf.names():
            raise BatchError(say("evaluate.name_taken", run=name))
        return Order(
            name=name,
            suite=typed["suite"],
            split=split,  # type: ignore[arg-type]  # held against the splits above
            family=typed["family"] or None,
            limit=int(limit) if limit else None,
        )

    def _name(self, suite: str, split: str) -> str:
        day = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        return f"{suite[:30]}-{split}-{day}"

    def _values(self, typed: Mapping[str, str], edited: str) -> dict[str, object]:
        """Return the fields of a case; what the form does not show stays as it was."""
        base: dict[str, object] = {}
        gold: dict[str, object] = {}
        if edited:
            try:
                before = self._views.case(typed["id"])[0]
            except BatchError:
                before = None
            if before:
                base = before.model_dump()
                hidden = ("resolved", "safeguarding", "verdict", "personal")
                gold = {name: getattr(before.gold, name) for name in hidden}
        lines = {name: _lines(typed[name]) for name in _FIELDS if name in LINES}
        gold |= sorted_gold(lines["gold"], whole().framework)
        gold |= {"allowed": lines["allowed"], "value": typed["value"].casefold()}
        gold["status"] = _lines(typed["status"])
        now = datetime.now(UTC).date().isoformat()
        return {
            **base,
            **{name: typed[name] for name in ("id", "question", "type", "family", "split")},
            "audience": typed["audience"] or "any",
            "turns": lines["turns"],
            "gold": gold,
            "must_contain": lines["must_contain"],
            "must_not_contain": lines["must_not_contain"],
            "answerable": typed["answerable"] != "no",
            "note": typed["note"],
            "author": AUTHOR,
            "added": now,
        }

    def _held_back(self, case: Case) -> tuple[Problems, Signposting | None]:
        """Return what keeps a case from being kept: personal data, or no policy question."""
        finder = Finder.of(whole().corpus)
        if any(finder.find(text) for text in texts_of(case)):
            return {_where(case, finder): say("evaluate.personal")}, None
        for text in texts_of(case):
            found = self._assistant.find(text, 1)
            if found.signposting is not None:
                return {"question": say("evaluate.no_policy_question")}, found.signposting
        return {}, None

    def _save(self, case: Case, typed: Mapping[str, str], edited: str) -> Done:
        try:
            replaced = self._views.own.save(case)
        except SignpostError as error:
            return self._form(typed, edited, {"id": str(error)})
        key = "evaluate.saved_again" if replaced else "evaluate.saved"
        said = say(key, id=case.id)
        return self._form(typed_of(case), "own", {}, tried=told(said), said=said)

    def _remove(self, case_id: str) -> Done:
        gone = self._views.own.remove(case_id)
        said = say("evaluate.removed" if gone else "evaluate.no_case", id=case_id)
        return Done(go=Query(show="own").address(), said=said)

    def _try(self, case: Case, typed: Mapping[str, str], edited: str, user: str) -> Done:
        start = perf_counter()
        answer, error = None, ""
        try:
            recorded = Recorded(self._assistant, self._desk, user)
            answer = kept(
                recorded.ask(Question(text=case.question, turns=case.turns)), whole().corpus
            )
        except QuestionError as refusal:
            error = str(refusal)
        row = AnswerRow(id=case.id, answer=answer, error=error, seconds=perf_counter() - start)
        corpus = edition_for(whole(), hostile=False)
        score = score_case(case, row, whole().framework, corpus.by_id)
        drawn = sides_as_html(case, row, score, corpus)
        said = say("evaluate.right" if score.right else "evaluate.not_right")
        title = f'<h2 class="sp-evaluate-result" tabindex="-1">{say("evaluate.tried")}</h2>'
        return self._form(typed, edited, {}, tried=f"{title}{drawn}", said=said)

    def _form(
        self,
        typed: Mapping[str, str],
        edited: str,
        problems: Problems,
        *,
        refused: Signposting | None = None,
        tried: str = "",
        said: str = "",
    ) -> Done:
        # Of a message that met a reviewed reply nothing is kept, on the page neither.
        shown = {**typed, **dict.fromkeys(_FREE, "")} if refused else typed
        html = form_as_html(
            shown, problems, families=families(), edited=edited, refused=refused, tried=tried
        )
        told_of = said or next(iter(problems.values()), "")
        return Done(html=html, said=told_of)


_FREE = ("question", "turns", "must_contain", "must_not_contain", "note")
_FIELDS = (
    "id",
    "type",
    "family",
    "split",
    "audience",
    "gold",
    "allowed",
    "value",
    "status",
    "answerable",
    *_FREE,
)


def _text(sent: Sent, name: str) -> str:
    value = sent.get(name, "")
    if isinstance(value, list):
        return "\n".join(one for one in value if isinstance(one, str))
    return value.strip() if isinstance(value, str) else ""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _where(case: Case, finder: Finder) -> str:
    """Return the field that holds personal data."""
    fields = {
        "question": (case.question,),
        "turns": case.turns,
        "must_contain": case.must_contain,
        "must_not_contain": case.must_not_contain,
    }
    held = (name for name, texts in fields.items() if any(map(finder.find, texts)))
    return next(held, "note")
