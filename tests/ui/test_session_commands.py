"""The files of a session: by the command and over HTTP, read back by what writes them."""

import io
import itertools
import re
from datetime import date
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient

from assistant.sessions.session import Session, SessionRequest
from assistant.sessions.session_build import build_session
from assistant.settings import Settings
from corpus.whole import Whole
from tests.assistant.test_session_build import statements_of
from tests.ui.fake_answer import in_a_loop
from tests.ui.test_prepare import DISCLOSED, Guarded
from ui.cli.document_commands import NO_OFFICE, write_files
from ui.exports.document import PAGE, document_as_markdown
from ui.exports.session_files import SESSION_FORMS, as_gift, session_document
from ui.exports.session_pptx import slides_of
from ui.server.server import create_server

docx = pytest.importorskip("docx")
pptx = pytest.importorskip("pptx")


@pytest.fixture(scope="module")
def made():
    request = SessionRequest(pillars=(3,), minutes=120, level="advanced", seed=4)
    return build_session(request, Whole.read(), date(2026, 11, 25))


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("session")
    write_files(made, folder)
    return folder


@pytest.fixture(scope="module")
def deck(folder):
    return pptx.Presentation(str(folder / "slides.pptx"))


@pytest.fixture
def session(printed):
    def run(folder, *more):
        asked = ("--pillar", 3, "--minutes", 60, "--today", "2026-11-25", *more)
        return printed("session", *asked, "--out", folder)

    return run


# The command.


def test_the_files_are_written_and_named_and_the_same_seed_writes_the_same(
    tmp_path, session, whole
):
    folders = [tmp_path / "new" / "one", tmp_path / "two", tmp_path / "other"]
    told, *_ = (session(one, "--seed", n) for one, n in zip(folders, (5, 5, 6), strict=True))
    for name in ("session.json", "handout.md", "facilitator.md", "quiz.gift"):
        one, two, other = ((folder / name).read_bytes() for folder in folders)
        assert len(one) > 500
        assert name in told
        assert one == two != other
    text = (folders[0] / "session.json").read_text(encoding="utf-8")
    for said in statements_of(Session.model_validate_json(text)):
        for cited in said.citations:
            passage = whole.corpus.passage(cited.passage_id)
            assert passage.text[cited.start : cited.end] == cited.quote


def test_a_session_without_a_quiz_has_no_quiz_file_and_is_never_written_over(
    tmp_path, session, refused
):
    session(tmp_path, "--parts", "messages", "discussion")
    assert not (tmp_path / "quiz.gift").exists()
    assert "Answer key" not in (tmp_path / "facilitator.md").read_text(encoding="utf-8")
    before = (tmp_path / "session.json").read_bytes()
    assert "--out" in refused("session", "--pillar", "4", "--out", tmp_path)
    assert (tmp_path / "session.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--pillar 9", "1 to 6"),
        ("--capability C99", "'C99'"),
        ("--topic furniture", "furniture"),
        ("", "topic"),
        ("--pillar 3 --audience pirates", "'pirates'"),
        ("--pillar 3 --level wizard", "'wizard'"),
        ("--pillar 3 --parts song", "'song'"),
        ("--pillar 3 --today soon", "'soon'"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(refused, tmp_path, arguments, told):
    assert told in refused("session", *arguments.split(), "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_the_libraries_the_others_are_written_and_it_is_said(made, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.exports.document.find_spec", lambda name: None)
    assert "session.json" in write_files(made, tmp_path)
    assert not list(tmp_path.glob("*.docx"))
    assert "signpost[export]" in NO_OFFICE


# The documents.


def documents_of(session):
    return [session_document(session, led=led) for led in (False, True)]


def test_the_handout_gives_no_answer_away_and_key_and_quiz_end_on_pages_of_their_own(made, folder):
    texts = [document_as_markdown(drawn) for drawn in documents_of(made)]
    for text, last in zip(texts, ("## To take home", "## What guidance adds"), strict=True):
        assert text.index("## Ground rules") < text.index("## What the framework says")
        assert text.index("## If somebody discloses abuse") < text.index(last)
    given = [option.why for item in made.quiz for option in item.options]
    assert not any(one in texts[0] for one in ("Answer key", "What good work shows", *given))
    before, _, after = texts[0].partition(PAGE)
    assert after.strip().startswith("## Quiz")
    assert "## Terms used" in before
    before, _, after = texts[1].partition(PAGE)
    assert after.strip().startswith("## Answer key")
    assert (before.count("**Key:**"), after.count("**Key:**")) == (0, len(made.quiz))
    guided = docx.Document(str(folder / "facilitator.docx")).paragraphs
    at = next(at for at, one in enumerate(guided) if one.text == "Answer key")
    assert guided[at].paragraph_format.page_break_before
    later = [one.text for one in guided[at:] if one.style.name.startswith("Heading")]
    assert len(later) == 1 + len(made.quiz)


def test_every_mark_has_a_line_in_the_sources_and_the_times_of_the_agenda_follow_each_other(
    made, folder
):
    for drawn, name in zip(documents_of(made), ("handout.docx", "facilitator.docx"), strict=True):
        used = {mark for block in drawn.blocks for words in block.words for mark in words.notes}
        assert used == set(drawn.notes) == set(range(1, len(drawn.notes) + 1))
        found = docx.Document(str(folder / name)).paragraphs
        listed = [one.text for one in found if one.style.name == "Source"]
        assert 5 < len(listed) <= len(made.sources)
        assert any("WeProtect Global Alliance" in one for one in listed)
        with ZipFile(folder / name) as parts:
            assert b'w:val="en-GB"' in parts.read("word/styles.xml")
    (table,) = (one for one in documents_of(made)[0].blocks if one.shape == "table")
    ends = [row[0].split(" to ") for row in table.rows[1:]]
    assert (ends[0][0], ends[-1][1]) == ("0:00", "2:00")
    assert all(one[1] == other[0] for one, other in itertools.pairwise(ends))
    assert {one.text for one in made.objectives} == {row[2] for row in table.rows[1:]} - {""}


# The slides.


def test_slides_are_wide_numbered_titled_noted_and_told_to_whoever_cannot_see_them(deck, made):
    assert deck.slide_width > deck.slide_height * 1.7
    assert deck.core_properties.language == "en-GB"
    assert len(deck.slides) == len(slides_of(made))
    for slide in deck.slides:
        assert slide.shapes.title.text
        assert slide.notes_slide.notes_text_frame.text
        assert 'type="slidenum"' in "".join(o._element.xml for o in slide.slide_layout.shapes)
        assert all(shape._element._nvXxPr.cNvPr.get("descr") for shape in slide.shapes)
    # The pillar is drawn with all that it lists.
    (drawn,) = (one for one in deck.slides if one.slide_layout.name == "Diagram")
    text = "\n".join(one.text_frame.text for one in drawn.shapes)
    assert len(made.columns) == 3
    assert all(item.text in text for one in made.columns for item in one.items)


def test_a_slide_holds_one_quote_and_an_answer_stands_on_the_slide_after_its_question(made):
    slides = slides_of(made)
    said = [one for one in slides if one.title.startswith("What the framework says")]
    assert len(said) == sum(one.kind == "framework" for one in made.messages)
    for slide in said:
        assert len(slide.lines) == 1
        assert slide.sources.startswith("Sources: Global Strategic Response, lines ")
    assert len(slides[4].lines) == len(made.objectives)
    titles = " ".join(one.title for one in slides)
    for words in ("Ground rules", "discloses", "guidance", "Discussion", "Situation B", "Close"):
        assert words in titles
    asked = [one for one in slides if one.layout == "Question"]
    assert len(asked) == 2 * len(made.quiz)
    for item, question, answer in zip(made.quiz, asked[::2], asked[1::2], strict=True):
        assert question.lines == answer.lines == (item.stem.text,)
        assert not any(right for _, right in question.options)
        assert sum(right for _, right in answer.options) == sum(o.right for o in item.options)
        assert all(option.why in answer.notes for option in item.options)
        assert not any(option.why in question.notes for option in item.options)


# GIFT.


def test_every_question_stands_in_gift_with_its_options_and_marks_in_words_are_escaped(made):
    text = as_gift(made.quiz, made.title)
    assert text.startswith("// ")
    questions = text.strip().split("\n\n")[1:]
    for question, item in zip(questions, made.quiz, strict=True):
        unescaped = re.sub(r"\\([~=#{}:\\])", r"\1", question)
        assert item.stem.text in unescaped
        assert all(option.text in unescaped for option in item.options)
        answers = [line for line in question.splitlines() if line.startswith("\t")]
        rights = [one for one in answers if re.match(r"\t(=|~%\d)", one)]
        assert len(rights) == sum(option.right for option in item.options)
    item = made.quiz[0]
    option = item.options[0].model_copy(update={"text": "a=b ~c #d {e} f: g\\h\ni"})
    changed = item.model_copy(update={"options": (option, *item.options[1:])})
    line = as_gift([changed], "x").splitlines()[4]
    assert r"a\=b \~c \#d \{e\} f\: g\\h i" in line
    # One mark opens the answer, one its feedback; nothing else is one.
    assert len(re.findall(r"(?<!\\)[~=#{}]", line)) == 2


# Over HTTP.

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
    if form == "all":
        with ZipFile(io.BytesIO(answer.content)) as held:
            endings = {name.rpartition(".")[2] for name in held.namelist()}
            assert endings == {"md", "docx", "pptx", "gift", "json"}
            assert len(held.namelist()) == len(SESSION_FORMS)
        # One without a quiz is bundled without one.
        bare = post(client, form, parts=["messages", "exercise"]).content
        with ZipFile(io.BytesIO(bare)) as held:
            assert not any(name.endswith(".gift") for name in held.namelist())


def test_files_hold_what_was_edited_and_mark_a_trainers_words(client):
    edits = (("reword", "messages-6", OWN), ("remove", "quiz-1"))
    assert f"{OWN} (" in post(client, "markdown", *edits).text
    paragraphs = docx.Document(io.BytesIO(post(client, "handout", *edits).content)).paragraphs
    assert any(re.search(f"{re.escape(OWN)}.*not checked", one.text) for one in paragraphs)
    deck = pptx.Presentation(io.BytesIO(post(client, "slides", *edits).content))
    shown = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes]
    assert any(OWN in one and "not checked" in one for one in shown)
    before, after = post(client, "gift").text, post(client, "gift", *edits).text
    assert after.count("::Q") == before.count("::Q") - 1


@pytest.mark.parametrize(
    ("form", "edits", "request_", "status", "words"),
    [
        ("song", (), {}, 404, "no such file"),
        ("gift", (), {"pillars": [9]}, 422, "no pillar 9"),
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
