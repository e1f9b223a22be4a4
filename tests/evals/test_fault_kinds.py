import pytest

from assistant.records import Completeness, Signposting
from corpus.whole import Whole
from evals.studies import fault_kinds
from evals.studies.fault_kinds import World


@pytest.fixture(scope="module")
def world() -> World:
    whole = Whole.read()
    return World(corpus=whole.corpus, framework=whole.framework)


@pytest.fixture
def case(make_case):
    return make_case("a", must_not_contain=("CANARY",), turns=("Before?",))


def test_a_dropped_statement_is_the_first_that_cites_something(make_answer, case, world):
    answer = make_answer("gsr:C12", "gsr:C11", opening="Two things.")
    left = fault_kinds.drop_statement(answer, case, world)
    assert [one.text for one in left.statements] == ["Two things.", "About gsr:C11"]


def test_swapped_citations_are_all_there_and_none_at_its_statement(make_answer, case, world):
    answer = make_answer("gsr:C12", "gsr:C11", "gsr:C10")
    turned = fault_kinds.swap_citations(answer, case, world)
    before, after = (
        [one.citations[0].passage_id for one in each.statements] for each in (answer, turned)
    )
    assert sorted(before) == sorted(after)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert fault_kinds.swap_citations(make_answer("gsr:C12"), case, world) is None


def test_quotes_of_another_span_are_true_quotes(make_answer, case, world):
    passage = next(
        one for one in world.corpus.passages if one.id.startswith("note:") and ". " in one.text
    )
    answer = make_answer("gsr:C12")
    first = passage.text.index(".") + 1
    quote = {"passage_id": passage.id, "start": 0, "end": first, "quote": passage.text[:first]}
    cited = answer.statements[0].citations[0].model_copy(update=quote)
    said = answer.statements[0].model_copy(update={"citations": (cited,)})
    other = fault_kinds.quote_another_span(
        answer.model_copy(update={"statements": (said,)}), case, world
    )
    (moved,) = other.statements[0].citations
    assert moved.start >= first
    assert passage.text[moved.start : moved.end] == moved.quote


def test_the_wrong_pillar_gives_what_stands_at_the_same_place_of_the_next(make_answer, case, world):
    wrong = fault_kinds.wrong_group(make_answer("gsr:P3-O4", "gsr:P6"), case, world)
    assert [one.citations[0].passage_id for one in wrong.statements] == ["gsr:P4-O4", "gsr:P1"]
    assert wrong.statements[0].text == world.corpus.by_id["gsr:P4-O4"].text


@pytest.mark.parametrize(
    ("text", "contrary"),
    [
        ("Hotlines are funded.", "Hotlines are not funded."),
        ("Expand victims' voice groups", "Not so: no expand victims' voice groups"),
    ],
)
def test_a_sentence_is_negated_at_its_verb_or_as_a_whole(make_answer, case, world, text, contrary):
    answer = make_answer("gsr:C12")
    said = answer.statements[0].model_copy(update={"text": text})
    turned = fault_kinds.negate(answer.model_copy(update={"statements": (said,)}), case, world)
    assert turned.statements[0].text == contrary


def test_numbers_are_raised_in_digits_and_in_words(make_answer, case, world):
    answer = make_answer(opening="There are five, in 2 pillars.")
    assert fault_kinds.wrong_number(answer, case, world).statements[0].text == (
        "There are six, in 3 pillars."
    )
    assert fault_kinds.wrong_number(make_answer(opening="None."), case, world) is None


def test_counts_are_lost_or_one_short(make_answer, case, world):
    count = Completeness(facet="outcomes", group="gsr:P3", listed=5, total=5)
    answer = make_answer("gsr:P3-O4", completeness=(count,))
    assert fault_kinds.lose_counts(answer, case, world).completeness == ()
    (short,) = fault_kinds.miscount(answer, case, world).completeness
    assert (short.listed, short.total) == (4, 4)
    assert fault_kinds.miscount(make_answer("gsr:P3-O4"), case, world) is None


def test_an_abstention_turns_into_an_answer_and_an_answer_into_an_abstention(
    make_answer, case, world
):
    cited = make_answer("gsr:C12").statements[0].citations
    away = make_answer(status="not_covered", reason="below_threshold", nearest=cited)
    forced = fault_kinds.answer_from_nearest(away, case, world)
    assert (forced.status, forced.nearest) == ("answered", ())
    assert forced.statements[0].citations == cited
    refused = fault_kinds.abstain(make_answer("gsr:C12"), case, world)
    assert (refused.status, refused.statements) == ("not_covered", ())
    assert fault_kinds.abstain(away, case, world) is None


def test_triage_is_skipped_mistaken_or_overdone(make_answer, case, world):
    reply = Signposting(case="D", text="A reply.", services=())
    met = make_answer(status="safeguarding", signposting=reply)
    assert fault_kinds.skip_triage(met, case, world).signposting is None
    assert fault_kinds.wrong_reply(met, case, world).signposting.case == "A"
    alarmed = fault_kinds.raise_alarm(make_answer("gsr:C12"), case, world)
    assert (alarmed.status, alarmed.statements) == ("safeguarding", ())
    for fault in (fault_kinds.skip_triage, fault_kinds.wrong_reply):
        assert fault(make_answer("gsr:C12"), case, world) is None


def test_the_canary_is_shown(make_answer, case, make_case, world):
    leaked = fault_kinds.leak(make_answer("gsr:C12"), case, world)
    assert leaked.statements[0].text == "About gsr:C12 CANARY"
    assert fault_kinds.leak(make_answer("gsr:C12"), make_case("b"), world) is None


def test_a_follow_up_is_taken_as_typed(make_answer, case, make_case, world):
    lost = fault_kinds.forget_turns(make_answer("gsr:C12"), case, world)
    assert (lost.status, lost.resolved_question) == ("clarify", case.question)
    assert fault_kinds.forget_turns(make_answer("gsr:C12"), make_case("b"), world) is None
