"""`signpost accounts`, `switch`, `audit` and `llm check`, as an operator types them."""

import io
import json
import re

import pytest

from assistant.records import Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.endpoint import FakeEndpoint
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant
from tests.ui.served import PASSWORD
from ui.access.accounts import Accounts
from ui.access.service_state import State, Switch
from ui.cli.main import main
from ui.service.desk import Desk, Recorded


def test_an_account_from_its_beginning_to_its_end(home, printed, refused, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n" * 3))
    assert "Nobody has an account" in printed("accounts", "list")
    assert "SIGNPOST_ACCESS=accounts" in printed("accounts", "add", "a.lead", "--role", "officer")
    printed("accounts", "role", "a.lead", "admin")
    token = printed("accounts", "token", "a.lead").strip()
    assert printed("accounts", "list").split() == ["a.lead", "admin", "token"]
    assert Accounts(home).of_token(token) is not None
    printed("accounts", "password", "a.lead")
    assert Accounts(home).of_token(token) is None
    assert "signpost audit purge --user a.lead" in printed("accounts", "remove", "a.lead")
    assert Accounts(home).all() == ()
    assert "'A'" in refused("accounts", "add", "A", "--role", "admin")
    for command in ("remove", "password"):
        assert "'b'" in refused("accounts", command, "b")
    monkeypatch.setattr("sys.stdin", io.StringIO("caf\udce9-harbour-lantern-61-x\n"))
    assert "UTF-8" in refused("accounts", "add", "b", "--role", "admin")
    for wrong in ("accounts add a --role boss", "audit purge --all --user a", "switch --message X"):
        with pytest.raises(SystemExit, match="2"):
            main(wrong.split())


def test_a_password_is_typed_twice(home, monkeypatch, refused, printed):
    typed = iter([PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert "password" in refused("accounts", "add", "a", "--role", "admin")
    assert Accounts(home).all() == ()
    printed("accounts", "add", "a", "--role", "admin")
    assert Accounts(home).verify("a", PASSWORD) is not None


def test_the_switch_says_and_sets_how_it_is(home, printed, refused):
    assert printed("switch") == "Signpost is on.\n"
    off = printed("switch", "off", "--message", "Back at nine.")
    assert off == "Signpost is off. Back at nine.\n"
    assert Switch(home).now().state is State.OFF
    assert printed("switch", "read-only").startswith("Signpost is read-only. ")
    assert "too long" in refused("switch", "off", "--message", "x" * 501)


def ask(settings, user, times):
    desk = Desk(settings, CORPUS)
    for _ in range(times):
        Recorded(FakeAssistant(), desk, user).ask(Question(text=EXAMPLE))


@pytest.mark.parametrize("last", [["--before", "9999-01-01"], ["--all"]])
def test_records_are_removed(home, last, printed, refused):
    settings = Settings(home=home)
    ask(settings, "ada", 5)
    ask(settings, "bob", 1)
    assert "'yesterday'" in refused("audit", "purge", "--before", "yesterday")
    for arguments, removed, left in (
        ([], "0 records", 6),
        (["--user", "nobody"], "0 records", 6),
        (["--before", "2020-01-01"], "0 records", 6),
        (["--user", "bob"], "1 record.", 5),
        (last, "5 records", 0),
    ):
        assert printed("audit", "purge", *arguments).startswith(f"Removed {removed}")
        assert len(AuditLog(settings).entries()) == left
    lock = home / "audit" / "lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert str(home) in refused("audit", "purge", "--all")


def test_several_servers_are_counted_together(tmp_path, home, refused, printed):
    for name, port in (("one", 1), ("one", 2), ("two", 1)):
        ask(Settings(home=tmp_path / name, state_url="redis://127.0.0.1", port=port), "ada", 2)
    assert len(list((tmp_path / "one" / "audit").glob("*-001.jsonl"))) == 2
    assert len(AuditLog(Settings(home=tmp_path / "one")).entries()) == 4
    (tmp_path / "new" / "models").mkdir(parents=True)
    both = [word for name in ("one", "two", "new") for word in ("--home", tmp_path / name)]
    for number, places in enumerate((both, ["--home", tmp_path], both * 2)):
        file = tmp_path / f"{number}.json"
        printed("audit", "export", file, *places)
        assert [one["answers"] for one in json.loads(file.read_text())["answers"]] == [6]
    (tmp_path / "none").mkdir()
    none = ("--home", tmp_path / "none")
    assert "holds no audit log" in refused("audit", "export", tmp_path / "x.json", *none)


def test_what_works_is_told_and_an_endpoint_that_refuses_fails(monkeypatch, printed, refused):
    def check(answer, code):
        with FakeEndpoint(answer) as fake:
            monkeypatch.setenv("SIGNPOST_LLM_URL", fake.url)
            monkeypatch.setenv("SIGNPOST_LLM_MODEL", "made-up")
            lines = printed("llm", "check", code=code).splitlines()
        return {line.split()[0]: " ".join(line.split()[1:]) for line in lines[:-1]}

    def answer_all(exchange):
        exchange.say(
            '{"ready": true}' if "JSON" in exchange.prompt else "one, two, three, and so on"
        )

    told = check(answer_all, 0)
    assert [*told] == ["address", "model", "words", "streaming", "length", "JSON"]
    assert told["streaming"].startswith("works in 3 pieces")
    assert "it says 4096" in told["length"]
    assert told["JSON"].startswith("works an object")
    told = check(lambda exchange: exchange.refuse(401, {}), 1)
    assert re.match("fails .*SIGNPOST_LLM_MODEL", told["words"])
    assert "streaming" not in told
    monkeypatch.delenv("SIGNPOST_LLM_URL")
    assert "SIGNPOST_LLM_URL" in refused("llm", "check")
