"""What every contestant of a bench is given, and what its answers are worth."""

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Self

from assistant.records import Answer, Status
from corpus.passage import Passage, Record
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from evals.cases.case import Case
from evals.folder import AnswerRow
from evals.metrics import metrics
from evals.metrics.score import ids_of_facet, openings, shown_text
from evals.peers.runners.ask_peer import Page, Section, markdown

Held = tuple[Section, tuple[str, ...]]
"""A section with the ids of the passages whose words it holds."""

GROUPS = ("counts", "negations", "several facets", "follow-ups")
"""Rows of the breakdown of complete answers."""

ON_TOPIC = 0.5  # Least share of what is shown that must fit the question.
_MARKS = re.compile(r"(?:^|(?<=\s))(?:#+|-)(?=\s)")


class PeerCorpus(Record):
    """The pages, and what is known of each name that a quote may give as its source."""

    pages: tuple[Page, ...]
    """One for each item at the top of the framework, each note and each entry of the glossary."""

    held: dict[str, tuple[str, ...]]
    """By page or section: the passages that it holds, in reading order."""

    words: dict[str, str]
    """By page, section or passage: its words."""

    passages: dict[str, Passage]

    @classmethod
    def of(cls, whole: Whole, *, framework_only: bool = False) -> Self:
        """Lay the corpus out: the framework's pages, then the notes', then the glossary's."""
        pages: list[Page] = []
        held: dict[str, tuple[str, ...]] = {}
        words = {passage.id: passage.text for passage in whole.corpus.passages}
        guidance = () if framework_only else _guidance(whole)
        for page_id, title, sections in (*_framework(whole.framework), *guidance):
            pages.append(Page(page_id, title, tuple(section for section, _ in sections)))
            held |= {section.id: ids for section, ids in sections}
            held[page_id] = tuple(one for _, ids in sections for one in ids)
            words[page_id] = markdown(pages[-1])
            words |= {section.id: section.text for section, _ in sections}
        return cls(pages=tuple(pages), held=held, words=words, passages=whole.corpus.by_id)


def file_name(passage_id: str) -> str:
    """Return an id as the name of a page: `note-barnahus-2`."""
    return re.sub(r"[^\w-]+", "-", passage_id)


def _framework(framework: Framework) -> Iterator[tuple[str, str, list[Held]]]:
    page_id = file_name(framework.source.id)
    tops = [_listed(page_id, kind, framework.of_kind(kind.id)) for kind in framework.top_kinds]
    yield page_id, framework.source.title, tops
    for top_kind in framework.top_kinds:
        for top in framework.of_kind(top_kind.id):
            sections: list[Held] = []
            for kind in framework.kinds:
                items = framework.below(top.id, kind.id)
                if items:
                    sections.append(_listed(file_name(top.id), kind, items))
                for item in items if kind.described else ():
                    words = item.description or item.title
                    section = Section(file_name(item.id), _name(item, kind), words)
                    sections.append((section, (item.id,)))
            yield file_name(top.id), _name(top, top_kind), sections


def _listed(page_id: str, kind: Kind, items: tuple[Item, ...]) -> Held:
    lines = "\n".join(f"- {_name(item, kind)}" for item in items)
    section = Section(f"{page_id}-{kind.facet}", kind.plural.capitalize(), lines)
    return section, tuple(item.id for item in items)


def _name(item: Item, kind: Kind) -> str:
    numbered = f"{kind.singular.capitalize()} {item.number}: " if item.number is not None else ""
    return numbered + item.label


def _guidance(whole: Whole) -> Iterator[tuple[str, str, list[Held]]]:
    def held(passage: Passage, heading: str) -> Held:
        return Section(f"{file_name(passage.id)}-words", heading, passage.text), (passage.id,)

    for note in whole.notes:
        sections = [held(one, " > ".join(one.heading_path[1:])) for one in note.passages]
        yield file_name(note.source.id), note.source.title, sections
    for one in whole.corpus.passages:
        if one.facets.get("source") == "glossary":
            yield file_name(one.id), one.heading_path[-1], [held(one, "")]


class Verdict(Record):
    """What one answer is worth; `None` where there is nothing to judge.

    A question to be answered is `complete` if all of the gold is shown and it stays on topic, and
    `missed` if it was not answered. One that the corpus does not answer is `turned_away` as it
    should be, or `false` if it was answered all the same; a false premise is `corrected` if the
    answer says what is wrong with it. It is `exact` if every quote is verbatim in its source.
    """

    id: str
    groups: tuple[str, ...]
    """Rows of the breakdown that it counts in."""

    complete: bool | None = None
    missed: bool | None = None
    turned_away: bool | None = None
    false: bool | None = None
    corrected: bool | None = None
    exact: bool | None
    seconds: float


def judge(case: Case, row: AnswerRow, corpus: PeerCorpus, framework: Framework) -> Verdict:
    """Judge one answer; a question that was refused counts as not covered."""
    answer, gold = row.answer, case.gold
    status: Status = answer.status if answer else "not_covered"
    reason = answer.reason if answer else "empty"
    to_answer, answers = is_to_be_answered(case), status in metrics.ANSWERS
    judged: dict[str, bool] = {}
    if to_answer:
        complete = answer is not None and answers and _is_complete(case, answer, corpus, framework)
        judged = {"complete": complete, "missed": not answers}
    elif to_answer is False:
        right = metrics.is_status_right(
            status, reason, answerable=case.answerable, accepted=gold.status
        )
        judged = {"turned_away": right, "false": answers and not right}
        if "premise" in case.family:
            text = shown_text(answer) if answer else row.error
            says = metrics.has_strings(text, case.must_contain, case.must_not_contain)
            judged["corrected"] = reason == "false_premise" if says is None else says
    exact, groups = is_exact(answer, corpus), groups_of(case)
    return Verdict(id=case.id, groups=groups, exact=exact, seconds=row.seconds, **judged)


def is_to_be_answered(case: Case) -> bool | None:
    """Return whether a case asks for an answer; `None` if it asks for a question back."""
    turned = case.answerable and case.gold.status and not metrics.ANSWERS & set(case.gold.status)
    return None if turned else case.answerable


def groups_of(case: Case) -> tuple[str, ...]:
    """Return the rows of the breakdown that a case counts in."""
    facets = len(case.gold.ids()) + bool(case.gold.facts)
    fits = (case.type == "count", case.type == "negate", facets > 1, bool(case.turns))
    return tuple(compress(GROUPS, fits))


def found_ids(answer: Answer, corpus: PeerCorpus, gold: frozenset[str]) -> tuple[str, ...]:
    """Return the passages that an answer's quotes show, in reading order without repeats.

    A quote shows the passage that it names. If it names a page or a section, it shows each passage
    there of which a whole sentence, a title included, stands in its words. A quote that only backs
    a note, such as a count, counts where it is gold, never against the answer.
    """
    ids = []
    for said in answer.statements:
        for quote in said.citations:
            held = (corpus.passages[one] for one in corpus.held.get(quote.passage_id, ()))
            shown = [one.id for one in held if _shows(plain(quote.quote), one)]
            if quote.passage_id in corpus.passages:
                shown = [quote.passage_id]
            ids += [one for one in shown if said.kind != "note" or one in gold]
    return tuple(dict.fromkeys(ids))


def on_topic(found: Sequence[str], case: Case, framework: Framework) -> float | None:
    """Return the share of what is shown that fits the question; `None` if nothing is judged.

    `metrics.precision` over framework and guidance together: gold, allowed, and what framework gold
    stands under fit. Guidance beside an answer is judged only where the case has gold in guidance,
    framework text only where it has gold or allowed ids in the framework. A note fits whole.
    """
    fitting = metrics.with_lineage((*case.gold.items(), *case.gold.allowed), framework)
    judged = [one for one in found if one in framework.item_by_id] if fitting else []
    if case.gold.facts:
        allowed = [one for one in case.gold.allowed if one not in framework.item_by_id]
        fitting |= set(metrics.units((*case.gold.facts, *allowed)))
        judged += metrics.units(one for one in found if one not in framework.item_by_id)
    return metrics.precision(judged, fitting)


def is_exact(answer: Answer | None, corpus: PeerCorpus) -> bool | None:
    """Return whether each quote is verbatim in the source that it names; `None` without quotes.

    Line breaks and the marks of Markdown lists and headings do not count.
    """
    quotes = (one for said in (answer.statements if answer else ()) for one in said.citations)
    exact = [plain(one.quote) in plain(corpus.words[one.passage_id]) for one in quotes]
    return all(exact) if exact else None


def plain(text: str) -> str:
    r"""Return a text on one line, without the marks of Markdown lists and headings.

    >>> plain("## Partners\n\n- harbour masters\n- well-known pilots")
    'Partners harbour masters well-known pilots'
    """
    return " ".join(_MARKS.sub(" ", text).split())


def _shows(words: str, passage: Passage) -> bool:
    """Return whether a sentence of a passage, a title included, stands whole in `plain` words."""
    sentences = (plain(span.of(passage.text)) for span in passage.sentences)
    return any(one and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", words) for one in sentences)


def _is_complete(case: Case, answer: Answer, corpus: PeerCorpus, framework: Framework) -> bool:
    found = found_ids(answer, corpus, frozenset(case.gold.items()))
    recalled = [
        metrics.recall(ids_of_facet(found, facet, framework), gold) == 1.0
        for facet, gold in case.gold.ids().items()
    ]
    guided = [one for one in found if one not in framework.item_by_id]
    share = on_topic(found, case, framework)
    first = [line for one in openings(answer) for line in one.split("\n\n")[0].split("\n")]
    verdicts = (
        *recalled,
        metrics.cites_note(guided, case.gold.facts, case.gold.allowed),
        metrics.has_strings(shown_text(answer), case.must_contain, case.must_not_contain),
        metrics.has_value(first, case.gold.value),
        share is None or share >= ON_TOPIC,
    )
    return all(verdict is not False for verdict in verdicts)
