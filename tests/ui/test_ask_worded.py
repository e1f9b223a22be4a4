"""What the Ask workspace shows while a language model words an answer, and where it fails."""

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from assistant.errors import QuestionError
from assistant.records import Answer, Question
from assistant.safety.audit import AuditLog, AuditRecord
from assistant.settings import Settings
from assistant.wording.endpoint import Calls
from assistant.wording.generative import Reading, Writing
from corpus.passage import Corpus
from tests.harbour import HARBOUR
from tests.wording import made_answer, writing
from ui.pages.ask.ask import Shown, replies
from ui.pages.ask.talk import Turn, restored_as_html
from ui.service.desk import Desk, Recorded
from ui.words.catalogue import say

ASKED = "What are the deadlines of action 6?"
FIRST = "The deadlines of action 6 include the first drill within six months"
SECOND = "All the equipment is in place within one year"
GOOD = f"{FIRST} [1].\n{SECOND} [2].\n"
QUOTES = [one.text for one in made_answer().statements]
NOTE = QUOTES[0]


class Words:
    """An assistant whose answers a scripted model words."""

    def __init__(
        self,
        *script: object,
        seconds: float = 20.0,
        reading: Reading | None = None,
        **fields: object,
    ) -> None:
        self._script, self._seconds, self._reading = script, seconds, reading
        self._answer = made_answer(**fields)
        self.cut = Event()
        self.asked: list[str] = []

    @property
    def corpus(self) -> Corpus:
        return HARBOUR.corpus

    def ask(self, question: Question) -> Answer:
        raise AssertionError("The page does not wait for the whole.")

    def write(self, question: Question) -> Writing:
        if not question.text.strip():
            raise QuestionError("The question is empty; type one.")
        words, llm, self.cut = writing(
            *self._script, answer=self._answer, reading=self._reading, seconds=self._seconds
        )
        self.asked = llm.asked
        return words


class Page:
    """What a page is shown, and what is recorded of it."""

    def __init__(self, home: Path, assistant: Words, **more: object) -> None:
        self._settings = Settings(home=home, **more)
        self.assistant = assistant
        self.desk = Desk(self._settings, HARBOUR.corpus)

    def asks(self, text: str = ASKED, number: int = 1) -> Iterator[Shown]:
        sent = json.dumps({"number": number})
        return replies(Recorded(self.assistant, self.desk, "page"), text, sent)

    def recorded(self) -> tuple[AuditRecord, ...]:
        return AuditLog(self._settings).records()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Page]:
    monkeypatch.setattr("ui.service.desk.TICK", 0.05)
    return lambda *script, more=(), **given: Page(tmp_path, Words(*script, **given), **dict(more))


def text(shown: Shown) -> str:
    """The answer as its words, without chips and panels."""
    shown_html = re.sub("(?s)<pre.*?</pre>", "", shown.html)
    article = re.search("(?s)<article.*</article>", shown_html)
    bare = re.sub("<a class=.sp-cite.*?</a>", "", article[0] if article else "")
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", bare)).split())


STOP = re.compile(r'data-stop="([\w-]{22})"')


def acts(html: str) -> list[str]:
    return re.findall(r'<button [^>]*data-act="([^"]+)"', html)


def cites(html: str) -> list[str]:
    return re.findall(r' id="cite-([\d-]+)"', html)


def until(stream: Iterator[Shown], words: str) -> Shown:
    return next(shown for shown in stream if words in text(shown))


def tells(shown: Shown, *sentences: str) -> bool:
    """Whether it tells these and of the other sentences none, in this order."""
    said = text(shown)
    known = [one for one in dict.fromkeys((*QUOTES, f"{FIRST}.", f"{SECOND}.")) if one in said]
    return sorted(known, key=said.index) == list(sentences)


def is_whole(shown: Shown) -> bool:
    return "2 of 2 deadlines" in shown.html


def test_it_is_said_at_once_who_words_the_answer_and_how_to_stop_it(page) -> None:
    stream = page([Event()]).asks()
    assert say("ask.looking") in next(stream).html
    begun = next(stream).html
    assert say("wording.begun", model="scripted") in begun
    assert STOP.search(begun)
    assert "stop" in acts(begun)
    assert NOTE in begun
    assert cites(begun) == []
    stream.close()


def test_each_sentence_appears_once_it_is_verified_and_the_rest_with_the_whole(page) -> None:
    go_on = Event()
    one = page([f"{FIRST} [1].\nAll equipment", go_on, " is fake [2].\n"], "")
    stream = one.asks()
    grown = until(stream, FIRST)
    assert tells(grown, NOTE, f"{FIRST}.")
    assert "1-1" in cites(grown.html)
    assert not is_whole(grown)
    assert grown.record == ""
    go_on.set()
    *rest, whole = stream
    assert not any("fake" in shown.html for shown in (*rest, whole))
    assert not any(is_whole(shown) for shown in rest)
    assert is_whole(whole)
    assert "data-stop" not in whole.html
    assert tells(whole, NOTE, f"{FIRST}.", *QUOTES[2:])
    assert say("wording.worded", n=1, model="scripted") in text(whole)


def test_nothing_is_announced_before_the_whole(page) -> None:
    *growing, whole = page([GOOD], "").asks()
    announced = re.compile(r'"sp-reply"[^>]*data-announce|article" data-announce')
    assert not any(announced.search(shown.html) for shown in growing)
    assert len(announced.findall(whole.html)) == 1


def test_while_nothing_comes_the_same_is_given_again_and_again(page) -> None:
    stream = page([f"{FIRST} [1].\n", Event()]).asks()
    grown = until(stream, FIRST)
    assert [next(stream), next(stream)] == [grown, grown]
    stream.close()


def test_who_stops_it_has_the_whole_at_once_and_is_told_so(page) -> None:
    one = page([f"{FIRST} [1].\n", Event()])
    stream = one.asks()
    token = STOP.search(until(stream, FIRST).html)[1]
    assert one.desk.underway.stop(token, "page")
    *_, whole = stream
    assert one.assistant.cut.is_set()
    assert is_whole(whole)
    assert tells(whole, NOTE, f"{FIRST}.", *QUOTES[2:])
    why = say("wording.cancelled")
    assert say("wording.in_part", n=1, model="scripted", why=why) in text(whole)
    assert Turn.model_validate_json(whole.record).answer.provenance.wording.cause == "cancelled"
    assert len(one.recorded()) == 1


@pytest.mark.parametrize(
    ("script", "seconds", "why"),
    [
        ([Event()], 0.2, "timeout"),
        (ConnectionRefusedError(), 20, "refused"),
        ("", 20, "empty"),
        ("All must drill for nine months [1].\n", 20, "unsupported"),
    ],
)
def test_where_the_model_fails_the_sources_own_words_are_shown_and_why(page, script, seconds, why):
    one = page(script, seconds=seconds)
    *growing, whole = one.asks()
    assert tells(whole, *QUOTES)
    assert say("wording.own_words", why=say(f"wording.{why}")) in text(whole)
    assert is_whole(whole)
    assert not any("nine months" in shown.html for shown in (*growing, whole))
    assert len(one.recorded()) == 1


def test_what_was_shown_stays_where_the_model_fails_in_the_middle(page) -> None:
    *_, whole = page([f"{FIRST} [1].\n", Event()], seconds=0.3).asks()
    assert tells(whole, NOTE, f"{FIRST}.", *QUOTES[2:])
    why = say("wording.timeout")
    assert say("wording.in_part", n=1, model="scripted", why=why) in text(whole)


def test_who_leaves_ends_the_call_and_the_answer_is_recorded_as_a_whole(page) -> None:
    one = page([f"{FIRST} [1].\n", Event()], more={"audit_text": True})
    stream = one.asks()
    until(stream, FIRST)
    assert one.recorded() == ()
    assert not one.assistant.cut.is_set()
    stream.close()
    one.desk.underway.close()
    assert one.assistant.cut.is_set()
    (record,) = one.recorded()
    assert record.status == "answered"
    assert FIRST in record.answer
    assert QUOTES[-1] in record.answer
    assert len(one.desk.underway) == 0


def test_an_answer_is_recorded_once_with_the_time_until_it_was_whole(page) -> None:
    one = page([GOOD], "")
    assert [is_whole(shown) for shown in one.asks()][-1]
    (record,) = one.recorded()
    assert record.passages == tuple(
        dict.fromkeys(c.passage_id for s in made_answer().statements for c in s.citations)
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "not_covered", "reason": "coverage_gap", "statements": ()},
        {"status": "answered", "statements": ()},
    ],
)
def test_where_no_model_is_asked_nothing_is_said_of_one(page, fields: dict[str, object]) -> None:
    one = page(GOOD, **fields)
    shown = list(one.asks())
    assert one.assistant.asked == []
    assert not any("data-stop" in one.html or "language model" in one.html for one in shown)
    assert "data-announce" in shown[-1].html
    assert len(one.recorded()) == 1


def test_personal_data_is_masked_in_all_that_is_drawn_and_kept(page) -> None:
    question = "I am Jane Doe, what about walkways?"
    note = "Your question seems to hold a name."
    given = {"question": question, "personal": ("name",), "personal_note": note}
    shown = list(page([GOOD], "", **given).asks(question))
    # What is on its way repeats what was typed a moment ago.
    assert not any("Jane Doe" in one.html + one.record for one in shown[1:])
    assert all("[name]" in one.html for one in shown[1:])


def test_what_is_wrong_with_a_question_is_told_and_nothing_begins(page) -> None:
    one = page(GOOD)
    *_, shown = one.asks(" ")
    assert "The question is empty; type one." in shown.html
    assert one.recorded() == ()


@pytest.mark.parametrize(
    ("script", "stands"),
    [([GOOD], f"{SECOND}."), ([f"{FIRST} [1].\n", TimeoutError()], QUOTES[2])],
)
def test_a_worded_answer_is_drawn_again_after_a_reload_and_a_changed_one_is_not(
    page, script: list[object], stands: str
) -> None:
    *_, whole = page(script, "").asks()
    turns = f"[{whole.record}]"
    again = Shown(restored_as_html(turns, HARBOUR.corpus), "")
    assert tells(again, NOTE, f"{FIRST}.", stands, *QUOTES[3:])
    assert is_whole(again)
    changed = turns.replace("first drill within six months", "first drill within nine months", 1)
    assert changed != turns
    assert "nine months" not in restored_as_html(changed, HARBOUR.corpus)
    assert say("ask.stale_title") in restored_as_html(changed, HARBOUR.corpus)


def test_a_question_that_the_model_reads_is_said_to_be_read_and_then_grows_anew(page) -> None:
    go_on = Event()

    def reading(calls: Calls) -> Answer:
        go_on.wait(20)
        return made_answer(resolved_question="What of action 6?")

    asks_back = {"statements": (), "completeness": (), "status": "clarify", "reading": reading}
    stream = page([GOOD], "", **asks_back).asks()
    assert say("ask.looking") in next(stream).html
    read = next(stream).html
    assert say("wording.reading", model="scripted") in read
    assert STOP.search(read)
    assert "sp-turn" not in read
    assert next(stream).html == read
    go_on.set()
    *_, whole = stream
    assert is_whole(whole)
    assert f"{FIRST}." in text(whole)


def test_a_question_that_stays_unclear_is_asked_back_after_it_was_read(page) -> None:
    back = made_answer(statements=(), completeness=(), status="clarify")
    asks_back = {"statements": (), "completeness": (), "status": "clarify"}
    *_, whole = page("", **asks_back, reading=lambda calls: back).asks()
    assert "data-stop" not in whole.html
    assert "sp-turn" in whole.html
