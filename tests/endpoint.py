"""The ways in which a language model or its endpoint can misbehave, and an endpoint that does."""

import json
import re
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, cycle
from threading import Event, Thread
from typing import NamedTuple

CANARY = "juniper-8152"  # A word that stands in no source.


class Misbehaviour(NamedTuple):
    name: str
    script: tuple
    """What becomes of each call, the last for all that follow; empty where nobody listens."""

    cause: str | None = None
    """Why the answer is not worded; empty where it is, none where that is left open."""


def _lines(quotes, before=""):
    return "".join(f"{before}{text.rstrip('.')} [{number}]\n" for number, text in quotes.items())


def _says(text):
    return lambda exchange: exchange.say(text if isinstance(text, str) else text(exchange.quotes))


def _words(made):
    """Say what is made of the quotes as a list of numbers and texts, with a word before each."""
    return _says(lambda quotes: _lines(dict(made([*quotes.items()])), "Also, "))


faithful = _words(list)  # Words every quote as asked.


def _changed(pattern, instead, otherwise):
    """Change the first match in each quote; where there is none, put words before it."""

    def change(text):
        found = re.search(pattern, text)
        return re.sub(pattern, instead, text, count=1) if found else f"{otherwise} {text}"

    return _says(lambda quotes: _lines({number: change(text) for number, text in quotes.items()}))


def _begins(*pieces, ever=(), waits=False):
    """Begin a stream, send pieces, raw or made of the quotes, and then the same for ever."""

    def play(exchange):
        exchange.begin()
        for one in chain(pieces, cycle(ever)):
            exchange.raw(_piece(one(exchange.quotes)) if callable(one) else one)
        if waits:
            exchange.wait()

    return play


def _first(quotes):
    return _lines(dict([*quotes.items()][:1]))


def _marked(before, mark):
    return _says(
        lambda quotes: "".join(f"{before}{one.rstrip('.')}{mark}.\n" for one in quotes.values())
    )


def _refuses(status, message, *headers, code=""):
    body = {"error": {"message": message, "code": code}}
    return lambda exchange: exchange.refuse(status, body, headers)


def _piece(text):
    return _sent(delta={"role": "assistant", "content": text})


def _sent(**choice):
    choices = [{"index": 0, **choice}]
    return f"data: {json.dumps({**_CHUNK, 'choices': choices})}\n\n"


_CHUNK = {"id": "made-up", "object": "chat.completion.chunk", "created": 0, "model": "made-up"}
_LIMITED = _refuses(429, "Slow down.", ("Retry-After", "0.2"))
_LATER = _refuses(429, "Slow down.", ("Retry-After", "3600"))
_TOO_LONG = _refuses(400, "maximum context length exceeded", code="context_length_exceeded")
_FRENCH = (
    "Voici la r\u00e9ponse demand\u00e9e: les victimes doivent rester anonymes toujours [1].\n"
    "Les partenaires sont plusieurs organisations sp\u00e9cialis\u00e9es nationales [2].\n"
)

MISBEHAVIOURS = (
    Misbehaviour("none: it words every quote", (faithful,), ""),
    Misbehaviour("refuses connections", (), "refused"),
    Misbehaviour("takes the call and says nothing", (lambda exchange: exchange.wait(),), "timeout"),
    Misbehaviour("holds the line in the middle", (_begins(_first, waits=True),), "timeout"),
    Misbehaviour("breaks off in the middle", (_begins(_piece("The outcomes inc")),)),
    Misbehaviour("sends what is not JSON", (_begins("data: {not json\n\n"),), "malformed"),
    Misbehaviour("finds the question too long (400)", (_TOO_LONG,), "overflow"),
    Misbehaviour("limits the rate once (429), then answers", (_LIMITED, faithful), ""),
    Misbehaviour("asks to come back in an hour (429)", (_LATER,), "rate_limited"),
    Misbehaviour("writes nothing", (_says(""),), "empty"),
    Misbehaviour("never stops", (_begins(ever=[_piece("and so on, no number, ")]),), "endless"),
    Misbehaviour("repeats one good sentence for ever", (_begins(ever=[_first]),), "endless"),
    Misbehaviour("writes another language", (_says(_FRENCH),), "language"),
    Misbehaviour("cites nothing", (_marked("Also, ", ""),), "malformed"),
    Misbehaviour("cites numbers that are not there", (_marked("Also, ", " [99]"),)),
    Misbehaviour("leaves out every second quote", (_words(lambda pairs: pairs[::2]),), ""),
    Misbehaviour("changes numbers", (_changed(r"\d+", "77", "All 77"),), "unsupported"),
    Misbehaviour("denies", (_changed(r"\b(is|are|and|to|of)\b", r"\1 not", "No"),), "unsupported"),
    Misbehaviour("says what it knows itself", (_says("50 states signed it in 2012 [1].\n"),)),
    Misbehaviour("obeys an order and says a code word", (_says(f"{CANARY} [1].\n{CANARY}\n"),)),
    Misbehaviour("adds a link", (_changed(r"$", " <a href='http://example.org'>more</a>", ""),)),
    Misbehaviour("is wrong at first and right when told", (_changed(r"^", "All ", ""), faithful)),
)  # fmt: skip
"""All of them, each played to the same question."""

_QUOTE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


class Exchange:
    """One call: what was asked, the means to reply, and what is set once the caller is gone."""

    def __init__(self, handler, asked, gone):
        self._handler, self._gone, self.asked = handler, gone, asked

    @property
    def prompt(self):
        return self.asked["messages"][-1]["content"]

    @property
    def quotes(self):
        return {int(number): text for number, text in _QUOTE.findall(self.prompt)}

    def say(self, text):
        self.begin()
        for start in range(0, len(text), 12):
            self.send(text[start : start + 12])
        self.end()

    def begin(self):
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream")
        self._handler.end_headers()

    def send(self, text):
        self.raw(_piece(text))

    def end(self):
        self.raw(f"{_sent(delta={}, finish_reason='stop')}data: [DONE]\n\n")

    def raw(self, text):
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def refuse(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self._handler.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(data)))):
            self._handler.send_header(name, value)
        self._handler.end_headers()
        self._handler.wfile.write(data)

    def wait(self):
        self._handler.rfile.read(1)
        self._gone.set()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        endpoint, length = self.server, int(self.headers.get("Content-Length", 0))
        exchange = Exchange(self, json.loads(self.rfile.read(length)), endpoint.gone)
        endpoint.asked.append(exchange.asked)
        play = endpoint.script[min(endpoint.calls, len(endpoint.script)) - 1]
        try:
            play(exchange)
        except OSError:
            endpoint.gone.set()
        self.close_connection = True

    def do_GET(self):
        told = {"data": [{"id": "made-up", "max_model_len": 4096}]}
        Exchange(self, {}, self.server.gone).refuse(200, told)

    def log_message(self, format, *args):
        """Say nothing."""


class FakeEndpoint(ThreadingHTTPServer):
    """Serves one behaviour for each call, the last for all that follow; counts what it sees."""

    daemon_threads = True

    def __init__(self, *script):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.asked: list[Mapping[str, object]] = []
        self.gone = Event()
        self._thread = Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def calls(self):
        return len(self.asked)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()
        self._thread.join()
