"""A call's words come until a deadline or a stop, and whoever reads never waits longer."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from time import monotonic

import pytest

from assistant.wording.flow import Flow, Stopped


def flow(*pieces: object, seconds: float = 20.0) -> tuple[Flow, Event]:
    cut = Event()

    def start() -> Iterator[str]:
        for one in pieces:
            if isinstance(one, Exception):
                raise one
            if one is None:
                cut.wait(20)
            else:
                yield str(one)

    return Flow(start, cut.set, monotonic() + seconds, (ValueError,)), cut


def test_the_words_come_in_order_and_the_call_is_over_with_them() -> None:
    given, cut = flow("a", "b")
    assert [*given] == ["a", "b"]
    assert cut.is_set()


def test_a_failure_is_the_readers() -> None:
    given, cut = flow("a", ValueError("odd"))
    read = iter(given)
    assert next(read) == "a"
    with pytest.raises(ValueError, match="odd"):
        next(read)
    assert cut.is_set()


def test_the_deadline_ends_the_wait_and_the_call() -> None:
    given, cut = flow("a", None, seconds=0.1)
    read = iter(given)
    assert next(read) == "a"
    with pytest.raises(TimeoutError):
        next(read)
    assert cut.is_set()


def test_a_deadline_that_has_passed_is_told_whatever_comes() -> None:
    given, _ = flow("a", seconds=-1.0)
    with pytest.raises(TimeoutError):
        next(iter(given))


def test_calling_it_off_wakes_the_reader() -> None:
    given, cut = flow("a", None)
    read = iter(given)
    assert next(read) == "a"
    given.cancel()
    with pytest.raises(Stopped):
        next(read)
    assert cut.is_set()


def test_whoever_stops_reading_ends_the_call() -> None:
    given, cut = flow("a", None)
    read = iter(given)
    assert next(read) == "a"
    read.close()  # type: ignore[attr-defined]
    assert cut.is_set()
