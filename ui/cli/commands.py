"""What each subcommand of `signpost` does: parse, call, print."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from textwrap import fill
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import opening
from assistant.answering.narrowing import pillar_id
from assistant.errors import BatchError, ExportError, IndexMismatch, IndexMissing, QuestionError
from assistant.foreign import LibraryTier, open_library
from assistant.home import check_free, write_whole
from assistant.ingestion import visible_library
from assistant.pipeline import Assistant
from assistant.records import Answer, Filters, Hit, Question
from assistant.retrieval.encoder import SHIPPED
from assistant.retrieval.models import load_embedder, prepare
from assistant.retrieval.store import current_manifest, rollback, status
from assistant.retrieval.store_volume import Manifest
from assistant.safety.personal import kept
from assistant.settings import Settings
from corpus.passage import Corpus
from ui.cli.batch import Row, meter, read_day, read_rows, terminal_width, write_rows
from ui.service.desk import LOCAL, Desk, Recorded, Serves
from ui.words.answer_text import answer_as_text, signposting_as_text
from ui.words.phrases import clean, printable

if TYPE_CHECKING:
    from ui.exports.export import ExportForm


def ask(arguments: argparse.Namespace, settings: Settings) -> None:
    """Answer a question, or a file of them.

    [QUESTION]: the question
    --json: print the answer record as JSON
    --turn TEXT ...: an earlier question of the same conversation, oldest first
    --pillar
    --facet
    --tier
    --audience
    --library
    --today
    --certificate FILE: a new file for its grounding certificate; see signpost verify
    --export FILE: a new file for the answer: FILE.md, .docx, .txt, .ris or .bib
    --brief FILE.docx: a new file for a brief of one page
    --batch
    --out OUT.jsonl: a new file for the results, one a line: id, answer, seconds
    """
    today = read_day(arguments.today)
    rows = read_rows(arguments.batch, Row) if arguments.batch else []
    files = _wanted(arguments)
    assistant = opened(settings, arguments.library)
    recorded = Recorded(assistant, Desk(settings, assistant.corpus), LOCAL)

    def given(text: str, turns: Sequence[str], filters: Filters) -> Answer:
        question = Question(text=text, turns=tuple(turns), filters=filters)
        return recorded.ask(question, today)

    def answered(row: Row) -> dict[str, object]:
        answer = kept(given(row.question, row.turns, row.filters), assistant.corpus)
        return {"answer": answer.model_dump(mode="json")}

    if rows:
        _write(arguments, rows, answered)
        return
    answer = given(arguments.question, arguments.turn, _filters(arguments, assistant))
    if arguments.json:
        print(printable(answer.model_dump_json(indent=2)))
    else:
        print(answer_as_text(answer, assistant.corpus, width=terminal_width()))
    told = sys.stderr if arguments.json else sys.stdout
    for form, path in files.items():
        from ui.exports.export import export_file

        made = export_file([kept(answer, assistant.corpus)], form, assistant.corpus, today)
        # Somebody may have made one meanwhile.
        check_free(path)
        write_whole(path, made.content, private=False)
        said = f"{'The brief' if form == 'brief' else 'The answer'} is in {path}."
        if form == "certificate":
            digest = json.loads(made.content)["digest"][:12]
            said = f"Certificate {digest} is in {path}; check it with: signpost verify"
        print(said, file=told)


def _filters(arguments: argparse.Namespace, assistant: Serves) -> Filters:
    """Return the filters that the arguments name; the assistant refuses what is not there."""
    pillars = tuple(arguments.pillar)
    main = assistant.main if isinstance(assistant, LibraryTier) else assistant
    if isinstance(main, Assistant):
        pillars = tuple(pillar_id(pillar, main.framework) for pillar in pillars)
    facets, tiers = tuple(arguments.facet), tuple(arguments.tier)
    return Filters(pillars=pillars, facets=facets, tiers=tiers, audience=arguments.audience)


def _wanted(arguments: argparse.Namespace) -> "dict[ExportForm, Path]":
    """Return which files are asked for, before anything is asked."""
    own: dict[ExportForm, Path] = {"certificate": arguments.certificate, "brief": arguments.brief}
    found = {form: path for form, path in own.items() if path}
    for path in (*found.values(), *filter(None, [arguments.export])):
        check_free(path)
    if arguments.export or arguments.brief:
        from ui.exports.export import FORMS

        if file := arguments.export:
            known = {f".{one.ending}": form for form, one in FORMS.items() if form not in own}
            if file.suffix.lower() not in known:
                *others, last = known
                names = f"{', '.join(others)} or {last}"
                raise ExportError(f"{file} has no known ending; name a file that ends in {names}.")
            found = {known[file.suffix.lower()]: file} | found
        if (file := arguments.brief) and file.suffix.lower() != ".docx":
            raise ExportError(f"{file} is no DOCX; a brief is a file such as brief.docx.")
        for form in found:
            FORMS[form].check()
    return found


def search(arguments: argparse.Namespace, settings: Settings) -> None:
    """Show the passages that fit a question.

    [QUESTION]: the question
    -k COUNT: how many passages (SIGNPOST_K, 10)
    --json: print the hits as JSON
    --pillar
    --facet
    --tier
    --audience
    --library
    --batch
    --out OUT.jsonl: a new file for the results, one a line: id, hits, seconds
    """
    k = arguments.k or settings.k
    rows = read_rows(arguments.batch, Row) if arguments.batch else []
    assistant = opened(settings, arguments.library)

    def listed(hits: tuple[Hit, ...]) -> list[dict[str, object]]:
        pairs = [(hit, assistant.corpus.passage(hit.passage_id)) for hit in hits]
        return [
            {
                "passage_id": hit.passage_id,
                "source_id": passage.source_id,
                **hit.model_dump(include={"score", "ranks"}),
                "text": passage.text,
            }
            for hit, passage in pairs
        ]

    def found_for(row: Row) -> dict[str, object]:
        found = assistant.find(row.question, k, row.turns, row.filters)
        said = found.signposting
        told = {"signposting": said.model_dump(mode="json")} if said else {}
        return {"hits": listed(found.hits), **told}

    if rows:
        _write(arguments, rows, found_for)
        return
    found = assistant.find(arguments.question, k, (), _filters(arguments, assistant))
    if found.signposting:
        told = f"{signposting_as_text(found.signposting, width=terminal_width())}\n"
        print(told, file=sys.stderr if arguments.json else sys.stdout)
    if arguments.json:
        print(printable(json.dumps(listed(found.hits), ensure_ascii=False, indent=2)))
    elif found.hits or not found.signposting:
        # Passages may be anybody's, and a terminal obeys some characters that it does not show.
        print(clean(_hits_as_text(found.hits, assistant.corpus), breaks=True))


def index_build(arguments: argparse.Namespace, settings: Settings) -> None:
    """Build a new index, verify it and swap it in.

    --passages FILE.jsonl: a corpus of your own in place of what ships: id, title, text
    --erase: leave no earlier index: what left the corpus is then in no file
    """
    passages, erase = arguments.passages, arguments.erase
    build = partial(opening.build_foreign, passages) if passages else opening.build_shipped
    with meter("Preparing the model", "Embedding") as show:
        manifest = build(settings, show, erase=erase)
    print(f"Built, verified and swapped in: {_build_as_text(manifest)}")
    if erase:
        print("Every earlier index is erased; there is none to roll back to.")
        if settings.chroma_url:
            print("What the server keeps in its own files after a deletion is the server's.")


def index_status(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say what the index holds and whether it fits."""
    found = status(settings)
    print(f"Place: {found.place}")
    print(f"Current: {_build_as_text(found.current)}")
    print(f"Previous: {_build_as_text(found.previous)}")
    if found.current is None:
        raise IndexMissing("No index has been built yet; run: signpost index build")
    corpus = opening.corpus_at_hand(settings)
    if problem := found.current.mismatch(corpus, load_embedder(settings)):
        raise IndexMismatch(problem)
    what = "passages of your own" if found.current.passages else "corpus"
    print(f"It fits the {what} (edition {corpus.digest[:12]}) and the model in use.")


def index_rollback(arguments: argparse.Namespace, settings: Settings) -> None:
    """Go back to the index before this one."""
    print(f"Answering again: {_build_as_text(rollback(settings))}")


def _build_as_text(manifest: Manifest | None) -> str:
    if manifest is None:
        return "none"
    counts = ", ".join(f"{count} {tier}" for tier, count in manifest.counts.items())
    return (
        f"{manifest.build}, {manifest.total} passages ({counts}), {manifest.embedder} "
        f"({manifest.weights[:12]}), corpus {manifest.corpus[:12]}, built {manifest.created}"
    )


def serve(arguments: argparse.Namespace, settings: Settings) -> None:
    """Serve the page.

    --host HOST: address (SIGNPOST_HOST, 127.0.0.1)
    --port PORT: port (SIGNPOST_PORT, 7860)
    """
    from ui.server.server import serve as serve_page

    if current_manifest(settings) is None:
        _build_first(settings)
    # Where the index is on a Chroma server, whoever built it prepared the model in another home.
    if settings.embedder == SHIPPED:
        prepare(settings)
    given = {name: getattr(arguments, name) for name in ("host", "port")}
    changed = {name: value for name, value in given.items() if value is not None}
    serve_page(settings.model_copy(update=changed))


def mcp(arguments: argparse.Namespace, settings: Settings) -> None:
    """Answer another assistant over MCP, on stdin and stdout.

    Over HTTP, `signpost serve` does so at /mcp where SIGNPOST_MCP is true.
    """
    from ui.server.tools import check_extra, serve_stdio

    check_extra()
    serve_stdio(opened(settings), settings)


def opened(settings: Settings, library: str | None = None) -> Serves:
    """Open the index that answers, and a library beside it; where no index is, build it first."""
    beside = visible_library(settings, library) if library is not None else None
    try:
        assistant = opening.open_assistant(settings)
    except IndexMissing:
        _build_first(settings)
        assistant = opening.open_assistant(settings)
    return open_library(assistant, beside) if beside else assistant


def _build_first(settings: Settings) -> None:
    print(f"Building the index in {settings.home}, once; then it goes on.", file=sys.stderr)
    with meter("Preparing the model", "Embedding") as show:
        opening.build_shipped(settings, show)


def _write(
    arguments: argparse.Namespace,
    rows: list[tuple[int, Row]],
    work: Callable[[Row], dict[str, object]],
) -> None:
    """Write what `work` makes of each row of a batch, with the seconds that it took."""

    def result(number: int, row: Row) -> dict[str, object]:
        start = perf_counter()
        try:
            done = work(row)
        except QuestionError as error:
            raise BatchError(f"{arguments.batch}, line {number}: {error}") from None
        return {**done, "seconds": round(perf_counter() - start, 6)}

    write_rows(arguments.out, rows, result, "Questions")


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
