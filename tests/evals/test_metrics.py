from hypothesis import given
from hypothesis import strategies as st

from corpus.structure.graph import Framework
from evals.metrics import metrics

ids = st.frozensets(st.sampled_from([f"gsr:C{number}" for number in range(1, 9)]))


@given(found=ids, gold=ids, allowed=ids)
def test_shares_lie_between_none_and_all(
    found: frozenset[str], gold: frozenset[str], allowed: frozenset[str]
):
    for share in (metrics.recall(found, gold), metrics.precision(found, gold, allowed)):
        assert share is None or 0.0 <= share <= 1.0


@given(found=ids, gold=ids, allowed=ids)
def test_allowing_an_id_never_lowers_precision(
    found: frozenset[str], gold: frozenset[str], allowed: frozenset[str]
):
    strict, lenient = metrics.precision(found, gold), metrics.precision(found, gold, allowed)
    assert lenient is None or (strict is not None and lenient >= strict)


def test_an_id_that_is_both_gold_and_allowed_counts_as_gold():
    assert metrics.precision({"a", "b"}, {"a"}, {"a"}) == 0.5


def test_without_gold_there_is_no_recall_and_without_finds_no_precision():
    assert metrics.recall({"a"}, set()) is None
    assert metrics.precision(set(), {"a"}) is None
    assert metrics.precision({"b"}, {"a"}, {"b"}) is None


def test_an_answer_that_lists_nothing_is_not_complete():
    assert metrics.is_complete(0.0, None) is False


def test_order_is_scored_only_where_gold_and_allowed_both_stand():
    assert metrics.is_gold_first(["a"], {"a"}, {"b"}) is None
    assert metrics.is_gold_first(["a", "b", "c"], {"a", "c"}, {"b"}) is False


def test_an_accepted_status_replaces_the_rules():
    right = metrics.is_status_right
    assert right("partial", "", answerable=True)
    assert not right("not_covered", "coverage_gap", answerable=True)
    assert not right("partial", "below_threshold", answerable=False)
    assert not right("clarify", "ambiguous", answerable=False)
    assert right("clarify", "ambiguous", answerable=True, accepted=("clarify",))
    assert not right("answered", "", answerable=True, accepted=("partial",))


def test_strings_are_looked_for_without_regard_to_case():
    assert metrics.has_strings("Annual assessment", ["ANNUAL"], [])
    assert metrics.has_strings("Annual assessment", [], ["assessment"]) is False
    assert metrics.has_strings("anything", [], []) is None


def test_a_number_is_found_as_digits_or_word_but_not_inside_another():
    assert metrics.has_value(["There are 26 capabilities."], "26")
    assert metrics.has_value(["It has 9."], "9")
    assert metrics.has_value(["There are 26 capabilities."], "6") is False
    assert metrics.has_value(["See 3.9 or P1-9."], "9") is False
    assert metrics.has_value(["Twenty-one entries"], "20") is False
    assert metrics.has_value(["anything"], "") is None


def test_yes_and_no_must_open_a_sentence():
    assert metrics.has_value(["Yes. Interpol is a partner."], "yes")
    assert metrics.has_value(["Nothing is said."], "no") is False
    assert metrics.has_value(["The page says yes."], "yes") is False


def test_a_quote_is_exact_only_at_its_place(framework: Framework):
    passage = framework.passage_by_id["gsr:P4-O3"]
    assert metrics.is_exact("Regular", 0, 7, passage)
    assert not metrics.is_exact("Regular", 1, 8, passage)
    assert not metrics.is_exact("regular", 0, 7, passage)
    assert not metrics.is_exact("", 3, 3, passage)
