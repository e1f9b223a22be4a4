import itertools
import re
from datetime import date

import pytest

from assistant.sessions.session import Session, SessionRequest
from assistant.sessions.session_build import build_session, statements_of
from corpus.whole import Whole
from ui.exports.document import PAGE, document_as_markdown
from ui.exports.session_files import as_gift
from ui.exports.session_outline import guide, handout

MINUTES = 120


@pytest.fixture(scope="module")
def made():
    request = SessionRequest(pillars=(3,), minutes=MINUTES, level="advanced", seed=4)
    return build_session(request, Whole.read(), date(2026, 11, 25))


@pytest.fixture
def session(printed):
    def run(folder, *more):
        asked = ("--pillar", 3, "--minutes", 60, "--today", "2026-11-25", *more)
        return printed("session", *asked, "--out", folder)

    return run


NAMES = ("session.json", "handout.md", "facilitator.md", "quiz.gift")


# The command.


def test_the_files_are_written_and_named_and_the_same_seed_writes_the_same(tmp_path, session):
    folders = [tmp_path / "new" / "one", tmp_path / "two", tmp_path / "other"]
    told = session(folders[0], "--seed", 5)
    session(folders[1], "--seed", 5)
    session(folders[2], "--seed", 6)
    for name in NAMES:
        one, two, other = ((folder / name).read_bytes() for folder in folders)
        assert len(one) > 500
        assert name in told
        assert one == two != other


def test_the_record_reads_back_and_cites_exactly(tmp_path, session, whole):
    session(tmp_path)
    text = (tmp_path / "session.json").read_text(encoding="utf-8")
    for said in statements_of(Session.model_validate_json(text)):
        for cited in said.citations:
            passage = whole.corpus.passage(cited.passage_id)
            assert passage.text[cited.start : cited.end] == cited.quote


def test_a_session_without_a_quiz_has_no_quiz_file(tmp_path, session):
    session(tmp_path, "--parts", "messages", "discussion")
    assert not (tmp_path / "quiz.gift").exists()
    assert "Answer key" not in (tmp_path / "facilitator.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--pillar 9", "1 to 6"),
        ("--capability C99", "'C99'"),
        ("--topic furniture", "furniture"),
        ("", "topic"),
        ("--pillar 3 --minutes 20", "30 to 240"),
        ("--pillar 3 --audience pirates", "'pirates'"),
        ("--pillar 3 --level wizard", "'wizard'"),
        ("--pillar 3 --parts song", "'song'"),
        ("--pillar 3 --today soon", "'soon'"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(refused, tmp_path, arguments, told):
    assert told in refused("session", *arguments.split(), "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_a_session_is_left_alone(refused, tmp_path):
    record = tmp_path / "session.json"
    record.write_text("{}", encoding="utf-8")
    assert "--out" in refused("session", "--pillar", "4", "--out", tmp_path)
    assert record.read_text(encoding="utf-8") == "{}"


# The documents.


def test_the_handout_gives_no_answer_away(made):
    text = document_as_markdown(handout(made))
    assert "Answer key" not in text
    assert "What good work shows" not in text
    assert all(option.why not in text for item in made.quiz for option in item.options)


def test_key_and_quiz_stand_on_pages_of_their_own_at_the_end(made):
    before, _, after = document_as_markdown(guide(made)).partition(PAGE)
    assert after.strip().startswith("## Answer key")
    assert "**Key:**" not in before
    assert after.count("**Key:**") == len(made.quiz)
    before, _, after = document_as_markdown(handout(made)).partition(PAGE)
    assert after.strip().startswith("## Quiz")
    assert "## Terms used" in before


def test_every_document_opens_with_the_ground_rules_before_the_messages(made):
    for text in (document_as_markdown(handout(made)), document_as_markdown(guide(made))):
        assert text.index("## Ground rules") < text.index("## What the framework says")
        said = text.index("## What guidance adds" if "Facilitator" in text else "## To take home")
        assert text.index("## If somebody discloses abuse") < said


def test_every_mark_has_a_line_in_the_sources(made):
    for drawn in (handout(made), guide(made)):
        used = {mark for block in drawn.blocks for words in block.words for mark in words.notes}
        assert used == set(drawn.notes) == set(range(1, len(drawn.notes) + 1))


def test_the_agenda_is_told_in_times_that_follow_each_other(made):
    (table,) = (one for one in handout(made).blocks if one.shape == "table")
    ends = [row[0].split(" to ") for row in table.rows[1:]]
    assert ends[0][0] == "0:00"
    assert ends[-1][1] == "2:00"
    assert all(one[1] == other[0] for one, other in itertools.pairwise(ends))
    assert {one.text for one in made.objectives} == {row[2] for row in table.rows[1:]} - {""}


# GIFT.


def unescaped(text):
    return re.sub(r"\\([~=#{}:\\])", r"\1", text)


def test_every_question_stands_in_gift_with_its_options(made):
    text = as_gift(made.quiz, made.title)
    assert text.startswith("// ")
    questions = text.strip().split("\n\n")[1:]
    assert len(questions) == len(made.quiz)
    for question, item in zip(questions, made.quiz, strict=True):
        assert item.stem.text in unescaped(question)
        assert all(option.text in unescaped(question) for option in item.options)
        answers = [line for line in question.splitlines() if line.startswith("\t")]
        rights = [one for one in answers if re.match(r"\t(=|~%\d)", one)]
        assert len(rights) == sum(option.right for option in item.options)


def test_marks_of_gift_in_words_are_escaped(made):
    item = made.quiz[0]
    odd = "a=b ~c #d {e} f: g\\h\ni"
    option = item.options[0].model_copy(update={"text": odd})
    changed = item.model_copy(update={"options": (option, *item.options[1:])})
    line = as_gift([changed], "x").splitlines()[4]
    assert r"a\=b \~c \#d \{e\} f\: g\\h i" in line
    # One mark opens the answer, one its feedback; nothing else is one.
    assert len(re.findall(r"(?<!\\)[~=#{}]", line)) == 2
