"""Accounts: what is kept of them, what is refused, and that nothing is in the clear."""

import re
import stat
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.errors import AccessError, StoreError
from tests.ui.served import PASSWORD, QUICK, SECRET
from ui.access.accounts import FILE, Accounts, read_secret
from ui.access.rights import Role


def test_an_account_is_found_by_its_name_and_password(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a.officer", Role.OFFICER, PASSWORD)
    found = Accounts(tmp_path, QUICK).verify("a.officer", PASSWORD)
    assert found is not None
    assert (found.name, found.role) == ("a.officer", Role.OFFICER)
    assert accounts.verify("a.officer", f"{PASSWORD}s") is None
    assert accounts.verify("an.officer", PASSWORD) is None


def test_passwords_cost_what_the_library_advises(tmp_path: Path) -> None:
    Accounts(tmp_path).add("a", Role.OFFICER, PASSWORD)
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in (tmp_path / FILE).read_text()


def test_neither_password_nor_token_is_in_the_file_and_nobody_else_can_read_it(tmp_path):
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a.trainer", Role.TRAINER, PASSWORD)
    token = accounts.new_token("a.trainer")
    kept = (tmp_path / FILE).read_text()
    assert "$argon2id$" in kept
    assert PASSWORD not in kept
    assert token not in kept
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_token_is_known_until_the_next_one(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a", Role.EVALUATOR, PASSWORD)
    first = accounts.new_token("a")
    assert accounts.of_token(first) == accounts.get("a")
    second = accounts.new_token("a")
    assert accounts.of_token(first) is None
    assert accounts.of_token(second) is not None
    assert accounts.of_token("") is None


def test_what_another_process_changes_is_seen_at_once(tmp_path: Path) -> None:
    ours, theirs = Accounts(tmp_path, QUICK), Accounts(tmp_path, QUICK)
    theirs.add("a", Role.OFFICER, PASSWORD)
    assert ours.get("a") is not None
    theirs.set_role("a", Role.ADMIN)
    assert ours.all()[0].role is Role.ADMIN
    theirs.remove("a")
    assert ours.all() == ()


def test_a_new_password_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a", Role.OFFICER, PASSWORD)
    token = accounts.new_token("a")
    accounts.set_password("a", "another three words")
    assert accounts.of_token(token) is None
    assert accounts.verify("a", PASSWORD) is None
    assert accounts.verify("a", "another three words") is not None


@pytest.mark.parametrize("name", ["", "Anna", "a b", "-a", "a/b", "ä", "a" * 65, "a\n"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AccessError, match=re.escape(repr(name))):
        Accounts(tmp_path, QUICK).add(name, Role.OFFICER, PASSWORD)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("fourteen chars", "too short"),
        ("x" * 201, "too long"),
        ("a" * 20, "easily guessed"),
        ("long.name.here12345", "easily guessed"),
        ("1212121212121212", "easily guessed"),
        ("password1234567", "easily guessed"),
        ("signpostsignpost", "easily guessed"),
        ("qwertyuiopasdfg", "easily guessed"),
    ],
)
def test_a_weak_password_is_refused(tmp_path: Path, password: str, said: str) -> None:
    with pytest.raises(AccessError, match=said):
        Accounts(tmp_path, QUICK).add("long.name.here", Role.OFFICER, password)


def test_a_name_that_is_taken_or_unknown_is_refused(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path, QUICK)
    accounts.add("a", Role.OFFICER, PASSWORD)
    with pytest.raises(AccessError, match="already"):
        accounts.add("a", Role.ADMIN, PASSWORD)
    for change in (accounts.remove, accounts.new_token):
        with pytest.raises(AccessError, match="'b'"):
            change("b")
    assert accounts.all()[0].role is Role.OFFICER


def test_a_damaged_file_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    accounts = Accounts(tmp_path, QUICK)
    with pytest.raises(AccessError, match=FILE):
        accounts.all()
    with pytest.raises(AccessError, match=FILE):
        accounts.add("a", Role.ADMIN, PASSWORD)
    assert (tmp_path / FILE).read_text() == "{"


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(StoreError, match="home"):
        Accounts(tmp_path / "home").add("a", Role.ADMIN, PASSWORD)


def test_two_processes_that_change_accounts_take_turns(tmp_path, monkeypatch):
    accounts = Accounts(tmp_path, QUICK)
    monkeypatch.setattr("ui.access.accounts.LOCK_SECONDS", 0.1)
    with (
        FileLock(tmp_path / f"{FILE}.lock"),
        pytest.raises(AccessError, match="process"),
    ):
        accounts.add("a", Role.ADMIN, PASSWORD)


def test_the_secret_of_a_proxy_is_read_from_a_file_that_only_few_can_read(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    with pytest.raises(AccessError, match="cannot be read"):
        read_secret(file)
    file.write_text(f"{SECRET}\n")
    file.chmod(0o640)
    assert read_secret(file) == SECRET
    file.chmod(0o644)
    with pytest.raises(AccessError, match="Everybody can read"):
        read_secret(file)
    file.write_text("short")
    file.chmod(0o600)
    with pytest.raises(AccessError, match="too short"):
        read_secret(file)
