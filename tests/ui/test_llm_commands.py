"""`signpost llm check` says what works at an endpoint, and answers say who worded them."""

import re

import pytest

from assistant.records import Wording
from tests.endpoint import Exchange, FakeEndpoint
from tests.wording import made_answer
from ui.cli.main import main
from ui.words.catalogue import say
from ui.words.phrases import wording_note


def answer_all(exchange: Exchange) -> None:
    exchange.say('{"ready": true}' if "JSON" in exchange.prompt else "one, two, three, and so on")


def checked(fake, monkeypatch, capsys):
    monkeypatch.setenv("SIGNPOST_LLM_URL", fake.url)
    monkeypatch.setenv("SIGNPOST_LLM_MODEL", "made-up")
    code = main(["llm", "check"])
    lines = capsys.readouterr().out.splitlines()
    return code, {line.split()[0]: " ".join(line.split()[1:]) for line in lines[:-1]}


def test_what_works_is_told(monkeypatch, capsys):
    with FakeEndpoint(answer_all) as fake:
        code, told = checked(fake, monkeypatch, capsys)
    assert code == 0
    assert [*told] == ["address", "model", "words", "streaming", "length", "JSON"]
    assert told["model"] == "works made-up"
    assert told["streaming"].startswith("works in 3 pieces")
    assert "it says 4096" in told["length"]
    assert told["JSON"].startswith("works an object")


def test_an_endpoint_that_refuses_fails(monkeypatch, capsys):
    with FakeEndpoint(lambda exchange: exchange.refuse(401, {})) as fake:
        code, told = checked(fake, monkeypatch, capsys)
    assert code == 1
    assert re.match("fails .*SIGNPOST_LLM_MODEL", told["words"])
    assert "streaming" not in told


def test_no_model_is_one_line(monkeypatch, capsys):
    monkeypatch.delenv("SIGNPOST_LLM_URL", raising=False)
    assert main(["llm", "check"]) == 1
    assert "SIGNPOST_LLM_URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wording", "told"),
    [
        (None, ""),
        (Wording(model="m", cause="timeout"), say("wording.timeout")),
        (Wording(model="m", kept=1), "m worded 1 sentence"),
        (Wording(model="m", kept=1, retried=2), "m worded 3 sentences"),
        (Wording(model="m", copied=3), ""),
    ],
)
def test_an_answer_says_who_worded_it(wording: Wording | None, told: str) -> None:
    base = made_answer()
    provenance = base.provenance.model_copy(update={"wording": wording})
    said = wording_note(base.model_copy(update={"provenance": provenance}))
    assert (told in said) if told else not said
