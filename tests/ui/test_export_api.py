"""The route that hands answers out as files: what comes back, and what is refused in a sentence."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest

from assistant.records import Answer
from assistant.settings import Settings
from tests.ui.fake_answer import FakeAssistant, example_answer, uncovered_answer
from tests.ui.served import add_accounts, serving
from ui.access.limits import BODY_BYTES, EXPORT_BYTES
from ui.exports import files
from ui.exports.files import BIBTEX, DOCX, RIS
from ui.server.export_api import MOST_ANSWERS
from ui.words import catalogue

pytest.importorskip("docx")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("export")
    with serving(FakeAssistant(), Settings(home=home, rate=10_000)) as address:
        yield f"{address}/api/export"


def sent(form: str, *answers: Answer, **more: object) -> dict[str, object]:
    return {"form": form, "answers": [one.model_dump(mode="json") for one in answers], **more}


def refusal(response: httpx.Response) -> str:
    assert set(response.json()) == {"error", "detail"}
    assert "content-disposition" not in response.headers
    return response.json()["error"]


@pytest.mark.parametrize(
    ("form", "kind", "ending"),
    [
        ("text", "text/plain; charset=utf-8", "txt"),
        ("markdown", "text/markdown; charset=utf-8", "md"),
        ("docx", DOCX, "docx"),
        ("brief", DOCX, "docx"),
        ("ris", RIS, "ris"),
        ("bibtex", BIBTEX, "bib"),
    ],
)
def test_a_form_comes_as_a_file_with_a_plain_name(address, form, kind, ending):
    response = httpx.post(address, json=sent(form, example_answer(), uncovered_answer()))
    assert response.status_code == 200
    assert response.headers["content-type"] == kind
    told = response.headers["content-disposition"]
    assert told.startswith('attachment; filename="')
    assert told.endswith(f'.{ending}"')
    assert told.isascii()
    assert response.headers["cache-control"] == "no-store"
    if form == "docx":
        assert "word/footnotes.xml" in ZipFile(BytesIO(response.content)).namelist()


def test_an_answer_as_the_api_gave_it_can_be_exported(address: str) -> None:
    question = example_answer().question
    given = httpx.post(address.replace("export", "ask"), json={"question": question}).json()
    response = httpx.post(address, json={"form": "markdown", "answers": [given]})
    assert response.status_code == 200
    assert "Preserve the anonymity of victims[^1]" in response.text


def test_a_title_is_that_of_the_document_and_of_the_file(address: str) -> None:
    body = sent("markdown", example_answer(), title="For *the* minister\r\nx: y")
    response = httpx.post(address, json=body)
    assert re.match(r"# For \\\*the\\\* minister  ?x: y", response.text)
    named = 'attachment; filename="for-the-minister-x-y.md"'
    assert response.headers["content-disposition"] == named


def test_an_altered_answer_and_a_reply_are_refused_and_repeated_nowhere(address: str) -> None:
    said = example_answer().statements[1].model_copy(update={"text": "He is guilty."})
    forged = example_answer().model_copy(update={"statements": (said,)})
    reply = example_answer().model_copy(update={"status": "declined"})
    for answers, told in (
        ([forged], "export.not_ours"),
        ([example_answer(), reply], "export.reply"),
    ):
        response = httpx.post(address, json=sent("docx", *answers))
        assert response.status_code == 422
        assert refusal(response) == catalogue.say(told)
        assert "guilty" not in response.text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"form": "pdf", "answers": []}, "form is refused"),
        ({"form": "text", "answers": []}, "answers is refused"),
        (sent("text", *[example_answer()] * (MOST_ANSWERS + 1)), "answers is refused"),
        (sent("text", example_answer(), title="x" * 201), "title is refused"),
        (sent("text", example_answer(), more=1), "not known"),
        (sent("certificate", example_answer(), example_answer()), catalogue.say("export.one_only")),
    ],
)
def test_what_is_not_in_its_form_is_one_sentence(address, body, told):
    response = httpx.post(address, json=body)
    assert response.status_code == 422
    assert told in refusal(response)


def test_twenty_answers_fit_although_a_question_may_not_be_so_long(address: str) -> None:
    padded = {**sent("text", *[example_answer()] * MOST_ANSWERS), "title": ""}
    content = json.dumps(padded) + " " * (BODY_BYTES + 1)
    headers = {"content-type": "application/json"}
    assert httpx.post(address, content=content, headers=headers).status_code == 200
    asked = httpx.post(address.replace("export", "ask"), content=content, headers=headers)
    assert asked.status_code == 413
    over = httpx.post(address, content=" " * (EXPORT_BYTES + 1), headers=headers)
    assert over.status_code == 413
    assert refusal(over) == "That is too long; send 4096 KiB at most."


def test_without_the_library_the_command_that_installs_it_is_named(address, monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    response = httpx.post(address, json=sent("brief", example_answer()))
    assert response.status_code == 503
    assert "pip install 'signpost[export]'" in refusal(response)
    assert httpx.post(address, json=sent("text", example_answer())).status_code == 200


def test_nobody_exports_who_is_not_signed_in(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("accounts")
    tokens = add_accounts(home)
    body = sent("text", example_answer())
    with serving(FakeAssistant(), Settings(home=home, access="accounts")) as address:
        assert httpx.post(f"{address}/api/export", json=body).status_code == 401
        headers = {"authorization": f"Bearer {tokens['officer']}"}
        told = httpx.post(f"{address}/api/export", json=body, headers=headers)
    assert told.status_code == 200
