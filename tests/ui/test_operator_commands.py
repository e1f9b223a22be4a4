"""`signpost accounts`, `switch`, `audit` and `llm check`, as an operator types them."""

import io
import json
import re

import pytest

from assistant.records import Question, Wording
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.endpoint import FakeEndpoint
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD
from tests.wording import made_answer
from ui.access.accounts import Accounts
from ui.access.service_state import State, Switch
from ui.cli.main import main
from ui.service.desk import Desk, Recorded
from ui.words.phrases import say, wording_note

# Accounts and the switch


@pytest.fixture
def piped(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n" * 3))


@pytest.mark.usefixtures("piped")
def test_an_account_from_its_beginning_to_its_end(home, printed):
    assert "Nobody has an account" in printed("accounts", "list")
    added, hint = printed("accounts", "add", "a.lead", "--role", "officer").splitlines()
    assert all(one in added for one in ("a.lead", "officer"))
    assert "SIGNPOST_ACCESS=accounts" in hint
    assert "role admin" in printed("accounts", "role", "a.lead", "admin")
    token = printed("accounts", "token", "a.lead").strip()
    assert printed("accounts", "list").split() == ["a.lead", "admin", "token"]
    assert Accounts(home).of_token(token) is not None
    assert "a.lead" in printed("accounts", "password", "a.lead")
    assert Accounts(home).of_token(token) is None
    assert "signpost audit purge --user a.lead" in printed("accounts", "remove", "a.lead")
    assert Accounts(home).all() == ()


def test_a_password_is_typed_twice(home, monkeypatch, refused, printed):
    typed = iter([PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert "password" in refused("accounts", "add", "a", "--role", "admin")
    assert Accounts(home).all() == ()
    printed("accounts", "add", "a", "--role", "admin")
    assert Accounts(home).verify("a", PASSWORD) is not None


@pytest.mark.usefixtures("home", "piped")
def test_what_is_wrong_is_one_line(refused):
    assert "'A'" in refused("accounts", "add", "A", "--role", "admin")
    assert "'b'" in refused("accounts", "remove", "b")
    for wrong in ("accounts add a --role boss", "audit purge --all --user ada"):
        with pytest.raises(SystemExit, match="2"):
            main(wrong.split())


def test_the_switch_says_and_sets_how_it_is(home, printed, refused):
    assert printed("switch") == "Signpost is on.\n"
    off = printed("switch", "off", "--message", "Back at nine.")
    assert off == "Signpost is off. Back at nine.\n"
    assert Switch(home).now().state is State.OFF
    assert printed("switch", "read-only").startswith("Signpost is read-only. ")
    assert printed("switch", "on") == "Signpost is on.\n"
    assert "too long" in refused("switch", "off", "--message", "x" * 501)


# The audit log


def ask(settings, user, times):
    one = Recorded(FakeAssistant(), Desk(settings, CORPUS), user)
    for _ in range(times):
        one.ask(Question(text=EXAMPLE))


@pytest.fixture
def asked(home):
    """A home in which one user asked five times and another once."""
    settings = Settings(home=home)
    ask(settings, "ada", 5)
    ask(settings, "bob", 1)
    return settings


@pytest.mark.parametrize(
    ("arguments", "told", "left"),
    [
        ([], "Removed 0 records", 6),
        (["--user", "bob"], "Removed 1 record.", 5),
        (["--user", "nobody"], "Removed 0 records.", 6),
        (["--before", "2020-01-01"], "Removed 0 records.", 6),
        (["--before", "9999-01-01"], "Removed 6 records.", 0),
        (["--all"], "Removed 6 records", 0),
    ],
)
def test_records_are_removed(asked, arguments, told, left, printed, refused):
    assert "'yesterday'" in refused("audit", "purge", "--before", "yesterday")
    assert printed("audit", "purge", *arguments).startswith(told)
    assert len(AuditLog(asked).records()) == left


def test_counts_are_exported_and_a_log_that_cannot_be_read_is_told(
    asked, tmp_path, printed, refused
):
    file = tmp_path / "counts.json"
    assert str(file) in printed("audit", "export", file)
    assert [row["answers"] for row in json.loads(file.read_text())["answers"]] == [6]
    assert str(file) in refused("audit", "export", file)
    lock = asked.home / "audit" / "lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert str(asked.home) in refused("audit", "purge", "--all")


def test_several_servers_are_counted_together(tmp_path, home, refused, printed):
    for name, port in (("one", 1), ("one", 2), ("two", 1)):
        ask(Settings(home=tmp_path / name, state_url="redis://127.0.0.1", port=port), "ada", 2)
    assert len(list((tmp_path / "one" / "audit").glob("*-001.jsonl"))) == 2
    assert len(AuditLog(Settings(home=tmp_path / "one")).records()) == 4
    (tmp_path / "new" / "models").mkdir(parents=True)
    both = [word for name in ("one", "two", "new") for word in ("--home", tmp_path / name)]
    for number, places in enumerate((both, ["--home", tmp_path], both * 2)):
        file = tmp_path / f"{number}.json"
        printed("audit", "export", file, *places)
        assert [one["answers"] for one in json.loads(file.read_text())["answers"]] == [6]
    (tmp_path / "none").mkdir()
    none = ("--home", tmp_path / "none")
    assert "holds no audit log" in refused("audit", "export", tmp_path / "x.json", *none)


# The endpoint of a language model


def answer_all(exchange):
    exchange.say('{"ready": true}' if "JSON" in exchange.prompt else "one, two, three, and so on")


@pytest.fixture
def check(monkeypatch, printed):
    def run(answer, code):
        with FakeEndpoint(answer) as fake:
            monkeypatch.setenv("SIGNPOST_LLM_URL", fake.url)
            monkeypatch.setenv("SIGNPOST_LLM_MODEL", "made-up")
            lines = printed("llm", "check", code=code).splitlines()
        return {line.split()[0]: " ".join(line.split()[1:]) for line in lines[:-1]}

    return run


def test_what_works_is_told_and_an_endpoint_that_refuses_fails(check, monkeypatch, refused):
    told = check(answer_all, 0)
    assert [*told] == ["address", "model", "words", "streaming", "length", "JSON"]
    assert told["model"] == "works made-up"
    assert told["streaming"].startswith("works in 3 pieces")
    assert "it says 4096" in told["length"]
    assert told["JSON"].startswith("works an object")
    told = check(lambda exchange: exchange.refuse(401, {}), 1)
    assert re.match("fails .*SIGNPOST_LLM_MODEL", told["words"])
    assert "streaming" not in told
    monkeypatch.delenv("SIGNPOST_LLM_URL")
    assert "SIGNPOST_LLM_URL" in refused("llm", "check")


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
def test_an_answer_says_who_worded_it(wording, told):
    base = made_answer()
    provenance = base.provenance.model_copy(update={"wording": wording})
    said = wording_note(base.model_copy(update={"provenance": provenance}))
    assert (told in said) if told else not said
