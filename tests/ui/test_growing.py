"""An answer on its way to one reader: it becomes whole once, whoever reads, stops it or leaves."""

from threading import Event

import pytest

from assistant.records import Answer
from tests.wording import made_answer, writing
from ui.service.growing import Growing, Underway

FIRST = "The deadlines of action 6 include the first drill within six months"


def held() -> tuple[object, Event]:
    """A wording that stops after its first sentence, and whether its call was ended."""
    words, _, cut = writing([f"{FIRST} [1].\n", Event()])
    return words, cut


def until(growing: Growing, count: int) -> None:
    for statements in growing:
        if len(statements) >= count:
            return


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


def test_a_reader_is_given_a_tick_where_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.service.growing.TICK", 0.01)
    words, _ = held()
    growing = Underway().begin(words, "page", lambda answer: None)
    until(growing, 2)
    stream = iter(growing)
    assert next(stream) == next(stream) == ()
    growing.stop()


def test_who_stops_it_has_the_rest_in_the_sources_own_words() -> None:
    told = list[Answer]()
    words, cut = held()
    underway = Underway()
    growing = underway.begin(words, "mary", told.append)
    until(growing, 2)
    assert not cut.is_set()
    assert underway.stop(growing.token, "mary")
    answer = growing.answer
    assert cut.is_set()
    assert answer.statements[1].text == f"{FIRST}."
    assert answer.statements[2:] == made_answer().statements[2:]
    assert answer.provenance.wording is not None
    assert answer.provenance.wording.cause == "cancelled"
    assert told == [answer]


def test_nobody_stops_what_another_asked_nor_by_a_token_that_is_none() -> None:
    underway = Underway()
    words, cut = held()
    growing = underway.begin(words, "mary", lambda answer: None)
    other, other_cut = held()
    second = underway.begin(other, "martha", lambda answer: None)
    assert growing.token != second.token
    assert not underway.stop(growing.token, "martha")
    assert not underway.stop("", "mary")
    assert not underway.stop(growing.token[:-1], "mary")
    assert not cut.is_set()
    assert not other_cut.is_set()
    underway.close()


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


def test_where_no_model_is_asked_all_is_there_at_once() -> None:
    base = made_answer(status="not_covered", reason="coverage_gap")
    words, llm, _ = writing("", answer=base)
    growing = Underway().begin(words, "mary", lambda answer: None)
    assert growing.model == ""
    assert growing.answer == base
    assert llm.asked == []
