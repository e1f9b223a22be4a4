"""The same code on an invented framework: themes, actions, owners, deadlines; no glossary."""

import pytest

from tests.assistant.conftest import noted, quoted, told


@pytest.mark.parametrize("number", range(1, 8))
def test_every_action_is_described_with_all_that_stands_under_it(
    ask_harbour, harbour_assistant, number
):
    answer = ask_harbour(f"Describe action {number}")
    framework = harbour_assistant.framework
    item = framework.item(f"harbour:A{number}")
    owners, deadlines = (len(framework.below(item.id, kind)) for kind in ("owner", "deadline"))
    assert (answer.status, answer.dropped) == ("answered", ())
    assert told(answer) == {
        f"owners of A{number}": (owners, owners),
        f"deadlines of A{number}": (deadlines, deadlines),
    }
    assert item.description in [one.text for one in answer.statements]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("responsible bodies for the oil spill", {"owners of A6": (3, 3)}),
        ('List the owners of the theme "ships and berths"', {"owners of T2": (3, 3)}),
        ("Show every owner of the plan", {"owners of harbour": (12, 12)}),
        ("How many themes are there?", "3 themes"),
        ("Which themes have the pilot service as an owner?", ["T2", "T3"]),
        ("Which actions do not have the harbour office as an owner?", ["A3", "A4", "A5"]),
        ("Compare mooring checks and traffic watch", ["A4", "A5"]),
        ("Is the fire service an owner of spill response?", "Yes, with"),
        ("Is traffic watch part of clean water?", "No:"),
        # Who and when ask for what answers them, and where for what stands above.
        ("Who is responsible for mooring checks?", ["A4", "A4-W1", "A4-W2"]),
        ("When is spill response due?", ["A6", "A6-D1", "A6-D2"]),
        ("Which theme does action 7 belong to?", ["A7"]),
    ],
)
def test_what_is_asked_is_told_counted_or_quoted(ask_harbour, text, wanted):
    answer = ask_harbour(text)
    assert answer.status == "answered"
    said, found = noted(answer.statements), quoted(answer.statements)
    if isinstance(wanted, dict):
        assert told(answer) == wanted
    elif isinstance(wanted, str):
        assert said.startswith(wanted) if wanted.endswith(":") else wanted in said
    elif "as an owner" in text:
        assert [one for one in found if "-" not in one] == wanted
        assert f"{len(wanted)} of" in said
    else:
        assert found == wanted


def test_what_is_not_there_is_refused(ask_harbour):
    answer = ask_harbour("What are the owners of action 9?")
    assert (answer.status, answer.reason) == ("not_covered", "false_premise")
    assert quoted(answer.statements) == []
    answer = ask_harbour("What does it say about volcanoes?")
    assert answer.status in ("not_covered", "out_of_scope")
    assert quoted(answer.statements) == []
    assert answer.nearest
