"""What each subcommand of `signpost corpus` does: parse, call, print."""

import argparse
import json
import sys

from rapidfuzz import process

from assistant.certificates.affected import match_answers, read_answers
from assistant.opening import foreign_corpus
from assistant.settings import Settings
from corpus.checks.corpus_check import check_corpus
from corpus.editions.difference import compare
from corpus.editions.edition import Edition, export_edition, load_edition
from corpus.errors import CorpusError
from corpus.passage import Corpus, Passage, Problem
from corpus.whole import Whole
from ui.cli.usage import read_day
from ui.words.difference_text import difference_as_text, matching_as_text
from ui.words.passage_text import passages_as_text, row_as_text
from ui.words.phrases import clean


def corpus_check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check every part of the corpus; print counts, warnings, problems, then whether it holds."""
    report = check_corpus(
        framework=arguments.folder,
        notes=arguments.notes,
        today=read_day(arguments.today),
        since=load_edition(arguments.since).corpus if arguments.since else None,
    )
    for name, part in report.parts.items():
        print(name.capitalize())
        for label, count in part.counts.items():
            total = part.totals.get(label)
            share = f" of {total} ({count / total:.0%})" if total else ""
            print(f"  {label}: {count}{share}")
    for warning in report.warnings:
        print(f"Warning: {_named(warning)}")
    for problem in report.problems:
        print(_named(problem))
    if report.problems:
        several = _several(len(report.problems), "problem")
        print(f"signpost: the corpus does not hold: it has {several}.", file=sys.stderr)
        return 1
    print(f"The corpus holds, with {_several(len(report.warnings), 'warning')}.")
    return 0


def _named(problem: Problem) -> str:
    named = problem.message.startswith(problem.id)
    return problem.message if named else f"{problem.id}: {problem.message}"


def _several(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def corpus_show(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show a passage, or all of a source, with its source and what cites it.

    A passage of a foreign corpus, where this home has one, is shown as it stands.
    """
    own = foreign_corpus(settings)
    if own is not None and (row := own.by_id.get(arguments.id)):
        # A row may be anybody's, and a terminal obeys some characters that it does not show.
        print(clean(row_as_text(row), breaks=True))
        return 0
    whole = Whole.read()
    passages = _meant(arguments.id, whole.corpus, whole.framework.source.id)
    print(passages_as_text(whole, passages, read_day(arguments.today)))
    return 0


def _meant(typed: str, corpus: Corpus, framework: str) -> tuple[Passage, ...]:
    """Return the passage with an id, or those of a source with it, or raise `CorpusError`."""
    ids = {id_.casefold(): id_ for id_ in (*corpus.by_id, *corpus.source_by_id)}
    wanted = typed.strip().casefold()
    for one in (wanted, *(f"{prefix}:{wanted}" for prefix in (framework, "note", "glossary"))):
        if id_ := ids.get(one):
            passage = corpus.by_id.get(id_)
            own = (one for one in corpus.passages if one.source_id == id_)
            return (passage,) if passage else tuple(own)

    near = [ids[found[0]] for found in process.extract(wanted, list(ids), limit=3)]
    raise CorpusError(f"No passage has the id {typed!r}; the nearest are {', '.join(near)}.")


def corpus_export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the corpus to a file as an edition."""
    corpus = Whole.read().corpus
    export_edition(corpus, arguments.file)
    print(f"Wrote {_edition(corpus.digest, corpus)} to {arguments.file}.")
    return 0


def corpus_diff(arguments: argparse.Namespace, settings: Settings) -> int:
    """Say what changed between two editions, and which saved answers that touches."""
    today = read_day(arguments.today)
    answers = read_answers(arguments.answers) if arguments.answers else None
    old = load_edition(arguments.old)
    new = load_edition(arguments.new) if arguments.new else Edition.of(Whole.read().corpus)
    found = compare(old.corpus, new.corpus, today)
    matching = None
    if answers is not None:
        matching = match_answers(answers, found, old.corpus, new.corpus, old.digest)
    if arguments.json:
        table = {
            "old": old.digest,
            "new": new.digest,
            "difference": found.model_dump(mode="json"),
            "changed": found.reasons,
            "answers": matching.model_dump(mode="json") if matching else None,
        }
        print(json.dumps(table, ensure_ascii=False, indent=2))
        return 0

    print(f"Old: {_edition(old.digest, old.corpus)}, checked up to {found.as_of}")
    print(f"New: {_edition(new.digest, new.corpus)}\n")
    print(clean(difference_as_text(found, old.corpus, new.corpus), breaks=True))
    if matching:
        print(f"\n{clean(matching_as_text(matching), breaks=True)}")
    return 0


def _edition(digest: str, corpus: Corpus) -> str:
    return f"edition {digest[:12]}, {_several(len(corpus.passages), 'passage')}"
