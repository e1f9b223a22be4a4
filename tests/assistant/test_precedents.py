import json

import numpy as np
import pytest

from assistant.answering import precedents
from assistant.answering.precedents import UNREAD, Kin, Precedents, judged_of
from corpus.passage import Corpus, Span
from corpus.readers.questions import LabelledQuestion, read_questions
from tests.fakes import hashing_embedder, passage, source

PAYS, STARTS = "The fund pays. It pays twice. It is small.", "It started in 2020."


def section(id_, text):
    starts = [0, *(at + 2 for at, sign in enumerate(text) if text[at : at + 2] == ". ")]
    spans = [Span(start=a, end=b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    facets = {"tier": "guidance", "kind": "note", "source": "made-up"}
    return passage(id_, text, facets=facets).model_copy(update={"sentences": tuple(spans)})


SECTIONS = [section("n:1#1", PAYS), section("n:1#2", STARTS)]


def asked(number, question, **more):
    said = {"answerable": "answers" in more, "voice": "terse", "author": "a", "split": "train"}
    said |= {"id": f"a-{number:04d}", "question": question, "asked": {"operation": "other"}}
    return LabelledQuestion.model_validate(said | more)


ROWS = [
    asked(1, "Who pays?", answers=["n:1#1"], grades={"n:1#1": "320"}),
    asked(2, "Since when?", answers=["n:1#2"], facts=["2020"]),
    asked(3, "Who is paid?", about="n:1#1"),
    asked(4, "Which pillar?", answers=["gsr:P1"]),
    asked(
        5, "Who gives?", answers=["n:1#1"], grades={"n:1#1": "1-3"}, split="development", author="b"
    ),
]
CORPUS = Corpus(sources=(source(tier="guidance"),), passages=tuple(SECTIONS))


def embed(texts):
    return np.eye(4, dtype=np.float32)[
        [["Who pays?", "Since when?"].index(one) if one != "Who is paid?" else 2 for one in texts]
    ]


@pytest.fixture
def judged():
    return Precedents(judged_of(ROWS, SECTIONS, embed), [0, 3, 4])


def test_a_question_like_one_before_finds_what_answered_that(judged):
    near = np.array([0.8, 0.6, 0.0, 0.0], dtype=np.float32)
    likeness = judged.likeness(near)
    assert judged.passages(likeness) == pytest.approx([0.8, 0.6], abs=1e-3)
    assert judged.kin(0, likeness) == pytest.approx(Kin(0.8, 0.8, 0.0), abs=1e-3)
    assert judged.kin(1, likeness) == pytest.approx(Kin(0.0, 0.8, 0.0), abs=1e-3)
    assert judged.kin(2, likeness) == pytest.approx(Kin(0.0, 0.0, 0.8), abs=1e-3)
    assert judged.kin(3, likeness) == pytest.approx(Kin(0.6, 0.6, 0.0), abs=1e-3)


def test_the_likest_that_are_answered_are_read_with_the_question_and_vouch_for_sentences():
    told = {"Who pays?": -1.0, "Since when?": 2.0}
    read = []

    def reading(question, others):
        read.append((question, *others))
        return np.array([told[one] for one in others])

    judged = Precedents(judged_of(ROWS, SECTIONS, embed), [0, 3, 4], reading)
    likeness = judged.likeness(np.array([0.8, 0.1, 0.6, 0.0], dtype=np.float32))
    agreed = judged.agreed("Who is it?", likeness)
    assert read == [("Who is it?", "Who pays?", "Since when?")]
    assert agreed.odds == (2.0, -1.0)
    kin = [judged.kin(place, likeness, agreed).agreed for place in range(4)]
    assert kin == [-1.0, UNREAD, UNREAD, 2.0]
    figures = judged.figures(likeness, agreed=agreed)
    assert (figures["agreed"], figures["agreed_mean"]) == (2.0, 0.5)


def test_what_nothing_answers_counts_by_itself_and_questions_kept_apart_teach_nothing(judged):
    likeness = judged.likeness(embed(["Who is paid?"])[0])
    assert len(likeness) == 3
    figures = {"answered_like": 0.0, "missed_like": 1.0, "agreed": UNREAD, "agreed_mean": UNREAD}
    assert judged.figures(likeness) == pytest.approx(figures)


def test_a_question_that_is_learned_from_does_not_find_itself(judged):
    likeness = judged.likeness(embed(["Who pays?"])[0], near=0.9)
    assert judged.figures(likeness)["answered_like"] == 0.0


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
        told = "\n".join(
            json.dumps(row.model_dump(mode="json", exclude_unset=True)) for row in some
        )
        (rows / "a.jsonl").write_text(told, "utf-8")

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
