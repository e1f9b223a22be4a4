"""The same code on an invented framework: themes, actions, owners, deadlines; no glossary."""

import pytest

from tests.assistant.conftest import noted, quoted, told


@pytest.mark.parametrize("number", range(1, 8))
def test_every_action_is_described_with_all_that_stands_under_it(ask_harbour, harbour, number):
    answer = ask_harbour(f"Describe action {number}")
    item = harbour.item(f"harbour:A{number}")
    owners, deadlines = (len(harbour.below(item.id, kind)) for kind in ("owner", "deadline"))
    assert answer.status == "answered"
    assert told(answer) == {
        f"owners of A{number}": (owners, owners),
        f"deadlines of A{number}": (deadlines, deadlines),
    }
    assert item.description in [one.text for one in answer.statements]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # What is listed is listed completely.
        ("What are the owners of spill response?", {"owners of A6": (3, 3)}),
        (
            "responsible bodies and time limits for the oil spill",
            {"owners of A6": (3, 3), "deadlines of A6": (2, 2)},
        ),
        ("Which measures come under clean water?", {"actions of T3": (2, 2)}),
        ('List the owners of the theme "ships and berths"', {"owners of T2": (3, 3)}),
        ("List all steps", {"actions of harbour": (7, 7)}),
        ("Show every owner of the plan", {"owners of harbour": (12, 12)}),
        # Things are counted.
        ("How many themes are there?", "3 themes"),
        ("Number of deadlines?", "8 deadlines"),
        ("How many owners has spill response?", "3 owners"),
        # What has something, and what lacks it.
        ("Which actions have the fire brigade as an owner?", ["A2", "A6"]),
        ("Which themes have the pilot service as an owner?", ["T2", "T3"]),
        ("Which actions do not have the harbour office as an owner?", ["A3", "A4", "A5"]),
        ("Which themes do not have the fire service as an owner?", ["T2"]),
        ("Compare mooring checks and traffic watch", ["A4", "A5"]),
        ("Compare mooring checks and traffic watch", "pilot service"),
        # Yes or no is verified.
        ("Is the fire service an owner of spill response?", "Yes:"),
        ("Is the fire service an owner of waste reception?", "No:"),
        ("Is traffic watch part of ships and berths?", "Yes:"),
        ("Is traffic watch part of clean water?", "No:"),
        # Who and when ask for what answers them, and where for what stands above.
        ("Who is responsible for mooring checks?", ["A4", "A4-W1", "A4-W2"]),
        ("When is spill response due?", ["A6", "A6-D1", "A6-D2"]),
        ("Which theme does action 7 belong to?", ["T3", "A7"]),
        ("Under which field is the visitor briefing?", ["T1", "A3"]),
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
        assert (answer.scope.operation == "count") == wanted[0].isdigit()
    elif text.startswith("Which") and "owner" in text:
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


def test_nothing_is_dropped_and_each_quote_stands(ask_harbour, harbour_assistant):
    for item in harbour_assistant.framework.items:
        answer = ask_harbour(f"{item.label}: everything about it?")
        assert answer.dropped == ()
        for one in (one for said in answer.statements for one in said.citations):
            text = harbour_assistant.corpus.passage(one.passage_id).text
            assert text[one.start : one.end] == one.quote
