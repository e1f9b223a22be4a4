"""A foreign corpus: the pages of a park that nobody has visited."""

import json

from assistant.answering.answerability import Gate
from assistant.foreign import Foreign
from assistant.retrieval.store import Index
from assistant.settings import Settings
from corpus.readers.rows import PassageRow, corpus_of_rows
from tests.fakes import hashing_embedder

LONG = " ".join(
    f"Bed {number} of the rose garden holds roses of sort {number}, planted in rows of seven."
    for number in range(1, 41)
)

ROWS: tuple[dict[str, object], ...] = (
    {
        "id": "hours",
        "title": "Opening hours",
        "text": "When does the park open?\nThe park opens at 9 a.m. in summer. In winter the park"
        " opens at 10 a.m. and the gates close at dusk.\nDogs are allowed on a lead.",
        "url": "kept unread",
    },
    {
        "id": "lake<::>1",
        "title": "The lake",
        "text": "The lake was dug in 1871 by Ada Birch. Boats are hired out at the north pier.\r\n"
        " Swimming in the lake is forbidden, since the water is deep and\r\n cold all year.",
    },
    {"id": "café", "title": None, "text": "The café sells tea, soup and cake. It takes cards."},
    {"id": "roses", "title": "Rose garden", "text": LONG},
    {"id": "tower", "text": "The tower has 112 steps. Tickets for the tower cost 4 euros."},
)

ANSWERS = Gate.open()  # A gate that answers whatever is asked.
REFUSES = ANSWERS.model_copy(update={"threshold": 1.0})  # A gate that answers nothing outright.


def write_rows(path, *rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def open_park(home, gate=ANSWERS, rows=ROWS):
    """Return an assistant on the park that tells meanings apart by words alone."""
    settings = Settings(home=home)
    corpus = corpus_of_rows([PassageRow.model_validate(row) for row in rows])
    embedder = hashing_embedder()
    Index.build(corpus, embedder, settings)
    return Foreign(Index.open(corpus, embedder, settings), settings, gate)
