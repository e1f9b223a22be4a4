"""What works at a language model's endpoint, tried out: reach, words, streaming, length, JSON."""

import json
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import NamedTuple

import httpx

from assistant.records import Cause
from assistant.wording.endpoint import Endpoint, failure_of, failures

SYSTEM = "You answer in as few words as you can."
COUNT = "Write the numbers from one to twenty in words, with commas between."
AS_JSON = 'Give the JSON object {"ready": true} and nothing else.'
FILLER = "All ships rest at the quay until the pilots have come. "
PER_TOKEN = 4  # Characters of plain English in a token, about.
NOTHING = "it wrote nothing of the kind"

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

    def ask(text: str) -> list[str]:
        connection = endpoint.connect(seconds)
        try:
            return list(connection.pieces(SYSTEM, text))
        finally:
            connection.stop()

    place = "this machine" if endpoint.is_local else "another machine"
    yield Tried("address", True, f"{endpoint.url}, on {place}")
    listed = _models(endpoint, seconds)
    names = [str(model.get("id")) for model in listed]
    told = f"{endpoint.model} is not among {', '.join(names[:5])}"
    if endpoint.model in names or not names:
        told = endpoint.model if names else "the server lists no models"
    yield Tried("model", endpoint.model in names or None, told, needed=False)
    words = _tried(
        "words",
        lambda: f"it wrote {len(said)} characters" if (said := "".join(ask(COUNT))).strip() else "",
    )
    yield words
    if not words.works:
        return
    streams = _tried(
        "streaming", lambda: f"in {count} pieces" if (count := len(ask(COUNT))) > 1 else ""
    )
    if streams.told == NOTHING:
        told = "all comes at once, so that an answer appears at its end"
        streams = Tried("streaming", None, told, needed=False)
    yield streams
    # What the longest answer would need, and what the server tells of its length.
    tokens = 2 * endpoint.max_tokens
    text = FILLER * (tokens * PER_TOKEN // len(FILLER)) + COUNT
    length = _tried("length", lambda: "".join(ask(text)) and "it fits")
    held = [part for model in listed for part in (model, model.get("meta"))]
    sizes = [part.get(name) for part in held if isinstance(part, dict) for name in _LENGTHS]
    said = next((f"; it says {size}" for size in sizes if isinstance(size, int)), "")
    yield length._replace(told=f"{length.told} (about {tokens} tokens sent{said})")
    yield _tried("JSON", lambda: _json("".join(ask(AS_JSON))))._replace(needed=False)


def _models(endpoint: Endpoint, seconds: float) -> tuple[dict[str, object], ...]:
    """Return what the server says of its models; nothing where it does not say."""
    headers = {"Authorization": f"Bearer {endpoint.key}"}
    try:
        with endpoint.client(seconds) as client:
            rows = client.get(f"{endpoint.url}/models", headers=headers).json()["data"]
        return tuple(row for row in rows if isinstance(row, dict))
    except (httpx.HTTPError, ValueError, TypeError, LookupError):
        return ()


def _tried(what: str, attempt: Callable[[], str]) -> Tried:
    start = perf_counter()
    try:
        told = attempt()
    except failures() as error:
        cause = failure_of(error).cause
        return Tried(what, False, _SAID.get(cause, cause))
    if not told:
        return Tried(what, False, NOTHING)
    return Tried(what, True, f"{told}, {perf_counter() - start:.1f} s")


def _json(text: str) -> str:
    plain = text.strip().removeprefix("```json").strip("` \n")
    return "an object" if isinstance(json.loads(plain), dict) else ""
