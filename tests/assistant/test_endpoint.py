"""The endpoint is reached through LlamaIndex's type, stays where it is told, and can be cut off."""

import sys
from contextlib import suppress
from threading import Timer
from time import monotonic

import pytest

from assistant.errors import ModelError, SettingsError
from assistant.settings import Settings
from assistant.wording.endpoint import Calls, Endpoint, Failure, failure_of, failures
from tests.endpoint import FakeEndpoint
from tests.wording import Scripted


def endpoint_at(url, **fields):
    return Endpoint(Settings.model_validate({"llm_url": url, "llm_model": "made-up", **fields}))


def pieces(fake, seconds=5.0, **fields):
    connection = endpoint_at(fake.url, **fields).connect(seconds)
    return connection, connection.pieces("Be brief.", "Hello")


def test_a_reply_comes_piece_by_piece():
    with FakeEndpoint(lambda exchange: exchange.say("Ships rest at the quay [1].")) as fake:
        found = list(pieces(fake, llm_max_tokens=77, llm_key="secret")[1])
    assert "".join(found) == "Ships rest at the quay [1]."
    assert len(found) > 1
    asked = fake.asked[0]
    assert [one["role"] for one in asked.pop("messages")] == ["system", "user"]
    told = {"model": "made-up", "max_tokens": 77, "temperature": 0.0, "stream": True}
    assert asked | told == asked


@pytest.mark.parametrize(
    ("status", "error", "header", "expected"),
    [
        (429, {}, ("Retry-After", "3"), Failure("rate_limited", 3.0)),
        (429, {}, ("Retry-After", "tomorrow"), Failure("rate_limited", 1.0)),
        (400, {"message": "Tokens exceed context window of 512"}, (), Failure("overflow")),
        (307, {}, ("Location", "http://example.org/"), Failure("failed")),
    ],
)
def test_a_refusal_is_told_by_its_kind(status, error, header, expected):
    headers = [header] if header else []
    with FakeEndpoint(lambda exchange: exchange.refuse(status, {"error": error}, headers)) as fake:
        with pytest.raises(failures()) as raised:
            list(pieces(fake)[1])
        assert (failure_of(raised.value), fake.calls) == (expected, 1)


def test_cutting_it_off_closes_the_connection_and_wakes_the_reader():
    def play(exchange):
        exchange.begin()
        exchange.send("Ships")
        exchange.wait()

    with FakeEndpoint(play) as fake:
        connection, read = pieces(fake, 30.0)
        assert next(read) == "Ships"
        Timer(0.1, connection.stop).start()
        start, rest = monotonic(), []
        with suppress(*failures()):  # cut in the middle, or at the end of a piece
            rest.extend(read)
        assert (rest, monotonic() - start < 10) == ([], True)
        assert fake.gone.wait(10)


def test_what_was_called_off_before_it_began_sends_nothing():
    with FakeEndpoint(lambda exchange: exchange.say("Ships")) as fake:
        connection, read = pieces(fake)
        connection.stop()
        with pytest.raises(failures()):
            list(read)
        assert fake.calls == 0


def test_another_machine_has_to_be_allowed_and_this_one_needs_no_proxy(monkeypatch):
    for host in ("10.0.0.1", "example.org", "localhost.example.org"):
        with pytest.raises(SettingsError, match="SIGNPOST_LLM_REMOTE_OK"):
            endpoint_at(f"https://{host}/v1")
        assert not endpoint_at(f"https://{host}/v1", llm_remote_ok=True).is_local
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    for host in ("127.0.0.1:8000", "localhost", "[::1]:9"):
        endpoint = endpoint_at(f"http://{host}/v1")
        assert endpoint.is_local
        assert not endpoint.client(1.0).trust_env


def test_a_key_is_shown_nowhere_and_a_password_in_the_address_refused():
    with pytest.raises(SettingsError, match="SIGNPOST_LLM_KEY") as raised:
        endpoint_at("http://me:hunter2@127.0.0.1/v1")
    assert "hunter2" not in str(raised.value)
    held = Settings.model_validate({"llm_url": "http://127.0.0.1:9/v1", "llm_key": "hunter2"})
    assert Endpoint(held).key == "hunter2"
    assert "hunter2" not in f"{held!r} {held.model_dump_json()}"


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "llama_index.llms.openai_like", None)
    with pytest.raises(ModelError, match=r"signpost\[llm\]"):
        endpoint_at("http://127.0.0.1:9/v1")


def test_calling_it_off_or_reading_no_further_ends_the_call():
    for off in (True, False):
        line = Scripted(("a", None))
        calls = Calls(lambda _, line=line: line, 20.0)
        read = calls.read("", "")
        assert next(read) == "a"
        if off:
            calls.cancel()
            assert [*read] == [*calls.read("", "")] == [Failure("cancelled")]
        read.close()
        assert (line.cut.is_set(), calls.made) == (True, 1)
