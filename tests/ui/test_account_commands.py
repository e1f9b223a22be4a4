"""`signpost accounts` and `signpost switch`, as an operator types them."""

import io

import pytest

from tests.ui.conftest import Refused
from tests.ui.served import PASSWORD
from ui.access.accounts import Accounts
from ui.access.service_state import State, Switch
from ui.cli.main import main


@pytest.fixture(autouse=True)
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n" * 3))


def test_an_account_from_its_beginning_to_its_end(home, capsys):
    def told(*arguments: str) -> str:
        assert main(["accounts", *arguments]) == 0
        return capsys.readouterr().out

    assert "Nobody has an account" in told("list")
    added, hint = told("add", "a.lead", "--role", "officer").splitlines()
    assert "a.lead" in added
    assert "officer" in added
    assert "SIGNPOST_ACCESS=accounts" in hint
    assert "role admin" in told("role", "a.lead", "admin")
    token = told("token", "a.lead").strip()
    assert told("list").split() == ["a.lead", "admin", "token"]
    account = Accounts(home).of_token(token)
    assert account is not None
    assert "a.lead" in told("password", "a.lead")
    assert Accounts(home).of_token(token) is None
    assert "signpost audit purge --user a.lead" in told("remove", "a.lead")
    assert Accounts(home).all() == ()


def test_a_password_is_typed_twice(home, monkeypatch, refused):
    typed = iter([PASSWORD, "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert "password" in refused("accounts", "add", "a", "--role", "admin")
    assert Accounts(home).all() == ()
    assert main(["accounts", "add", "a", "--role", "admin"]) == 0
    assert Accounts(home).verify("a", PASSWORD) is not None


@pytest.mark.usefixtures("home")
def test_what_is_wrong_is_one_line(refused: Refused) -> None:
    assert "'A'" in refused("accounts", "add", "A", "--role", "admin")
    assert "'b'" in refused("accounts", "remove", "b")
    with pytest.raises(SystemExit) as wrong:
        main(["accounts", "add", "a", "--role", "boss"])
    assert wrong.value.code == 2


def test_the_switch_says_and_sets_how_it_is(home, capfd, refused):
    def told(*arguments: str) -> str:
        assert main(["switch", *arguments]) == 0
        return capfd.readouterr().out

    assert told() == "Signpost is on.\n"
    assert told("off", "--message", "Back at nine.") == "Signpost is off. Back at nine.\n"
    assert Switch(home).now().state is State.OFF
    assert told("read-only").startswith("Signpost is read-only. ")
    assert told("on") == "Signpost is on.\n"
    assert "too long" in refused("switch", "off", "--message", "x" * 501)
