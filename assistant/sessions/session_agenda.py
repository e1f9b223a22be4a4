"""The timed agenda of a session: minutes shared out, and breaks where a stretch grows long."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from assistant.citing.citations import note
from assistant.draft import listed
from assistant.errors import SessionError
from assistant.sessions.session import AgendaLine, Part
from assistant.sessions.session_scope import points

SHORTEST, LONGEST = 30, 240
"""Minutes that a session may last."""

STRETCH, BREAK = 90, 10
"""Minutes that nobody sits without a break, and minutes of a break."""

COARSE = 45
"""Minutes from which blocks are whole fives, as far as the length allows."""

PIECE = 60
"""Minutes that one line of the agenda lasts at most; a longer block is told in parts."""


class _Block(NamedTuple):
    id: str
    part: str
    weight: int
    least: int
    most: int
    title: str


_BLOCKS = (
    _Block("opening", "", 8, 4, 20, "Welcome and ground rules"),
    _Block("care", "", 16, 3, 20, "If somebody discloses abuse, and wellbeing"),
    _Block("page", "messages", 8, 4, 20, "What the framework says"),
    _Block("guidance", "messages", 20, 4, LONGEST, "What the guidance adds"),
    _Block("discussion", "discussion", 12, 4, LONGEST, "Discussion"),
    _Block("exercise", "exercise", 30, 5, LONGEST, "Exercise"),
    _Block("quiz", "quiz", 10, 3, 30, "Quiz"),
    _Block("close", "", 6, 3, 15, "Close"),
)

ORDER: tuple[Part, ...] = ("messages", "discussion", "exercise", "quiz")
"""Parts that take time, in the order of a session."""


def agenda_of(
    minutes: int,
    parts: Collection[str],
    order: Sequence[str] = ORDER,
    told: int = 40,
    bare: Sequence[str] | None = None,
) -> tuple[AgendaLine, ...]:
    """Return the lines of a session; their minutes add up to `minutes`.

    No stretch without a break is longer than 90 minutes; there is none up to 90.

    Args:
        minutes: length of the session, 30 to 240.
        parts: what it holds; objectives and glossary take no time of their own.
        order: of the parts between opening and close.
        told: what is said on disclosures and wellbeing; each takes half a minute.
        bare: where the framework has so few words on it that they take five minutes at most, the
            titles without any description.

    Raises:
        SessionError: the length is out of range, or the parts cannot fill it.
    """
    if not SHORTEST <= minutes <= LONGEST:
        raise SessionError(
            f"A session lasts {SHORTEST} to {LONGEST} minutes, not {minutes}; choose another"
            " length."
        )
    most = {"care": -(-told // 10) * 5, "page": LONGEST if bare is None else 5}
    known = [one._replace(most=min(one.most, most.get(one.id, LONGEST))) for one in _BLOCKS]
    *first, last = [one for one in known if not one.part]
    held = [one for one in known if one.part and one.part in parts]
    blocks = [*first, *sorted(held, key=lambda one: order.index(one.part)), last]
    if sum(one.most for one in blocks) < minutes:
        raise SessionError(
            f"These parts do not fill {minutes} minutes; add messages, discussion or an"
            " exercise, or make the session shorter."
        )
    for breaks in range(LONGEST // STRETCH + 2):
        pieces = _pieces(blocks, minutes - BREAK * breaks)
        places = _places([length for _, _, length in pieces], breaks)
        if places is not None:
            return tuple(_lines(pieces, places, bare or ()))
    raise SessionError(f"No agenda of {minutes} minutes was found; choose another length.")


def _pieces(blocks: Sequence[_Block], minutes: int) -> list[tuple[_Block, str, int]]:
    """Share minutes out by weight, in fives as far as they go, none under its least.

    Each block has its title and length; the long ones come in parts.
    """
    lengths = [one.least if minutes < COARSE else -(-one.least // 5) * 5 for one in blocks]
    while (left := minutes - sum(lengths)) > 0:
        open_ = [at for at, one in enumerate(blocks) if lengths[at] < one.most]
        if left < 5:
            at = max(open_, key=lambda one: (lengths[one], -one))
            lengths[at] += min(left, blocks[at].most - lengths[at])
            continue
        # Whoever is furthest behind its share gets up to the next five.
        at = min(open_, key=lambda one: (lengths[one] / blocks[one].weight, one))
        lengths[at] += 5 - lengths[at] % 5
    found = []
    for block, length in zip(blocks, lengths, strict=True):
        count = -(-length // PIECE)
        for number in range(count):
            part = length // count + (number < length % count)
            title = f"{block.title}, part {number + 1}" if count > 1 else block.title
            found.append((block, title, part))
    return found


def _places(lengths: Sequence[int], breaks: int) -> tuple[int, ...] | None:
    """Return before which pieces breaks stand so that the longest stretch is shortest.

    `None` where it is still too long.
    """

    def stretch(places: tuple[int, ...]) -> int:
        return max(sum(lengths[a:b]) for a, b in pairwise((0, *places, len(lengths))))

    ways = combinations(range(1, len(lengths)), breaks)
    best = min(ways, key=lambda places: (stretch(places), places), default=None)
    return best if best is not None and stretch(best) <= STRETCH else None


def _lines(
    pieces: Sequence[tuple[_Block, str, int]], places: Collection[int], bare: Sequence[str]
) -> Iterator[AgendaLine]:
    does, start = points().does, 0
    for at, (block, title, length) in enumerate(pieces):
        stretch = [("break", "Break", BREAK)] if at in places else []
        for id_, called, minutes in (*stretch, (block.id, title, length)):
            openly = bare and id_ == "page" and does["bare"].format(listed(bare))
            said = note(does[id_] + (f" {openly}" if openly else ""))
            yield AgendaLine(start=start, minutes=minutes, block=id_, title=called, does=said)
            start += minutes
