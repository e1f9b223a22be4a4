"""What `signpost ground` does: parse, call, print."""

from __future__ import annotations

import argparse
import logging
import shutil
from textwrap import fill
from typing import TYPE_CHECKING

from assistant.citing.verifier import Judgement, Verifier
from assistant.errors import BatchError

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.settings import Settings

logger = logging.getLogger(__name__)

_DIGITS = 6


def ground(arguments: argparse.Namespace, settings: Settings) -> int:
    """Judge one claim by a text, or each of a file of them by its own."""
    if arguments.batch:
        return _batch(arguments.batch, arguments.out, open_verifier(settings, arguments.words))
    context = _read(arguments.context)
    judgement = open_verifier(settings, arguments.words).verify(context, arguments.claim)
    print(judgement.model_dump_json(indent=2) if arguments.json else _as_text(judgement))
    return 0


def open_verifier(settings: Settings, by_words: bool) -> Verifier:
    """Return the verifier, with the shipped embedding model where that is in use and prepared."""
    if by_words:
        return Verifier.open()
    from assistant.retrieval.encoder import SHIPPED
    from assistant.retrieval.models import load_embedder

    embedder = load_embedder(settings)
    if embedder.name == SHIPPED and embedder.is_fast:
        return Verifier.open(embedder.encode)
    logger.warning(
        "The shipped embedding model is not in use, or not prepared (signpost index build); "
        "claims are judged by their words alone."
    )
    return Verifier.open()


def _batch(rows_in: Path, rows_out: Path, verifier: Verifier) -> int:
    from ui.cli.batch import read_pairs, with_progress, write_rows

    rows = with_progress([row for _, row in read_pairs(rows_in)], "Claims")
    write_rows(
        rows_out,
        ({"id": row.id, **_as_row(verifier.verify(row.context, row.claim))} for row in rows),
    )
    return 0


def _as_row(judgement: Judgement) -> dict[str, object]:
    return {
        "verdict": judgement.verdict,
        "support": round(judgement.support, _DIGITS),
        "reasons": list(judgement.reasons),
    }


def _as_text(judgement: Judgement) -> str:
    width = min(shutil.get_terminal_size((88, 24)).columns, 100)
    reasons = [
        fill(one, width, initial_indent="  - ", subsequent_indent="    ")
        for one in judgement.reasons
    ]
    return "\n".join([f"{judgement.verdict}, support {judgement.support:.2f}", *reasons])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BatchError(f"The file {path} cannot be read: it is not UTF-8.") from None
