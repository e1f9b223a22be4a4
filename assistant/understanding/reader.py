"""The learned reader: what a message is and what a question asks, by one encoder with heads.

The shipped encoder with all layers trained on labelled rows by `signpost learn`. Subjects are
linked: the question's vector, brought into the space of the retrieval encoder by a trained
projection, against the vectors of what a framework's items are called.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Scores, TunedModel
from assistant.settings import Settings
from assistant.understanding.reading import (
    EXTREMES,
    OPERATIONS,
    REQUESTS,
    Extreme,
    Operation,
    Request,
)
from corpus.text import split_sentences

TUNED = Path(__file__).with_name("reader.safetensors")  # The layers and heads that were trained.
MAX_TOKENS = 128
"""Tokens of a message, or of a question with the turns before it; the longer is cut."""

CASES = "ABCDEFGHIJ"  # Letters of the safeguarding cases; the last is a policy question.
REPLIED = ("en", "fr", "es")  # Languages that a message is replied to in.
LANGUAGES = (*REPLIED, "")  # Languages that are told apart; the last stands for any other.
ENGLISH = 0.8  # Probability from which a message is taken for English.
FACETS = ("pillars", "capabilities", "outcomes", "partners", "description")

KINDS = dict(zip(FACETS, ("pillar", "capability", "outcome", "partner"), strict=False))
"""What the reader was taught to call one of each."""

NAMES = {
    "pillars": ("Technology", "Criminal justice", "Societal"),
    "capabilities": ("crisis response", "legislation", "offender outreach", "safety by design"),
    "partners": ("industry", "law enforcement", "civil society"),
}
"""Some names of each that the reader was taught, to stand for those of another framework."""

FRAMEWORK = "the framework"  # What it was taught to call a framework.
DIMENSION = 384  # Of the vectors that subjects are linked by.
LEAST = 1e-6  # Least probability whose log-odds are taken.
SHARP = 20.0  # What cosines are multiplied by before they are held against each other.
SOUGHT = {"count": 0.03, "describe": 0.1, "without": 0.05, "check": 0.25}
"""Probability from which a matter is looked for on the page or a part of it, by what is likeliest:
few questions that were learned from do so. Chosen on development rows."""

RANKED = 0.1  # Probability from which a check claims the most or the least; few rows teach it.
ENOUGH = 0.5
"""Probability from which a facet, the whole page or several questions are taken as asked."""

ASKED = 0.9  # Probability from which a text, an opinion or a forecast is asked for, whatever of.
NAMELESS = 0.7
"""Probability of asking nothing of the framework from which an exact name counts for nothing."""

ASIDE = 0.3  # Probability of asking below which a sentence beside a question only tells something.
TURNS = 2  # Earlier turns that are read with a question, the last ones.
SHORTEST_PIECE = 2  # Words of a question with a mark of its own at least.
MOST_PIECES = 3  # Questions, each with its mark, that are read one by one; more are read as one.
MOST_SENTENCES = 16
"""Sentences of a message that are read one by one; in a longer one none is left out."""

STORY = 50  # Words from which the sentences of a message that ask are told from those that do not.
HEADS = {
    "case": len(CASES),
    "language": len(LANGUAGES),
    "operation": len(OPERATIONS),
    "facets": len(FACETS),
    "whole": 1,
    "several": 1,
    "subjects": DIMENSION,
    "excluded": DIMENSION,
    "leans": 1,
    "polar": 1,
    "extreme": len(EXTREMES),
    "request": len(REQUESTS),
    "asks": 1,
    "items": DIMENSION,
    "bodies": DIMENSION,
    "spares": 1,
    "compares": 1,
}
"""Outputs of each head, in the order in which they stand side by side; new ones come last."""

Floats = NDArray[np.float64]

_ENDS = dict(zip(HEADS, accumulate(HEADS.values()), strict=True))
PLACES = {name: slice(end - HEADS[name], end) for name, end in _ENDS.items()}
"""Where each head's outputs stand."""


class Told(NamedTuple):
    """What the heads make of one question."""

    operations: Floats
    """Probabilities, shape (operations,)."""

    facets: Floats
    """Probability that each is asked for, shape (facets,)."""

    whole: float
    """Probability that it is about the whole page."""

    several: float
    """Probability that it asks several things."""

    subjects: Floats
    """Unit vector that links to what it is about, shape (384,)."""

    items: Floats
    """Unit vector that links to the items among that, shape (384,)."""

    bodies: Floats
    """Unit vector that links to the entities among that, or among what it leaves out."""

    excluded: Floats
    """Unit vector that links to what it leaves out, shape (384,)."""

    leans: float
    """Probability that it says something only with the turn before it."""

    polar: float
    """Probability that yes or no is asked."""

    extremes: Floats
    """Probabilities of `EXTREMES`."""

    requests: Floats
    """Probabilities of `REQUESTS`."""

    asks: float
    """Probability that a sentence of a longer message is one that asks."""

    spares: float
    """Probability that a check leaves something out."""

    compares: float
    """Probability that what each of several things is would answer."""


class Reader:
    """Reads messages and questions.

    Raises:
        ModelError: by whatever is read, where the encoder that the model was trained from is not
            installed.
        StoreError: likewise, where the home cannot be written.
    """

    def __init__(self, settings: Settings) -> None:
        """Keep the home; the model is loaded, and exported if need be, with the first message."""
        self._model = TunedModel(settings, weights_path(settings.home), MAX_TOKENS)

    def warm(self) -> None:
        """Load now what the first message would load."""
        self._model.run(["warm"])

    def cases(self, texts: Sequence[str]) -> tuple[Floats, list[str]]:
        """Return how likely each case is, shape (texts, 10), and the language of each text."""
        scores = self._model.run(list(texts))
        chances = softmax(scores[:, PLACES["language"]])
        languages = [
            LANGUAGES[0 if one[0] >= ENGLISH else 1 + int(one[1:].argmax())] for one in chances
        ]
        return softmax(scores[:, PLACES["case"]]), languages

    def read(self, questions: Sequence[tuple[str, Sequence[str]]]) -> list[Told]:
        """Return what the heads make of questions, each with the turns before it."""
        return [told(one) for one in self._model.run([with_turns(*one) for one in questions])]

    def cut(self, text: str) -> tuple[int, float]:
        """Return where a message is likeliest cut in two, a character, and the log-odds of it."""
        return max(self._model.words(text), key=lambda word: word[1], default=(0, -np.inf))


def told(scores: Scores) -> Told:
    """Return what stands in a row of outputs, shape (outputs,)."""
    part = {name: scores[place] for name, place in PLACES.items()}
    links = ("subjects", "items", "bodies", "excluded")
    # Weights of before a head was added have no outputs of it.
    known = {name: part[name] if part[name].size else part["subjects"] for name in links}
    vectors = {name: vector / np.linalg.norm(vector) for name, vector in known.items()}
    return Told(
        **vectors,
        operations=softmax(part["operation"][None, :])[0],
        facets=sigmoid(part["facets"]),
        whole=float(sigmoid(part["whole"])[0]),
        several=float(sigmoid(part["several"])[0]),
        leans=float(sigmoid(part["leans"])[0]),
        polar=float(sigmoid(part["polar"])[0]),
        extremes=softmax(part["extreme"][None, :])[0],
        requests=softmax(part["request"][None, :])[0],
        asks=float(sigmoid(part["asks"])[0]),
        spares=float(sigmoid(part["spares"]).sum()),
        compares=float(sigmoid(part["compares"]).sum()),
    )


def operation_of(told: Told, *, exact: bool, part: bool = False) -> tuple[int, float]:
    """Return the place of what is to be done, and how likely nothing is asked of the framework.

    Args:
        told: what the heads say.
        exact: whether an item is named exactly, so that nothing is looked for by words.
        part: whether all that is named so are parts of the page, in which one may look.
    """
    best, beside = int(told.operations.argmax()), float(told.operations[OPERATIONS.index("other")])
    if exact and beside < NAMELESS:
        beside = 0.0
        if best == OPERATIONS.index("other"):
            best = int(np.argsort(told.operations)[-2])
    searched = OPERATIONS.index("mentions")
    if best == searched and exact and not part:
        best = OPERATIONS.index("list" if told.facets.max() > ENOUGH else "describe")
    elif told.operations[searched] >= SOUGHT.get(OPERATIONS[best], 1.0):
        best = searched if part or told.whole > ENOUGH else best
    return best, beside


def request_of(told: Told, operation: Operation) -> Request:
    """Return what is asked that no source can give, where that is likelier than a question."""
    if told.requests[0] >= (ENOUGH if operation == "other" else 1.0 - ASKED):
        return ""
    asked = REQUESTS[1 + int(told.requests[1:].argmax())]
    return "" if asked == "unworded" and told.leans > ENOUGH else asked


def extreme_of(told: Told, operation: Operation) -> Extreme:
    """Return whether the most or the least is asked for, or claimed of something in a check."""
    chances = dict(zip(EXTREMES, told.extremes.tolist(), strict=True))
    if operation == "check" and chances[""] <= 1.0 - RANKED:
        chances.pop("")
    return max(chances, key=lambda one: chances[one])


def is_unworded(told: Told) -> bool:
    """Tell whether nothing is asked: what leans on the turn before it asks something of that."""
    return REQUESTS[int(told.requests.argmax())] == "unworded" and told.leans <= ENOUGH


def with_turns(question: str, turns: Sequence[str]) -> tuple[str, str]:
    """Return the two texts that a question is read as: the turns before it, and itself."""
    return " | ".join(turns[-TURNS:]), question


Read = Callable[[Sequence[tuple[str, Sequence[str]]]], list[Told]]
"""What reads texts, each with the turns before it."""


def asking_of(message: str, read: Read) -> tuple[str, str]:
    """Return a message without what asks nothing at all, and its sentences that ask.

    Greetings only stand in a search's way; a story tells what is sought, and asks nothing. The
    second is empty where the message is short, or is read as it stands.
    """
    sentences = [span.of(message) for span in split_sentences(message)]
    if not 1 < len(sentences) <= MOST_SENTENCES:
        return message, ""
    unworded = REQUESTS.index("unworded")
    told = list(zip(sentences, read([(one, ()) for one in sentences]), strict=True))
    kept = [one for one, how in told if one.endswith("?") or how.requests[unworded] < ASKED]
    asking = [one for one, how in told if how.asks > ENOUGH]
    core = asking if len(message.split()) >= STORY else []
    return " ".join(kept) or message, " ".join(core)


def pieces_of(message: str) -> list[str]:
    """Return the questions of a message, each with its mark; all as one, where they are many.

    >>> pieces_of("What is grooming? Who does it?  And why?")
    ['What is grooming?', 'Who does it?', 'And why?']
    """
    marked = " ".join(message.split()).replace("? ", "?\n").splitlines()
    pieces = [one for one in marked if len(one.split()) >= SHORTEST_PIECE]
    return pieces if len(pieces) <= MOST_PIECES else [message]


def softmax(sums: Floats) -> Floats:
    """Return probabilities in place of sums, along the last axis."""
    raised = np.exp(sums - sums.max(axis=-1, keepdims=True))
    share: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return share


def odds_of(share: float) -> float:
    """Return the log-odds of a probability, which is kept from 0 and 1."""
    kept = min(max(share, LEAST), 1.0 - LEAST)
    return float(np.log(kept / (1.0 - kept)))


def sigmoid(sums: Floats) -> Floats:
    """Return the probability that each log-odds stands for."""
    share: Floats = 1.0 / (1.0 + np.exp(-sums))
    return share


def learned_path(home: Path) -> Path:
    """Return the file of layers that `signpost learn` wrote."""
    return home / "models" / TUNED.name


def weights_path(home: Path) -> Path:
    """Return the file of layers in use: those learned here, or those that ship."""
    learned = learned_path(home)
    return learned if learned.exists() else TUNED
