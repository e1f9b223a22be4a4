"""An answer that a language model words, in Debian's Chromium: it grows, is stopped, is left."""

from contextlib import ExitStack
from threading import Event

import httpx
import pytest

from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.wording.generative import Generative
from tests.endpoint import Exchange, FakeEndpoint
from tests.ui.browsing import BOX, BROWSER, Watched, at, faults, violations
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant, uncovered_answer
from tests.ui.served import join, serving
from ui.pages.talk import AT_ONCE
from ui.words.phrases import say

pytestmark = BROWSER

WORDED = "Also, standardised practices to protect the identity of victims."

FAKE = "juniper-8152"  # A word that stands in no source.
WATCH = """(fake) => {
  const on = { childList: true, subtree: true, characterData: true };
  window.seen = [];
  const look = () => window.seen.push(document.body.innerHTML.includes(fake));
  new MutationObserver(look).observe(document.body, on);
  window.told = [];
  const announcer = document.getElementById('sp-announcer');
  new MutationObserver(() => window.told.push(announcer.textContent)).observe(announcer, on);
}"""
"""Looks after every change whether a word stands on the page, and keeps what readers are told."""

ASK = 0  # The number that Gradio gave the function that answers.
CHIPS = "document.querySelectorAll('.sp-answer .sp-cite').length"


class Model:
    """An endpoint that words two quotes, says what is no source's, and then waits to be let on."""

    def __init__(self) -> None:
        self.let = Event()
        self.endpoint = FakeEndpoint(self._play)

    def _play(self, exchange: Exchange) -> None:
        lines = [f"Also, {one[0].lower()}{one[1:]} [{n}].\n" for n, one in exchange.quotes.items()]
        exchange.begin()
        exchange.send("".join(lines[:2]) + f"All of it is {FAKE} [3].\n")
        if not self.let.is_set():
            exchange.wait() if self.holds else self.let.wait(30)
        exchange.send("".join(lines[3:]))
        exchange.end()

    holds = True
    """Whether it waits for the caller to go away, rather than to be let on."""


class Worded(FakeAssistant):
    def __init__(self, endpoint: FakeEndpoint) -> None:
        super().__init__()
        settings = Settings(llm_url=endpoint.url, llm_model="made-up")
        self._words = Generative.open(settings, CORPUS.by_id, Finder(CORPUS))

    def write(self, question):
        self.asked.append(question)
        return self._words.write(self.answers.get(question.text) or uncovered_answer(question.text))


@pytest.fixture(scope="module")
def model():
    model = Model()
    with model.endpoint:
        yield model


@pytest.fixture(scope="module")
def assistant(model):
    return Worded(model.endpoint)


@pytest.fixture(scope="module")
def address(tmp_path_factory, model, assistant):
    settings = at(tmp_path_factory.mktemp("page"), llm_url=model.endpoint.url)
    with serving(assistant, settings) as address:
        yield address


@pytest.fixture
def held(model):
    model.let.clear()
    model.endpoint.gone.clear()
    model.holds = True
    yield model
    model.let.set()


@pytest.fixture
def seen(context, address, held):
    return Watched(context.new_page(), address)


def begin(page, question=EXAMPLE, chips=2):
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    page.wait_for_function(f"{CHIPS} >= {chips}")


def wait_whole(page, turn=0):
    page.wait_for_selector(f".sp-turn >> nth={turn} >> .sp-ask-actions")


def test_verified_sentences_stand_before_the_end_and_nothing_else_ever_does(seen, held):
    page = seen.page
    held.holds = False
    page.evaluate(WATCH, FAKE)
    begin(page)
    assert WORDED[:-1] in page.inner_text(".sp-answer")
    assert page.locator(".sp-completeness, .sp-sources, .sp-ask-actions, .sp-notice").count() == 0
    assert say("wording.begun", model="made-up") in page.inner_text(".sp-wording")
    numbers = page.locator(".sp-answer .sp-cite").all_inner_texts()
    # Focus and what is typed stay while it grows.
    page.evaluate("window.chip = document.querySelectorAll('.sp-answer .sp-cite')[1]")
    page.fill(BOX, "and then?")
    page.focus(".sp-answer .sp-cite >> nth=1")
    held.let.set()
    wait_whole(page)
    assert page.evaluate("document.activeElement === window.chip && window.chip.isConnected")
    assert page.input_value(BOX) == "and then?"
    assert page.locator(".sp-turn").count() == 1
    assert page.inner_text(".sp-completeness") == "Complete: 5 of 5 outcomes, 1 of 1 partner."
    assert page.locator(".sp-answer .sp-cite").all_inner_texts()[: len(numbers)] == numbers
    assert page.locator(".sp-wording").count() == 0
    assert "made-up worded 7 sentences" in page.inner_text(".sp-worded")
    assert page.evaluate("window.seen.length > 5 && !window.seen.includes(true)")
    first, last = page.evaluate("window.told")
    assert "is wording this answer" in first
    assert last == "Answer ready: 8 statements, 7 sources."
    seen.assert_quiet()


def test_a_question_that_is_asked_meanwhile_stops_the_answer_and_is_answered(seen, held, assistant):
    page = seen.page
    begin(page)
    page.press(BOX, "Enter")
    page.click("#sp-ask")
    assert not held.endpoint.gone.is_set()
    page.fill(BOX, "Who owns each outcome?")
    page.press(BOX, "Enter")
    page.wait_for_selector(".sp-turn >> nth=1 >> .sp-abstention")
    assert held.endpoint.gone.is_set()
    wait_whole(page, 0)
    wait_whole(page, 1)
    assert assistant.asked[-1].turns == (EXAMPLE,)
    assert page.input_value(BOX) == ""


@pytest.mark.parametrize("leave", ["reload", "close", "clear", "elsewhere"])
def test_whoever_leaves_ends_the_call_to_the_model(seen, held, leave):
    page = seen.page
    begin(page)
    ways = {
        "reload": page.reload,
        "close": page.close,
        "clear": lambda: (page.click("#sp-ask-history summary"), page.click("[data-act=clear]")),
        "elsewhere": lambda: page.click("text=Framework >> nth=0"),
    }
    ways[leave]()
    assert held.endpoint.gone.wait(10)


def test_a_connection_that_is_lost_in_the_middle_is_told_and_what_stands_is_no_whole(seen, held):
    page = seen.page
    begin(page)
    # What Gradio is told where its stream ends before its time.
    page.evaluate("window.signpostBroke()")
    assert say("wording.begun", model="made-up") not in page.inner_text(".sp-turn")
    assert say("script.unfinished") in page.inner_text(".sp-turn .sp-warning")
    assert page.input_value(BOX) == EXAMPLE
    assert violations(page) == []
    page.close()
    assert held.endpoint.gone.wait(10)


def test_the_growing_answer_passes_axe_and_is_stopped_by_keyboard(look, address, held):
    page = Watched(look.new_page(), address).page
    begin(page)
    assert violations(page) == []
    page.focus("[data-act=stop]")
    assert not held.endpoint.gone.is_set()
    page.keyboard.press("Enter")
    wait_whole(page)
    assert held.endpoint.gone.wait(10)
    told = page.inner_text(".sp-worded")
    assert "worded 2 sentences" in told
    assert say("wording.cancelled") in told
    assert faults(page, inline=()) == []


def test_a_slow_model_keeps_nobody_from_asking_or_from_what_was_kept(address, held):
    with ExitStack() as open_still:
        for number in range(AT_ONCE + 2):
            session = f"session{number:05}"
            client = open_still.enter_context(httpx.Client(base_url=address, timeout=30))
            assert join(client, ASK, session, EXAMPLE, None).status_code == 200
            where = {"params": {"session_hash": session}}
            stream = client.stream("GET", "/gradio_api/queue/data", **where)
            told = open_still.enter_context(stream).iter_lines()
            assert next(line for line in told if "data-stop" in line)
        other = open_still.enter_context(httpx.Client(base_url=address, timeout=30))
        assert other.post("/api/ask/restored", content="[]").status_code == 200
    assert held.endpoint.gone.wait(10)
