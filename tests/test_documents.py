import re
from functools import partial

import pytest

from assistant.retrieval.encoder import PINS
from assistant.settings import Settings
from tests import documents
from tests.documents import ROOT
from ui.cli.main import build_parser
from ui.pages.talk import MOST_TURNS

DOCUMENTS = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


def _text(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_all_that_is_named_exists_and_what_is_generated_is_what_the_code_says(name, request):
    text = documents.renewed(_text(name))
    if request.config.getoption("--renew", default=False):
        (ROOT / name).write_text(text, encoding="utf-8")
    assert text == _text(name), "run: pytest tests/test_documents.py --renew"
    assert documents.unknown_settings(text) == []
    assert documents.unknown_commands(text, build_parser()) == []
    assert documents.unknown_targets(text) == []
    assert documents.dead_links(text, (ROOT / name).parent) == []


def test_what_documents_say_of_the_code_is_said_somewhere_and_true() -> None:
    marks = re.findall(r"<!-- generated: (\w+) -->", "".join(map(_text, DOCUMENTS)))
    assert sorted(marks) == ["commands", "counts", "modules", "settings"]
    assert [name for name in DOCUMENTS[1:] if name not in _text("README.md")] == []
    assert all(pin in _text("docs/model-and-data-card.md") for pin in PINS.values())
    days = Settings.model_fields["retention_days"].default
    assert f"{days} unless set" in _text("docs/dpia.md")
    assert f"{days} by default" in _text("docs/operating.md")
    assert f"{MOST_TURNS} turns" in _text("docs/dpia.md")
    # The proxy of the guide replaces what a browser sends.
    for header in ("X-Forwarded-User", "X-Forwarded-Groups", "X-Signpost-Proxy"):
        assert re.search(rf"\n *proxy_set_header {header} +\S+;", _text("docs/operating.md"))


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (documents.unknown_settings, "Set SIGNPOST_HOMES."),
        (partial(documents.unknown_commands, parser=build_parser()), "`signpost index burn`"),
        (documents.unknown_targets, "`make tea`"),
        (documents.unknown_targets, "`python -m evals.teapot`"),
        (partial(documents.dead_links, folder=ROOT), "[gone](README.md#nowhere)"),
        (partial(documents.dead_links, folder=ROOT), "`corpus/gone.toml`"),
    ],
)
def test_what_does_not_exist_is_found(check, text):
    assert len(check(text)) == 1
