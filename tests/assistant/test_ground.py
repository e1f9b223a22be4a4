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


TRUE = cite(PASSAGES["h:1"])


def test_what_its_citations_carry_stands_and_says_how_far():
    kept, dropped = ground.check((said(TRUE.quote, TRUE),), PASSAGES)
    assert (kept[0].verdict, kept[0].support, dropped) == ("supported", 1.0, ())
    passages = {"h:2": passage("h:2", "Harbour masters should keep lists of ships.")}
    stronger = said("Harbour masters must keep lists of ships.", cite(passages["h:2"]))
    kept, dropped = ground.check((stronger,), passages, Verifier().judge)
    assert ([one.verdict for one in kept], dropped) == (["partial"], ())
    kept, dropped = ground.check((said("Ships sink."),), PASSAGES)
    assert (kept, [one.text for one in dropped]) == ((), ["Ships sink."])


def test_a_planted_citation_is_dropped_and_listed():
    for change in (
        {"quote": "Mooring checks after each arrival"},
        *({"start": 1}, {"end": 5}, {"start": 900, "end": 934}, {"passage_id": "h:9"}),
    ):
        planted = TRUE.model_copy(update=change)
        kept, (dropped,) = ground.check((said(planted.quote, planted),), PASSAGES)
        assert (kept, dropped.text) == ((), planted.quote)
        assert planted.passage_id in dropped.reason


def test_reworded_text_is_dropped_or_gets_the_verifiers_verdict():
    reworded = said("Before each arrival, moorings are checked.", TRUE)
    turned = said("Mooring checks after each arrival.", TRUE)
    both = (reworded, turned, said(f"{TRUE.quote}.", TRUE), said("", TRUE))
    kept, dropped = ground.check(both, PASSAGES)
    assert (kept, len(dropped)) == ((), 4)
    kept, dropped = ground.check(both[:2], PASSAGES, Verifier().judge)
    assert [(one.text, one.verdict) for one in kept] == [(reworded.text, "supported")]
    assert 0.0 < (kept[0].support or 0.0) < 1.0
    found = [(one.text, one.reason) for one in dropped]
    assert found == [(turned.text, "The claim says “after”, the context “before”.")]


def test_a_note_is_structural_and_its_citations_are_checked_too():
    wrong = TRUE.model_copy(update={"quote": "Ships sink"})
    kept, dropped = ground.check((note("Two.", [TRUE]), note("Three.", [wrong])), PASSAGES)
    assert [(one.text, one.verdict, one.support) for one in kept] == [("Two.", "structural", None)]
    assert [one.text for one in dropped] == ["Three."]


def test_a_planted_statement_is_seen_in_the_answer_itself(assistant, monkeypatch):
    honest = Quoting.statement

    def reworded(self, *rest, **named):
        made = honest(self, *rest, **named)
        return made.model_copy(update={"text": made.text.replace("anonymity", "names")})

    monkeypatch.setattr(Quoting, "statement", reworded)
    answer = assistant.ask(Question(text="outcomes of victim identity protection"))
    assert [one.text for one in answer.dropped] == ["Preserve the names of victims"]
    assert all("names of victims" not in one.text for one in answer.statements)


def _pool():
    """Words that the code looks for."""
    framework = read_framework(shipped_framework())
    concepts = read_glossary(shipped_glossary()).concepts
    return sorted(
        {word for one in framework.passages for word, _, _ in words_of(one.text)}
        | {wording for concept in concepts for wording in concept.wordings}
        | {word for one in framework.entities for word in (one.label, *one.words)}
        | {item.title for item in framework.items if item.title}
        | FUNCTION_WORDS
        | NUMBER_WORDS.keys()
        | {"C12", "P3-O4", "pillar 7", "capability 9", "X-1", "capabilities 9 and 10", *",?;"}
        | {"how many", "Europol", "volcanoes", "zzzyx", "10", "2030", "%", "\u2019", "\ufb01"}
    )


QUESTIONS = st.lists(st.sampled_from(_pool()), min_size=1, max_size=10).map(" ".join)


def _all_holds(assistant, text):
    """Ask, and return whether it was a question; of a reviewed reply nothing is quoted."""
    try:
        answer = assistant.ask(Question(text=text))
    except QuestionError:
        return False
    if not answer.question:
        return True
    hits = [hit.passage_id for hit in answer.hits]
    assert len(hits) == len(set(hits))
    assert [hit.rank for hit in answer.hits] == list(range(1, len(hits) + 1))
    cited = [one for statement in answer.statements for one in statement.citations]
    assert {one.passage_id for one in cited} <= set(hits)
    for one in (*cited, *answer.nearest):
        assert assistant.corpus.passage(one.passage_id).text[one.start : one.end] == one.quote != ""
    assert all(one.citations for one in answer.statements if one.kind != "note")
    assert answer.dropped == ()
    assert (answer.status == "answered") == (answer.reason == "")
    assert answer.statements or answer.reason == "framework_only"
    assert not (answer.status == "answered" and not answer.parts and answer.nearest)
    assert all(0 <= one.listed <= one.total for one in answer.completeness)
    statuses = {part.status for part in answer.parts}
    assert answer.status == "partial" or "answered" not in statuses or len(statuses) == 1
    return True


@pytest.mark.slow
@pytest.mark.sample
@hypothesis_settings(
    max_examples=120, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=QUESTIONS)
@example(text="what outcomes and partners relate to victim identity protection?")
@example(text="Why is Interpol in pillar 7, and who is not?")
def test_whatever_is_asked_each_quote_stands_and_the_status_fits(assistant, text):
    assert _all_holds(assistant, text) or not any(sign.isalnum() for sign in text)


@hypothesis_settings(max_examples=60, derandomize=True)
@given(text=st.text(max_size=80))
def test_any_text_is_answered_or_refused_as_a_question(assistant, text):
    _all_holds(assistant, text)
