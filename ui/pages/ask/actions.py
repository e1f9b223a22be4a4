"""What stands beside answers: what can be done with them, and the drawer of filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.answering.narrowing import TIER_NAMES
from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.export import FORMS, ExportForm
from ui.look.templates import render
from ui.words.answer_text import VERDICTS, answer_as_text, verdict_name
from ui.words.catalogue import say
from ui.words.outline import is_reply
from ui.words.phrases import tier_heading

UNBROKEN = 10_000
"""Characters of a line that is copied: whatever it is pasted into breaks it."""

OF_ANSWER: tuple[ExportForm, ...] = ("docx", "markdown", "brief", "certificate", "ris", "bibtex")
"""What an answer can be saved as."""

OF_CONVERSATION: tuple[ExportForm, ...] = ("docx", "markdown")
"""What a conversation can be saved as."""


def actions_as_html(answer: Answer, corpus: Corpus, library: str = "") -> str:
    """Return what can be done with one answer; empty for a reply of whose message nothing is kept.

    Raises:
        CorpusError: a citation is not of this edition.
    """
    if is_reply(answer):
        return ""
    return render(
        "ask/actions",
        question=answer.resolved_question,
        plain=answer_as_text(answer, corpus, UNBROKEN),
        forms=_named(OF_ANSWER),
        verdicts=[] if library else [(one, verdict_name(one)) for one in VERDICTS],
    )


def conversation_as_html() -> str:
    """Return what can be done with this conversation and with earlier ones."""
    return render("ask/conversations", forms=_named(OF_CONVERSATION))


def _named(forms: Iterable[ExportForm]) -> list[tuple[ExportForm, str]]:
    """Return the forms that this machine can write, with their names."""
    return [(form, say(f"ask.{form}")) for form in forms if FORMS[form].installed]


def drawer_as_html(corpus: Corpus) -> str:
    """Return the drawer, closed, and the line that says what is set while it is."""
    groups = groups_of(corpus)
    tiers = dict.fromkeys(source.tier for source in corpus.sources)
    names = {"": "anyone", "officer": "officers", "trainer": "trainers", "evaluator": "evaluators"}
    audiences = {one: say(f"ask.{name}") for one, name in names.items()}
    fields = {
        "pillars": groups,
        "facets": _facets(corpus, groups),
        "tiers": {one: (tier_heading(one), TIER_NAMES[one]) for one in tiers},
        "audience": {name: (label, label.lower()) for name, label in audiences.items()},
    }
    return render("ask/drawer", fields=fields)


def groups_of(corpus: Corpus) -> dict[str, tuple[str, str]]:
    """Return what stands at the top of the framework's structure, by id: name, and short name."""
    return {
        one.id: (
            f"{one.facets['number']}. {one.text}",
            f"{one.facets['kind']} {one.facets['number']}",
        )
        for one in corpus.passages
        if one.facets.get("group") == one.id and one.facets.get("number")
    }


def _facets(corpus: Corpus, groups: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return the kinds of thing that the groups hold, by the name of the facet."""
    held = (one for one in corpus.passages if one.facets.get("parent") in groups)
    names = dict.fromkeys(one.heading_path[-1] for one in held if one.heading_path)
    return {name: (name.capitalize(), name) for name in names}
