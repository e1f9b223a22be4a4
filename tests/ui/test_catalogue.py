"""The catalogue of words: what is asked for is there, and what is there is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.catalogue import catalogue, say
from ui.workspaces import WORKSPACES

UI = Path(__file__).parents[2] / "ui"

ASKED = re.compile(r"say\(\s*f?\"([a-z_]+)\.([a-z_{}.]*)\"")


def asked():
    """Sections and names that modules ask for, and those whose name is put together."""
    found = [ASKED.findall(path.read_text(encoding="utf-8")) for path in UI.glob("*.py")]
    return {one for part in found for one in part}


def keys():
    return {(section, name) for section, words in catalogue().items() for name in words}


def test_everything_that_is_asked_for_is_in_the_catalogue():
    whole = {one for one in asked() if "{" not in one[1]}
    assert len(whole) > 5
    assert whole - keys() == set()


def test_everything_in_the_catalogue_is_asked_for():
    put_together = {section for section, name in asked() if "{" in name}
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (UI / "assets").glob("*.js"))
    unused = {
        (section, name)
        for section, name in keys() - asked()
        if section not in put_together
        and not (section == "script" and re.search(rf"words\.{name}\b", scripts))
    }
    assert unused == set()


def test_every_workspace_has_a_name():
    assert all(workspace.title for workspace in WORKSPACES)


def test_words_that_are_not_there_and_values_that_are_missing_are_noticed():
    with pytest.raises(KeyError):
        say("page.nothing")


def test_words_stand_on_one_line_and_have_no_blanks_at_their_ends():
    for section, words in catalogue().items():
        for name, found in words.items():
            for text in [found] if isinstance(found, str) else found.values():
                assert text == " ".join(text.split()), (section, name)
