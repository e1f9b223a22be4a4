"""The checker of the governance pack finds what is wrong with a document, and nothing else."""

from __future__ import annotations

import pytest

from tests.governance import (
    count_faults,
    dead_links,
    field_faults,
    unknown_commands,
    unknown_settings,
    unknown_targets,
    unmeasured,
    with_counts,
)
from ui.cli import build_parser

DOCUMENT = """# A sheet

## Purpose

It shows the way.

## Who

| field | entry |
|---|---|
| Owner | the harbour |

## Limits

### By day

None at night.
"""


def test_a_document_with_every_field_has_no_fault():
    assert field_faults(DOCUMENT, ("## Purpose", "Owner", "## Limits", "### By day")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("## Purpose\n", "", "## Purpose is missing."),
        ("It shows the way.\n", "", "## Purpose is empty."),
        ("| Owner | the harbour |\n", "", "Owner is missing."),
        ("the harbour", " ", "Owner is empty."),
        ("the harbour", "-", "Owner is empty."),
        ("the harbour", "N/A", "Owner is empty."),
        ("the harbour", "none.", "Owner is empty."),
        ("None at night.", "", "## Limits is empty."),
        ("the harbour", "TODO", "'TODO' holds a place."),
        ("the harbour", "tbc by the office", "'tbc' holds a place."),
        ("It shows the way.", "It shows ...", "'...' holds a place."),
        ("the harbour", "[insert name]", "'[insert' holds a place."),
        ("the harbour", "to be confirmed", "'to be confirmed' holds a place."),
        ("the harbour", "____", "'____' holds a place."),
    ],
)
def test_a_field_that_is_gone_or_empty_or_holds_a_place_is_a_fault(old, new, fault):
    broken = DOCUMENT.replace(old, new)
    assert broken != DOCUMENT
    assert fault in field_faults(broken, ("## Purpose", "Owner", "## Limits"))


def test_a_setting_that_does_not_exist_is_found():
    text = "Set `SIGNPOST_HOME` and `SIGNPOST_HOMES`; SIGNPOST_PORTS=1 too."
    assert unknown_settings(text) == ["SIGNPOST_HOMES", "SIGNPOST_PORTS"]


@pytest.mark.parametrize(
    "text",
    [
        "`signpost launch`",
        "`signpost index burn`",
        "`signpost index build --everything`",
        "`signpost index build now`",
        "one that is `signpost index\nburn` over two lines",
        "```\nsignpost audit purge --nobody NAME\n```",
        "```sh\nsudo -u signpost .venv/bin/python\nsignpost serve --hosts 127.0.0.1\n```",
    ],
)
def test_a_command_that_does_not_exist_is_found(text):
    assert len(unknown_commands(text, build_parser())) == 1


def test_commands_that_exist_are_passed():
    text = """`signpost index build --erase`, `signpost audit purge --user NAME`, `signpost
corpus show ID`, `signpost ask "What is it?" --json`, `signpost index` and `signpost`.
```
signpost corpus diff OLD.jsonl --answers SAVED.jsonl  # signpost makes nothing up
systemctl restart signpost
sudo -u signpost signpost serve
tar --file signpost-1.tar.gz
```
A service called signpost is no command, and `/opt/signpost bin` is a folder.
"""
    assert unknown_commands(text, build_parser()) == []


def test_targets_and_modules_that_do_not_exist_are_found():
    assert unknown_targets("`make audit`, `make tea`, `python -m evals.sbom`") == ["tea"]
    assert unknown_targets("`python -m evals.teapot`") == ["evals.teapot"]
    assert unknown_targets("`python -m evals.peer_runs.rows`, `python -m evals.run.tea`") == [
        "evals.run.tea"
    ]


def test_a_link_to_nothing_is_found(tmp_path):
    (tmp_path / "there.md").write_text("# There\n\n## A place, too\n", encoding="utf-8")
    text = "[a](there.md), [b](there.md#a-place-too), [c](https://www.example.org/), [d](gone.md)"
    assert dead_links(text, tmp_path) == ["gone.md"]
    assert dead_links("[a](there.md#elsewhere)", tmp_path) == ["there.md#elsewhere"]
    assert dead_links("`corpus/gone.toml` and `corpus/glossary.toml`", tmp_path) == [
        "corpus/gone.toml"
    ]


def test_a_number_that_the_readme_does_not_have_is_found():
    readme = "It answers 8 of 90 (0.05 to 0.17), 0.944 in all, with a package 0.1.0."
    assert unmeasured("8 of 90 and 0.944, by a package 0.1.0", readme) == []
    assert unmeasured("7 of 91 and 0.9441", readme) == ["0.9441", "7 of 91"]


CARD = """# A card

## Counts

| what | number |
|---|---|
| Quays | 4 |
| Lamps | 12 |

## Measured
"""


def test_a_card_that_counts_as_the_project_does_has_no_fault():
    assert count_faults(CARD, {"Quays": 4, "Lamps": 12}) == []


def test_a_card_that_counts_otherwise_is_found_and_can_be_renewed():
    counts = {"Quays": 4, "Lamps": 13}
    assert count_faults(CARD, counts) == ["Lamps: the card says 12, the project has 13."]
    assert count_faults(with_counts(CARD, counts), counts) == []


def test_a_count_that_is_left_out_or_made_up_is_found():
    assert count_faults(CARD, {"Quays": 4}) == ["Lamps: the card says 12, the project has None."]
    assert count_faults(CARD, {"Quays": 4, "Lamps": 12, "Ships": 3}) == [
        "Ships: the card says nothing, the project has 3."
    ]
