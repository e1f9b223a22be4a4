"""What each subcommand of `signpost` does: parse, call, print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import fill
from time import perf_counter
from typing import TYPE_CHECKING

from assistant.answering.narrowing import pillar_id
from assistant.certificates.certificate import check_free
from assistant.errors import BatchError, ExportError, IndexMismatch, IndexMissing, QuestionError
from assistant.foreign import Foreign
from assistant.home import write_whole
from assistant.ingestion import visible_library
from assistant.library_tier import LibraryTier
from assistant.opening import (
    build_foreign,
    build_shipped,
    corpus_at_hand,
    has_index,
    open_assistant,
    with_library,
)
from assistant.pipeline import Assistant
from assistant.records import Filters, Hit, Question
from assistant.retrieval.manifest import Manifest
from assistant.retrieval.models import load_embedder, prepare_fast_path
from assistant.retrieval.store import rollback, status
from assistant.settings import Settings
from corpus.passage import Corpus
from ui.cli.batch import Bar, Row, read_rows, with_progress, write_rows
from ui.cli.usage import read_day, terminal_width
from ui.service.desk import LOCAL, Desk
from ui.words.answer_text import answer_as_text, signposting_as_text
from ui.words.phrases import clean, printable

if TYPE_CHECKING:
    from ui.exports.export import ExportForm

Answering = Assistant | Foreign | LibraryTier


def ask(arguments: argparse.Namespace, settings: Settings) -> int:
    """Answer one question, or a file of them."""
    today = read_day(arguments.today)
    if arguments.batch:
        return _batch(arguments, settings, lambda opened: _answering(opened, settings, today))
    if arguments.certificate:
        check_free(arguments.certificate)
    told = sys.stderr if arguments.json else sys.stdout
    files = _wanted(arguments)
    assistant = _opened(settings, arguments.library)
    filters = filters_of(arguments, assistant)
    question = Question(text=arguments.question, turns=tuple(arguments.turn), filters=filters)
    desk = Desk(settings, assistant.corpus)
    answer = desk.give(lambda: assistant.ask(question, today), LOCAL)
    if arguments.json:
        print(printable(answer.model_dump_json(indent=2)))
    else:
        print(answer_as_text(answer, assistant.corpus, width=terminal_width()))
    if arguments.certificate:
        from ui.cli.check_commands import keep

        print(keep(answer, assistant.corpus, arguments.certificate, today), file=told)
    for form, path in files:
        from ui.exports.export import export_file

        made = export_file([desk.kept(answer)], form, assistant.corpus, today)
        write_whole(path, made.content)
        print(f"{'The brief' if form == 'brief' else 'The answer'} is in {path}.", file=told)
    return 0


def filters_of(arguments: argparse.Namespace, assistant: Answering) -> Filters:
    """Return the filters that the arguments name; the assistant refuses what is not there."""
    pillars = arguments.pillar
    main = assistant.main if isinstance(assistant, LibraryTier) else assistant
    if isinstance(main, Assistant):
        pillars = [pillar_id(pillar, main.framework) for pillar in pillars]
    return Filters(
        pillars=tuple(pillars),
        facets=tuple(arguments.facet),
        tiers=tuple(arguments.tier),
        audience=arguments.audience,
    )


def _wanted(arguments: argparse.Namespace) -> list[tuple[ExportForm, Path]]:
    """Return which files are asked for, before anything is asked."""
    found: list[tuple[ExportForm, Path]] = []
    if file := arguments.export:
        found.append((_form_of(file), file))
    if file := arguments.brief:
        if file.suffix.lower() != ".docx":
            raise ExportError(f"{file} is no DOCX; a brief is a file such as brief.docx.")
        found.append(("brief", file))
    for form, path in found:
        from ui.exports.export import FORMS

        check_free(path)
        FORMS[form].check()
    return found


def _form_of(path: Path) -> ExportForm:
    from ui.exports.export import FORMS

    # A brief and a certificate have options of their own.
    own = ("brief", "certificate")
    endings = {f".{known.ending}": form for form, known in FORMS.items() if form not in own}
    if path.suffix.lower() in endings:
        return endings[path.suffix.lower()]
    *others, last = endings
    raise ExportError(
        f"{path} has no known ending; name a file that ends in {', '.join(others)} or {last}."
    )


def search(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show the passages that fit one question, or each of a file of them."""
    k = arguments.k or settings.k
    if arguments.batch:
        return _batch(arguments, settings, lambda opened: _finding(opened, k))
    assistant = _opened(settings, arguments.library)
    found = assistant.find(arguments.question, k, (), filters_of(arguments, assistant))
    if found.signposting:
        told = f"{signposting_as_text(found.signposting, width=terminal_width())}\n"
        print(told, file=sys.stderr if arguments.json else sys.stdout)
    if arguments.json:
        rows = _hits_as_rows(found.hits, assistant.corpus)
        print(printable(json.dumps(rows, ensure_ascii=False, indent=2)))
    elif found.hits or not found.signposting:
        # Passages may be anybody's, and a terminal obeys some characters that it does not show.
        print(clean(_hits_as_text(found.hits, assistant.corpus), breaks=True))
    return 0


def index_build(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build a new index, verify it and swap it in."""
    passages, erase = arguments.passages, arguments.erase
    with Bar("Preparing the model", "Embedding") as bar:
        if passages:
            manifest = build_foreign(passages, settings, bar.show, erase=erase)
        else:
            manifest = build_shipped(settings, bar.show, erase=erase)
    print(f"Built, verified and swapped in: {_build_as_text(manifest)}")
    if erase:
        print("Every earlier index is erased; there is none to roll back to.")
        if settings.chroma_url:
            print("What the server keeps in its own files after a deletion is the server's.")
    return 0


def index_status(arguments: argparse.Namespace, settings: Settings) -> int:
    """Say what the index holds, and whether it fits corpus and model; the exit code says it too."""
    found = status(settings)
    print(f"Place: {found.place}")
    print(f"Current: {_build_as_text(found.current)}")
    print(f"Previous: {_build_as_text(found.previous)}")
    if found.current is None:
        raise IndexMissing("No index has been built yet; run: signpost index build")
    corpus = corpus_at_hand(settings)
    if problem := found.current.mismatch(corpus, load_embedder(settings)):
        raise IndexMismatch(problem)
    what = "passages of your own" if found.current.passages else "corpus"
    print(f"It fits the {what} (edition {corpus.digest[:12]}) and the model in use.")
    return 0


def index_rollback(arguments: argparse.Namespace, settings: Settings) -> int:
    """Let the index before this one answer again."""
    print(f"Answering again: {_build_as_text(rollback(settings))}")
    return 0


def _build_as_text(manifest: Manifest | None) -> str:
    if manifest is None:
        return "none"
    counts = ", ".join(f"{count} {tier}" for tier, count in manifest.counts.items())
    # Told, since every question then costs a comparison with all of the tier.
    counts += "".join(
        f"; {count} of {tier} found by comparison alone" for tier, count in manifest.missed.items()
    )
    return (
        f"{manifest.build}, {manifest.total} passages ({counts}), {manifest.embedder} "
        f"({manifest.weights[:12]}), corpus {manifest.corpus[:12]}, built {manifest.created}"
    )


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve the page until the process is stopped."""
    from ui.server.server import serve as serve_page

    wanted = {"host": arguments.host, "port": arguments.port}
    given = {name: value for name, value in wanted.items() if value is not None}
    if not has_index(settings):
        _build_first(settings)
    # Where the index is on a Chroma server, whoever built it prepared the model in another home.
    prepare_fast_path(settings)
    serve_page(settings.model_copy(update=given))
    return 0


def mcp(arguments: argparse.Namespace, settings: Settings) -> int:
    """Answer another assistant until it closes stdin."""
    from ui.server.mcp_server import check_extra, serve_stdio

    check_extra()
    serve_stdio(_opened(settings), settings)
    return 0


def _opened(settings: Settings, library: str | None = None) -> Answering:
    """Open the index that answers, and a library beside it; where no index is, build it first."""
    beside = visible_library(settings, library) if library is not None else None
    try:
        assistant = open_assistant(settings)
    except IndexMissing:
        _build_first(settings)
        assistant = open_assistant(settings)
    return with_library(assistant, beside) if beside else assistant


def _build_first(settings: Settings) -> None:
    print(f"Building the index in {settings.home}, once; then it goes on.", file=sys.stderr)
    with Bar("Preparing the model", "Embedding") as bar:
        build_shipped(settings, bar.show)


def _batch(
    arguments: argparse.Namespace,
    settings: Settings,
    work: Callable[[Answering], Callable[[Row], dict[str, object]]],
) -> int:
    rows = read_rows(arguments.batch, Row)
    done_with = work(_opened(settings, arguments.library))

    def result(number: int, row: Row) -> dict[str, object]:
        start = perf_counter()
        try:
            done = done_with(row)
        except QuestionError as error:
            raise BatchError(f"{arguments.batch}, line {number}: {error}") from None
        return {"id": row.id, **done, "seconds": round(perf_counter() - start, 6)}

    write_rows(arguments.out, (result(*row) for row in with_progress(rows, "Questions")))
    return 0


def _answering(
    assistant: Answering, settings: Settings, today: date
) -> Callable[[Row], dict[str, object]]:
    """Return what answers a row of a batch."""
    desk = Desk(settings, assistant.corpus)

    def answer_of(row: Row) -> dict[str, object]:
        question = Question(text=row.question, turns=row.turns, filters=row.filters)
        answer = desk.give(lambda: assistant.ask(question, today), LOCAL)
        # The file is written by Signpost, and its rows have the ids of those that were read.
        return {"answer": desk.kept(answer).model_dump(mode="json")}

    return answer_of


def _finding(assistant: Answering, k: int) -> Callable[[Row], dict[str, object]]:
    """Return what searches for a row of a batch."""

    def found_for(row: Row) -> dict[str, object]:
        found = assistant.find(row.question, k, row.turns, row.filters)
        hits: dict[str, object] = {"hits": _hits_as_rows(found.hits, assistant.corpus)}
        said = found.signposting
        return {**hits, "signposting": said.model_dump(mode="json")} if said else hits

    return found_for


def _hits_as_rows(hits: tuple[Hit, ...], corpus: Corpus) -> list[dict[str, object]]:
    return [
        {
            "passage_id": hit.passage_id,
            "source_id": corpus.passage(hit.passage_id).source_id,
            "score": hit.score,
            "ranks": hit.ranks,
            "text": corpus.passage(hit.passage_id).text,
        }
        for hit in hits
    ]


def _hits_as_text(hits: tuple[Hit, ...], corpus: Corpus) -> str:
    if not hits:
        return "No passage fits."
    blocks = []
    for hit in hits:
        passage = corpus.passage(hit.passage_id)
        ranks = ", ".join(f"{name} {rank}" for name, rank in hit.ranks.items())
        head = f"{hit.rank}. {hit.passage_id} ({passage.locator}); score {hit.score:.4f}; {ranks}"
        body = fill(passage.text, terminal_width(), initial_indent="   ", subsequent_indent="   ")
        blocks.append(f"{head}\n{body}")
    return "\n".join(blocks)
