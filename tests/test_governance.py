"""The governance pack is filled in, names what exists, and says of the project what is so."""

from __future__ import annotations

import re

import pytest

from assistant.encoder import PINS
from corpus.signposting import read_signposting, shipped_signposting
from evals.sign_off import sheet_faults
from tests.governance import (
    ROOT,
    count_faults,
    dead_links,
    field_faults,
    fields_of,
    measured_rows,
    unknown_commands,
    unknown_settings,
    unknown_targets,
    unmeasured,
    with_counts,
)
from tests.project_facts import counts_of_project, licences_of_project
from ui.cli import build_parser
from ui.talk import MOST_TURNS

REQUIRED = {
    "dpia.md": (
        "## Why an assessment",
        "Nature",
        "Scope",
        "Context",
        "Purpose",
        "People concerned",
        "Categories of data",
        "Flow",
        "Recipients",
        "Transfers to third countries",
        "Conversation",
        "Audit log",
        "Counts of triaged messages",
        "Triaged messages",
        "Accounts",
        "Lawful basis",
        "Minimisation",
        "Accuracy",
        "Storage limitation",
        "Information",
        "Access, rectification and portability",
        "Erasure",
        "Objection and restriction",
        "Automated decisions",
        "Processors",
        "## Risks and measures",
        "Residual risk",
        "Consultation",
        "Approval",
        "Review",
        "## What the operator adds",
    ),
    "transparency-record.md": (
        "## Tier 1",
        "Name",
        "Description",
        "Website",
        "Contact",
        "## Tier 2: owner and responsibility",
        "Organisation or department",
        "Team",
        "Senior responsible owner",
        "External supplier involvement",
        "Supplier's role",
        "Procurement procedure type",
        "Data access terms",
        "## Tier 2: description and rationale",
        "Detailed description",
        "Scope",
        "Benefit",
        "Previous process",
        "Alternatives considered",
        "## Tier 2: decision-making process",
        "Process integration",
        "Provided information",
        "Frequency and scale of usage",
        "Human decisions and review",
        "Required training",
        "Appeals and review",
        "## Tier 2: tool specification",
        "System architecture",
        "Phase",
        "Maintenance",
        "Models",
        "Model name",
        "Model version",
        "Model task",
        "Model input",
        "Model output",
        "Model architecture",
        "Model performance",
        "Datasets",
        "Dataset purposes",
        "## Tier 2: data specification",
        "Source data name",
        "Data modality",
        "Data description",
        "Data quantities",
        "Sensitive attributes",
        "Data completeness and representativeness",
        "Source data URL",
        "Data collection",
        "Data cleaning",
        "Data sharing agreements",
        "Data access and storage",
        "## Tier 2: risks, mitigations and impact assessments",
        "Impact assessments",
        "Risks and mitigations",
    ),
    "model-and-data-card.md": (
        "### Embedding model",
        "SHA-256 of the weights",
        "SHA-256 of the tokenizer",
        "Trained on",
        "### Answerability",
        "### Abstention",
        "### Triage",
        "### Support",
        "Framework page",
        "Guidance notes",
        "Glossary",
        "Signposting",
        "Cases",
        "Public sets",
        "## Counts",
        "## Measured",
        "## Licences",
        "## Languages",
        "## Known failures",
        "## Not to be used for",
    ),
    "safeguarding-sign-off.md": (
        "## How to sign",
        "## State",
        "Reviewed by",
        "Reviewed on",
        "Digest of the texts",
        "## Replies",
        "## Services",
        "## What the replies say",
        "## What is said of the services",
    ),
    "operating.md": (
        "## Install",
        "## Who may come in",
        "## Behind a proxy with single sign-on",
        "## With local accounts",
        "## The first account",
        "## Back up",
        "## Restore",
        "## Rotate",
        "## Update an edition",
        "## Roll back",
        "## Retention and erasure",
        "## Read-only and off",
        "## Monitor",
        "## What is logged",
        "## A Chroma server",
        "### A person in danger wrote to it",
        "### A wrong answer was published",
        "### Data leaked",
        "### A vulnerability",
    ),
    "evaluating.md": (
        "## In short",
        "## Run",
        "## Score another system",
        "## The splits",
        "## Read",
        "## Judge a difference",
        "## The gate",
        "## Add a case",
        "## Does the suite notice?",
        "## What the cases cannot show",
    ),
    "supply-chain.md": (
        "## What is pinned",
        "## `make audit`",
        "## `make sbom`",
        "## A Chroma server",
    ),
}
"""What each document must have, as a heading with its marks, or as the first cell of a row."""

DOCUMENTS = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
CARD = "model-and-data-card.md"


def _text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def counts() -> dict[str, int]:
    return counts_of_project()


def test_every_document_says_what_it_must_have():
    assert sorted(REQUIRED) == DOCUMENTS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_required_field_is_filled_in(name):
    assert field_faults(_text(name), REQUIRED[name]) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_required_field_is_missed_where_it_is_left_out(name):
    lines = _text(name).splitlines()
    for field in REQUIRED[name]:
        start = field if field.startswith("#") else f"| {field} |"
        kept = [line for line in lines if not line.startswith(start)]
        assert len(kept) < len(lines)
        assert f"{field} is missing." in field_faults("\n".join(kept), REQUIRED[name])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_setting_that_is_named_exists(name):
    assert unknown_settings(_text(name)) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_named_exists(name):
    assert unknown_commands(_text(name), build_parser()) == []
    assert unknown_targets(_text(name)) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_is_there(name):
    assert dead_links(_text(name), ROOT / "docs") == []


def test_the_readme_leads_to_every_document_and_nowhere_else(readme):
    assert dead_links(readme, ROOT) == []
    assert all(f"docs/{name}" in readme for name in DOCUMENTS)


# The sheet has no numbers of ours, and the evaluator's guide names the run that its table is of.
@pytest.mark.parametrize(
    "name", sorted({*DOCUMENTS} - {"safeguarding-sign-off.md", "evaluating.md"})
)
def test_every_measured_number_stands_in_the_readme(name, readme):
    assert unmeasured(_text(name), readme) == []


def test_the_card_counts_as_the_project_does(counts, request):
    card = _text(CARD)
    if request.config.getoption("--renew", default=False):
        card = with_counts(card, counts)
        (ROOT / "docs" / CARD).write_text(card, encoding="utf-8")
    assert count_faults(card, counts) == []


def test_the_card_measures_as_the_readme_does(readme):
    rows = measured_rows(_text(CARD))
    flowing = " ".join(readme.split())
    assert len(rows) >= 15
    assert [row for row in rows if row not in flowing] == []


def test_the_card_has_the_hashes_that_the_code_pins():
    fields = fields_of(_text(CARD))
    assert fields["sha-256 of the weights"] == f"`{PINS['model.safetensors']}`"
    assert fields["sha-256 of the tokenizer"] == f"`{PINS['tokenizer.json']}`"


@pytest.mark.parametrize(("what", "licence"), licences_of_project().items())
def test_the_card_has_the_licence_of(what, licence):
    section = _text(CARD).partition("\n## Licences\n")[2].partition("\n## ")[0]
    assert fields_of(section)[what.casefold()].startswith(licence)


def test_the_sign_off_sheet_is_that_of_the_texts():
    texts = read_signposting(shipped_signposting())
    assert sheet_faults(_text("safeguarding-sign-off.md"), texts) == []


def test_the_assessment_has_the_retention_that_is_set(counts):
    days = counts["Days for which an audit record is kept by default"]
    assert f"{days} unless set" in fields_of(_text("dpia.md"))["audit log"]
    assert f"{days} days" in fields_of(_text("operating.md"))["## retention and erasure"]


def test_the_assessment_keeps_conversations_as_the_page_does(counts):
    kept = fields_of(_text("dpia.md"))["conversation"]
    assert f"At most {MOST_TURNS} turns" in kept
    assert "browser" in kept
    assert "nothing on the server" in kept
    told = re.findall(r"(\d+) guidance notes", "".join(map(_text, DOCUMENTS)))
    assert set(told) == {str(counts["Guidance notes"])}


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Forwarded-Groups", "X-Signpost-Proxy"])
def test_the_proxy_of_the_guide_replaces_what_a_browser_sends_as(header):
    guide = _text("operating.md")
    assert re.search(rf"^ *proxy_set_header {header} +\S+;", guide, flags=re.MULTILINE)
