from datetime import date

import numpy as np
import pytest

from assistant.answering.guidance import MOST
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR
from assistant.records import Question
from assistant.retrieval.wordings import FACET, meant_by, sentence_ids, with_wordings, wordings_of
from corpus.whole import Whole
from tests.assistant.conftest import framed, quoted


@pytest.fixture(name="sections")
def _sections(assistant):
    return assistant._answering._guidance._sections


def found(assistant, text, *, kept=None, near=2.0):
    sections = assistant._answering._guidance._sections
    vector = sections.turned(assistant._retriever.embed(text))
    return sections.search(text, vector, kept=kept, near=near)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("what do companies exchange in lantern", "note:lantern"),
        ("who pays for the barnahus", "note:barnahus"),
        ("what does SGII stand for", "glossary:"),
    ],
)
def test_the_section_on_a_matter_is_among_the_first(assistant, sections, text, note):
    first = [sections.passages[at].id for at in found(assistant, text).order[:5]]
    assert any(one.startswith(note) for one in first)


def test_every_figure_is_told_and_a_name_that_no_section_says_is_unknown(assistant):
    told = found(assistant, "When was Lantern launched?").figures
    assert told.keys() == {*FIGURES, *PAIR, *LIKE}
    assert all(np.isfinite(one) for one in told.values())
    assert found(assistant, "Is Zyxwork in Lantern?").unknown == ("Zyxwork",)
    assert found(assistant, "Is Meta in Lantern?").unknown == ()


@pytest.mark.parametrize(
    ("right", "wrong", "figure"),
    [
        ("Who joined Lantern in 2023?", "Who joined Lantern in 1987?", "years_lost"),
        ("Is Meta in Lantern?", "Is Zyxwork in Lantern?", "names_lost_any"),
        ("When was Lantern launched?", "When was Lantern audited?", "lost_section"),
    ],
)
def test_what_the_best_section_lacks_is_counted(assistant, right, wrong, figure):
    held, lost = (found(assistant, one).figures[figure] for one in (right, wrong))
    assert lost > held


def test_what_is_not_to_be_shown_is_not_found_but_held_against_the_rest(assistant, sections):
    text = "When was Lantern launched?"
    kept = np.array([not one.id.startswith("note:lantern") for one in sections.passages])
    without, all_ = found(assistant, text, kept=kept), found(assistant, text)
    assert not any(sections.passages[at].id.startswith("note:lantern") for at in without.order)
    assert without.figures["score_ahead"] < 0 < all_.figures["score_ahead"]


def test_a_question_that_is_learned_from_does_not_find_itself(assistant, sections):
    text = next(one.asked[0] for one in sections.passages if one.asked)
    figures = [found(assistant, text, near=near).figures["asked"] for near in (2.0, 0.9)]
    assert figures[0] == pytest.approx(1.0, abs=1e-3)
    assert figures[1] <= 0.9


def test_a_question_is_turned_towards_what_answers_it(assistant, sections):
    vector = assistant._retriever.embed("adults who are drawn to children and want help")
    for one, note in ((vector, "note:education"), (sections.turned(vector), "note:offender-prev")):
        best = int(np.argmax(sections.sentences.vectors.passages @ one))
        assert sections.passages[best].id.startswith(note)


TEXT = "Lantern. Lantern was launched by the Tech Coalition on 7 November 2023."


@pytest.fixture(name="pair_model", scope="module")
def _pair_model(assistant):
    return assistant._retriever.pair_model


@pytest.mark.parametrize(
    ("answered", "near"),
    [
        ("When was Lantern launched?", "When was Lantern audited?"),
        ("Who launched Lantern?", "Who pays for Lantern?"),
    ],
)
def test_a_near_miss_scores_below_what_is_answered(pair_model, answered, near):
    assert pair_model.score(answered, [TEXT])[0] > pair_model.score(near, [TEXT])[0]


def test_texts_are_scored_in_order_alone_as_together_and_cut_where_they_are_long(pair_model):
    texts = [TEXT, "Barnahus. A Barnahus is a house for children.", TEXT + " " + TEXT]
    together = pair_model.score("When was Lantern launched?", texts)
    alone = [pair_model.score("When was Lantern launched?", [one])[0] for one in texts]
    assert np.allclose(together, alone, atol=1e-3)
    assert together[0] > together[1]
    assert pair_model.score("who", []).size == 0
    assert np.isfinite(pair_model.score("who " * 500, [TEXT * 50])).all()


def test_every_wording_stands_for_a_passage_and_every_item_that_speaks_has_some(framework):
    corpus = Whole.read().corpus
    whole = with_wordings(corpus)
    wordings = whole.passages[len(corpus.passages) :]
    assert len(wordings) == sum(len(wordings_of(passage)) for passage in corpus.passages) > 0
    for wording in wordings:
        assert wording.text in wordings_of(corpus.passage(meant_by(wording.id)))
        assert wording.facets[FACET] == meant_by(wording.id)
    assert with_wordings(corpus).passages[: len(corpus.passages)] == corpus.passages
    passage = corpus.passage("note:barnahus#1")
    said = [span.of(passage.text) for span in passage.sentences]
    assert list(wordings_of(passage)) == [*said, *passage.also, *passage.asked]
    found = sentence_ids(corpus.passage("note:barnahus#2"))[:2]
    assert found == ["note:barnahus#2~1", "note:barnahus#2~2"]
    shared = {kind.id for kind in framework.kinds if kind.shared}
    for item, passage in zip(framework.items, framework.passages, strict=True):
        assert bool(passage.also) == (item.kind not in shared), item.id


def test_a_question_in_other_words_finds_the_item_and_quotes_its_own_words(ask, framework):
    answer = ask("top politicians who take responsibility for this and put up the money")
    cited = [one for statement in answer.statements for one in statement.citations]
    assert "gsr:C1" in {one.passage_id for one in cited}
    wordings = {wording for passage in framework.passages for wording in passage.also}
    assert not wordings & {one.quote for one in cited}


TODAY = date(2026, 11, 25)
LATE = date(2040, 1, 1)


def notes(ask, text):
    """Return the notes that an answer draws on, in order."""
    ids = [one for one in quoted(ask(text).statements) if "#" in one]
    return list(dict.fromkeys(one.partition("#")[0] for one in ids))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("How does Lantern work?", "lantern"),
        ("How does a Barnahus work?", "barnahus"),
        ("Who runs the CyberTipline?", "cybertipline"),
        ("What does Lanzarote say on soliciting a child online?", "lanzarote-solicitation"),
        ("What is the difference between a helpline and a hotline?", "helpline-or-hotline"),
    ],
)
def test_the_note_on_a_topic_is_drawn_on_first(ask, text, note):
    assert notes(ask, text)[0] == note


def test_the_best_sentence_leads_and_the_others_stand_in_reading_order_and_once(assistant):
    answer = assistant.ask(Question(text="What is Project Arachnid?"))
    guidance = [one for one in answer.statements if one.kind == "guidance"]
    lead, *rest = [(one.citations[0].passage_id, one.citations[0].start) for one in guidance]
    assert 1 < len(guidance) <= MOST
    assert lead not in rest
    for section in {one for one, _ in rest}:
        own = [start for one, start in rest if one == section]
        assert own == sorted(set(own))


def test_a_note_brings_the_words_that_it_rests_on_if_there_are_notes(ask, harbour_assistant):
    assert "P3-O3" in framed(ask("What is a Child Advocacy Centre and why expand them?").statements)
    answer = harbour_assistant.ask(Question(text="What is Lantern?"))
    assert answer.status in ("not_covered", "out_of_scope")


@pytest.mark.parametrize(
    "text",
    [
        "How many children use Lantern?",
        "What does Lantern cost per year?",
        "Who is the director of INHOPE?",
        "How many Barnahus are there in Portugal?",
        "What is the usual sentence in our country?",
    ],
)
def test_what_no_sentence_says_is_not_answered(assistant, text):
    answer = assistant.ask(Question(text=text))
    assert answer.status != "answered"
    assert answer.status == "not_covered" or answer.is_closest


def test_a_name_that_no_note_holds_is_told_to_be_unknown(ask):
    answer = ask("Is Zyxwork a member of Lantern?")
    assert answer.is_closest
    assert "Zyxwork" in answer.statements[0].text
    assert not ask("Who invented the bicycle?").statements[1:]


def test_what_changes_carries_its_day(assistant):
    text = "Are the EU interim rules in force?"
    now = assistant.ask(Question(text=text), TODAY)
    told = [one for one in now.statements if one.kind == "guidance"]
    assert told
    assert all(one.as_of == "2026-09-30" and not one.past_review for one in told)
    later = assistant.ask(Question(text=text), LATE)
    assert all(one.past_review for one in later.statements if one.kind == "guidance")


def test_what_the_page_lacks_is_no_denial_and_guidance_says_neither_yes_nor_no(ask):
    first = ask("Is the Lanzarote Convention in force?").statements[0]
    assert first.kind == "guidance"
    assert "into force" in first.text or "in force" in first.text
    assert not ask("Has Ghana an INHOPE hotline?").statements[0].text.startswith("No")
    assert ask("Does the page mention vaccines?").status == "not_covered"
    first, *rest = ask("Is Lantern mentioned on the page?").statements
    assert first.kind == "note"
    assert {one.citations[0].source_id for one in rest if one.kind == "guidance"}
