"""A made-up model endpoint on this machine, which answers, or fails, as it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self

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
