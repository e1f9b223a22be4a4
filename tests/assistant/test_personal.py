"""Personal data: what is noticed, what is public, and that nothing of it outlives a mask."""

import re
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.certificates import certificate as certifying
from assistant.certificates.recheck import certify
from assistant.citing.citations import note
from assistant.records import Choice
from assistant.safety.personal import KINDS, Finder, note_on
from corpus.readers.rows import parse_rows
from tests.certified import ANSWER, HARBOUR, TODAY, checked
from tests.ui.fake_answer import answer, example_answer

FINDER = Finder.shipped()

PIECES = [
    "Jane Doe", "jane doe", "Mr Brown", "my son liam", "O'Connor", "J. Doe", "DOE", "Doe, Jane",
    "jane@example.org", "a at example dot org", "+44 7700 900123", "555-0123-456", "192.0.2.1",
    "2001:db8::1", "case no. AB-2024-5512", "SSN 900-55-1234", "born on 4 May 2009", "dob 1/2/2010",
    "12 Elm Street, Springfield", "Musterstraße 5", "N1 9ZZ", "[name]", "[email]", "[", "]", "C12",
    "P3-O4", "Article 34", "SB 1234", "what is", "of", "called", ",", ".", "  ", "\n", "7", "王",
]  # fmt: skip

TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=9).map(" ".join)


def words(text):
    return [(one.kind, text[one.start : one.end]) for one in FINDER.find(text)]


def test_what_is_personal_is_found_at_its_place():
    for text, kind, said in (
        ("I am Jane Doe", "name", "Jane Doe"),
        ("can mr brown see it? Mr Brown asked", "name", "Brown"),
        ("ask jane doe about C12", "name", "jane doe"),
        ("The log shows 192.0.2.44 and 2001:db8::1", "ip", "2001:db8::1"),
        ("She was born on 4 May 2009", "birth", "4 May 2009"),
        ("case number CR-2023-004512 is stuck", "number", "CR-2023-004512"),
        ("call +44 7700 900123 today", "phone", "+44 7700 900123"),
        ("at 12 Elm Street, Springfield", "address", "12 Elm Street, Springfield"),
    ):
        assert (kind, said) in words(text)


def test_what_is_public_is_nobodys():
    for text in (
        "What does Article 34 of the Convention on the Rights of the Child say?",
        "Does SB 1234 go beyond Directive 2011/93/EU and 18 U.S.C. 2258A?",
        "What was decided in K.U. v. Finland, application no. 2872/02, on 2 December 2008?",
        "What is Megan's Law? And the Lucy Faithfull Foundation?",
        "Are children born after 2010 affected, 36,210,368 reports in 2023?",
        "The helpline is 116 111, or 0800 1111",
    ):
        assert words(text) == []


def test_a_name_is_found_again_by_its_parts_and_public_only_where_the_corpus_prints_it():
    assert FINDER.mask("Tell Ranveer Goyal. Goyal is 14.") == "Tell [name]. [name] is 14."
    text = "What did Tarquin Ollerenshaw build?"
    row = b'{"id": "1", "title": "Lights", "text": "Tarquin Ollerenshaw built the light."}'
    assert Finder(parse_rows(row, "rows")).find(text) == ()
    assert words(text) == [("name", "Tarquin Ollerenshaw")]


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_places_stand_apart_and_nothing_that_was_found_outlives_the_mask(text):
    end = 0
    for one in FINDER.find(text):
        assert end <= one.start < one.end <= len(text)
        end = one.end
    once = FINDER.mask(text)
    assert FINDER.mask(once) == once
    assert FINDER.find(once) == ()
    left = re.sub(rf"\[(?:{'|'.join(KINDS)})\]", "\x00", once)
    for _, said in words(text):
        assert not re.search(rf"(?<!\w){re.escape(said)}(?!\w)", left, re.I)


def test_no_pattern_runs_away_on_a_long_question():
    """A tenth of a second is usual; a pattern that backtracks for each letter takes minutes."""
    FINDER.find("warm")
    for piece in ("a ", "1 ", "A ", "1-", "a.", "a@", "Aa Bb ", "12 a ", ":1", "(1) "):
        start = process_time()
        FINDER.find(piece * (2000 // len(piece)))
        assert process_time() - start < 20, piece


def test_an_answer_says_what_its_question_seems_to_hold_and_is_kept_without_it():
    asked, plain = "Does jane.doe@example.org or Jane Doe have rights?", example_answer()
    said = note("The passages that are closest do not speak of “Jane Doe”.")
    choice = Choice(label="Jane Doe", question="Who is Jane Doe?")
    both = dict.fromkeys(("question", "resolved_question"), asked)
    made = answer(said, *plain.statements[:1], choices=(choice,), **both)
    told = FINDER.told(made)
    assert (told.personal, told.question) == (("name", "email"), asked)
    assert told.personal_note == note_on(("name", "email"))
    kept = FINDER.masked(told)
    assert not re.search(r"Jane|example\.org", kept.model_dump_json())
    assert kept.question == "Does [email] or [name] have rights?"
    assert kept.statements[1] == made.statements[1]
    assert FINDER.told(plain) == FINDER.masked(plain) == plain
    understood = {"resolved_question": "What rights does Jane Doe have?"}
    assert FINDER.told(plain.model_copy(update=understood)).personal == ("name",)
    said = [("What is C12?", False), ("I am Jane Doe", False), ("I am Jane Doe", True)]
    assert [FINDER.may_send(text, allowed=one) for text, one in said] == [True, False, True]


def test_a_certificate_holds_nothing_of_it_and_still_verifies(tmp_path):
    asked = "Which partners has Jane Doe, jane.doe@example.org?"
    made = ANSWER.model_copy(update={"question": asked, "resolved_question": asked})
    certificate = certify(FINDER.told(made), HARBOUR.corpus, TODAY)
    assert certificate.question == "Which partners has [name], [email]?"
    assert "Jane" not in certificate.model_dump_json()
    (tmp_path / "c.json").write_text(certificate.model_dump_json(), encoding="utf-8")
    received, digest = certifying.parse_certificate(
        certifying.certificate_text(tmp_path / "c.json")
    )
    assert digest == certificate.digest
    assert checked(received).result == "valid"
