import pytest

from assistant.errors import BatchError
from evals.peers.peer_corpus import PeerCorpus
from evals.peers.peer_score import found_ids, groups_of, is_exact, judge, on_topic
from evals.peers.runners.peer_rows import PeerRow, Quote, Shown

FACETS = {"outcomes": ["gsr:P3-O1", "gsr:P3-O2", "gsr:P3-O3", "gsr:P3-O4", "gsr:P3-O5"]}


@pytest.fixture(scope="module")
def laid_out(whole):
    return PeerCorpus.of(whole)


@pytest.fixture
def judged(whole, laid_out):
    def judge_shown(case, shown):
        return judge(case, PeerRow(case.id, shown, 0.5), laid_out, whole.framework)

    return judge_shown


def section(corpus, *names):
    quotes = tuple(Quote(name, corpus.words[name]) for name in names)
    return Shown("\n\n".join(one.text for one in quotes), quotes)


def test_what_is_quoted_counts_and_more_is_off_topic(make_case, judged, laid_out, whole):
    case = make_case("one", gold=FACETS)
    verdict = judged(case, section(laid_out, "gsr-P3-outcomes"))
    assert (verdict.complete, verdict.missed, verdict.exact) == (True, False, True)
    assert verdict.turned_away is verdict.false is verdict.corrected is None
    case = make_case("one", gold={"capabilities": ["gsr:C12"]})
    right = Quote("gsr-P3", "Preserve the anonymity of victims")
    other = Quote("gsr-P3", "Expand victims’ voice groups")
    assert judged(case, Shown(right.text, (right,))).complete
    assert not judged(case, Shown(other.text, (other,))).complete
    case = make_case("one", gold={"partners": ["gsr:P3-W1"], "allowed": ["gsr:P3"]})
    assert judged(case, section(laid_out, "gsr-P3-partners")).complete
    assert not judged(case, section(laid_out, "gsr-P3-partners", "gsr-P3-outcomes")).complete
    case = make_case("one", gold={"outcomes": ["gsr:P3-O1"], "facts": ["note:barnahus#1"]})
    found = ["gsr:P3-O1", "note:barnahus#2", "note:lantern#1", "note:lantern#2"]
    assert on_topic(found, case, whole.framework) == pytest.approx(2 / 3)


def test_a_fact_needs_its_note_and_words_and_a_number_the_opening(make_case, judged, laid_out):
    words = {"gold": {"facts": ["note:barnahus#1"]}, "must_contain": ["European counterpart"]}
    case = make_case("one", **words)
    assert judged(case, section(laid_out, "note-barnahus-1-words")).complete
    assert not judged(case, section(laid_out, "note-barnahus-2-words")).complete
    assert not judged(case, section(laid_out, "note-lantern-1-words")).complete
    case = make_case("one", gold={"value": "5"}, type="count")
    assert judged(case, Shown("There are five.\n\nMore.")).complete
    assert not judged(case, Shown("Many.\n\nThere are five.")).complete
    assert judged(case, Shown("Many.", openings=("It lists 5 outcomes.",))).complete


def test_what_the_corpus_lacks_is_to_be_refused(make_case, judged, laid_out):
    case = make_case("one", answerable=False)
    refused = judged(case, Shown("No.", status="not_covered"))
    answered = judged(case, section(laid_out, "gsr-P3-outcomes"))
    asked_back = judged(case, Shown("Which?", status="clarify"))
    assert (refused.turned_away, refused.false, refused.complete) == (True, False, None)
    assert (answered.turned_away, answered.false) == (False, True)
    assert (asked_back.turned_away, asked_back.false) == (False, False)


def test_a_false_premise_is_corrected_by_a_reason_or_by_the_words_looked_for(make_case, judged):
    premise = {"answerable": False, "family": "false-premise"}
    says = Shown("It is not on the page.", status="partial", reason="false_premise")
    refuses = Shown("No.", status="not_covered")
    bare = make_case("one", **premise)
    worded = make_case("two", **premise, must_contain=["six pillars"])
    assert judged(bare, says).corrected
    assert not judged(bare, refuses).corrected
    assert not judged(worded, says).corrected
    assert judged(worded, Shown("There are six pillars.")).corrected


def test_a_quote_has_to_stand_in_its_source_and_an_aside_counts_for_the_gold_alone(laid_out):
    whole = "- Expand victims’ voice\n  groups"
    assert is_exact([Quote("gsr-P3-outcomes", whole)], laid_out)
    assert not is_exact([Quote("gsr-P3-outcomes", "Expand voice groups")], laid_out)
    assert not is_exact([Quote("gsr-P4-outcomes", whole)], laid_out)
    assert is_exact([], laid_out) is None
    quotes = [Quote("gsr:P3", "Victim support", aside=True), Quote("gsr:C12", "Preserve")]
    assert found_ids(quotes, laid_out, frozenset()) == ("gsr:C12",)
    assert found_ids(quotes, laid_out, frozenset({"gsr:P3"})) == ("gsr:P3", "gsr:C12")


@pytest.mark.parametrize(
    ("fields", "groups"),
    [
        ({"type": "count"}, ("counts",)),
        ({"type": "negate", "turns": ["Before?"]}, ("negations", "follow-ups")),
        ({"gold": {"outcomes": ["gsr:P3-O1"], "facts": ["note:a#1"]}}, ("several facets",)),
        ({}, ()),
    ],
)
def test_a_case_counts_in_the_rows_that_it_belongs_to(fields, groups, make_case):
    assert groups_of(make_case("one", **fields)) == groups


def test_an_unknown_source_or_status_is_an_error(make_case, judged):
    with pytest.raises(BatchError, match="'nowhere'"):
        judged(make_case("one"), Shown("Words", (Quote("nowhere", "Words"),)))
    with pytest.raises(BatchError, match="'maybe' is no status"):
        judged(make_case("one"), Shown("Words", status="maybe"))
