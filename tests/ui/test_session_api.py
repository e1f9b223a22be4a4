import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from fastapi.testclient import TestClient
from pptx import Presentation

from assistant.sessions.session import SessionRequest
from assistant.sessions.session_build import build_session
from assistant.settings import Settings
from tests.ui.fake_answer import in_a_loop
from tests.ui.test_prepare import DISCLOSED, Guarded
from ui.exports.session_files import SESSION_FORMS
from ui.pages.prepare.prepare import shipped
from ui.server.api import bundle
from ui.server.server import create_server

OWN = "Our own rule for this station."


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), rate=10_000)
    server = in_a_loop(lambda: create_server(Guarded(), settings))
    return TestClient(server, base_url="http://127.0.0.1")


def post(client, form, *edits, **request):
    made = [dict(zip(("do", "item", "text"), one, strict=False)) for one in edits]
    asked = {"pillars": [3], "minutes": 60, **request}
    return client.post(f"/api/session/{form}", json={"request": asked, "edits": made})


@pytest.mark.parametrize("form", [*SESSION_FORMS, "all"])
def test_a_session_is_given_in_every_form_that_the_page_offers(client, form):
    answer = post(client, form)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    assert len(answer.content) > 500


def test_files_hold_what_was_edited_and_mark_a_trainers_words(client):
    edits = (("reword", "messages-6", OWN), ("remove", "quiz-1"))
    handout = post(client, "markdown", *edits).text
    assert f"{OWN} (" in handout
    text = "\n".join(
        one.text for one in Document(io.BytesIO(post(client, "handout", *edits).content)).paragraphs
    )
    assert re.search(f"{re.escape(OWN)}.*not checked", text)
    deck = Presentation(io.BytesIO(post(client, "slides", *edits).content))
    shown = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes]
    assert any(OWN in one and "not checked" in one for one in shown)
    before, after = post(client, "gift").text, post(client, "gift", *edits).text
    assert after.count("::Q") == before.count("::Q") - 1


def test_all_files_come_in_one(client):
    with zipfile.ZipFile(io.BytesIO(post(client, "all").content)) as held:
        endings = {name.rpartition(".")[2] for name in held.namelist()}
        assert endings == {"md", "docx", "pptx", "gift", "json"}
        assert len(held.namelist()) == len(SESSION_FORMS)
    # One without a quiz is bundled without one.
    request = SessionRequest(pillars=(3,), parts=("messages", "exercise"))
    made = build_session(request, shipped(), date(2026, 11, 25))
    with zipfile.ZipFile(io.BytesIO(bundle(made).content)) as held:
        assert not any(name.endswith(".gift") for name in held.namelist())


@pytest.mark.parametrize(
    ("form", "edits", "request_", "status", "words"),
    [
        ("song", (), {}, 404, "no such file"),
        ("gift", (), {"pillars": [9]}, 422, "no pillar 9"),
        ("gift", (("up", "quiz-1"),), {}, 422, "at the end"),
        ("gift", (), {"topic": "x" * 300}, 422, "at most 200"),
        ("gift", (), {"topic": DISCLOSED}, 422, "not kept"),
        ("gift", (("reword", "messages-1", DISCLOSED),), {}, 422, "not kept"),
        ("gift", (("eval", "quiz-1"),), {}, 422, ""),
        ("gift", (), {"parts": ["messages", "exercise"]}, 422, "no quiz"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(client, form, edits, request_, status, words):
    answer = post(client, form, *edits, **request_)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert DISCLOSED not in answer.text
