"""What each subcommand of `signpost` does: parse, call, print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from textwrap import fill
from time import perf_counter
from typing import TYPE_CHECKING

from assistant.errors import ExportError, IndexMismatch, IndexMissing
from ui.cli.arguments import filters_of, read_day, terminal_width

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from assistant.foreign import Foreign
    from assistant.library_tier import LibraryTier
    from assistant.pipeline import Assistant
    from assistant.records import Hit
    from assistant.retrieval.manifest import Manifest
    from assistant.settings import Settings
    from corpus.passage import Corpus
    from ui.cli.batch import Row
    from ui.exports.export import ExportForm

    Answering = Assistant | Foreign | LibraryTier


def ask(arguments: argparse.Namespace, settings: Settings) -> int:
    """Answer one question, or a file of them."""
    from assistant.records import Question

    today = read_day(arguments.today)
    if arguments.batch:
        return _batch(arguments, settings, lambda one: _answering(one, settings, today))
    if arguments.certificate:
        from assistant.certificates.certificate_file import check_free

        check_free(arguments.certificate)
    from ui.service.desk import LOCAL, Desk

    told = sys.stderr if arguments.json else sys.stdout
    files = _wanted(arguments)
    assistant = _opened(settings, arguments.library)
    filters = filters_of(arguments, assistant)
    question = Question(text=arguments.question, turns=tuple(arguments.turn), filters=filters)
    desk = Desk(settings, assistant.corpus)
    answer = desk.give(lambda: assistant.ask(question, today), LOCAL)
    if arguments.json:
        from ui.words.phrases import printable

        print(printable(answer.model_dump_json(indent=2)))
    else:
        from ui.words.answer_text import answer_as_text

        print(answer_as_text(answer, assistant.corpus, width=terminal_width()))
    if arguments.certificate:
        from ui.cli.check_commands import keep

        print(keep(answer, assistant.corpus, arguments.certificate, today), file=told)
    for form, path in files:
        from assistant.home import write_whole
        from ui.exports.export import export_file

        made = export_file([desk.kept(answer)], form, assistant.corpus, today)
        write_whole(path, made.content)
        print(f"{'The brief' if form == 'brief' else 'The answer'} is in {path}.", file=told)
    return 0


def _wanted(arguments: argparse.Namespace) -> list[tuple[ExportForm, Path]]:
    """Return which files are asked for, before anything is asked."""
    found: list[tuple[ExportForm, Path]] = []
    if arguments.export:
        found.append((_form_of(arguments.export), arguments.export))
    if arguments.brief:
        if arguments.brief.suffix.lower() != ".docx":
            raise ExportError(
                f"{arguments.brief} is no DOCX; a brief is a file such as brief.docx."
            )
        found.append(("brief", arguments.brief))
    for form, path in found:
        from assistant.certificates.certificate_file import check_free
        from ui.exports.export import FORMS

        check_free(path)
        FORMS[form].check()
    return found


def _form_of(path: Path) -> ExportForm:
    from ui.exports.export import FORMS

    # A brief and a certificate have options of their own.
    endings = {
        f".{one.ending}": form
        for form, one in FORMS.items()
        if form not in ("brief", "certificate")
    }
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
        return _batch(arguments, settings, lambda one: _finding(one, k))
    assistant = _opened(settings, arguments.library)
    found = assistant.find(arguments.question, k, (), filters_of(arguments, assistant))
    if found.signposting:
        from ui.words.answer_text import signposting_as_text

        told = f"{signposting_as_text(found.signposting, width=terminal_width())}\n"
        print(told, file=sys.stderr if arguments.json else sys.stdout)
    if arguments.json:
        from ui.words.phrases import printable

        rows = _hits_as_rows(found.hits, assistant.corpus)
        print(printable(json.dumps(rows, ensure_ascii=False, indent=2)))
    elif found.hits or not found.signposting:
        from ui.words.phrases import clean

        # Passages may be anybody's, and a terminal obeys some characters that it does not show.
        print(clean(_hits_as_text(found.hits, assistant.corpus), breaks=True))
    return 0


def index_build(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build a new index, verify it and swap it in."""
    from assistant.opening import build_foreign, build_shipped
    from ui.cli.batch import Bar

    with Bar("Preparing the model", "Embedding") as bar:
        if arguments.passages:
            manifest = build_foreign(arguments.passages, settings, bar.show, erase=arguments.erase)
        else:
            manifest = build_shipped(settings, bar.show, erase=arguments.erase)
    print(f"Built, verified and swapped in: {_build_as_text(manifest)}")
    if arguments.erase:
        print("Every earlier index is erased; there is none to roll back to.")
        if settings.chroma_url:
            print("What the server keeps in its own files after a deletion is the server's.")
    return 0


def index_status(arguments: argparse.Namespace, settings: Settings) -> int:
    """Say what the index holds, and whether it fits corpus and model; the exit code says it too."""
    from assistant.opening import corpus_at_hand
    from assistant.retrieval.models import load_embedder
    from assistant.retrieval.store import status

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
    from assistant.retrieval.store import rollback

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
    from assistant.opening import has_index
    from assistant.retrieval.models import prepare_fast_path
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
    from assistant.ingestion import visible_library
    from assistant.opening import open_assistant, with_library

    beside = visible_library(settings, library) if library is not None else None
    try:
        assistant = open_assistant(settings)
    except IndexMissing:
        _build_first(settings)
        assistant = open_assistant(settings)
    return with_library(assistant, beside) if beside else assistant


def _build_first(settings: Settings) -> None:
    from assistant.opening import build_shipped
    from ui.cli.batch import Bar

    print(f"Building the index in {settings.home}, once; then it goes on.", file=sys.stderr)
    with Bar("Preparing the model", "Embedding") as bar:
        build_shipped(settings, bar.show)


def _batch(
    arguments: argparse.Namespace,
    settings: Settings,
    work: Callable[[Answering], Callable[[Row], dict[str, object]]],
) -> int:
    from assistant.errors import BatchError, QuestionError
    from ui.cli.batch import Row, read_rows, with_progress, write_rows

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
    from assistant.records import Question
    from ui.service.desk import LOCAL, Desk

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
