"""What can be done with an answer and with a conversation: copy, save, share and report."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.export import ExportForm, is_installed
from ui.look.markup import escape
from ui.words.answer_text import answer_as_text
from ui.words.catalogue import say
from ui.words.outline import is_reply

UNBROKEN = 10_000
"""Characters of a line that is copied: whatever it is pasted into breaks it."""


def actions_as_html(answer: Answer, corpus: Corpus) -> str:
    """Return what can be done with one answer; empty for a reply of whose message nothing is kept.

    Args:
        answer: as it is shown.
        corpus: the edition that it cites.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    if is_reply(answer):
        return ""
    plain = escape(answer_as_text(answer, corpus, UNBROKEN), breaks=True)
    question, named = escape(answer.resolved_question), escape(say("ask.actions"))
    rows = (
        _row("", [_button("copy", say("ask.copy")), _button("link", say("ask.copy_link"))]),
        _row(say("ask.save_as"), _formats(("markdown", "docx", "certificate", "ris", "bibtex"))),
        _row(say("ask.report"), _verdicts()),
    )
    return (
        f'<details class="sp-ask-actions" data-question="{question}">'
        f"<summary>{named}</summary>{''.join(rows)}{_report()}{_told()}"
        f'<pre class="sp-ask-plain" hidden>{plain}</pre></details>'
    )


def conversation_as_html() -> str:
    """Return what can be done with a conversation, and what becomes of it."""
    anew = escape(say("ask.anew"))
    anew = f'<button type="button" id="sp-new" data-act="anew">{anew}</button>'
    return f'<section id="sp-ask-after">{anew}{_whole()}{_keeping()}</section>'


def _whole() -> str:
    name, brief, choose = (
        escape(text) for text in (say("ask.whole"), say("ask.brief"), say("ask.brief_hint"))
    )
    save = _row(say("ask.save_whole"), _formats(("markdown", "docx")))
    make = _row("", [_button("brief", say("ask.make_brief"))])
    return (
        f'<details id="sp-ask-whole"><summary>{name}</summary>{save}'
        f'<fieldset><legend>{brief}</legend><p class="sp-aside">{choose}</p>'
        f'<div id="sp-ask-chosen"></div>{make}</fieldset>{_told()}</details>'
    )


def _keeping() -> str:
    here, keep = escape(say("ask.kept_here")), escape(say("ask.keep"))
    clear = _button("clear", say("ask.clear"))
    return (
        f'<p class="sp-ask-kept"><span>{here}</span>{clear}</p><label class="sp-ask-keep">'
        f'<input type="checkbox" id="sp-ask-keep" checked><span>{keep}</span></label>'
    )


def _row(name: str, buttons: Iterable[str]) -> str:
    named = f"<span>{escape(name)}</span>" if name else ""
    return f'<div class="sp-ask-row">{named}{"".join(buttons)}</div>'


def _formats(forms: Iterable[ExportForm]) -> list[str]:
    return [
        _button("save", say(f"ask.{form}"), f' data-form="{form}"')
        for form in forms
        if is_installed(form)
    ]


def _verdicts() -> list[str]:
    names = {
        "helpful": say("ask.helpful"),
        "wrong_citation": say("ask.wrong_citation"),
        "incomplete": say("ask.incomplete"),
        "unsafe": say("ask.unsafe"),
    }
    return [
        _button("verdict", name, f' data-verdict="{verdict}" aria-pressed="false"')
        for verdict, name in names.items()
    ]


def _report() -> str:
    label, hint = escape(say("ask.comment")), escape(say("ask.comment_hint"))
    buttons = [_button("send", say("ask.send")), _button("cancel", say("ask.cancel"))]
    return (
        '<div class="sp-ask-report" hidden>'
        f'<label><span>{label}</span><span class="sp-aside">{hint}</span>'
        f'<textarea rows="3" maxlength="2000"></textarea></label>{_row("", buttons)}</div>'
    )


def _told() -> str:
    return '<p class="sp-ask-told" role="status"></p>'


def _button(act: str, name: str, more: str = "") -> str:
    return f'<button type="button" data-act="{act}"{more}>{escape(name)}</button>'
