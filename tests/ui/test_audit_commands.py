"""`signpost audit`: what is removed, what is exported, and what is refused."""

import json
from pathlib import Path

import pytest

from assistant.records import Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.conftest import Refused
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant
from ui.cli.main import main
from ui.service.desk import Desk, Recorded


@pytest.fixture
def asked(home: Path) -> Settings:
    """A home in which one user asked five times and another once."""
    settings = Settings(home=home)
    for user, times in (("ada", 5), ("bob", 1)):
        one = Recorded(FakeAssistant(), Desk(settings, CORPUS), user)
        for _ in range(times):
            one.ask(Question(text=EXAMPLE))
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
def test_records_are_removed(asked, arguments, told, left, capsys):
    assert main(["audit", "purge", *arguments]) == 0
    assert capsys.readouterr().out.startswith(told)
    assert len(AuditLog(asked).records()) == left


def test_a_day_that_is_none_is_refused(asked: Settings, refused: Refused) -> None:
    assert "'yesterday'" in refused("audit", "purge", "--before", "yesterday")
    assert len(AuditLog(asked).records()) == 6


def test_two_ways_to_choose_are_wrong_usage(home: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "purge", "--all", "--user", "ada"])


def test_counts_are_exported(asked, tmp_path, capfd, refused):
    file = tmp_path / "counts.json"
    assert main(["audit", "export", str(file)]) == 0
    assert str(file) in capfd.readouterr().out
    table = json.loads(file.read_text())
    assert [row["answers"] for row in table["answers"]] == [6]
    assert str(file) in refused("audit", "export", str(file))


def test_a_log_that_cannot_be_read_is_told(home: Path, refused: Refused) -> None:
    home.mkdir()
    (home / "audit").mkdir()
    (home / "audit" / "lock").mkdir()
    assert str(home) in refused("audit", "purge", "--all")


def test_several_servers_are_counted_together(tmp_path, home, refused, capfd):
    for name, port in (("one", 1), ("one", 2), ("two", 1)):
        settings = Settings(home=tmp_path / name, state_url="redis://127.0.0.1", port=port)
        for _ in range(2):
            Recorded(FakeAssistant(), Desk(settings, CORPUS), "ada").ask(Question(text=EXAMPLE))
    assert len(list((tmp_path / "one" / "audit").glob("*-001.jsonl"))) == 2
    assert len(AuditLog(Settings(home=tmp_path / "one")).records()) == 4
    (tmp_path / "new" / "models").mkdir(parents=True)
    both = [word for name in ("one", "two", "new") for word in ("--home", str(tmp_path / name))]
    for number, places in enumerate((both, ["--home", str(tmp_path)], both * 2)):
        file = tmp_path / f"{number}.json"
        assert main(["audit", "export", str(file), *places]) == 0
        assert [one["answers"] for one in json.loads(file.read_text())["answers"]] == [6]
    capfd.readouterr()
    (tmp_path / "none").mkdir()
    none = ("--home", str(tmp_path / "none"))
    assert "holds no audit log" in refused("audit", "export", str(tmp_path / "x.json"), *none)
