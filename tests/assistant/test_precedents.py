import numpy as np
import pytest

from assistant.answering import precedents
from assistant.answering.precedents import LIKE, UNREAD, Kin, Precedents, judged_of
from corpus.passage import Corpus
from corpus.readers.questions import LabelledQuestion, read_questions
from corpus.text import sentences_in
from tests.fakes import hashing_embedder, passage, source

PAYS, STARTS = "The fund pays. It pays twice. It is small.", "It started in 2020."


def section(id_, text):
    facets = {"tier": "guidance", "kind": "note", "source": "made-up"}
    spans = tuple(sentences_in(text))
    return passage(id_, text, facets=facets).model_copy(update={"sentences": spans})


SECTIONS = [section("n:1#1", PAYS), section("n:1#2", STARTS)]


def asked(number, question, **more):
    said = {"answerable": "answers" in more, "voice": "terse", "author": "a", "split": "train"}
    said |= {"id": f"a-{number:04d}", "question": question, "asked": {"operation": "other"}}
    return LabelledQuestion.model_validate(said | more)


OTHERS = {"split": "development", "author": "b"}
ROWS = [
    asked(1, "Who pays?", answers=["n:1#1"], grades={"n:1#1": "320"}),
    asked(2, "Since when?", answers=["n:1#2"], facts=["2020"]),
    asked(3, "Who is paid?", about="n:1#1"),
    asked(4, "Which pillar?", answers=["gsr:P1"]),
    asked(5, "Who gives?", answers=["n:1#1"], grades={"n:1#1": "1-3"}, **OTHERS),
]
CORPUS = Corpus(sources=(source(tier="guidance"),), passages=tuple(SECTIONS))
DIRECTIONS = {"Who pays?": 0, "Since when?": 1, "Who is paid?": 2}


def embed(texts):
    return np.eye(4, dtype=np.float32)[[DIRECTIONS[one] for one in texts]]


TOLD = {"Who pays?": -1.0, "Since when?": 2.0}


@pytest.fixture
def judged():
    return Precedents(judged_of(ROWS, SECTIONS, embed), [0, 3, 4])


def test_a_question_like_one_before_finds_what_answered_that_but_not_itself(judged):
    near = np.array([0.8, 0.6, 0.0, 0.0], dtype=np.float32)
    likeness = judged.likeness(near)
    assert judged.passages(likeness) == pytest.approx([0.8, 0.6], abs=1e-3)
    kin = [(0.8, 0.8, 0.0), (0.0, 0.8, 0.0), (0.0, 0.0, 0.8), (0.6, 0.6, 0.0)]
    for place, wanted in enumerate(kin):
        assert judged.kin(place, likeness) == pytest.approx(Kin(*wanted), abs=1e-3)
    same = judged.likeness(embed(["Who pays?"])[0], near=0.9)
    assert judged.figures(same)["answered_like"] == 0.0
    missed = judged.figures(judged.likeness(embed(["Who is paid?"])[0]))
    assert missed == pytest.approx(dict(zip(LIKE, (0.0, 1.0, UNREAD, UNREAD), strict=True)))


def test_the_likest_that_are_answered_are_read_with_the_question_and_vouch_for_sentences():
    read = []

    def reading(question, others):
        read.append((question, *others))
        return np.array([TOLD[one] for one in others])

    judged = Precedents(judged_of(ROWS, SECTIONS, embed), [0, 3, 4], reading)
    likeness = judged.likeness(np.array([0.8, 0.1, 0.6, 0.0], dtype=np.float32))
    agreed = judged.agreed("Who is it?", likeness)
    assert (read, agreed.odds) == ([("Who is it?", *TOLD)], (2.0, -1.0))
    kin = [judged.kin(place, likeness, agreed).agreed for place in range(4)]
    assert kin == [-1.0, UNREAD, UNREAD, 2.0]
    assert judged.figures(likeness, agreed=agreed)["agreed_mean"] == 0.5


def test_precedents_are_kept_in_the_home_and_made_anew_from_other_rows_or_a_damaged_file(
    tmp_path, monkeypatch
):
    rows, home, embedder = tmp_path / "rows", tmp_path / "home", hashing_embedder(dimension=384)
    rows.mkdir()
    monkeypatch.setattr(precedents, "shipped_questions", lambda: rows)
    read = []
    monkeypatch.setattr(
        precedents, "read_questions", lambda at: read.append(at) or read_questions(at)
    )

    def write(some):
        lines = (row.model_dump_json(exclude_unset=True) for row in some)
        (rows / "a.jsonl").write_text("\n".join(lines), "utf-8")

    def opened(times):
        held = Precedents.shipped(CORPUS, embedder, home)
        assert len(read) == times
        return held.figures(held.likeness(embedder.embed("Who pays?")))["answered_like"]

    write(ROWS)
    likeness = opened(1)
    assert opened(1) == pytest.approx(likeness)
    (kept,) = (home / "models").iterdir()
    kept.write_bytes(b"no tensors")
    assert opened(2) == pytest.approx(likeness)
    write(ROWS[1:])
    assert opened(3) < likeness
