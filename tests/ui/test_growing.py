"""An answer on its way to one reader: it becomes whole once, whoever reads, stops it or leaves."""

from threading import Event

import pytest

from assistant.records import Answer
from tests.wording import made_answer, writing
from ui.service.growing import Underway

FIRST = "The deadlines of action 6 include the first drill within six months"


def held() -> tuple[object, Event]:
    """A wording that stops after its first sentence, and whether its call was ended."""
    words, _, cut = writing([f"{FIRST} [1].\n", Event()])
    return words, cut


def test_what_stands_is_given_as_it_comes_and_the_whole_is_told_once_before_the_end() -> None:
    go_on, told = Event(), list[Answer]()
    words, _, _ = writing([f"{FIRST} [1].\n", go_on, "All the equipment is in place [2].\n"], "")
    growing = Underway().begin(words, "page", told.append)
    seen = []
    for statements in growing:
        seen.append([one.text for one in statements])
        if len(statements) == 2:
            assert told == []
            go_on.set()
    assert seen[-1][1] == f"{FIRST}."
    assert [one.text for one in growing.answer.statements][:2] == seen[-1][:2]
    assert len(growing.answer.statements) == len(made_answer().statements)
    assert told == [growing.answer]


def test_what_is_over_is_forgotten_and_cannot_be_stopped() -> None:
    underway = Underway()
    for _ in range(5):
        words, _ = held()
        growing = underway.begin(words, "mary", lambda answer: None)
        assert len(underway) == 1
        growing.stop()
        assert growing.answer
        assert len(underway) == 0
        assert not underway.stop(growing.token, "mary")


def test_closing_stops_all_and_lets_each_be_recorded() -> None:
    told = list[Answer]()
    underway = Underway()
    cuts = []
    for _ in range(3):
        words, cut = held()
        cuts.append(cut)
        underway.begin(words, "mary", told.append)
    underway.close()
    assert len(told) == 3
    assert len(underway) == 0
    assert all(cut.is_set() for cut in cuts)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_ends_it_and_is_no_whole_answer() -> None:
    def broken(answer: Answer) -> None:
        raise ZeroDivisionError

    class Broken:
        base = made_answer()
        asked, model = True, "broken"

        def __iter__(self):
            yield self.base.statements[0]
            raise ZeroDivisionError

    underway = Underway()
    growing = underway.begin(Broken(), "mary", broken)
    assert len(list(growing)) <= 1
    with pytest.raises(RuntimeError, match="did not become whole"):
        _ = growing.answer
    assert len(underway) == 0
