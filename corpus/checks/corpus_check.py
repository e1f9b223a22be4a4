"""The check of the corpus as a whole: all its parts, each beside the others."""

from datetime import date
from importlib.resources.abc import Traversable

from corpus.checks.framework_check import CheckReport, check_framework
from corpus.checks.note_check import check_notes, wording_faults
from corpus.checks.signposting import check_signposting, read_signposting, shipped_signposting
from corpus.editions.difference import misplaced
from corpus.errors import CorpusError
from corpus.passage import Corpus, Problem, Record, problems_of
from corpus.readers import questions
from corpus.readers.glossary import (
    Glossary,
    glossary_faults,
    glossary_passages,
    read_glossary,
    shipped_glossary,
)
from corpus.readers.notes import read_notes, shipped_notes
from corpus.readers.page import read_framework, shipped_framework
from corpus.structure.graph import Framework
from corpus.whole import Whole


class WholeReport(Record):
    """What a check of the whole corpus found, by part, such as `earlier edition`."""

    parts: dict[str, CheckReport]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, part by part; empty if the corpus holds."""
        return tuple(problem for part in self.parts.values() for problem in part.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What somebody should see to, part by part."""
        return tuple(warning for part in self.parts.values() for warning in part.warnings)


def check_corpus(
    *,
    today: date,
    framework: Traversable | None = None,
    notes: Traversable | None = None,
    since: Corpus | None = None,
) -> WholeReport:
    """Check every part of the corpus, or what is given of it; if the framework fails, only that.

    Notes, glossary and signposting that ship are about the framework that ships, and are not
    checked beside another. Notes are past their review as of `today`; the ids of the edition
    `since` must still be there.
    """
    folder = framework or shipped_framework()
    parts = {"framework": check_framework(folder)}
    if parts["framework"].problems or (framework and not notes):
        return WholeReport(parts=parts)
    page = read_framework(folder)
    guidance, entries = notes or shipped_notes(), shipped_glossary()
    terms, glossed = _check_glossary(entries, page, today)
    beside = {}
    if not framework:
        beside["the framework"] = [passage.text for passage in page.passages]
        beside["the glossary"] = [passage.text for passage in glossary_passages(terms)]
    parts["guidance"] = check_notes(guidance, page, terms.deprecated, today, beside)
    if framework:
        return WholeReport(parts=parts)
    parts["glossary"] = glossed
    file = shipped_signposting()
    try:
        parts["signposting"] = check_signposting(read_signposting(file), terms.deprecated)
    except CorpusError as error:
        parts["signposting"] = CheckReport.refused(file.name, error)
    if not notes:
        parts["questions"] = _check_questions(page, guidance, terms)
    if since:
        parts["earlier edition"] = _check_ids(since, page, guidance, entries)
    return WholeReport(parts=parts)


def _check_glossary(
    file: Traversable, framework: Framework, today: date
) -> tuple[Glossary, CheckReport]:
    try:
        glossary = read_glossary(file)
    except CorpusError as error:
        return Glossary(terms=()), CheckReport.refused(file.name, error)
    passages = glossary_passages(glossary)
    counts = {
        "terms": len(glossary.terms),
        "terms to avoid": sum(term.status == "avoid" for term in glossary.terms),
        "groups of senses": len(glossary.senses),
        "senses": sum(len(group.senses) for group in glossary.senses),
        "passages": len(passages),
    }
    # The entries' sentences are quoted alone, as those of notes are.
    faults = [
        (passage.id, f"The sentence \u201c{' '.join(text.split()[:8])} \u2026\u201d {said}")
        for passage in passages
        for text in (span.of(passage.text) for span in passage.sentences)
        for said in wording_faults(text)
    ]
    if glossary.review_by and glossary.review_by < today.isoformat():
        said = f"It is past review since {glossary.review_by}, as of {today}; check it again."
        faults.append((file.name, said))
    held = glossary_faults(glossary, framework.item_by_id.keys())
    return glossary, CheckReport(counts=counts, problems=(*held, *problems_of(faults)))


def _check_questions(framework: Framework, notes: Traversable, glossary: Glossary) -> CheckReport:
    """Hold the labelled questions against the passages that answer them, or do not."""
    try:
        corpus = Whole(framework=framework, notes=read_notes(notes), glossary=glossary).corpus
        rows = questions.read_questions(questions.shipped_questions())
        messages = questions.read_messages(questions.shipped_messages())
        cuts = questions.read_cuts()
    except CorpusError as error:
        return CheckReport.refused("questions", error)
    misses = sum(bool(row.about) for row in rows)
    counts = {"labelled questions": len(rows), "near misses": misses}
    return CheckReport(
        counts=counts | {"labelled messages": len(messages), "labelled cuts": len(cuts)},
        problems=(*questions.question_faults(rows, corpus), *questions.message_faults(messages)),
    )


def _check_ids(
    since: Corpus, framework: Framework, notes: Traversable, glossary: Traversable
) -> CheckReport:
    try:
        guidance, terms = read_notes(notes), read_glossary(glossary)
        corpus = Whole(framework=framework, notes=guidance, glossary=terms).corpus
    except CorpusError as error:
        # The part that cannot be read has its problem already.
        said = f"No id was compared with the earlier edition, because of this: {error}"
        return CheckReport(warnings=(Problem(id="since", message=said),))
    faults = []
    for id_, now in misplaced(since, corpus).items():
        said = f"is no longer there; what it said stands under {now}; give that its id again"
        if id_ in corpus.by_id:
            said = f"has other words now, and what it said stands under {now}; put its words back"
            said += " in their place"
        elif not now:
            said = "is no longer there; what it said is gone; restore it"
        faults.append((id_, f"{id_} {said}, or tell who cites it."))
    name, count = "ids that are still there", len(since.by_id)
    counts, totals = {name: count - len(faults)}, {name: count}
    return CheckReport(counts=counts, totals=totals, problems=problems_of(faults))
