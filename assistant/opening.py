"""Which assistant answers in a home: that of the shipped corpus, or one of a foreign corpus."""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ModelError, StoreError
from assistant.home import write_whole, writing
from assistant.retrieval.encoder import PAIRS, PRECEDENTS, SHIPPED
from assistant.retrieval.models import embed_kept, load_embedder, prepare, ready_embedder
from assistant.retrieval.store import Index, Progress, current_manifest, status
from assistant.retrieval.store_volume import AGAIN, Manifest
from corpus.passage import Corpus
from corpus.readers.rows import parse_rows, read_bytes
from corpus.whole import Whole

if TYPE_CHECKING:
    from assistant.foreign import Foreign
    from assistant.pipeline import Assistant
    from assistant.settings import Settings

logger = logging.getLogger(__name__)

FOLDER = "passages"
"""Folder of the home that keeps the files of foreign corpora, each under its hash."""


def open_assistant(settings: Settings) -> Assistant | Foreign:
    """Open the index that answers, whichever corpus it was built over.

    `SignpostError` where the index is missing or was built from something else, or the model or the
    kept passages cannot be used.
    """
    corpus = foreign_corpus(settings)
    if corpus is None:
        from assistant.pipeline import Assistant

        return Assistant.open(settings)
    from assistant.foreign import Foreign

    return Foreign(Index.open(corpus, load_embedder(settings), settings), settings)


def build_shipped(
    settings: Settings, progress: Progress | None = None, *, erase: bool = False
) -> Manifest:
    """Build the index over the corpus that ships, and the models' fast paths beside it.

    See `Index.build`; if nothing of any index before may be left, no foreign passages are either.
    """
    from assistant.answering.page_search import judged_topics, topic_texts
    from assistant.answering.precedents import Precedents
    from assistant.safety.multilingual import Multilingual
    from assistant.understanding.linking import names_of
    from assistant.understanding.reader import weights_path

    embedder = ready_embedder(settings)
    for tuned in (PAIRS, PRECEDENTS, weights_path(settings.home)):
        prepare(settings, tuned)
    # Triage does without it where the package that runs it is not installed.
    with suppress(ModelError):
        Multilingual(settings).prepare()
    whole = Whole.read()
    embed_kept(embedder, settings.home, names_of(whole.framework))
    if embedder.name == SHIPPED:
        texts = topic_texts(whole.glossary, judged_topics())
        embed_kept(embedder, settings.home, texts)
        Precedents.shipped(whole.corpus, embedder, settings.home)
    built = Index.build(whole.corpus, embedder, settings, progress, erase=erase)
    sweep(settings)
    return built


def build_foreign(
    path: Path, settings: Settings, progress: Progress | None = None, *, erase: bool = False
) -> Manifest:
    """Build the index over a file of passages, of which a copy is kept in the home.

    It answers in this home from then on; see `Index.build`.
    """
    data = read_bytes(path)
    corpus, digest = parse_rows(data, str(path)), hashlib.sha256(data).hexdigest()
    embedder = ready_embedder(settings)
    with writing(settings.home):
        write_whole(_kept(settings, digest), data)
    built = Index.build(corpus, embedder, settings, progress, passages=digest, erase=erase)
    sweep(settings)
    return built


def build_again(settings: Settings, progress: Progress | None = None) -> Manifest:
    """Build the index anew over whichever corpus answers in this home; see `Index.build`."""
    manifest = current_manifest(settings)
    if manifest is None or not manifest.passages:
        return build_shipped(settings, progress)
    return build_foreign(_kept(settings, manifest.passages), settings, progress)


def foreign_corpus(settings: Settings) -> Corpus | None:
    """Return the foreign corpus that the index answers from; none where it is the shipped one.

    `StoreError` where it is damaged, or the copy of its passages is missing or was changed.
    """
    manifest = current_manifest(settings)
    if manifest is None or not manifest.passages:
        return None
    path = _kept(settings, manifest.passages)
    again = f"{AGAIN} --passages FILE.jsonl"
    try:
        data = path.read_bytes()
    except OSError:
        raise StoreError(f"The passages of the index are not in {path}; {again}") from None
    if hashlib.sha256(data).hexdigest() != manifest.passages:
        raise StoreError(f"The passages in {path} were changed since they were indexed; {again}")
    return parse_rows(data, str(path))


def corpus_at_hand(settings: Settings) -> Corpus:
    """Return the corpus that answers in this home, the shipped one where nothing was built."""
    return foreign_corpus(settings) or Whole.read().corpus


def sweep(settings: Settings) -> None:
    """Remove passages that no index here was built from; `StoreError` where one cannot be."""
    try:
        found = status(settings)
    except StoreError as error:
        # The index before may be damaged, and so not say what it was built from.
        logger.info("No passages are removed: %s", error)
        return
    used = {f"{build.passages}.jsonl" for build in (found.current, found.previous) if build}
    with writing(settings.home / FOLDER):
        # Whatever its name: a crash leaves unfinished copies, which begin with a full stop.
        for path in (settings.home / FOLDER).glob("*"):
            if path.name not in used:
                path.unlink(missing_ok=True)


def _kept(settings: Settings, digest: str) -> Path:
    return settings.home / FOLDER / f"{digest}.jsonl"
