"""Guidance held against a question: its sections, wordings, and questions judged before."""

from datetime import date

import numpy as np
import pytest

from assistant.answering import precedents
from assistant.answering.guidance import MOST
from assistant.answering.precedents import LIKE, UNREAD, Kin, Precedents, judged_of
from assistant.answering.sections import FIGURES, PAIR
from assistant.records import Question
from assistant.retrieval.wordings import FACET, meant_by, with_wordings, wordings_of
from corpus.passage import Corpus
from corpus.readers.questions import LabelledQuestion
from corpus.text import sentences_in
from tests.assistant.conftest import quoted
from tests.fakes import HashingEmbedding, hashing_embedder, passage, source


@pytest.fixture
def sections(assistant):
    return assistant._answering._guidance.sections


@pytest.fixture
def found(assistant, sections):
    def search(text, **named):
        return sections.search(text, sections.turned(assistant.embedder.embed(text)), **named)

    return search


def test_every_figure_is_told_and_a_name_that_no_section_says_is_unknown(found):
    told = found("When was Lantern launched?").figures
    assert told.keys() == {*FIGURES, *PAIR, *LIKE}
    assert all(np.isfinite(one) for one in told.values())
    assert found("Is Zyxwork in Lantern?").unknown == ("Zyxwork",)
    assert found("Is Meta in Lantern?").unknown == ()
    for lacks, figure in (
        ("When was Lantern launched in 1987?", "years_lost"),
        ("When was Lantern launched by Zyxwork?", "names_lost_any"),
        ("When was Lantern audited?", "lost_section"),
    ):
        assert found(lacks).figures[figure] > told[figure]


def test_what_is_not_to_be_shown_is_not_found_but_held_against_the_rest(found, sections):
    text = "When was Lantern launched?"
    kept = np.array([not one.id.startswith("note:lantern") for one in sections.passages])
    without = found(text, kept=kept)
    assert not any(sections.passages[at].id.startswith("note:lantern") for at in without.order)
    assert without.figures["score_ahead"] < 0 < found(text).figures["score_ahead"]


def test_a_question_that_is_learned_from_does_not_find_itself(found, sections):
    text = next(one.asked[0] for one in sections.passages if one.asked)
    same, other = (found(text, near=near).figures["asked"] for near in (2.0, 0.9))
    assert same == pytest.approx(1.0, abs=1e-3)
    assert other <= 0.9


TEXT = "Lantern. Lantern was launched by the Tech Coalition on 7 November 2023."


def test_texts_are_scored_alone_as_together_cut_if_long_and_near_misses_below(assistant):
    score, asked = assistant._retriever.pair_model.score, "When was Lantern launched?"
    texts = [TEXT, "Barnahus. A Barnahus is a house for children.", TEXT + " " + TEXT]
    together = score(asked, texts)
    assert np.allclose(together, [score(asked, [one])[0] for one in texts], atol=1e-3)
    assert together[0] > max(together[1], score("When was Lantern audited?", [TEXT])[0])
    assert np.isfinite(score("who " * 500, [TEXT * 50])).all()


def test_every_wording_stands_for_a_passage_and_every_item_that_speaks_has_some(framework, whole):
    corpus = whole.corpus
    wordings = with_wordings(corpus).passages[len(corpus.passages) :]
    assert len(wordings) == sum(len(wordings_of(passage)) for passage in corpus.passages) > 0
    for wording in wordings:
        assert wording.text in wordings_of(corpus.passage(meant_by(wording.id)))
        assert wording.facets[FACET] == meant_by(wording.id)
    shared = {kind.id for kind in framework.kinds if kind.shared}
    for item in framework.items:
        assert bool(corpus.passage(item.id).also) == (item.kind not in shared), item.id


def test_a_question_in_other_words_finds_the_item_and_quotes_its_own_words(ask, framework):
    answer = ask("top politicians who take responsibility for this and put up the money")
    cited = [one for statement in answer.statements for one in statement.citations]
    assert "gsr:C1" in {one.passage_id for one in cited}
    wordings = {wording for passage in framework.passages for wording in passage.also}
    assert not wordings & {one.quote for one in cited}


def test_the_best_sentence_leads_and_the_others_stand_in_reading_order_and_once(assistant):
    answer = assistant.ask(Question(text="What is Project Arachnid?"))
    guidance = [one for one in answer.statements if one.kind == "guidance"]
    lead, *rest = [(one.citations[0].passage_id, one.citations[0].start) for one in guidance]
    assert 1 < len(guidance) <= MOST
    assert lead not in rest
    for section in {one for one, _ in rest}:
        own = [start for one, start in rest if one == section]
        assert own == sorted(set(own))


def test_a_note_brings_the_words_that_it_rests_on(ask):
    assert "P3-O3" in quoted(ask("What is a Child Advocacy Centre and why expand them?").statements)


def test_what_no_sentence_says_is_not_answered_and_a_name_that_none_holds_told(assistant):
    for text in ("How many children use Lantern?", "Is Zyxwork a member of Lantern?"):
        answer = assistant.ask(Question(text=text))
        assert answer.status == "not_covered" or (answer.is_closest and answer.status != "answered")
    assert "Zyxwork" in answer.statements[0].text


def test_what_changes_carries_its_day(assistant):
    for day, past in ((date(2026, 11, 25), False), (date(2040, 1, 1), True)):
        answer = assistant.ask(Question(text="Are the EU interim rules in force?"), day)
        told = [one for one in answer.statements if one.kind == "guidance"]
        assert told[0].as_of.startswith("2026-09")
        assert {one.past_review for one in told} == {past}


def test_what_the_page_lacks_is_no_denial_and_guidance_says_neither_yes_nor_no(ask):
    first = ask("Is the Lanzarote Convention in force?").statements[0]
    assert (first.kind, "force" in first.text) == ("guidance", True)
    assert not ask("Has Ghana an INHOPE hotline?").statements[0].text.startswith("No")
    first, *rest = ask("Is Lantern mentioned on the page?").statements
    assert first.kind == "note"
    assert {one.citations[0].source_id for one in rest if one.kind == "guidance"}


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


def test_a_question_like_one_before_finds_what_answered_that_but_not_itself():
    judged = Precedents(judged_of(ROWS, SECTIONS, embed), [0, 3, 4])
    likeness = judged.likeness(np.array([0.8, 0.6, 0.0, 0.0], dtype=np.float32))
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
    rows, home = tmp_path / "rows", tmp_path / "home"
    rows.mkdir()
    monkeypatch.setattr(precedents, "shipped_questions", lambda: rows)
    embedder = hashing_embedder(model := HashingEmbedding(dimension=384), dimension=384)

    def opened(some, *, anew):
        lines = (row.model_dump_json(exclude_unset=True) for row in some)
        (rows / "a.jsonl").write_text("\n".join(lines), "utf-8")
        before = len(model.seen)
        held = Precedents.shipped(CORPUS, embedder, home)
        assert (len(model.seen) > before) == anew
        return held.figures(held.likeness(embedder.embed("Who pays?")))["answered_like"]

    likeness = opened(ROWS, anew=True)
    assert opened(ROWS, anew=False) == pytest.approx(likeness)
    (kept,) = (home / "models").iterdir()
    kept.write_bytes(b"no tensors")
    assert opened(ROWS, anew=True) == pytest.approx(likeness)
    assert opened(ROWS[1:], anew=True) < likeness
