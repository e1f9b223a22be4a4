"""The endpoint is reached through LlamaIndex's type, stays where it is told, and can be cut off."""

from __future__ import annotations

import socket
import sys
from threading import Thread

import pytest

from assistant.errors import ModelError, SettingsError
from assistant.settings import Settings
from assistant.wording import endpoint as endpoint_module
from assistant.wording.endpoint import Endpoint, Failure, failure_of, failures
from tests.endpoint import Exchange, FakeEndpoint


def settings(url: str, **fields: object) -> Settings:
    return Settings.model_validate({"llm_url": url, "llm_model": "made-up", **fields})


def failure(endpoint: FakeEndpoint, **fields: object) -> Failure:
    with pytest.raises(failures()) as raised:
        list(Endpoint(settings(endpoint.url, **fields)).connect(5.0).pieces("Be brief.", "Hello"))
    return failure_of(raised.value)


def test_a_reply_comes_piece_by_piece() -> None:
    with FakeEndpoint(lambda exchange: exchange.say("Ships rest at the quay [1].")) as fake:
        endpoint = Endpoint(settings(fake.url, llm_max_tokens=77, llm_key="secret"))
        found = list(endpoint.connect(5.0).pieces("Be brief.", "Hello"))
    assert "".join(found) == "Ships rest at the quay [1]."
    assert len(found) > 1
    asked = fake.asked[0]
    assert (asked["model"], asked["max_tokens"], asked["temperature"]) == ("made-up", 77, 0.0)
    assert asked["stream"] is True
    assert [one["role"] for one in asked["messages"]] == ["system", "user"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected"),
    [
        (429, {}, (("Retry-After", "3"),), Failure("rate_limited", 3.0)),
        (429, {}, (("Retry-After", "tomorrow"),), Failure("rate_limited", 1.0)),
        (400, {"error": {"code": "context_length_exceeded"}}, (), Failure("overflow")),
        (400, {"error": {"message": "Requested tokens exceed context window of 512"}}, (),
         Failure("overflow")),
        (413, {}, (), Failure("overflow")),
        (400, {"error": {"message": "No such model"}}, (), Failure("failed")),
        (401, {}, (), Failure("failed")),
        (503, {}, (), Failure("failed")),
        (307, {}, (("Location", "http://example.org/"),), Failure("failed")),
    ],
)  # fmt: skip
def test_a_refusal_is_told_by_its_kind(
    status: int, body: object, headers: tuple[tuple[str, str], ...], expected: Failure
) -> None:
    with FakeEndpoint(lambda exchange: exchange.refuse(status, body, headers)) as fake:
        assert failure(fake) == expected
        assert fake.calls == 1


def test_nobody_there_is_told() -> None:
    with FakeEndpoint() as fake:
        url = fake.url
    with pytest.raises(failures()) as raised:
        list(Endpoint(settings(url)).connect(5.0).pieces("Be brief.", "Hello"))
    assert failure_of(raised.value) == Failure("refused")


def test_cutting_it_off_closes_the_connection_and_wakes_the_reader() -> None:
    def play(exchange: Exchange) -> None:
        exchange.begin()
        exchange.send("Ships")
        exchange.wait()

    with FakeEndpoint(play) as fake:
        connection = Endpoint(settings(fake.url)).connect(30.0)
        ended: list[str] = []

        def read() -> None:
            try:
                for piece in connection.pieces("Be brief.", "Hello"):
                    ended.append(piece)
                    connection_is_up.start()
            except failures():
                ended.append("cut")

        connection_is_up = Thread(target=connection.stop)
        reader = Thread(target=read)
        reader.start()
        reader.join(10)
        assert not reader.is_alive()
        assert ended[0] == "Ships"
        assert fake.gone.wait(10)


def test_two_who_cut_it_off_at_once_do_not_hinder_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = Endpoint(settings("http://127.0.0.1:9/v1")).connect(1.0)
    monkeypatch.setattr(connection._client, "close", lambda: held.close())
    second = Thread(target=connection.stop)
    held, far = socket.socketpair()
    shut, were_open = endpoint_module._shut, list[bool]()

    def shut_late(one: socket.socket) -> None:
        # Meanwhile somebody else would close it, which wakes nobody who reads from it.
        second.start()
        second.join(0.2)
        were_open.append(one.fileno() >= 0)
        shut(one)

    monkeypatch.setattr(endpoint_module, "_shut", shut_late)
    connection._sockets.append(held)
    with far:
        connection.stop()
        second.join(10)
    assert were_open == [True]


def test_what_was_called_off_before_it_began_sends_nothing() -> None:
    with FakeEndpoint(lambda exchange: exchange.say("Ships")) as fake:
        connection = Endpoint(settings(fake.url)).connect(5.0)
        connection.stop()
        with pytest.raises(failures()):
            list(connection.pieces("Be brief.", "Hello"))
        assert fake.calls == 0


@pytest.mark.parametrize("host", ["10.0.0.1", "example.org", "localhost.example.org"])
def test_another_machine_has_to_be_allowed(host: str) -> None:
    url = f"https://{host}/v1"
    with pytest.raises(SettingsError, match="SIGNPOST_LLM_REMOTE_OK"):
        Endpoint(settings(url))
    assert not Endpoint(settings(url, llm_remote_ok=True)).is_local


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:9"])
def test_this_machine_is_local_and_needs_no_proxy(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    endpoint = Endpoint(settings(f"http://{host}/v1"))
    assert endpoint.is_local
    assert not endpoint.client(1.0).trust_env


def test_an_address_without_a_host_is_refused() -> None:
    with pytest.raises(SettingsError, match="no address"):
        Endpoint(settings("http:///v1"))


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="SIGNPOST_LLM_KEY") as raised:
        Endpoint(settings("http://me:hunter2@127.0.0.1/v1"))
    assert "hunter2" not in str(raised.value)


def test_the_key_is_sent_and_shown_nowhere() -> None:
    held = settings("http://127.0.0.1:9/v1", llm_key="hunter2")
    assert Endpoint(held).key == "hunter2"
    assert "hunter2" not in f"{held!r} {held.model_dump_json()}"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.llms.openai_like", None)
    with pytest.raises(ModelError, match=r"signpost\[llm\]"):
        Endpoint(settings("http://127.0.0.1:9/v1")).check_installed()
