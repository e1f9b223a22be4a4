"""The switch: off, read-only and on again, by file and without a restart."""

from pathlib import Path

import pytest

from assistant.errors import StoreError
from tests.ui.conftest import OpenState
from ui.access.service_state import SWITCH_FILE, State, Switch, Switched


def test_it_is_on_where_nobody_has_used_it(tmp_path: Path) -> None:
    assert Switch(tmp_path).now() == Switched(state=State.ON)
    assert list(tmp_path.iterdir()) == []


def test_another_server_sees_at_once_how_it_was_set(open_state: OpenState) -> None:
    ours, theirs = Switch(open_state()), Switch(open_state())
    assert ours.now().state is State.ON
    theirs.set(State.OFF, " back\n at nine ")
    assert ours.now() == Switched(state=State.OFF, message="back at nine")
    assert ours.now().told() == "back at nine"
    theirs.set(State.READ_ONLY)
    assert ours.now().state is State.READ_ONLY
    assert "read-only" in ours.now().told()
    theirs.set(State.ON)
    assert ours.now().state is State.ON
    assert ours.now().told() == ""


@pytest.mark.parametrize("kept", ["", "{", '{"state": "maybe"}'])
def test_a_file_that_cannot_be_read_is_off(tmp_path: Path, kept: str) -> None:
    (tmp_path / SWITCH_FILE).write_text(kept)
    found = Switch(tmp_path).now()
    assert (found.state, found.readable) == (State.OFF, False)


def test_a_message_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="too long"):
        Switch(tmp_path).set(State.OFF, "x" * 501)
    assert Switch(tmp_path).now().state is State.ON
