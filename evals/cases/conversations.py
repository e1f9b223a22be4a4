"""Labelled conversations over a pool of passages, as `evals.benches.foreign_rates` reads them.

A folder with `passages.jsonl.gz`, rows `{"id" or "pid", "title", "text"}`, and `tasks.jsonl.gz`,
rows `{"id", "collection", "history": [{"role", "text"}], "question", "answerability", "gold"}`;
lists may be written as JSON or as Python shows them. The form is that of MTRAG (Katsis et al. 2025,
"mtRAG: A multi-turn conversational benchmark for evaluating retrieval-augmented generation
systems").
"""

import ast
import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

from assistant.errors import BatchError
from assistant.foreign import Foreign
from assistant.ingestion import Library, corpus_of
from assistant.opening import build_foreign, open_assistant
from assistant.records import Question
from assistant.retrieval.models import ready_embedder
from assistant.retrieval.store import Index
from assistant.settings import Settings
from corpus.passage import Record, sha256_of
from corpus.readers.questions import shipped_questions

PASSAGES, TASKS = "passages.jsonl.gz", "tasks.jsonl.gz"
DOCUMENTS = Path(__file__).parent / "documents"
LEARNED = Path(str(shipped_questions())) / "documents"
"""Folders of documents with the questions on them: that are scored, and that are learned from."""

TEST = "govt"  # The collection that nothing is fitted on.


class Conversation(Record):
    """A question at the end of a conversation, with what is known of its answer."""

    id: str
    collection: str
    """Passages that it is about."""

    turns: tuple[str, ...] = ()
    """What the user asked before, oldest first; replies are left out."""

    question: str
    label: str
    """`answerable`, `partial`, `unanswerable` or `underspecified`."""

    gold: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Passages that answer, empty where none does, and what an answer has to show, verbatim, where
    that is known."""

    @property
    def asked(self) -> Question:
        """The question as the assistant takes it."""
        return Question(text=self.question, turns=self.turns)

    @property
    def answerable(self) -> bool | None:
        """Whether it is to be answered; `None` where a part of it is, which either does."""
        return None if self.label == "partial" else self.label == "answerable"


def read_conversations(folder: Path) -> tuple[Conversation, ...]:
    """Read the tasks of a folder; BatchError if the file is missing or not in its form."""
    return tuple(
        Conversation(
            id=str(row["id"]),
            collection=str(row["collection"]),
            turns=tuple(
                text
                for one in _list(row["history"])
                if isinstance(one, dict) and one["role"] == "user"
                if any(map(str.isalnum, text := str(one["text"])))
            ),
            question=str(row["question"]),
            label=str(_list(row["answerability"])[0]).lower(),
            gold=tuple(map(str, _list(row["gold"]))),
        )
        for row in gzipped_rows(folder / TASKS)
    )


def read_document_questions(folder: Path = DOCUMENTS) -> tuple[Conversation, ...]:
    """Read questions on documents; the collection names the files, with hyphens between."""
    return tuple(
        Conversation(
            id=row["id"],
            collection="-".join(row["library"]),
            question=row["question"],
            label="answerable" if row["answerable"] else "unanswerable",
            facts=row["facts"],
        )
        for row in map(json.loads, (folder / "questions.jsonl").read_text("utf-8").splitlines())
    )


def open_documents(folder: Path, collection: str, settings: Settings) -> Foreign:
    """Ingest the documents of a collection as a library of a home, and open that alone."""
    embedder = ready_embedder(settings)
    library = Library(settings, sha256_of(collection)[:12])
    files = [next(folder.parent.glob(f"*/{one}.md")) for one in collection.split("-")]
    library.change(files, (), lambda: embedder)
    index = Index.open(corpus_of(library.held()), embedder, library.settings)
    return Foreign(index, settings)


def open_pool(data: Path, settings: Settings) -> Foreign:
    """Index the pool of a folder in the home of the settings, whose vectors are kept, and open it.

    BatchError if its file is missing or not in its form.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    rows = settings.home / "pool.jsonl"
    with rows.open("w", encoding="utf-8", newline="\n") as file:
        for row in gzipped_rows(data / PASSAGES):
            kept = {"id": row.get("pid", row.get("id")), "title": row.get("title")}
            file.write(json.dumps({**kept, "text": row.get("text")}, ensure_ascii=False) + "\n")
    build_foreign(rows, settings)
    return cast("Foreign", open_assistant(settings))


def gzipped_rows(path: Path) -> Iterator[dict[str, object]]:
    """Read gzipped JSON Lines; BatchError if the file is missing or not in its form."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise BatchError(f"{path} is no gzipped JSON Lines file: {error}.") from None


def _list(value: object) -> list[object]:
    """Return a list that may be written as Python shows it, or a single word."""
    with suppress(ValueError, SyntaxError):
        value = ast.literal_eval(value) if isinstance(value, str) else value
    return list(value) if isinstance(value, list | tuple) else [value]
