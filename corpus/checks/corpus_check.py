"""The check of the corpus as a whole: all its parts, each beside the others."""

from datetime import date
from importlib.resources.abc import Traversable

from corpus.checks.framework_check import CheckReport, check_framework
from corpus.checks.note_check import check_notes, start_of, wording_faults
from corpus.checks.signposting import check_signposting, read_signposting, shipped_signposting
from corpus.editions.difference import compare
from corpus.errors import CorpusError
from corpus.passage import Corpus, Problem, Record
from corpus.readers import questions
from corpus.readers.glossary import Glossary, glossary_faults, read_glossary, shipped_glossary
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
    page, guidance = read_framework(folder), notes or shipped_notes()
    terms, glossed = _check_glossary(shipped_glossary(), page, today)
    beside = {}
    if not framework:
        beside["the framework"] = [passage.text for passage in page.passages]
        beside["the glossary"] = [passage.text for passage in terms.passages]
    parts["guidance"] = check_notes(guidance, page, terms.deprecated, today, beside)
    if framework:
        return WholeReport(parts=parts)
    parts["glossary"] = glossed
    texts = shipped_signposting()
    parts["signposting"] = CheckReport.of(
        texts.name, lambda: check_signposting(read_signposting(texts), terms.deprecated)
    )
    if not notes:
        parts["questions"] = CheckReport.of(
            "questions", lambda: _check_questions(_corpus(page, guidance))
        )
    if since:
        try:
            parts["earlier edition"] = _check_ids(since, _corpus(page, guidance), today)
        except CorpusError as error:
            # The part that cannot be read has its problem already.
            said = f"No id was compared with the earlier edition, because of this: {error}"
            parts["earlier edition"] = CheckReport(warnings=(Problem("since", said),))
    return WholeReport(parts=parts)


def _corpus(page: Framework, guidance: Traversable) -> Corpus:
    glossary = read_glossary(shipped_glossary())
    return Whole(framework=page, notes=read_notes(guidance), glossary=glossary).corpus


def _check_glossary(
    file: Traversable, framework: Framework, today: date
) -> tuple[Glossary, CheckReport]:
    try:
        glossary = read_glossary(file)
    except CorpusError as error:
        return Glossary(terms=()), CheckReport(problems=(Problem(file.name, str(error)),))
    counts = {
        "terms": len(glossary.terms),
        "terms to avoid": sum(term.status == "avoid" for term in glossary.terms),
        "groups of senses": len(glossary.senses),
        "senses": sum(len(group.senses) for group in glossary.senses),
        "passages": len(glossary.passages),
    }
    faults = [*glossary_faults(glossary, framework.item_by_id.keys())]
    # The entries' sentences are quoted alone, as those of notes are.
    faults += [
        Problem(passage.id, f"The sentence {start_of(text)} {said}")
        for passage in glossary.passages
        for text in (span.of(passage.text) for span in passage.sentences)
        for said in wording_faults(text)
    ]
    if glossary.review_by and glossary.review_by < today.isoformat():
        said = f"It is past review since {glossary.review_by}, as of {today}; check it again."
        faults.append(Problem(file.name, said))
    return glossary, CheckReport.model_validate({"counts": counts, "problems": faults})


def _check_questions(corpus: Corpus) -> CheckReport:
    """Hold the labelled questions against the passages that answer them, or do not."""
    rows, messages = questions.LabelledQuestion.read(), questions.LabelledMessage.read()
    sides, topics = questions.LabelledSides.read(), questions.LabelledTopic.read()
    repeats = questions.LabelledRepeat.read()
    counts = {
        "labelled questions": len(rows),
        "near misses": sum(bool(row.about) for row in rows),
        "labelled messages": len(messages),
        "labelled cuts": len(questions.LabelledCut.read()),
        "labelled comparisons": len(sides),
        "labelled repeats": len(repeats),
        "labelled topics": len(topics),
    }
    faults = [*questions.question_faults(rows, corpus)]
    faults += questions.other_faults(messages, sides, repeats, topics, corpus)
    return CheckReport.model_validate({"counts": counts, "problems": faults})


def _check_ids(since: Corpus, corpus: Corpus, today: date) -> CheckReport:
    faults, moved = [], compare(since, corpus, today).moved
    for id_ in (one for one in since.by_id if one in moved or one not in corpus.by_id):
        now = moved.get(id_, "")
        said = f"is no longer there; what it said stands under {now}; give that its id again"
        if id_ in corpus.by_id:
            said = f"has other words now, and what it said stands under {now}; put its words back"
            said += " in their place"
        elif not now:
            said = "is no longer there; what it said is gone; restore it"
        faults.append((id_, f"{id_} {said}, or tell who cites it."))
    name, count = "ids that are still there", len(since.by_id)
    counts, totals = {name: count - len(faults)}, {name: count}
    return CheckReport.model_validate({"counts": counts, "totals": totals, "problems": faults})
