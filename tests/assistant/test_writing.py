"""A model words an answer; what it says, cites and counts is as it was, whatever the model does."""

import logging
from datetime import date
from threading import Event

from hypothesis import given
from hypothesis import strategies as st

from assistant.certificates.edition import Edition
from assistant.certificates.recheck import certify, verify
from assistant.citing import ground
from assistant.records import Statement
from assistant.wording.generative import AGAIN, COMPOSER, LONGEST, UNCITED, Cited, cited, read
from tests import harbour
from tests.harbour import HARBOUR
from tests.wording import DEADLINES, made_answer, writing

FIRST = "The deadlines of action 6 include the first drill within six months"
DAY = date(2026, 11, 25)
GOOD = (
    f"{FIRST} [1].\n"
    "All the equipment is in place within one year [2].\n"
    "Rule 7 also asks for a light every ten metres of walkway [3].\n"
    "Lights on walkways are green [4].\n"
)
WRONG = GOOD.replace("six months", "nine months")


def worded(*script):
    written, line, _ = writing(*script)
    return written.finish(), line.asked


def texts(answer):
    return [one.text for one in answer.statements]


def counts(answer):
    told = answer.provenance.wording
    return told.kept, told.retried, told.copied, told.replaced, told.put_back


def cause(answer):
    return answer.provenance.wording.cause


def rests_on(answer):
    return [(c.passage_id, c.start, c.end) for one in answer.statements for c in one.citations]


def verified(certificate, *, text="", checker=ground.WORDED):
    """Check a certificate again, with other words in its second statement or another checker."""
    first, second, *rest = certificate.statements
    second = second.model_copy(update={"text": text or second.text})
    provenance = certificate.provenance.model_copy(update={"checker": checker})
    fields = {"statements": (first, second, *rest), "provenance": provenance}
    forged = certificate.model_copy(update=fields)
    return verify(forged, Edition.of(HARBOUR.corpus), provenance.settings, DAY)


def test_sentences_that_say_what_their_quotes_say_stand_and_are_certified_without_a_model():
    base, (answer, _) = made_answer(), worded(GOOD)
    assert texts(answer) == [
        "The page lists 2 deadlines of action 6.",
        f"{FIRST}.",
        "All the equipment is in place within one year.",
        "Rule 7 also asks for a light every ten metres of walkway.",
        "Lights on walkways are green.",
    ]
    assert counts(answer) == (3, 0, 1, 0, 0)
    assert rests_on(answer) == rests_on(base)
    assert [one.kind for one in answer.statements] == [one.kind for one in base.statements]
    assert {one.verdict for one in answer.statements} >= {"supported"}
    told = {"statements", "provenance"}
    assert answer.model_dump(exclude=told) == base.model_dump(exclude=told)
    assert answer.provenance.composer == f"made up+{COMPOSER}:scripted"
    assert answer.provenance.checker == ground.WORDED
    certificate = certify(answer, HARBOUR.corpus, DAY)
    assert verified(certificate).result == "valid"
    broken = verified(certificate, text=certificate.statements[1].text.replace("six", "nine"))
    assert broken.result == "broken"
    assert "it says “9” where the source says “6”" in " ".join(broken.faults)
    assert verified(certificate, checker=ground.CHECKER).result == "broken"


def test_quotes_of_one_heading_may_share_a_sentence_but_tiers_are_never_blended():
    both = f"{FIRST}, and all equipment in place within one year"
    answer, _ = worded(f"{both} [1][2].\n{GOOD[GOOD.index('Rule 7') :]}")
    said = answer.statements[1]
    assert (said.text, said.section, len(answer.statements)) == (f"{both}.", DEADLINES, 4)
    assert rests_on(answer) == rests_on(made_answer())
    answer, _ = worded("All equipment in place within one year, and lights are green [2][4].\n")
    assert (texts(answer), cause(answer)) == (texts(made_answer()), "unsupported")
    lines = GOOD.splitlines(keepends=True)
    assert texts(worded("".join(lines[::-1]))[0]) == texts(worded(GOOD)[0])


def test_a_sentence_is_tried_again_with_the_reason_or_put_back():
    for script, second, calls, counted in (
        ((GOOD,), f"{FIRST}.", 1, (3, 0, 1, 0, 0)),
        # What is wrong or uncited is tried again.
        ((WRONG, f"{FIRST} [1]."), f"{FIRST}.", 2, (2, 1, 1, 0, 0)),
        (("Here you are.", GOOD), f"{FIRST}.", 2, (0, 3, 1, 0, 0)),
        # What is wrong twice, left out or cites what is not there is put back as the quote.
        ((WRONG,), "First drill within six months.", 2, (2, 0, 1, 1, 0)),
        ((GOOD.partition("\n")[2],), "First drill within six months.", 1, (2, 0, 1, 0, 1)),
        ((GOOD.replace("[1]", "[99]"),), "First drill within six months.", 1, (2, 0, 1, 0, 1)),
    ):
        answer, asked = worded(*script)
        assert (texts(answer)[1], len(asked), counts(answer)) == (second, calls, counted)
        if script[0] == WRONG:
            assert AGAIN in asked[1]
            assert "It says “9” where the source says “6”." in asked[1]
            assert "Rule 7" not in asked[1]
        elif calls > 1:
            assert UNCITED in asked[1]


# Other failures are played by an endpoint: see `MISBEHAVIOURS` in `tests/endpoint.py`.
def test_a_failure_gives_the_sources_own_words_and_says_why_without_any_of_them(caplog):
    caplog.set_level(logging.DEBUG, logger="assistant")
    french = "Le premier exercice doit suivre dans six mois et rien de plus, donc [1]."
    for script, expected, calls in (
        (french, "language", 2),
        ("Pilots do as they like [1].\n", "unsupported", 2),
        (ValueError("odd"), "malformed", 1),
        (RuntimeError("odd"), "failed", 1),
    ):
        base, (answer, asked) = made_answer(), worded(script)
        assert (cause(answer), len(asked)) == (expected, calls)
        assert answer.statements == base.statements
        assert answer.provenance.composer == base.provenance.composer
        assert expected in caplog.text
    assert not any(word in caplog.text for word in ("drill", "Pilots", "odd", "exercice"))


def test_a_stream_gives_each_verified_sentence_once_and_keeps_it_if_the_model_fails() -> None:
    go_on = Event()
    written, _, _ = writing([f"{FIRST} [1].\nAll equipment", go_on, " is fake [2].\n"], "")
    stream = iter(written)
    assert [next(stream).kind, next(stream).text] == ["note", f"{FIRST}."]
    go_on.set()
    assert [one.text for one in stream] == texts(made_answer())[2:]
    assert (texts(written.answer)[1], cause(written.answer)) == (f"{FIRST}.", "")
    written, _, _ = writing([f"{FIRST} [1].\n", RuntimeError()])
    shown = list(written)
    assert shown[1].text == f"{FIRST}."
    assert (written.answer.statements, cause(written.answer)) == (tuple(shown), "failed")
    assert COMPOSER in written.answer.provenance.composer
    assert verified(certify(written.answer, HARBOUR.corpus, DAY)).result == "valid"


DOUBTED = harbour.cited("harbour:A6-D1").model_copy(update={"doubts": ("Printed so.",)})


def test_no_model_sees_what_is_no_answer_or_a_quote_with_doubts():
    for fields in (
        *({"status": one} for one in ("not_covered", "clarify", "out_of_scope", "declined")),
        {"status": "safeguarding", "reason": "disclosure"},
        {"status": "partial", "reason": "false_premise"},
        {"statements": ()},
        {"statements": (Statement(text=DOUBTED.quote, kind="framework", citations=(DOUBTED,)),)},
        {"signposting": {"case": "A", "text": "Somebody can help.", "services": ()}},
    ):
        base = made_answer(**fields)
        written, line, _ = writing(GOOD, answer=base)
        assert written.finish() == base
        assert line.asked == []


def test_personal_data_goes_to_no_other_machine():
    base = made_answer(question="I am Jane Doe, what about walkways?")
    written, line, _ = writing(GOOD, answer=base, local=False)
    answer = written.finish()
    assert cause(answer) == "personal"
    assert answer.statements == base.statements
    assert line.asked == []
    assert counts(writing(GOOD, answer=base, local=True)[0].finish())[0] == 3
    assert counts(writing(GOOD, local=False)[0].finish())[0] == 3


def sentences_of(*pieces):
    found, held = [], ""
    for piece in pieces:
        sentences, held = read(held + piece)
        found += sentences
    return [*found, *cited(held)]


def test_each_sentence_comes_with_its_numbers():
    for text, found in (
        ("Ships rest. [1]", [("Ships rest.", (1,))]),
        ("Ships rest [1]\nPilots sail [2]", [("Ships rest", (1,)), ("Pilots sail", (2,))]),
        ("Ships rest [1], and pilots sail [2, 3].", [("Ships rest, and pilots sail.", (1, 2, 3))]),
        ("- Ships rest [3][1][3].", [("Ships rest.", (3, 1))]),
        ("1. Ships rest [1].", [("Ships rest.", (1,))]),
        ("Sure!\n\nShips rest [1].", [("Sure!", ()), ("Ships rest.", (1,))]),
        ("Ships [name] rest [1000].", [("Ships [name] rest [1000].", ())]),
        ("Ships rest. Pilots. Sail [1][2].", [("Ships rest. Pilots. Sail.", (1, 2))]),
        (f" \n\n {'a' * LONGEST} [1].", []),
    ):
        assert sentences_of(text) == [Cited(*one) for one in found]


@given(st.text(alphabet="ab [1]2,.\n", max_size=60), st.integers(1, 7))
def test_it_does_not_matter_how_a_text_is_cut(text, size):
    held = sentences_of(*(text[at : at + size] for at in range(0, len(text), size)))
    # A mark at the very end of a piece may still be followed by another one.
    found = "".join(one.text for one in held).replace(" ", "")
    assert found == "".join(one.text for one in sentences_of(text)).replace(" ", "")
    found = {n for one in held for n in one.numbers}
    assert found == {n for one in sentences_of(text) for n in one.numbers}
