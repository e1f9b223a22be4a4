"""The checker: what its citations do not carry is left out and listed; the rest stands."""

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.citing import ground
from assistant.citing.citations import Quoting, cite, note
from assistant.citing.verifier import Verifier
from assistant.errors import QuestionError
from assistant.records import Question, Statement
from assistant.understanding.lexicon import FUNCTION_WORDS, NUMBER_WORDS, words_of
from corpus.readers.glossary import read_glossary, shipped_glossary
from corpus.readers.page import read_framework, shipped_framework
from tests.fakes import passage

PASSAGES = {"h:1": passage("h:1", "Mooring checks before each arrival")}


def said(text, *citations, kind="framework"):
    return Statement(text=text, kind=kind, citations=citations)


@pytest.fixture
def true_citation():
    return cite(PASSAGES["h:1"])


def test_what_its_citations_carry_stands_and_says_how_far(true_citation):
    kept, dropped = ground.check((said(true_citation.quote, true_citation),), PASSAGES)
    assert (kept[0].verdict, kept[0].support, dropped) == ("supported", 1.0, ())
    passages = {"h:2": passage("h:2", "Harbour masters should keep lists of ships.")}
    stronger = said("Harbour masters must keep lists of ships.", cite(passages["h:2"]))
    kept, dropped = ground.check((stronger,), passages, Verifier.open())
    assert ([one.verdict for one in kept], dropped) == (["partial"], ())
    kept, dropped = ground.check((said("Ships sink."),), PASSAGES)
    assert kept == ()
    assert dropped[0].text == "Ships sink."


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"quote": "Mooring checks after each arrival"}, "h:1"),
        ({"start": 1}, "h:1"),
        ({"end": 5}, "h:1"),
        ({"start": 900, "end": 934}, "h:1"),
        ({"passage_id": "h:9"}, "h:9"),
    ],
    ids=["wrong quote", "late start", "early end", "beyond the text", "unknown passage"],
)
def test_a_planted_citation_is_dropped_and_listed(true_citation, change, named):
    planted = true_citation.model_copy(update=change)
    kept, dropped = ground.check((said(planted.quote, planted),), PASSAGES)
    assert kept == ()
    assert dropped[0].text == planted.quote
    assert named in dropped[0].reason


def test_reworded_text_is_dropped_or_gets_the_verifiers_verdict(true_citation):
    reworded = said("Before each arrival, moorings are checked.", true_citation)
    turned = said("Mooring checks after each arrival.", true_citation)
    both = (reworded, turned, said(f"{true_citation.quote}.", true_citation))
    kept, dropped = ground.check((*both, said("", true_citation)), PASSAGES)
    assert (kept, len(dropped)) == ((), 4)
    kept, dropped = ground.check(both[:2], PASSAGES, Verifier.open())
    assert [(one.text, one.verdict) for one in kept] == [(reworded.text, "supported")]
    assert 0.0 < (kept[0].support or 0.0) < 1.0
    found = [(one.text, one.reason) for one in dropped]
    assert found == [(turned.text, "The claim says “after”, the context “before”.")]


def test_a_note_is_structural_and_its_citations_are_checked_too(true_citation):
    wrong = true_citation.model_copy(update={"quote": "Ships sink"})
    true_note, false_note = note("Two things.", [true_citation]), note("Three.", [wrong])
    kept, dropped = ground.check((true_note, false_note), PASSAGES)
    found = [(one.text, one.verdict, one.support) for one in kept]
    assert found == [("Two things.", "structural", None)]
    assert [one.text for one in dropped] == ["Three."]


def test_what_stands_keeps_its_order(framework):
    quoting = Quoting(framework)
    entries = [quoting.entry(item) for item in framework.items]
    lies = [one.model_copy(update={"text": f"{one.text} indeed"}) for one in entries]
    mixed = tuple(one for pair in zip(entries, lies, strict=True) for one in pair)
    kept, dropped = ground.check(mixed, framework.passage_by_id)
    assert [one.text for one in kept] == [one.text for one in entries]
    assert [one.text for one in dropped] == [one.text for one in lies]


def test_a_planted_statement_is_seen_in_the_answer_itself(assistant, monkeypatch):
    honest = Quoting.statement

    def reworded(self, *rest, **named):
        made = honest(self, *rest, **named)
        return made.model_copy(update={"text": made.text.replace("anonymity", "names")})

    monkeypatch.setattr(Quoting, "statement", reworded)
    answer = assistant.ask(Question(text="outcomes of victim identity protection"))
    assert [one.text for one in answer.dropped] == ["Preserve the names of victims"]
    assert all("names of victims" not in one.text for one in answer.statements)


# Random questions, made of the words that the code looks for.


def _pool():
    framework = read_framework(shipped_framework())
    corpus = {word for one in framework.passages for word, _, _ in words_of(one.text)}
    concepts = read_glossary(shipped_glossary()).concepts
    glossary = {wording for concept in concepts for wording in concept.wordings}
    kinds = {word for kind in framework.kinds for word in (kind.singular, kind.plural, *kind.words)}
    named = {word for one in framework.entities for word in (one.label, *one.words)}
    titles = {item.title for item in framework.items if item.title}
    asking = FUNCTION_WORDS | NUMBER_WORDS.keys()
    ids = {"C12", "P3-O4", "pillar 7", "capability 9", "X-1", "capabilities 9 and 10"}
    signs = {",", "?", ";", "and", "or", "which", "what", "who", "how many", "why", "when", "where"}
    strange = {"Europol", "volcanoes", "zzzyx", "10", "2030", "%", "\u2019", "\ufb01", "\u00e9"}
    return sorted(corpus | glossary | kinds | named | titles | asking | ids | signs | strange)


QUESTIONS = st.lists(st.sampled_from(_pool()), min_size=1, max_size=10).map(" ".join)


def _quotes_hold(answer, assistant):
    hits = [hit.passage_id for hit in answer.hits]
    assert len(hits) == len(set(hits))
    assert [hit.rank for hit in answer.hits] == list(range(1, len(hits) + 1))
    cited = [one for statement in answer.statements for one in statement.citations]
    assert {one.passage_id for one in cited} <= set(hits)
    for one in (*cited, *answer.nearest):
        assert assistant.corpus.passage(one.passage_id).text[one.start : one.end] == one.quote != ""
    assert all(one.citations for one in answer.statements if one.kind != "note")
    assert answer.dropped == ()


def _status_holds(answer):
    assert (answer.status == "answered") == (answer.reason == "")
    assert answer.statements
    if answer.status == "answered" and not answer.parts:
        assert not answer.nearest
    assert all(0 <= one.listed <= one.total for one in answer.completeness)
    statuses = {part.status for part in answer.parts}
    if "answered" in statuses and len(statuses) > 1:
        assert answer.status == "partial"


def _all_holds(assistant, text):
    """Ask, and return whether it was a question; of a reviewed reply nothing is quoted."""
    try:
        answer = assistant.ask(Question(text=text))
    except QuestionError:
        return False
    if answer.question:
        _quotes_hold(answer, assistant)
        _status_holds(answer)
    return True


@pytest.mark.slow
@pytest.mark.sample
@hypothesis_settings(
    max_examples=250, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=QUESTIONS)
@example(text="what outcomes and partners relate to victim identity protection?")
@example(text="Why is Interpol in pillar 7, and who is not?")
def test_whatever_is_asked_each_quote_stands_and_the_status_fits(assistant, text):
    assert _all_holds(assistant, text) or not any(sign.isalnum() for sign in text)


@hypothesis_settings(max_examples=100, derandomize=True)
@given(text=st.text(max_size=80))
def test_any_text_is_answered_or_refused_as_a_question(assistant, text):
    _all_holds(assistant, text)
