"""The ways in which a language model or its endpoint can misbehave, and an endpoint that does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import NamedTuple, Self

CANARY = "juniper-8152"
"""A word that stands in no source."""


class Misbehaviour(NamedTuple):
    """One way to misbehave."""

    name: str
    """What happens."""

    script: tuple[Behaviour, ...]
    """What becomes of each call, the last for all that follow; empty where nobody listens."""


def faithful(exchange: Exchange) -> None:
    """Word every quote as asked."""
    exchange.say(_lines({number: f"Also, {one}" for number, one in exchange.quotes.items()}))


def _copies(exchange: Exchange) -> None:
    exchange.say(_lines(exchange.quotes))


def _lines(quotes: dict[int, str]) -> str:
    return "\n".join(f"{_ended(text)} [{number}]" for number, text in quotes.items()) + "\n"


def _ended(text: str) -> str:
    return text.rstrip(".")


def _changed(pattern: str, instead: str, otherwise: str) -> Behaviour:
    """Change the first match in each quote; where there is none, put words before it."""

    def play(exchange: Exchange) -> None:
        changed = {
            number: re.sub(pattern, instead, text, count=1)
            if re.search(pattern, text)
            else f"{otherwise} {text}"
            for number, text in exchange.quotes.items()
        }
        exchange.say(_lines(changed))

    return play


def _wait(exchange: Exchange) -> None:
    exchange.wait()


def _dribble(exchange: Exchange) -> None:
    exchange.begin()
    while True:
        exchange.raw(": still here\n\n")


def _half_then_wait(exchange: Exchange) -> None:
    exchange.begin()
    exchange.send(_lines(dict(list(exchange.quotes.items())[:1])))
    exchange.wait()


def _endless(exchange: Exchange) -> None:
    exchange.begin()
    while True:
        exchange.send("and so on, and so forth, without an end or a number, ")


def _repeating(exchange: Exchange) -> None:
    number, text = next(iter(exchange.quotes.items()))
    exchange.begin()
    while True:
        exchange.send(f"{_ended(text)} [{number}].\n")


def _dies(exchange: Exchange) -> None:
    exchange.begin()
    exchange.send("The outcomes inc")


def _not_json(exchange: Exchange) -> None:
    exchange.begin()
    exchange.raw("data: {not json\n\n")


def _other_shape(exchange: Exchange) -> None:
    exchange.begin()
    exchange.raw('data: {"choices": 7}\n\n')


def _page(exchange: Exchange) -> None:
    exchange.refuse(502, "<html>Bad gateway</html>")


def _uncited(exchange: Exchange) -> None:
    exchange.say("".join(f"Also, {_ended(one)}.\n" for one in exchange.quotes.values()))


def _unnumbered(exchange: Exchange) -> None:
    exchange.say("".join(f"{_ended(one)}.\n" for one in exchange.quotes.values()))


def _unknown_number(exchange: Exchange) -> None:
    exchange.say("".join(f"Also, {_ended(one)} [99].\n" for one in exchange.quotes.values()))


def _half(exchange: Exchange) -> None:
    kept = list(exchange.quotes.items())[::2]
    exchange.say(_lines({number: f"Also, {text}" for number, text in kept}))


def _all_in_one(exchange: Exchange) -> None:
    marks = "".join(f"[{one}]" for one in exchange.quotes)
    exchange.say(f"{', and '.join(_ended(one) for one in exchange.quotes.values())} {marks}.")


def _exchanged(exchange: Exchange) -> None:
    texts = [f"Also, {one}" for one in exchange.quotes.values()]
    pairs = zip(exchange.quotes, [*texts[1:], texts[0]], strict=True)
    exchange.say(_lines(dict(pairs)))


def _chatty(exchange: Exchange) -> None:
    worded = _lines({number: f"Also, {text}" for number, text in exchange.quotes.items()})
    exchange.say(f"Sure! Here is the brief:\n\n{worded}\nI hope this helps!")


def _says(text: str) -> Behaviour:
    return lambda exchange: exchange.say(text)


def _refuses(status: int, message: str, *headers: tuple[str, str], code: str = "") -> Behaviour:
    body = {"error": {"message": message, "code": code}}
    return lambda exchange: exchange.refuse(status, body, headers)


_LIMITED = _refuses(429, "Slow down.", ("Retry-After", "0.2"))
_FRENCH = (
    "Voici la r\u00e9ponse demand\u00e9e: les victimes doivent rester anonymes toujours [1].\n"
    "Les partenaires sont plusieurs organisations sp\u00e9cialis\u00e9es nationales [2].\n"
)

MISBEHAVIOURS = (
    Misbehaviour("none: it words every quote", (faithful,)),
    Misbehaviour("copies every quote", (_copies,)),
    Misbehaviour("refuses connections", ()),
    Misbehaviour("takes the call and says nothing", (_wait,)),
    Misbehaviour("sends signs of life and no text, for ever", (_dribble,)),
    Misbehaviour("stops in the middle and holds the line", (_half_then_wait,)),
    Misbehaviour("breaks off in the middle", (_dies,)),
    Misbehaviour("sends what is not JSON", (_not_json,)),
    Misbehaviour("sends JSON of another shape", (_other_shape,)),
    Misbehaviour("answers with an error page (502)", (_page,)),
    Misbehaviour("refuses the key (401)", (_refuses(401, "Bad key."),)),
    Misbehaviour("finds the question too long (400)", (
        _refuses(400, "maximum context length exceeded", code="context_length_exceeded"),)),
    Misbehaviour("limits the rate once (429), then answers", (_LIMITED, faithful)),
    Misbehaviour("limits the rate for ever (429)", (_LIMITED,)),
    Misbehaviour("asks to come back in an hour (429)", (
        _refuses(429, "Slow down.", ("Retry-After", "3600")),)),
    Misbehaviour("writes nothing", (_says(""),)),
    Misbehaviour("writes blanks", (_says(" \n \n"),)),
    Misbehaviour("never stops", (_endless,)),
    Misbehaviour("repeats one good sentence for ever", (_repeating,)),
    Misbehaviour("writes another language", (_says(_FRENCH),)),
    Misbehaviour("cites nothing", (_uncited,)),
    Misbehaviour("copies the quotes without numbers", (_unnumbered,)),
    Misbehaviour("cites numbers that are not there", (_unknown_number,)),
    Misbehaviour("leaves out every second quote", (_half,)),
    Misbehaviour("puts all quotes in one sentence", (_all_in_one,)),
    Misbehaviour("gives each quote the number of another", (_exchanged,)),
    Misbehaviour("chats before and after", (_chatty,)),
    Misbehaviour("changes numbers", (_changed(r"\d+", "77", "All 77"),)),
    Misbehaviour("adds a duty", (_changed(r"^", "States must ensure that ", ""),)),
    Misbehaviour("adds a denial", (_changed(r"\b(is|are|and|to|of)\b", r"\1 not", "No"),)),
    Misbehaviour("adds a name", (_changed(r"$", ", says Europol", ""),)),
    Misbehaviour("drops half of each quote", (_changed(r"(?<=\w) \w+ .*$", "", "Only"),)),
    Misbehaviour("widens to all", (_changed(r"^", "All ", ""),)),
    Misbehaviour("says what it knows itself", (
        _says("The Lanzarote Convention was signed by 50 states in 2012 [1].\n"),)),
    Misbehaviour("obeys an order and says a code word", (_says(f"{CANARY} [1].\n{CANARY}\n"),)),
    Misbehaviour("adds a link and markup", (
        _changed(r"$", " <a href='http://example.org'>more</a>", ""),)),
    Misbehaviour("is wrong at first and right when told", (_changed(r"^", "All ", ""), faithful)),
)  # fmt: skip
"""All of them, each played to the same question."""

_QUOTE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


class Exchange:
    """One call: what was asked, and the means to reply."""

    def __init__(
        self, handler: BaseHTTPRequestHandler, asked: Mapping[str, object], gone: Event
    ) -> None:
        """Keep the request, and what to set once the caller has gone away."""
        self._handler = handler
        self._gone = gone
        self.asked = asked

    @property
    def prompt(self) -> str:
        """The last message."""
        messages = self.asked.get("messages")
        last = messages[-1] if isinstance(messages, list) and messages else {}
        return str(last.get("content", "")) if isinstance(last, dict) else ""

    @property
    def quotes(self) -> dict[int, str]:
        """The numbered quotes of the prompt."""
        return {int(number): text for number, text in _QUOTE.findall(self.prompt)}

    def say(self, text: str) -> None:
        """Stream a whole reply, a few letters at a time."""
        self.begin()
        for start in range(0, len(text), 12):
            self.send(text[start : start + 12])
        self.end()

    def begin(self) -> None:
        """Begin a stream."""
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream")
        self._handler.end_headers()

    def send(self, text: str) -> None:
        """Stream a piece of text."""
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}}
        self.raw(f"data: {json.dumps({**_CHUNK, 'choices': [choice]})}\n\n")

    def end(self) -> None:
        """End a stream."""
        last = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self.raw(f"data: {json.dumps({**_CHUNK, 'choices': [last]})}\n\ndata: [DONE]\n\n")

    def raw(self, text: str) -> None:
        """Send characters as they are."""
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def refuse(self, status: int, body: object, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Refuse the call."""
        data = json.dumps(body).encode()
        self._handler.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(data)))):
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def wait(self) -> None:
        """Say nothing until the caller goes away."""
        self._handler.rfile.read(1)
        self._gone.set()


_CHUNK = {"id": "made-up", "object": "chat.completion.chunk", "created": 0, "model": "made-up"}

Behaviour = Callable[[Exchange], None]
"""What becomes of a call."""


class FakeEndpoint:
    """Serves one behaviour for each call, the last for all that follow; counts what it sees."""

    def __init__(self, *behaviours: Behaviour) -> None:
        """Keep the script."""
        self._script = behaviours
        self.asked: list[Mapping[str, object]] = []
        self.gone = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Its address, for the settings."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def calls(self) -> int:
        """How often it was called."""
        return len(self.asked)

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Take a call."""
                length = int(self.headers.get("Content-Length", 0))
                exchange = Exchange(self, json.loads(self.rfile.read(length)), endpoint.gone)
                endpoint.asked.append(exchange.asked)
                play = endpoint._script[min(endpoint.calls, len(endpoint._script)) - 1]
                try:
                    play(exchange)
                except OSError:
                    endpoint.gone.set()
                self.close_connection = True

            def do_GET(self) -> None:
                """Tell which models there are."""
                told = {"data": [{"id": "made-up", "max_model_len": 4096}]}
                Exchange(self, {}, endpoint.gone).refuse(200, told)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
