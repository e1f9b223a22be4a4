"""Sessions on the page, by the command and over HTTP: asked for, changed, refused, as files."""

import io
import itertools
import json
import re
from datetime import date
from zipfile import ZipFile

import docx
import pptx
import pytest
from fastapi.testclient import TestClient

from assistant.errors import SessionError
from assistant.records import Found, Signposting
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, Session, SessionRequest
from assistant.sessions.session_build import build_session
from assistant.sessions.session_edit import Edited
from assistant.sessions.session_scope import Scope
from assistant.settings import Settings
from tests.ui.fake_answer import FakeAssistant, in_a_loop
from ui.cli.document_commands import write_files
from ui.exports.document import PAGE, document_as_markdown
from ui.exports.session_files import SESSION_FORMS, as_gift, session_document
from ui.exports.session_pptx import Slides
from ui.pages.prepare import MOST_PAST, Prepared, prepare, shipped, topics_of, view
from ui.server.server import create_server
from ui.words import phrases

TODAY = date(2026, 11, 25)
DISCLOSED = "my own words"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}}"


class Guarded(FakeAssistant):
    """Replies to one message as triage does."""

    def find(self, text, k):
        reply = Signposting(case="A", text="A reviewed text.", services=())
        found = super().find(text, k)
        return Found(hits=(), signposting=reply) if text == DISCLOSED else found


def plan(*edits, **request):
    made = [dict(zip(("do", "item", "text"), one, strict=False)) for one in edits]
    return json.dumps({"request": {"pillars": [3], **request}, "edits": made})


def sent(do, held="", words="", **fields):
    """Do something on the page with the session of a plan on it; words are for `messages-6`."""
    typed = {"words messages-6": words} if words else {}
    return prepare(Guarded(), {"do": do, "plan": held, **typed, **fields}, TODAY)


def asked(held="", **fields):
    form = {"minutes": "60", "audience": "officers", "level": "introductory"}
    form |= {"do": "make", "plan": held, "parts": "\n".join(PARTS)}
    return prepare(Guarded(), {**form, **fields}, TODAY)


def kept(prepared):
    return json.loads(prepared.plan.model_dump_json())


def items_of(prepared):
    return [edit["item"] for edit in kept(prepared)["edits"]]


def item(html, name):
    end = r"(?=<li class|</ul>\s*(?:</div>|</section>|<details))"
    return re.search(rf'<li class="item" data-item="{name}">.*?{end}', html, re.S)[0]


def test_the_form_offers_all_that_a_request_takes_and_each_topic_leads_to_a_session(assistant):
    form = str(view(Prepared()))
    offered = set(re.findall(r'<option value="([^"]+)"', form))
    assert {*AUDIENCES, *LEVELS, *(str(n) for n in range(30, 241, 15))} <= offered
    capabilities = [f"C{number}" for number in range(1, 27)]
    for name, values in (("parts", PARTS), ("pillars", "123456"), ("capabilities", capabilities)):
        assert re.findall(rf'name="{name}" value="([^"]+)"', form) == list(values)
    for topic in topics_of(shipped()):
        assert Scope(SessionRequest(topic=topic), shipped(), TODAY, assistant.near).notes


def test_what_the_form_asks_for_is_made_and_what_was_there_can_be_gone_back_to():
    made = asked(pillars="3\n4", topic="  hash\n matching ", minutes="90")
    assert kept(made)["request"]["pillars"] == [3, 4]
    assert kept(made)["request"]["topic"] == "hash matching"
    before = plan(("remove", "quiz-1"))
    again = asked(before, pillars="3")
    assert again.past == (before,)
    back = sent("undo", json.dumps(kept(again)), past=json.dumps(again.past))
    assert (items_of(back), back.past) == (["quiz-1"], ())
    assert len(sent("version", before, past=json.dumps([before] * 9)).past) == MOST_PAST


def test_every_number_on_the_page_has_its_panel():
    html = str(view(sent("show", plan(minutes=240))))
    panels = re.findall(r'<section class="sp-panel[^>]* id="cite-(\d+)"', html)
    assert set(re.findall(r'href="#cite-(\d+)" aria-label', html)) <= set(panels)
    assert len(panels) == len(set(panels)) > 30


def test_an_edit_is_made_and_undone_and_what_is_typed_elsewhere_stays():
    assert kept(sent("undo", plan(("down", "quiz-1"))))["edits"] == []
    assert kept(sent("version", plan(("down", "quiz-1"))))["request"]["seed"] == 1
    assert sent("clear", plan()) == Prepared(said=phrases.say("prepare.cleared"), focus="request")
    done = sent("down quiz-1", plan(), words="Half a thought")
    assert kept(done)["edits"] == [{"do": "down", "item": "quiz-1", "text": ""}]
    assert (done.focus, done.drafts) == ("down-quiz-1", {"messages-6": "Half a thought"})
    assert "Half a thought</textarea>" in str(view(done))
    html = str(view(sent("remove quiz-2", plan())))
    assert "quiz-2" not in re.findall(r'class="item" data-item="([^"]+)"', html)
    assert re.findall(r'value="restore ([^"]+)"', html) == ["quiz-2"]


def test_a_trainers_words_are_marked_and_lose_their_numbers_unless_the_source_carries_them():
    own = item(str(view(sent("reword messages-6", plan(), words="Our own rule."))), "messages-6")
    assert "Our own rule." in own
    assert phrases.say("prepare.author_own") in own
    assert "sp-cite" not in own
    said = Edited(
        SessionRequest(pillars=(3,)), (), shipped(), TODAY, FakeAssistant().near
    ).session.messages[5]
    done = sent("reword messages-6", plan(), words=said.text.rstrip("."))
    own = item(str(view(done)), "messages-6")
    assert phrases.say("prepare.author_reworded") in own
    assert "sp-cite" in own


def test_hostile_words_stay_words():
    done = sent("show", plan(("reword", "messages-6", HOSTILE), ("reword", "exercise-1", HOSTILE)))
    told = asked(topic=HOSTILE)
    for one in (done, told, done._replace(drafts={"messages-7": HOSTILE}, said=HOSTILE)):
        assert not re.search(r"<script|<img|\$\{|\{\{", str(view(one, HOSTILE)))
    assert kept(done)["edits"][0]["text"] == HOSTILE
    assert HOSTILE[:20] in told.told


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "topic"),
        ({"pillars": "3", "minutes": "20"}, "30 to 240"),
        ({"pillars": "9"}, "pillar 9"),
        ({"pillars": "x"}, "session"),
    ],
)
def test_what_cannot_be_made_is_told_and_the_page_keeps_what_it_shows(fields, words):
    got = asked(plan(), **fields)
    assert words in got.told
    assert kept(got)["request"]["pillars"] == [3]
    assert got.told in str(view(got))


def test_what_is_no_plan_is_refused():
    strange = ("{}", "[]", "7", '{"request": 1, "edits": [{}]}', "x", "[" * 9000)
    for held in (*strange, plan(("up", "quiz-1"), pillars=[9])):
        for do in ("show", "undo", "version", "up quiz-1"):
            with pytest.raises(SessionError):
                sent(do, held)


def test_an_edit_that_cannot_be_made_leaves_the_others_and_is_told_at_its_item():
    done = sent("up messages-5", plan(("remove", "messages-1")))
    assert items_of(done) == ["messages-1"]
    html = str(view(done))
    told = [name for name in ("messages-2", "messages-5") if "told bad" in item(html, name)]
    assert told == ["messages-5"]
    assert sent("reword messages-6", plan(), words="  ").why
    # Edits that no longer fit give way to the session.
    made = sent("show", plan(("up", "song-1"), ("up", "song-2")))
    assert made.edited
    assert (made.plan.edits, made.why) == ((), phrases.say("prepare.edits_lost"))


def test_a_message_that_is_no_topic_and_no_edit_meets_the_reviewed_reply_and_is_not_kept():
    got = asked(plan(), topic=DISCLOSED)
    assert "A reviewed text." in str(view(got))
    assert DISCLOSED not in repr(got)
    assert kept(got)["request"]["pillars"] == [3]
    done = sent("reword messages-6", plan(("down", "quiz-1")), words=DISCLOSED)
    html = str(view(done))
    assert "A reviewed text." in item(html, "messages-6")
    assert DISCLOSED not in html
    assert items_of(done) == ["quiz-1"]


# The files of a session: by the command and over HTTP, read back by what writes them.


@pytest.fixture(scope="module")
def made(whole):
    request = SessionRequest(pillars=(3,), minutes=120, level="advanced", seed=4)
    return build_session(request, whole, TODAY, FakeAssistant().near)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    write_files(made, folder := tmp_path_factory.mktemp("session"))
    return folder


def test_files_are_written_and_named_and_a_session_is_never_written_over(
    tmp_path, printed, refused
):
    typed = ("session", "--pillar", 3, "--today", "2026-11-25", "--out", tmp_path)
    assert "facilitator.docx" in printed(*typed, "--parts", "messages", "discussion")
    assert not (tmp_path / "quiz.gift").exists()
    before = (tmp_path / "session.json").read_text(encoding="utf-8")
    assert Session.model_validate_json(before).request.pillars == (3,)
    assert "--out" in refused(*typed)
    assert (tmp_path / "session.json").read_text(encoding="utf-8") == before


def test_what_cannot_be_made_is_refused_in_one_line(refused, tmp_path):
    assert "'soon'" in refused("session", "--today", "soon", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_handout_gives_no_answer_away_and_the_key_stands_on_pages_of_its_own(made, folder):
    drawn = (session_document(made, led=False), session_document(made, led=True))
    handout, guide = map(document_as_markdown, drawn)
    given = [option.why for item in made.quiz for option in item.options]
    assert not any(one in handout for one in ("Answer key", "What good work shows", *given))
    for text, page in ((handout, "Quiz"), (guide, "Answer key")):
        before, _, after = text.partition(PAGE)
        assert before.index("## Ground rules") < before.index("## If somebody discloses abuse")
        assert after.strip().startswith(f"## {page}")
        assert "**Key:**" not in before
    assert after.count("**Key:**") == len(made.quiz)
    guided = docx.Document(str(folder / "facilitator.docx")).paragraphs
    (key,) = (one for one in guided if one.text == "Answer key")
    assert key.paragraph_format.page_break_before
    assert len([one for one in guided if one.style.name == "Source"]) == len(drawn[1].notes)


def test_without_the_libraries_of_office_files_the_others_are_written(made, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.exports.document.find_spec", lambda name: None)
    assert "session.json" in write_files(made, tmp_path)
    assert not [*tmp_path.glob("*.docx"), *tmp_path.glob("*.pptx")]


@pytest.mark.parametrize("led", [False, True])
def test_every_mark_has_a_line_in_the_sources_and_times_follow_each_other(made, led):
    drawn = session_document(made, led=led)
    used = {mark for block in drawn.blocks for words in block.words for mark in words.notes}
    assert used == set(range(1, len(drawn.notes) + 1))
    for table in [one for one in drawn.blocks if one.shape == "table"]:
        ends = [row[0][0].text.split(" to ") for row in table.rows[1:]]
        assert (ends[0][0], ends[-1][1]) == ("0:00", "2:00")
        assert all(one[1] == other[0] for one, other in itertools.pairwise(ends))


def test_a_slide_holds_one_quote_and_an_answer_stands_on_the_slide_after_its_question(made, folder):
    slides = list(Slides(made).all())
    said = [one for one in slides if one.title.startswith("What the framework says")]
    assert len(said) == sum(one.kind == "framework" for one in made.messages)
    assert {(len(o.lines), o.sources) for o in said} == {(1, "Sources: Global Strategic Response.")}
    held = " ".join(line for slide in slides if "decides" in slide.title for line in slide.lines)
    assert all(one.points[0].text in held for one in made.exercise.situations)
    assert "Break" in [one.title for one in slides]
    # What the notes say that a slide lasts adds up to the session.
    assert sum(int(m) for one in slides for m in re.findall(r"^About (\d+) min", one.notes)) == 120
    asked = [one for one in slides if one.layout == "Question"]
    for item, question, answer in zip(made.quiz, asked[::2], asked[1::2], strict=True):
        assert question.lines == (item.stem.text,)
        assert answer.lines == tuple(o.why for o in item.options if o.right)
        assert item.good in answer.notes
        assert not any(right for _, right in question.options)
        assert sum(right for _, right in answer.options) == sum(o.right for o in item.options)
        assert not any(option.why in question.notes for option in item.options)
        assert answer.notes.count("Wrong: ") == len(item.options) - 1
    deck = pptx.Presentation(str(folder / "slides.pptx"))
    assert len(deck.slides) == len(slides)
    for slide in deck.slides:
        assert slide.notes_slide.notes_text_frame.text
        # It is told to whoever cannot see it.
        assert all(shape._element._nvXxPr.cNvPr.get("descr") for shape in slide.shapes)


def test_every_question_stands_in_gift_with_what_is_right_and_marks_in_words_are_escaped(made):
    option = made.quiz[0].options[0].model_copy(update={"text": "a=b ~c #d {e} f: g\\h\ni"})
    first = made.quiz[0].model_copy(update={"options": (option, *made.quiz[0].options[1:])})
    quiz = (first, *made.quiz[1:])
    gift = as_gift(made.model_copy(update={"quiz": quiz}))
    for item, question in zip(quiz, gift.split("\n\n")[1:], strict=True):
        answers = [line for line in question.splitlines() if line.startswith("\t")]
        assert [line[1] == "=" for line in answers] == [option.right for option in item.options]
        # One mark opens an answer, one its feedback; nothing else is one.
        assert {len(re.findall(r"(?<!\\)[~=#{}]", line)) for line in answers} == {2}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), rate=10_000)
    server = in_a_loop(lambda: create_server(Guarded(), settings))
    return TestClient(server, base_url="http://127.0.0.1")


def post(client, form, *edits, **request):
    return client.post(f"/api/session/{form}", json=json.loads(plan(*edits, **request)))


@pytest.mark.parametrize(("parts", "missing"), [(PARTS, 0), (("messages", "exercise"), 1)])
def test_a_session_is_given_in_every_form_but_that_of_a_quiz_that_it_has_not(
    client, parts, missing
):
    answer = post(client, "all", parts=parts)
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    with ZipFile(io.BytesIO(answer.content)) as held:
        assert len(held.namelist()) == len(SESSION_FORMS) - missing
        endings = {name.rpartition(".")[2] for name in held.namelist()}
    assert {"md", "docx", "pptx", "gift", "json"} - endings == set(["gift"] * missing)


def test_files_hold_what_was_edited_and_mark_a_trainers_words(client):
    edits = (("reword", "messages-6", "Our own rule."), ("remove", "quiz-1"))
    paragraphs = docx.Document(io.BytesIO(post(client, "handout", *edits).content)).paragraphs
    deck = pptx.Presentation(io.BytesIO(post(client, "slides", *edits).content))
    shown = [shape.text_frame.text for slide in deck.slides for shape in slide.placeholders]
    for texts in (shown, [one.text for one in paragraphs], [post(client, "markdown", *edits).text]):
        assert any(re.search(r"Our own rule\. \(.*not checked", one) for one in texts)
    before, after = post(client, "gift").text, post(client, "gift", *edits).text
    assert after.count("::Q") == before.count("::Q") - 1


@pytest.mark.parametrize(
    ("form", "edits", "request_", "status", "words"),
    [
        ("song", (), {}, 404, "no such file"),
        ("gift", (), {"pillars": [9]}, 422, "no pillar 9"),
        ("gift", (), {"topic": DISCLOSED}, 422, "not kept"),
        ("gift", (("reword", "messages-1", DISCLOSED),), {}, 422, "not kept"),
        ("gift", (("eval", "quiz-1"),), {}, 422, ""),
        ("gift", (), {"parts": ["messages", "exercise"]}, 422, "no quiz"),
    ],
)
def test_a_file_that_cannot_be_made_is_refused(client, form, edits, request_, status, words):
    answer = post(client, form, *edits, **request_)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert DISCLOSED not in answer.text
