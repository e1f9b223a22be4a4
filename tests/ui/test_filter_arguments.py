"""Filters from the command line, a batch and the HTTP API, and how an answer shows them."""

import json
from datetime import date
from pathlib import Path

import httpx
import pytest

from assistant.certificates.certificate import Certificate
from assistant.certificates.recheck import certify, verify
from assistant.errors import QuestionError
from assistant.foreign import _refuse
from assistant.pipeline import Assistant
from assistant.records import Answer, Filters, Question
from assistant.settings import Settings
from corpus.editions.edition import Edition
from tests.ui.conftest import EXAMPLE, Refused
from tests.ui.fake_answer import FakeAssistant
from tests.ui.served import serving
from ui.cli.commands import filters_of
from ui.cli.main import build_parser, main
from ui.words.outline import only_of

ONLY = Filters(pillars=("gsr:P3",), facets=("outcomes",), tiers=("framework",), audience="trainer")


def test_the_arguments_make_filters(assistant: Assistant):
    arguments = "ask x --pillar 3 --pillar P1 --facet outcomes --tier framework --audience trainer"
    read = build_parser().parse_args(arguments.split())
    pillars = ("gsr:P3", "gsr:P1")
    assert filters_of(read, assistant) == ONLY.model_copy(update={"pillars": pillars})
    assert filters_of(build_parser().parse_args(["search", "x"]), assistant) == Filters()


def test_the_command_answers_under_filters(ready: Path, capfd: pytest.CaptureFixture[str]):
    assert main(["ask", EXAMPLE, "--facet", "partners", "--pillar", "3"]) == 0
    told = capfd.readouterr().out
    assert told.startswith("Only: pillar 3, partners.\n")
    assert "Complete: 1 of 1 partner." in told
    assert main(["search", EXAMPLE, "-k", "3", "--tier", "framework", "--json"]) == 0
    assert {row["source_id"] for row in json.loads(capfd.readouterr().out)} == {"gsr"}


def test_a_filter_that_is_not_there_is_one_line(ready: Path, refused: Refused):
    assert "choose from gsr:P1" in refused("ask", EXAMPLE, "--pillar", "9")
    assert "choose from officer" in refused("search", EXAMPLE, "--audience", "king")


def test_rows_of_a_batch_have_their_own(ready: Path, tmp_path: Path, refused: Refused):
    rows_in, rows_out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    only = {"pillars": ["gsr:P3"], "facets": ["partners"]}
    rows = [{"id": "a", "question": EXAMPLE}, {"id": "b", "question": EXAMPLE, "filters": only}]
    rows_in.write_text("\n".join(map(json.dumps, rows)))
    assert main(["ask", "--batch", str(rows_in), "--out", str(rows_out)]) == 0
    found = [
        Answer.model_validate(json.loads(line)["answer"])
        for line in rows_out.read_text().splitlines()
    ]
    assert [len(one.completeness) for one in found] == [2, 1]
    assert found[1].filters == Filters.model_validate(only)
    rows_in.write_text(json.dumps(rows[1] | {"filters": {"tiers": ["page"]}}))
    assert "line 1" in refused("ask", "--batch", str(rows_in), "--out", str(rows_out))


def test_the_api_hands_filters_on(tmp_path: Path):
    fake = FakeAssistant()
    with serving(fake, Settings(home=tmp_path)) as address:
        sent = {"question": "Who?", "filters": ONLY.model_dump(mode="json")}
        assert httpx.post(f"{address}/api/ask", json=sent).status_code == 200
        assert httpx.post(f"{address}/api/search", json=sent).status_code == 200
        for wrong in ({"tiers": ["page"]}, {"pillar": "3"}, {"pillars": ["x" * 81]}):
            refused = httpx.post(f"{address}/api/ask", json=sent | {"filters": wrong})
            assert refused.status_code == 422
    assert fake.asked == [Question(text="Who?", filters=ONLY)]


@pytest.mark.parametrize(
    ("filters", "only"),
    [
        (Filters(), ""),
        (Filters(pillars=("gsr:P3",), tiers=("guidance",)), "Only: pillar 3, guidance notes"),
        (Filters(facets=("outcomes",), audience="trainer"), "Only: outcomes, notes for trainers"),
        (Filters(pillars=("gone",)), "Only: gone"),
    ],
)
def test_what_an_answer_is_narrowed_to_is_said(assistant: Assistant, filters: Filters, only: str):
    assert only_of(filters, assistant.corpus) == only


def test_a_certificate_keeps_filters_and_is_broken_by_others(assistant: Assistant):
    only = Filters(pillars=("gsr:P3",), facets=("outcomes", "partners"), tiers=("framework",))
    answer = assistant.ask(Question(text=EXAMPLE, filters=only))
    edition, settings = Edition.of(assistant.corpus), answer.provenance.settings
    day = date(2026, 11, 25)
    kept = certify(answer, assistant.corpus, day)
    assert kept.filters == only
    for other, fault in (
        (Filters(tiers=("guidance",)), "quotes framework, which its filters leave out"),
        (Filters(pillars=("gsr:P2",)), "which its filters leave out"),
    ):
        found = verify(kept.model_copy(update={"filters": other}), edition, settings, day)
        assert found.result == "broken"
        assert any(fault in one for one in found.faults)
    # One that was written before there were filters is read as one without.
    table = json.loads(kept.model_dump_json())
    del table["filters"]
    assert Certificate.model_validate(table).filters == Filters()


def test_a_corpus_of_which_only_the_text_is_known_has_nothing_to_filter_by():
    _refuse(Filters())
    with pytest.raises(QuestionError, match="ask without filters"):
        _refuse(Filters(tiers=("document",)))
