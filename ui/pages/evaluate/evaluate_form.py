"""The form by which a case is written or edited, and the list of one's own cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from assistant.records import Operation, Signposting
from corpus.passage import Passage
from evals.cases.case import Audience, Case, Split
from evals.cases.own_cases import Problems, listed_gold
from ui.look.markup import escape
from ui.pages.evaluate.evaluate_markup import (
    PAGE_OF,
    box,
    choose,
    go,
    heading,
    page_of,
    pager,
    told,
)
from ui.pages.evaluate.evaluate_query import Query
from ui.words.catalogue import say
from ui.words.phrases import clean

STATUSES = ("answered", "partial", "not_covered", "clarify", "out_of_scope", "declined")
"""Statuses that may be named as right; messages for safeguarding are no cases of one's own."""

Typed = Mapping[str, str]
"""What stands in the form: a text for each field, a line for each of several."""

LINES = ("turns", "gold", "allowed", "must_contain", "must_not_contain", "resolved")
"""Fields with one value a line."""


def typed_of(case: Case) -> dict[str, str]:
    """Return a case as it stands in the form; what the form does not show stays with the case."""
    return {
        "id": case.id,
        "question": case.question,
        "turns": "\n".join(case.turns),
        "type": case.type,
        "family": case.family,
        "split": case.split,
        "audience": case.audience,
        "gold": "\n".join(listed_gold(case.gold)),
        "allowed": "\n".join(case.gold.allowed),
        "value": case.gold.value,
        "status": "\n".join(case.gold.status),
        "must_contain": "\n".join(case.must_contain),
        "must_not_contain": "\n".join(case.must_not_contain),
        "answerable": "yes" if case.answerable else "no",
        "note": case.note,
    }


def form_as_html(
    typed: Typed,
    problems: Problems,
    *,
    families: Sequence[str],
    edited: str = "",
    refused: Signposting | None = None,
    tried: str = "",
) -> str:
    """Return the form.

    Args:
        typed: what stands in it.
        problems: what is wrong, by field.
        families: families that there are.
        edited: where the case comes from that is edited: `own`, `shipped`, or empty.
        refused: the reviewed text, where what was typed is no policy question.
        tried: what came of asking it, as HTML.
    """
    title = (
        say("evaluate.edit_case", id=typed.get("id", "")) if edited else say("evaluate.new_case")
    )
    about = say(f"evaluate.edit_{edited}") if edited else say("evaluate.new_about")
    buttons = (
        f'<button class="sp-evaluate-main" name="do" value="save">{say("evaluate.save")}</button>'
        f'<button name="do" value="try">{say("evaluate.try")}</button>'
    )
    if edited == "own":
        buttons += (
            f'<button name="do" value="remove" formnovalidate>{say("evaluate.remove")}</button>'
        )
    return (
        f"{heading(title, aside=escape(about))}{_summary(problems)}{reply_as_html(refused)}"
        f'<form data-post="/api/evaluate/cases" class="sp-evaluate-case-form" novalidate>'
        f'<input type="hidden" name="edited" value="{escape(edited)}">'
        f"{_asked(typed, problems, families)}{_gold(typed, problems)}{_words(typed, problems)}"
        f'<div class="sp-evaluate-acts">{buttons}</div></form>'
        f'<div class="sp-evaluate-tried">{tried}</div>'
    )


def own_as_html(cases: Sequence[Case], query: Query, shipped: Sequence[Case] | None) -> str:
    """Return one's own cases, and those that ship and fit the words, a page of each.

    Args:
        cases: one's own.
        query: words and page.
        shipped: development cases that fit the words; none where no words were given.
    """
    new = go(Query(show="form"), say("evaluate.new_case"), kind="sp-evaluate-button")
    out = (
        f'<a class="sp-evaluate-button" href="/api/evaluate/own.jsonl" download>'
        f"{say('evaluate.export')}</a>"
        if cases
        else ""
    )
    start, end = page_of(cases, query)
    own = _list(cases[start:end]) if cases else told(say("evaluate.no_own"))
    words = box("words", say("evaluate.find_shipped"), query.words, hint=say("evaluate.find_hint"))
    found = ""
    if shipped is not None:
        count = say("evaluate.fit", n=len(shipped), shown=min(len(shipped), PAGE_OF))
        found = f"<p>{escape(count)}</p>{_list(shipped[:PAGE_OF])}"
    return (
        f"{heading(say('evaluate.own'), aside=escape(say('evaluate.own_about')))}"
        f'<p class="sp-evaluate-acts">{new}{out}</p>{own}{pager(query, len(cases))}'
        f"<h3>{say('evaluate.edit_shipped')}</h3>"
        f'<form data-go="{Query(show="own").address()}" class="sp-evaluate-filter" role="search"'
        f' aria-label="{say("evaluate.find_shipped")}">{words}'
        f"<button>{say('evaluate.find')}</button></form>{found}"
    )


def passages_as_html(found: Iterable[Passage], words: str) -> str:
    """Return passages that fit words, each with a button that takes its id into the gold."""
    items = "".join(
        f'<li><button type="button" data-take="{escape(one.id)}">'
        f'{say("evaluate.take")}<span class="sp-unseen"> {escape(one.id)}</span></button>'
        f'<span><span class="sp-evaluate-small">{escape(f"{one.id}, {one.locator}")}</span>'
        f"{escape(_short(one.text))}</span></li>"
        for one in found
    )
    if not items:
        return told(say("evaluate.no_passage", words=words))
    return f'<ul class="sp-evaluate-takes">{items}</ul>'


def _short(text: str, most: int = 240) -> str:
    words = clean(text)
    return words if len(words) <= most else f"{words[:most].rpartition(' ')[0]}…"


def _list(cases: Iterable[Case]) -> str:
    items = "".join(
        f"<li><span>{go(Query(show='form', case=one.id), one.question)}"
        f'<span class="sp-evaluate-small">{escape(f"{one.id}, {one.family}, {one.split}")}</span>'
        "</span></li>"
        for one in cases
    )
    return f'<ul class="sp-evaluate-cases">{items}</ul>'


def _summary(problems: Problems) -> str:
    if not problems:
        return ""
    items = "".join(
        f'<li><a href="#sp-ev-{_anchor(field)}">{escape(sentence)}</a></li>'
        for field, sentence in problems.items()
    )
    return (
        '<div class="sp-evaluate-summary" role="alert" tabindex="-1">'
        f"<h3>{say('evaluate.problem')}</h3><ul>{items}</ul></div>"
    )


def _anchor(field: str) -> str:
    return field.removeprefix("gold.").replace(".", "-")


def reply_as_html(refused: Signposting | None) -> str:
    """Return a reviewed text, for what is no policy question; empty without one."""
    if refused is None:
        return ""
    lines = clean(refused.text, breaks=True).split("\n")
    text = "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip())
    return f'<div class="sp-signposting">{text}</div>'


def _asked(typed: Typed, problems: Problems, families: Sequence[str]) -> str:
    types = {one: say(f"evaluate.type_{one}") for one in get_args(Operation)}
    splits = {one: say(f"evaluate.split_{one}") for one in get_args(Split)}
    audiences = {one: say(f"evaluate.audience_{one}") for one in get_args(Audience)}
    options = "".join(f'<option value="{escape(one)}"></option>' for one in families)
    field = _Field(typed, problems)
    return (
        f"<fieldset><legend>{say('evaluate.asked')}</legend>"
        f"{field.box('question', lines=2)}{field.box('turns', lines=2)}"
        f'<div class="sp-evaluate-row">{field.box("id")}'
        f"{choose('type', say('evaluate.type'), types, typed.get('type', 'list'))}"
        f"{field.box('family', more=' list=sp-ev-families')}"
        f'<datalist id="sp-ev-families">{options}</datalist>'
        f"{choose('split', say('evaluate.split'), splits, typed.get('split', 'development'))}"
        f"{choose('audience', say('evaluate.audience'), audiences, typed.get('audience', 'any'))}"
        "</div></fieldset>"
    )


def _gold(typed: Typed, problems: Problems) -> str:
    field = _Field(typed, problems)
    chosen = typed.get("status", "").split("\n")
    statuses = "".join(
        f'<label><input type="checkbox" name="status" value="{one}"'
        f"{' checked' if one in chosen else ''}> {say(f'evaluate.status_{one}')}</label>"
        for one in STATUSES
    )
    answers = {"yes": say("evaluate.answerable_yes"), "no": say("evaluate.answerable_no")}
    given = typed.get("answerable", "yes")
    return (
        f"<fieldset><legend>{say('evaluate.gold')}</legend>"
        f"{choose('answerable', say('evaluate.answerable'), answers, given)}"
        f"{field.box('gold', lines=4)}{_search()}{field.box('allowed', lines=2)}"
        f"{field.box('value')}"
        f'<div class="sp-evaluate-field" role="group" aria-label="{say("evaluate.right_status")}">'
        f'<span class="sp-evaluate-label">{say("evaluate.right_status")}</span>'
        f'<p class="sp-evaluate-hint">{escape(say("evaluate.status_hint"))}</p>'
        f'<div class="sp-evaluate-checks">{statuses}</div></div></fieldset>'
    )


def _search() -> str:
    words = box("passage_words", say("evaluate.find_passage"), hint=say("evaluate.passage_hint"))
    return (
        f'<div class="sp-evaluate-search">{words}'
        f'<button type="button" data-search>{say("evaluate.find")}</button>'
        '<div class="sp-evaluate-found" aria-live="polite"></div></div>'
    )


def _words(typed: Typed, problems: Problems) -> str:
    field = _Field(typed, problems)
    return (
        f"<fieldset><legend>{say('evaluate.strings')}</legend>"
        f"{field.box('must_contain', lines=2)}{field.box('must_not_contain', lines=2)}"
        f"{field.box('note', lines=2)}</fieldset>"
    )


class _Field:
    """Draws the boxes of the form, each with its label, hint and problem."""

    def __init__(self, typed: Typed, problems: Problems) -> None:
        self._typed = typed
        self._problems = problems

    def box(self, name: str, *, lines: int = 1, more: str = "") -> str:
        return box(
            name,
            say(f"evaluate.field_{name}"),
            self._typed.get(name, ""),
            hint=say(f"evaluate.field_{name}_hint"),
            problem=self._problems.get(name, "") or self._problems.get(f"gold.{name}", ""),
            lines=lines,
            more=more,
        )
