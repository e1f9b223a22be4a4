"""What `signpost corpus`, `verify` and `ground` do: parse, call, print."""

import argparse
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from textwrap import fill, shorten

from rapidfuzz import process

from assistant.certificates.affected import Matching, match_answers, read_answers
from assistant.certificates.edition import Edition, export_edition, load_edition
from assistant.certificates.recheck import Change, Judged, Verification, verify_file
from assistant.citing.verifier import Verifier
from assistant.errors import BatchError
from assistant.home import read_text
from assistant.ingestion import beside, corpus_of, visible_library
from assistant.opening import foreign_corpus
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
from corpus.checks.corpus_check import check_corpus
from corpus.editions.difference import Difference, Renumbered, Reworded, changed_words, compare
from corpus.errors import CorpusError
from corpus.passage import Corpus, Correction, Doubt, Passage, Reference, Source
from corpus.readers.notes import OWN
from corpus.whole import Whole
from ui.cli.batch import Pair, read_day, read_rows, terminal_width, write_rows
from ui.words.phrases import clean, grouped

logger = logging.getLogger(__name__)

READ = {
    "primary": "the publisher's own text was read",
    "copy": "a copy was read",
    "secondary": "known from somebody's account",
}

SHOWN, HASH = 3, 12  # Changes of one passage, and characters of a digest, that are shown.
_HEADS = {
    "valid": "Valid: all that the certificate rests on is as it was.",
    "stale": "Stale: something that the certificate rests on is not as it was.",
    "broken": "Broken: the certificate is not to be relied on.",
}

_STATES = {
    "broken": "Not as the certificate claims",
    "falls": "No longer stand",
    "moved": "Stand elsewhere now",
    "stands": "Still stand",
}


def corpus_check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check framework, notes, glossary and signposting.

    --folder
    --notes DIR: a folder of notes other than those that ship
    --today
    --since EDITION: an exported edition whose ids must still be
    """
    since = load_edition(arguments.since).corpus if arguments.since else None
    report = check_corpus(
        framework=arguments.folder,
        notes=arguments.notes,
        today=read_day(arguments.today),
        since=since,
    )
    for name, part in report.parts.items():
        print(name.capitalize())
        for label, count in part.counts.items():
            total = part.totals.get(label)
            share = f" of {total} ({count / total:.0%})" if total else ""
            print(f"  {label}: {count}{share}")
    for mark, problems in (("Warning: ", report.warnings), ("", report.problems)):
        for problem in problems:
            named = "" if problem.message.startswith(problem.id) else f"{problem.id}: "
            print(f"{mark}{named}{problem.message}")
    if report.problems:
        several = _several(len(report.problems), "problem")
        print(f"signpost: the corpus does not hold: it has {several}.", file=sys.stderr)
        return 1
    print(f"The corpus holds, with {_several(len(report.warnings), 'warning')}.")
    return 0


def _several(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def corpus_show(arguments: argparse.Namespace, settings: Settings) -> None:
    """Show a passage with its source and what cites it.

    ID: id of a passage, short or whole, or of a note: gsr:C12, C12
    --today
    """
    own = foreign_corpus(settings)
    if own is not None and (row := own.by_id.get(arguments.id)):
        # No more is known than the row says, which may be anybody's; and a terminal obeys some
        # characters that it does not show.
        lines = [*row.heading_path, row.text, f"\n{row.id}, {row.locator} (document)"]
        print(clean("\n".join(lines), breaks=True))
        return
    whole = Whole.read()
    passages = _meant(arguments.id, whole.corpus, whole.framework.source.id)
    print(passages_as_text(whole, passages, read_day(arguments.today)))


def _meant(typed: str, corpus: Corpus, framework: str) -> tuple[Passage, ...]:
    """Return the passage with an id, or those of a source with it, or raise `CorpusError`."""
    ids = {id_.casefold(): id_ for id_ in (*corpus.by_id, *corpus.source_by_id)}
    wanted = typed.strip().casefold()
    for name in (wanted, *(f"{prefix}:{wanted}" for prefix in (framework, "note", "glossary"))):
        if id_ := ids.get(name):
            passage = corpus.by_id.get(id_)
            own = (passage for passage in corpus.passages if passage.source_id == id_)
            return (passage,) if passage else tuple(own)
    near = [ids[found[0]] for found in process.extract(wanted, list(ids), limit=3)]
    raise CorpusError(f"No passage has the id {typed!r}; the nearest are {', '.join(near)}.")


def corpus_export(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write the corpus to a file, as an edition.

    FILE: a new file, or an edition to be replaced
    """
    corpus = Whole.read().corpus
    export_edition(corpus, arguments.file)
    print(f"Wrote {_edition(corpus.digest, corpus)} to {arguments.file}.")


def corpus_diff(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say what changed between two editions.

    OLD: an exported edition
    [NEW]: another; if left out, what ships
    --answers FILE.jsonl: saved answers, to match with what changed
    --today
    --json: print the difference as JSON
    """
    today = read_day(arguments.today)
    answers = read_answers(arguments.answers) if arguments.answers else None
    old = load_edition(arguments.old)
    new = load_edition(arguments.new) if arguments.new else Edition.of(Whole.read().corpus)
    found = compare(old.corpus, new.corpus, today)
    matching = None
    if answers is not None:
        matching = match_answers(answers, found, old.corpus, new.corpus, old.digest)
    if arguments.json:
        table: dict[str, object] = {"old": old.digest, "new": new.digest}
        table |= {"difference": found.model_dump(mode="json"), "changed": found.reasons}
        table["answers"] = matching.model_dump(mode="json") if matching else None
        print(json.dumps(table, ensure_ascii=False, indent=2))
        return
    print(f"Old: {_edition(old.digest, old.corpus)}, checked up to {found.as_of}")
    print(f"New: {_edition(new.digest, new.corpus)}\n")
    print(clean(difference_as_text(found, old.corpus, new.corpus), breaks=True))
    if matching:
        print(f"\n{clean(matching_as_text(matching), breaks=True)}")


def _edition(digest: str, corpus: Corpus) -> str:
    return f"edition {digest[:12]}, {_several(len(corpus.passages), 'passage')}"


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check a grounding certificate again.

    FILE: a certificate
    --edition EDITION: an exported edition to check it against, not the corpus at hand
    --library
    --today
    --json: print what was found as JSON

    Exit code: 0 valid, 3 stale, 1 broken, 2 no such file.
    """
    if arguments.file.is_dir() or not arguments.file.exists():
        arguments.parser.error(f"there is no file {arguments.file}; name a certificate")
    if arguments.edition:
        edition = load_edition(arguments.edition)
    else:
        corpus = Whole.read().corpus
        if arguments.library is not None:
            library = visible_library(settings, arguments.library)
            corpus = beside(corpus, corpus_of(library.held()))
        edition = Edition.of(corpus)
    today = read_day(arguments.today)
    found = verify_file(arguments.file, edition, settings.digest(), today)
    if arguments.json:
        print(found.model_dump_json(indent=2))
    else:
        print(verification_as_text(found, str(arguments.file)))
    if found.result == "broken":
        print(clean(f"signpost: {arguments.file} is broken: {found.faults[0]}"), file=sys.stderr)
    return {"valid": 0, "broken": 1, "stale": 3}[found.result]


def ground(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say whether a text carries a claim.

    [CLAIM]: the claim
    --context FILE: a file with the text to hold it against
    --json: print the judgement as JSON
    --words: by words alone, without the embedding model: faster
    --batch IN.jsonl: a file of claims, one a line: id, context, claim
    --out OUT.jsonl: a new file for the results, one a line: id, verdict, support, reasons
    """
    embedder = None if arguments.words else load_embedder(settings)
    if embedder and not embedder.encoder:
        logger.warning(
            "The shipped embedding model is not in use, or not prepared (signpost index build); "
            "claims are judged by their words alone."
        )
        embedder = None
    verifier = Verifier(encode=embedder.embed_all if embedder else None)
    if arguments.batch:

        def judged(number: int, row: Pair) -> dict[str, object]:
            found = verifier.verify(row.context, row.claim)
            return found.model_dump(mode="json") | {"support": round(found.support, 6)}

        write_rows(arguments.out, read_rows(arguments.batch, Pair), judged, "Claims")
        return
    context = read_text(arguments.context, BatchError, "The file", "name a text file in UTF-8")
    judgement = verifier.verify(context, arguments.claim)
    if arguments.json:
        print(judgement.model_dump_json(indent=2))
        return
    print(f"{judgement.verdict}, support {judgement.support:.2f}")
    for reason in judgement.reasons:
        print(fill(reason, terminal_width(), initial_indent="  - ", subsequent_indent="    "))


def passages_as_text(whole: Whole, passages: Sequence[Passage], today: date) -> str:
    """Return passages of one source as text, the source once at the end."""
    blocks = ["\n".join(_passage(whole, passage)) for passage in passages]
    source = whole.corpus.source_by_id[passages[0].source_id]
    return "\n\n".join([*blocks, "\n".join(_source(source, today))])


def _passage(whole: Whole, passage: Passage) -> Iterator[str]:
    source = whole.corpus.source_by_id[passage.source_id]
    yield " > ".join(passage.heading_path)
    yield passage.text
    yield f"\n{passage.id} in {source.title}, {passage.locator} ({source.tier})"
    if passage.printed:
        yield f"As printed: {passage.printed}"
    for fix in passage.corrections:
        reads = f"reads {fix.reads!r}" if fix.reads else "is left out"
        yield f"Corrected: {fix.printed!r} {reads}{_basis(fix)}"
    for doubt in passage.doubts:
        perhaps = f", perhaps for {doubt.suspected!r}" if doubt.suspected else ""
        yield f"Doubted: {doubt.printed!r}{perhaps}{_basis(doubt)}"
    if passage.facets:
        # A facet that a passage has or has not, such as `topic:law`, says all in its name.
        facets = passage.facets.items()
        named = (name if ":" in name else f"{name} {value}".rstrip() for name, value in facets)
        yield f"Facets: {', '.join(named)}"
    if passage.grounds:
        yield "Rests on:"
        works = {work.id: work for work in source.references}
        pairs = zip(passage.sentences, passage.grounds, strict=True)
        for number, (span, marks) in enumerate(pairs, start=1):
            yield f"  {number}. {span.of(passage.text)}"
            yield from (f"     - {_ground(mark, works, whole)}" for mark in marks)
    cited = list(_cited(passage.id, whole))
    yield "Cited by:" if cited else "Cited by: nothing in the corpus"
    yield from cited


def _basis(change: Correction | Doubt) -> str:
    noun = "line" if change.lines.first == change.lines.last else "lines"
    return f" ({noun} {change.lines}, {change.confidence}). {change.basis}"


def _ground(mark: str, works: dict[str, Reference], whole: Whole) -> str:
    if work := works.get(mark):
        parts = filter(None, (work.publisher, work.title, str(work.year or ""), work.locator))
        return f"{', '.join(parts)}; {', '.join(filter(None, (work.url, READ[work.seen])))}"
    if mark == OWN:
        return "our own judgement"
    passage = whole.corpus.by_id.get(mark)
    return ": ".join([mark, *([passage.text.partition("\n")[0]] if passage else [])])


def _cited(passage_id: str, whole: Whole) -> Iterator[str]:
    backlinks = whole.backlinks(passage_id)
    yield from (f"  {id_}: {sentence}" for id_, sentence in backlinks.sentences)
    if backlinks.about:
        yield f"  named by: {', '.join(backlinks.about)}"
    for link in backlinks.links:
        end = f"to {link.target}" if link.source == passage_id else f"from {link.source}"
        yield f"  inferred link {end} ({link.strength})"


def _source(source: Source, today: date) -> Iterator[str]:
    parts = (source.title, source.publisher, source.version, source.published, source.locator)
    yield f"Source {source.id}: {', '.join(part for part in parts if part)}"
    review = "a fixed text, without review"
    if source.review_by:
        past = date.fromisoformat(source.review_by) < today
        review = f"review by {source.review_by}, {'' if past else 'not '}past review on {today}"
    yield f"  As of {source.as_of}; {review}."
    dated = "; holds figures or legal status that change" if source.dated else ""
    # What was read for a note is said of each work that its sentences rest on.
    read = "" if source.references else f"; {READ[source.seen]}"
    yield f"  Confidence {source.confidence}{read}{dated}."
    if source.url:
        yield f"  {source.url}"


def difference_as_text(difference: Difference, old: Corpus, new: Corpus) -> str:
    """Return a difference as text, by kind."""
    renumbered = (f"  {_place(one, new)}" for one in difference.renumbered)
    reworded, resourced, stale = [], [], []
    for one in difference.reworded:
        changes = list(changed_words(one.old, one.new))
        more = [f"    and {len(changes) - SHOWN} more"] if len(changes) > SHOWN else []
        lines = (f"  {_place(one, new)}", *_sides(changes[:SHOWN], "    "), *more)
        reworded.append("\n".join(lines))
    for changed in difference.resourced:
        only = " (only the days of its checks)" if changed.checked_again else ""
        resourced.append((changed.now, ", ".join(changed.fields) + only))
    for past in difference.stale:
        since = "; good when the old edition was last checked" if past.since_old else ""
        stale.append((past.id, f"review by {past.review_by}{since}"))

    def named(ids: Iterable[str], corpus: Corpus) -> list[str]:
        return [f"  {id_}  {_path(id_, corpus)}: {_cut(corpus.by_id[id_].text)}" for id_ in ids]

    blocks = [
        ["The editions do not differ in words or sources."] if difference.is_empty else [],
        _block("Added", named(difference.added, new)),
        _block("Removed", named(difference.removed, old)),
        _block("Reworded", reworded),
        _block("Renumbered, words as before", renumbered),
        _block("Words as before, source or place not", _by_source(resourced, new)),
        _block(f"Past review on {difference.today}", _by_source(stale, new)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def matching_as_text(matching: Matching) -> str:
    """Return which saved answers a difference touches, as text."""
    lines = [f"Answers to look at again: {len(matching.affected)} of {matching.total}"]
    for affected in matching.affected:
        lines.append(f"  {affected.id}: {_cut(affected.question)}")
        for id_, reasons in affected.changed.items():
            lines.append(f"    {id_}: {', '.join(reasons)}")
            for one in affected.quotes:
                if one.passage_id == id_:
                    fates = {"stands": "still stands", "moved": f"moved to {one.now}"}
                    lines.append(f"      {fates.get(one.fate, one.fate)}: “{_cut(one.quote)}”")
        for count in affected.counts:
            told = f"{count.total} in the answer, {count.now} now"
            lines.append(f"    {count.facet} of {count.group}: {told}")
    if named := ", ".join(matching.foreign):
        other = "Made with another edition than the old one, and matched all the same"
        lines.append(f"{other}: {named}")
    return "\n".join(lines)


def _block(heading: str, told: Iterable[str]) -> list[str]:
    """Head what is told with its number; nothing makes no block."""
    found = list(told)
    return [f"{heading}: {len(found)}", *found] if found else []


def _path(id_: str, corpus: Corpus) -> str:
    return " > ".join(corpus.by_id[id_].heading_path) or corpus.by_id[id_].locator


def _place(one: Reworded | Renumbered, new: Corpus) -> str:
    named = one.id if one.id == one.now else f"{one.id} -> {one.now}"
    return f"{named}  {_path(one.now, new)}"


def _sides(changes: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
    for old, new in changes:
        yield f"{indent}old: {_cut(old)}"
        yield f"{indent}new: {_cut(new)}"


def _by_source(found: Iterable[tuple[str, str]], corpus: Corpus) -> Iterator[str]:
    """Gather ids of one source of which the same is said."""
    same = grouped(found, lambda one: (corpus.by_id[one[0]].source_id, one[1]))
    for (_, said), own in same.items():
        yield f"  {', '.join(id_ for id_, _ in own)}: {said}"


def _cut(text: str) -> str:
    return shorten(text, 160, placeholder=" …")


def verification_as_text(found: Verification, name: str) -> str:
    """Return what was found as text: the result first, then why, then each statement."""
    lines = [_HEADS[found.result], f"File: {name}"]
    if found.question:
        lines.append(f"Question: {_cut(found.question)} (answered {found.certified[:10]})")
        lines.append(f"Checked against: edition {found.edition[:HASH]}")
    blocks = [
        _block("Faults", [f"  {one}" for one in found.faults]),
        _block("Changed", [f"  {_change(one)}" for one in found.changes]),
        *_statements(found.statements, whole=found.result == "valid"),
        [f"Remark: {one}" for one in found.remarks],
    ]
    # A forger may have written anything: what no reader can see is left out.
    shown = (
        "\n".join(" " * (len(line) - len(line.lstrip(" "))) + clean(line) for line in block)
        for block in [lines, *blocks]
        if block
    )
    return "\n\n".join(shown)


def _change(one: Change) -> str:
    old, new = f"“{_cut(one.old)}”", f"“{_cut(one.new)}”"
    if one.field in ("sha256", "digest", "text"):
        old, new = one.old[:HASH], one.new[:HASH]
    if one.what in ("checker", "settings"):
        return f"{one.what}: {old} -> {new}"
    if one.what == "count":
        return f"count of {one.field} of {one.id}: {one.old} -> {one.new}"
    known = {"id": "it is gone", "text": f"its words changed ({old} -> {new})"}
    return f"{one.what} {one.id}: {known.get(one.field, f'{one.field} {old} -> {new}')}"


def _statements(judged: Sequence[Judged], *, whole: bool) -> Iterator[list[str]]:
    """Yield a block for each state; what stands is only counted where all of it does."""
    for state, heading in _STATES.items():
        own = [one for one in judged if one.state == state]
        lines = [] if whole else [line for one in own for line in _judged(one)]
        if own:
            yield [f"{heading}: {len(own)} of {len(judged)} statements", *lines]


def _judged(one: Judged) -> Iterator[str]:
    yield f"  {one.number}. {_cut(one.text)}"
    if one.reason and one.state != "broken":  # the faults above say why
        yield f"     {one.reason}"
    if one.now:
        yield from _sides(changed_words(one.quote, one.now), "     ")
