"""The check of the corpus as a whole: all its parts, each beside the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from importlib.resources.abc import Traversable

from corpus.checks.framework_check import CheckReport, check_framework
from corpus.checks.note_check import check_notes
from corpus.checks.signposting import (
    Signposting,
    check_signposting,
    read_signposting,
    shipped_signposting,
)
from corpus.checks.wording_rules import MAX_WORDS, too_long, unresolved_opening
from corpus.editions.difference import displaced, vanished
from corpus.errors import CorpusError
from corpus.passage import Corpus, Record
from corpus.readers.entries import glossary_passages
from corpus.readers.glossary import Glossary, glossary_faults, read_glossary, shipped_glossary
from corpus.readers.labelled_messages import message_faults, read_messages, shipped_messages
from corpus.readers.notes import read_notes, shipped_notes
from corpus.readers.page import read_framework, shipped_framework
from corpus.readers.questions import question_faults, read_questions, shipped_questions
from corpus.structure.faults import Problem
from corpus.structure.graph import Framework
from corpus.whole import Whole


class WholeReport(Record):
    """What a check of the whole corpus found."""

    parts: dict[str, CheckReport]
    """By part: framework, guidance, glossary, signposting, earlier edition."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, part by part; empty if the corpus holds."""
        return tuple(one for part in self.parts.values() for one in part.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What somebody should see to, part by part."""
        return tuple(one for part in self.parts.values() for one in part.warnings)


def check_corpus(
    *,
    today: date,
    framework: Traversable | None = None,
    notes: Traversable | None = None,
    glossary: Traversable | None = None,
    signposting: Traversable | None = None,
    since: Corpus | None = None,
) -> WholeReport:
    """Check every part of the corpus; where the framework does not hold, only that.

    Notes, glossary and signposting that ship are about the framework that ships, and are not
    checked beside another.

    Args:
        today: the day as of which a note may be past its review.
        framework: a framework folder; the one that ships if none is given.
        notes: a folder of notes; those that ship if none is given.
        glossary: a glossary; the one that ships if none is given.
        signposting: signposting; the one that ships if none is given.
        since: an earlier edition, whose ids must still be there.
    """
    folder = framework or shipped_framework()
    base = check_framework(folder)
    if base.problems or (framework and not notes):
        return WholeReport(parts={"framework": base})
    page = read_framework(folder)
    guidance = notes or shipped_notes()
    terms, glossed = _check_glossary(glossary or shipped_glossary(), page, today)
    if framework:
        return WholeReport(
            parts={
                "framework": base,
                "guidance": check_notes(guidance, page, terms.deprecated, today, {}),
            }
        )
    others = {
        "the framework": [passage.text for passage in page.passages],
        "the glossary": [passage.text for passage in glossary_passages(terms)],
    }
    parts = {
        "framework": base,
        "guidance": check_notes(guidance, page, terms.deprecated, today, others),
        "glossary": glossed,
        "signposting": _check_signposting(signposting or shipped_signposting(), terms.deprecated),
    }
    if not notes and not glossary:
        parts["questions"] = _check_questions(page, guidance, terms)
    if since:
        parts["earlier edition"] = _check_ids(since, page, guidance, glossary or shipped_glossary())
    return WholeReport(parts=parts)


def _check_glossary(
    file: Traversable, framework: Framework, today: date
) -> tuple[Glossary, CheckReport]:
    try:
        glossary = read_glossary(file)
    except CorpusError as error:
        problem = Problem(id=file.name, message=str(error))
        return Glossary(terms=()), CheckReport(counts={}, problems=(problem,))
    counts = {
        "terms": len(glossary.terms),
        "terms to avoid": sum(term.status == "avoid" for term in glossary.terms),
        "groups of senses": len(glossary.senses),
        "senses": sum(len(group.senses) for group in glossary.senses),
        "passages": len(glossary_passages(glossary)),
    }
    faults = glossary_faults(glossary, framework.item_by_id.keys())
    faults += tuple(_worded(glossary))
    if glossary.review_by and glossary.review_by < today.isoformat():
        said = f"It is past review since {glossary.review_by}, as of {today}; check it again."
        faults += (Problem(id=file.name, message=said),)
    return glossary, CheckReport(counts=counts, problems=faults)


def _worded(glossary: Glossary) -> Iterable[Problem]:
    """Hold the entries' sentences, which are quoted alone, to the rules of notes."""
    for passage in glossary_passages(glossary):
        for span in passage.sentences:
            text = span.of(passage.text)
            where = f"The sentence \u201c{' '.join(text.split()[:8])} \u2026\u201d"
            if words := too_long(text):
                said = f"{where} has {words} words; write at most {MAX_WORDS}."
                yield Problem(id=passage.id, message=said)
            if word := unresolved_opening(text):
                said = f"{where} opens with {word!r}, which nothing in it explains; name the thing."
                yield Problem(id=passage.id, message=said)


def _check_signposting(file: Traversable, deprecated: Mapping[str, str]) -> CheckReport:
    try:
        signposting = read_signposting(file)
    except CorpusError as error:
        return CheckReport(counts={}, problems=(Problem(id=file.name, message=str(error)),))
    report = check_signposting(signposting, deprecated)
    spoken = ", ".join(signposting.languages)
    texts = sum(len(texts) for texts in _texts(signposting))
    return report.model_copy(update={"counts": report.counts | {f"texts ({spoken})": texts}})


def _check_questions(framework: Framework, notes: Traversable, glossary: Glossary) -> CheckReport:
    """Hold the labelled questions against the passages that answer them, or do not."""
    try:
        corpus = Whole(framework=framework, notes=read_notes(notes), glossary=glossary).corpus
        rows = read_questions(shipped_questions())
        messages = read_messages(shipped_messages())
    except CorpusError as error:
        return CheckReport(counts={}, problems=(Problem(id="questions", message=str(error)),))
    counts = {
        "labelled questions": len(rows),
        "near misses": sum(bool(one.about) for one in rows),
        "labelled messages": len(messages),
    }
    problems = (*question_faults(rows, corpus), *message_faults(messages))
    return CheckReport(counts=counts, problems=problems)


def _texts(signposting: Signposting) -> Iterable[dict[str, str]]:
    """Yield what a person may be shown, service names and regions aside, by language."""
    yield from (signposting.danger, signposting.limits, signposting.onward)
    for case in signposting.cases:
        yield from (case.text, case.line)
    yield from (service.purpose for service in signposting.services)


def _check_ids(
    since: Corpus, framework: Framework, notes: Traversable, glossary: Traversable
) -> CheckReport:
    """Name the ids of an earlier edition that are gone."""
    try:
        corpus = Whole(
            framework=framework, notes=read_notes(notes), glossary=read_glossary(glossary)
        ).corpus
    except CorpusError as error:
        # The part that cannot be read has its problem already.
        said = f"No id was compared with the earlier edition, because of this: {error}"
        return CheckReport(counts={}, problems=(), warnings=(Problem(id="since", message=said),))
    gone, other = vanished(since, corpus), displaced(since, corpus)
    problems = (
        *(
            Problem(id=id_, message=f"{id_} is no longer there; {_where_to(now)}")
            for id_, now in gone.items()
        ),
        *(
            Problem(
                id=id_,
                message=f"{id_} has other words now, and what it said stands under {now}; put its "
                "words back in their place, or tell who cites it.",
            )
            for id_, now in other.items()
        ),
    )
    count = len(since.by_id)
    return CheckReport(
        counts={"ids that are still there": count - len(gone) - len(other)},
        totals={"ids that are still there": count},
        problems=problems,
    )


def _where_to(now: str) -> str:
    if now:
        return f"what it said stands under {now}; give that its id again, or tell who cites it."
    return "what it said is gone; restore it, or tell who cites it."
