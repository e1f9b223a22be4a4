"""What holds of training sessions, by audience and length."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime

from assistant.citing import ground
from assistant.sessions.session import AUDIENCES, LEVELS, QuizItem, Session, SessionRequest
from assistant.sessions.session_build import build_session, statements_of
from assistant.sessions.session_truth import faults, truth
from corpus.whole import Whole
from evals.estimate import Estimate, rate

LENGTHS = (30, 45, 60, 75, 90, 100, 120, 150, 180, 240)
"""Minutes of the sessions, in turn."""

_BY_PILLAR: tuple[tuple[int, ...], ...] = (*((one % 6 + 1,) for one in range(14)), (2, 3))
_BY_CAPABILITY = (("C12",), ("C7", "C8"), ("C20",))
_BY_TOPIC = ("hash matching", "survivors")


def requests() -> tuple[SessionRequest, ...]:
    """Return 20 requests: by pillar, by capability and by topic, all else in turn."""
    about: list[dict[str, object]] = [{"pillars": one} for one in _BY_PILLAR]
    about += [{"capabilities": one} for one in _BY_CAPABILITY]
    about += [{"topic": one} for one in _BY_TOPIC]
    return tuple(
        SessionRequest.model_validate(
            one
            | {
                "minutes": LENGTHS[at % len(LENGTHS)],
                "audience": AUDIENCES[at % len(AUDIENCES)],
                "level": LEVELS[at // 3 % len(LEVELS)],
                "seed": at,
            }
        )
        for at, one in enumerate(about)
    )


def measure(sessions: Sequence[Session], whole: Whole) -> dict[str, Estimate]:
    """Return the share of what holds, by name, each with n and Wilson's interval."""
    items = [one for session in sessions for one in session.quiz]
    chosen = [one for one in items if one.form != "short"]
    cited = [one for each in sessions for said in statements_of(each) for one in said.citations]
    texts = whole.corpus.by_id
    return {
        "agendas that add up": rate([_adds_up(one) for one in sessions]),
        "citations at their span": rate(
            [texts[one.passage_id].text[one.start : one.end] == one.quote for one in cited]
        ),
        "keys that the checker supports": rate([_is_supported(one, whole) for one in items]),
        "distractors of one closed set, all false": rate(
            [_is_closed(one, whole) for one in chosen]
        ),
        "items without a fault": rate([not faults(one, whole) for one in items]),
    }


def _adds_up(session: Session) -> bool:
    return sum(one.minutes for one in session.agenda) == session.request.minutes


def _is_supported(item: QuizItem, whole: Whole) -> bool:
    evidence = tuple(one.evidence for one in item.options if one.right)
    kept, _ = ground.check(evidence, whole.corpus.by_id)
    return bool(evidence) and [one.verdict for one in kept] == ["supported"] * len(evidence)


def _is_closed(item: QuizItem, whole: Whole) -> bool:
    wrong = [one for one in item.options if not one.right]
    told = [truth(item.relation, item.subject, one, whole) for one in wrong]
    return bool(item.closed_set and wrong) and all(one is False for one in told)


def main(today: date | None = None) -> None:
    """Print what holds of the 20 sessions, as of a day."""
    whole, day = Whole.read(), today or datetime.now(UTC).date()
    sessions = [build_session(one, whole, day) for one in requests()]
    for name, one in measure(sessions, whole).items():
        interval = f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}] (n {one.n})"
        sys.stdout.write(f"{name:42} {interval}\n")


if __name__ == "__main__":
    main()
