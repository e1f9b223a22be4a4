"""What `signpost ingest` does: parse, call, print."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from ui.words.phrases import clean

if TYPE_CHECKING:
    from assistant.ingestion import FileOutcome, Ingested, Library
    from assistant.retrieval.models import Embedder
    from assistant.settings import Settings

EVERYONE = "everyone"
"""Stands for no role: whoever may ask may see the library."""


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take files into a library and out of it, and say of each what became of it."""
    from assistant.errors import LibraryError
    from assistant.ingestion import Library

    library = Library(settings, arguments.library)
    code = 0
    if arguments.paths or arguments.remove:
        code = _change(library, arguments, settings)
    if arguments.roles:
        if not library.exists:
            raise LibraryError(f"The library {library.name} holds nothing; ingest a file first.")
        library.grant([one for one in arguments.roles if one != EVERYONE])
    if arguments.list or arguments.roles:
        print(clean(_listed(library), breaks=True))
    return code


def _change(library: Library, arguments: argparse.Namespace, settings: Settings) -> int:
    from ui.cli.batch import Bar

    with Bar("Reading", "Embedding") as bar:
        done = library.change(
            arguments.paths, arguments.remove, partial(_embedder, settings), _tell, bar.show
        )
    for one in done.files:
        if one.outcome == "removed":
            print(clean(f"{one.name}: {one.said}"))
    print(_summary(done))
    refused = sum(one.is_refusal for one in done.files)
    if refused:
        said = f"{refused} of {len(done.files)} files {'was' if refused == 1 else 'were'} refused."
        print(f"signpost: {said}", file=sys.stderr)
    return 1 if refused else 0


def _embedder(settings: Settings) -> Embedder:
    from assistant.retrieval.models import load_embedder, prepare_fast_path

    prepare_fast_path(settings)
    return load_embedder(settings)


def _tell(number: int, total: int, outcome: FileOutcome) -> None:
    said = outcome.said if outcome.is_refusal else f"{outcome.name}: {outcome.said}"
    kind = f"{outcome.outcome}: " if outcome.is_refusal else ""
    print(clean(f"[{number}/{total}] {kind}{said}"), flush=True)


def _summary(done: Ingested) -> str:
    files = f"{done.held} file{'' if done.held == 1 else 's'}"
    return (
        f"The library {done.library} holds {files}, {done.texts} texts;"
        f" {done.embedded} embedded now."
    )


def _listed(library: Library) -> str:
    held = library.held()
    roles = library.access().roles
    lines = [f"Library {library.name}; seen by: {', '.join(roles) or EVERYONE}"]
    for one in held:
        document = one.document
        pages = f", {document.pages} pages" if document.pages else ""
        language = f", {document.language}" if document.language else ""
        count = len(document.sections)
        lines.append(f"  {one.name}: {document.title} ({document.kind}{pages}{language}, {count})")
        lines += [f"    {remark}" for remark in document.remarks]
    return "\n".join(lines)
