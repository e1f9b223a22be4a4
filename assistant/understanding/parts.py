"""What of a message asks, and questions that ask several things, cut into parts that ask one."""

from collections.abc import Callable, Sequence

from assistant.understanding.reader import ASKED, ENOUGH, Told
from assistant.understanding.reading import REQUESTS
from corpus.text import split_sentences

Half = tuple[str, Told]
"""A text, with what the heads make of it."""

Halves = tuple[Half, Half]
"""A question that is cut in two."""

Read = Callable[[Sequence[tuple[str, Sequence[str]]]], list[Told]]
"""What reads texts, each with the turns before it."""

CUTS = 12
"""Places, between any two words, at which a question that asks several things may be cut."""

SHORTEST = 3
"""Words of a half at least: of 540 questions that hands cut in two, none has a shorter one."""

SHORTEST_PIECE = 2
"""Words of a question with a mark of its own at least."""

MOST_PIECES = 3
"""Questions, each with its mark, that are read one by one; more are read as one."""

STOPPED = 0.15
"""What a cut after a comma, a colon or a full stop gains."""

ASKS = 0.55
"""Probability of asking that each half needs."""

MOST_SENTENCES = 16
"""Sentences of a message that are read one by one; in a longer one none is left out."""

STORY = 50
"""Words from which the sentences of a message that ask are told from those that do not."""


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


def halves_of(text: str, turns: Sequence[str], read: Read) -> list[Halves]:
    """Return the halves of a question cut at places all over it; none where it is too short."""
    words = text.split()
    return _halved(words, range(SHORTEST, len(words) - SHORTEST + 1, _step(words)), turns, read)


def best_halves(
    text: str, halved: Sequence[Halves], turns: Sequence[str], read: Read
) -> Halves | tuple[()]:
    """Return the halves that ask one thing each most likely, looked for between those as well.

    There are none where one of them asks nothing.
    """
    if not halved:
        return ()
    words = text.split()
    at, step = len(min(halved, key=_joined)[0][0].split()), _step(words)
    first, last = max(SHORTEST, at - step + 1), min(len(words) - SHORTEST, at + step - 1)
    best = min(_halved(words, range(first, last + 1), turns, read), key=_joined)
    return best if asks_twice(best) else ()


def asks_twice(halves: Halves) -> bool:
    """Tell whether both halves ask, by themselves."""
    return all(told.asks > ASKS for _, told in halves)


def _step(words: Sequence[str]) -> int:
    return max(1, len(words) // CUTS)


def _halved(
    words: Sequence[str], places: Sequence[int], turns: Sequence[str], read: Read
) -> list[Halves]:
    """Return the halves of a text cut before some of its words, with what is made of each."""
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in places]
    asked = [
        part for first, second in halves for part in ((first, turns), (second, (*turns, first)))
    ]
    told = read(asked) if asked else []
    known = [(text, one) for (text, _), one in zip(asked, told, strict=True)]
    return list(zip(known[::2], known[1::2], strict=True))


def _joined(halves: Halves) -> float:
    """Return how likely a half asks several things still; after a stop a question is rather cut."""
    (first, one), (_, other) = halves
    return max(one.several, other.several) - STOPPED * (first[-1] in ",;:.")
