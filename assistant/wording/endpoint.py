"""A language model at an address that speaks like OpenAI's, behind LlamaIndex's `LLM`."""

from __future__ import annotations

import json
import logging
import socket
import ssl
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic, perf_counter
from typing import NamedTuple

import httpx

from assistant.errors import ModelError, SettingsError
from assistant.records import Cause
from assistant.settings import Settings

logger = logging.getLogger(__name__)
MOST = 2  # Calls for an answer at most.
CONNECT_S = 5.0  # Seconds at most until a connection stands.

_MALFORMED = (ValueError, TypeError, AttributeError, LookupError, AssertionError)
WINDOW = 1_000_000  # Tokens that LlamaIndex is told of: the endpoint says what is too long.


class Failure(NamedTuple):
    """Why a call failed."""

    cause: Cause
    wait: float = 0.0
    """Seconds after which another call is worth it; 0 where none is."""


class Endpoint:
    """Where a model is, and how to reach it; holds no connection."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; `SettingsError` if the address is none, or is not allowed.

        `ModelError` where the extra that a call needs is not installed.
        """
        self.url = settings.llm_url.rstrip("/")
        self.model = settings.llm_model or "default"
        self.max_tokens = settings.llm_max_tokens
        self._key = settings.llm_key
        host = _host_of(self.url)
        self.is_local = is_loopback(host)
        if not (self.is_local or settings.llm_remote_ok):
            raise SettingsError(
                f"SIGNPOST_LLM_URL names another machine, {host}; set SIGNPOST_LLM_REMOTE_OK=true "
                "if questions may leave this one."
            )
        # Reading the machine's certificates takes a moment, and a plain address needs none.
        secure = self.url.startswith("https:")
        self._trust: ssl.SSLContext | bool = ssl.create_default_context() if secure else False
        try:
            from llama_index.llms.openai_like import OpenAILike
        except ImportError:
            raise ModelError(
                "A language model is set, but the extra for it is not installed; "
                "run: pip install 'signpost[llm]'"
            ) from None
        self.llm_type = OpenAILike

    def connect(self, seconds: float) -> Connection:
        """Return a connection for one call, which is made when it is used."""
        return Connection(self, seconds)

    def client(self, seconds: float) -> httpx.Client:
        """Return an HTTP client that goes to the endpoint and nowhere else."""
        return httpx.Client(
            verify=self._trust,
            # A proxy would take what is meant for this machine away from it.
            trust_env=not self.is_local,
            follow_redirects=False,
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_S)),
        )

    @property
    def key(self) -> str:
        """The key; the client wants a word even where the endpoint wants none."""
        return self._key.get_secret_value() or "none"


class Connection:
    """One call's way to the endpoint, which can be cut from another thread."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        """Prepare the client, and send nothing."""
        self._cut = Event()
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._client = endpoint.client(seconds)
        trace = {"trace": self._trace}
        self._client.event_hooks = {"request": [lambda sent: sent.extensions.update(trace)]}
        self._llm = endpoint.llm_type(
            model=endpoint.model,
            api_base=endpoint.url,
            api_key=endpoint.key,
            context_window=WINDOW,
            is_chat_model=True,
            max_tokens=endpoint.max_tokens,
            temperature=0.0,
            # Signpost counts its calls itself.
            max_retries=0,
            timeout=seconds,
            http_client=self._client,  # type: ignore[call-arg]
        )

    def pieces(self, system: str, user: str) -> Iterator[str]:
        """Ask the model, and give its text piece by piece."""
        from llama_index.core.llms import ChatMessage

        told = {"system": system, "user": user}
        messages = [ChatMessage(role=role, content=text) for role, text in told.items()]
        for reply in self._llm.stream_chat(messages):
            if reply.delta:
                yield reply.delta

    def stop(self) -> None:
        """Cut it: whoever waits for it is woken, and the endpoint sees it closed."""
        with self._lock:
            self._cut.set()
            held, self._sockets = self._sockets, []
            # Before anybody closes it: closing alone does not wake whoever reads, and once it is
            # closed it cannot be shut.
            for one in held:
                with suppress(OSError):  # it was closed already
                    one.shutdown(socket.SHUT_RDWR)
        self._client.close()

    def _trace(self, name: str, info: Mapping[str, object]) -> None:
        """Keep the socket of each connection that is made, since only that can be cut."""
        if not name.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        stream = info["return_value"]
        held = stream.get_extra_info("socket") if hasattr(stream, "get_extra_info") else None
        with self._lock:
            if self._cut.is_set():
                raise httpx.ConnectError("The call was called off.")
            if isinstance(held, socket.socket):
                self._sockets.append(held)


def failures() -> tuple[type[Exception], ...]:
    """Return what a call may raise: the client's own errors, and what malformed replies lead to."""
    from openai import OpenAIError

    return (OpenAIError, httpx.HTTPError, OSError, RuntimeError, ArithmeticError, *_MALFORMED)


def failure_of(error: Exception) -> Failure:
    """Say why a call failed, by its error alone; what the endpoint wrote is looked at, not kept."""
    import openai

    if isinstance(error, (TimeoutError, openai.APITimeoutError, httpx.TimeoutException)):
        return Failure("timeout")
    if isinstance(error, openai.RateLimitError):
        # The seconds that it asks to wait, 1 where it names none.
        with suppress(ValueError):
            asked = float(error.response.headers.get("retry-after", "1"))
            return Failure("rate_limited", max(0.1, asked))
        return Failure("rate_limited", 1.0)
    if isinstance(error, openai.APIStatusError):
        said = json.dumps(error.body, default=str).lower()
        long = "context" in said and any(
            word in said for word in ("length", "window", "size", "token")
        )
        too_long = error.status_code == 413 or (error.status_code < 501 and long)
        return Failure("overflow" if too_long else "failed")
    if isinstance(error, (openai.APIConnectionError, httpx.TransportError, ConnectionError)):
        return Failure("refused")
    return Failure("malformed" if isinstance(error, _MALFORMED[:-1]) else "failed")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine.

    >>> [is_loopback(one) for one in ("localhost", "127.0.0.8", "::1", "10.0.0.1", "example.org")]
    [True, True, True, False, False]
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _host_of(url: str) -> str:
    example = "give one such as http://127.0.0.1:8000/v1"
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if not address.host:
        raise SettingsError(f"SIGNPOST_LLM_URL is no address; {example}.")
    if address.userinfo:
        raise SettingsError("SIGNPOST_LLM_URL holds a password; put a key into SIGNPOST_LLM_KEY.")
    return address.host


_Pieces = SimpleQueue[str | Failure | None]  # Text, then why it failed, or none.


class Calls:
    """What one answer may ask of a model: few calls, within one deadline, and ended together."""

    def __init__(self, connect: Callable[[float], Connection], seconds: float) -> None:
        """Start the clock; `connect` gives a way to a model for so many seconds at most."""
        self.made = 0
        self._deadline = monotonic() + seconds
        self._connect = connect
        self.called_off = Event()
        self._pieces: _Pieces = SimpleQueue()
        self._connection: Connection | None = None

    @property
    def are_left(self) -> bool:
        """Whether another may be made."""
        return self.made < MOST

    @property
    def seconds(self) -> float:
        """Seconds that are left; below 0 once the deadline has passed."""
        return self._deadline - monotonic()

    def read(self, system: str, request: str) -> Generator[str | Failure, None, None]:
        """Make a call, in a thread of its own, and give its text piece by piece.

        It is over when this is, whatever the reason, and never makes its reader wait past the
        deadline. Where it fails or is called off, why is the last that is given.
        """
        if self.called_off.is_set():
            yield Failure("cancelled")
            return
        self.made += 1
        connection = self._connection = self._connect(max(0.1, self.seconds))
        self._pieces = queue = _Pieces()
        if self.called_off.is_set():
            self.cancel()

        told = connection.pieces(system, request)
        Thread(target=self._pump, args=(told, queue), name="wording", daemon=True).start()
        try:
            while isinstance(piece := self._next(), str):
                yield piece
            if piece is not None:
                yield Failure("cancelled") if self.called_off.is_set() else piece
        finally:
            connection.stop()

    def _pump(self, told: Iterator[str], queue: _Pieces) -> None:
        """Read until there is no more, or the connection is cut."""
        end: Failure | None = Failure("failed")
        try:
            for piece in told:
                queue.put(piece)
            end = None
        except failures() as error:
            logger.debug("The call failed: %s", type(error).__name__)
            end = failure_of(error)
        finally:
            queue.put(end)

    def _next(self) -> str | Failure | None:
        try:
            left = self.seconds
            return self._pieces.get(timeout=left) if left > 0 else Failure("timeout")
        except Empty:
            return Failure("timeout")

    def cancel(self) -> None:
        """Call them off from another thread: the one that runs is ended, and none follows."""
        self.called_off.set()
        self._pieces.put(Failure("cancelled"))
        if self._connection is not None:
            self._connection.stop()


# What works at an endpoint, tried out: reach, words, streaming, length, JSON.

SYSTEM = "You answer in as few words as you can."
COUNT = "Write the numbers from one to twenty in words, with commas between."
AS_JSON = 'Give the JSON object {"ready": true} and nothing else.'
FILLER = "All ships rest at the quay until the pilots have come. "
PER_TOKEN = 4  # Characters of plain English in a token, about.

_LENGTHS = ("max_model_len", "context_length", "context_window", "n_ctx", "n_ctx_train")
"""Fields by which servers tell their length."""

_SAID: dict[Cause, str] = {
    "timeout": "it took too long; raise SIGNPOST_LLM_TIMEOUT_S or take a faster model",
    "refused": "nobody listens there; start the server, or correct SIGNPOST_LLM_URL",
    "rate_limited": "it asks for fewer calls; try again later",
    "overflow": "it found the question too long; give the model a longer context",
    "malformed": "its reply is not in the form of OpenAI's API; check that the address ends in /v1",
    "failed": "it refused; check SIGNPOST_LLM_MODEL and SIGNPOST_LLM_KEY",
}


class Tried(NamedTuple):
    """One thing that was tried."""

    what: str
    works: bool | None
    """Whether it works; none where it could not be told."""

    told: str
    needed: bool = True
    """Whether answers need it."""


def check(endpoint: Endpoint, seconds: float) -> Iterator[Tried]:
    """Try an endpoint out, one thing after another; stop where nothing more can work."""
    pieces = list[str]()

    def tried(what: str, asked: str, tells: Callable[[str], str]) -> Tried:
        """Ask, and tell what of the reply; where that is nothing, it does not work."""
        start, connection = perf_counter(), endpoint.connect(seconds)
        try:
            pieces[:] = connection.pieces(SYSTEM, asked)
            told = tells("".join(pieces).strip())
        except failures() as error:
            cause = failure_of(error).cause
            return Tried(what, False, _SAID.get(cause, cause))
        finally:
            connection.stop()
        took = f"{told}, {perf_counter() - start:.1f} s"
        return Tried(what, bool(told), took if told else "it wrote nothing of the kind")

    place = "this machine" if endpoint.is_local else "another machine"
    yield Tried("address", True, f"{endpoint.url}, on {place}")
    listed = _models(endpoint, seconds)
    names = [str(model.get("id")) for model in listed]
    told = f"{endpoint.model} is not among {', '.join(names[:5])}"
    if endpoint.model in names or not names:
        told = endpoint.model if names else "the server lists no models"
    yield Tried("model", endpoint.model in names or None, told)
    words = tried("words", COUNT, lambda said: f"it wrote {len(said)} characters" if said else "")
    yield words
    if not words.works:
        return
    told = f"in {len(pieces)} pieces"
    if len(pieces) < 2:
        told = "all comes at once, so that an answer appears at its end"
    yield Tried("streaming", len(pieces) > 1 or None, told)
    # What the longest answer would need, and what the server tells of its length.
    tokens = 2 * endpoint.max_tokens
    text = FILLER * (tokens * PER_TOKEN // len(FILLER)) + COUNT
    length = tried("length", text, lambda said: "it fits" if said else "")
    held = [part for model in listed for part in (model, model.get("meta"))]
    sizes = [part.get(name) for part in held if isinstance(part, dict) for name in _LENGTHS]
    said = next((f"; it says {size}" for size in sizes if isinstance(size, int)), "")
    yield length._replace(told=f"{length.told} (about {tokens} tokens sent{said})")
    yield tried("JSON", AS_JSON, _json)._replace(needed=False)


def _models(endpoint: Endpoint, seconds: float) -> tuple[dict[str, object], ...]:
    """Return what the server says of its models; nothing where it does not say."""
    headers = {"Authorization": f"Bearer {endpoint.key}"}
    try:
        with endpoint.client(seconds) as client:
            rows = client.get(f"{endpoint.url}/models", headers=headers).json()["data"]
        return tuple(row for row in rows if isinstance(row, dict))
    except (httpx.HTTPError, ValueError, TypeError, LookupError):
        return ()


def _json(said: str) -> str:
    plain = said.removeprefix("```json").strip("` \n")
    return "an object" if isinstance(json.loads(plain), dict) else ""
