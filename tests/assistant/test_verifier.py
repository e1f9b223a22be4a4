import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citing.amounts import amounts_in
from assistant.citing.claims import Alignment, measures, read_claim, read_context
from assistant.citing.contradiction import findings
from assistant.citing.fidelity import faithful, match
from assistant.citing.verifier import Logistic, Verifier, Weighing, shipped_support
from assistant.records import Statement
from corpus.whole import Whole
from tests.harbour import cited

CONTEXT = (
    "Harbour masters should keep lists of ships. Pilots are rested before each arrival. "
    "In 2019 the port counted 29,491 ships."
)

PASSAGES = Whole.read().corpus.passages
SENTENCES = [
    (passage.text, span.of(passage.text)) for passage in PASSAGES for span in passage.sentences
]
WORDS = sorted({word for text, _ in SENTENCES[:400] for word in text.split()})
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))


@given(pair=st.sampled_from(SENTENCES))
def test_a_sentence_of_the_context_is_always_supported(pair):
    judgement = Verifier().verify(*pair)
    if read_context(pair[1]):
        assert (judgement.verdict, judgement.support) == ("supported", 1.0)


@given(context=TEXTS, claim=TEXTS)
def test_any_two_texts_get_a_verdict_and_a_score(context, claim):
    judgement = Verifier().verify(context, claim)
    assert judgement.verdict in ("supported", "partial", "unsupported")
    assert 0.0 <= judgement.support <= bool(judgement.reasons)


def aligned(context, claim):
    return Alignment(read_claim(claim), read_context(context))


def test_a_claim_is_supported_in_part_or_not_and_told_why():
    verify = Verifier().verify
    for context, claim in (("", "Ships sink."), (CONTEXT, ""), (" \n", "...")):
        judgement = verify(context, claim)
        assert (judgement.verdict, judgement.support) == ("unsupported", 0.0)
    assert verify(CONTEXT, "The port counted 29491 ships in 2019.").verdict == "supported"
    judgement = verify(CONTEXT, "Harbour masters must keep lists of ships.")
    assert judgement.verdict == "partial"
    assert judgement.reasons[0] == "The claim says “must”, the context only “should”."
    judgement = verify(CONTEXT, "In 2019 the port counted 29,941 ships.")
    assert judgement.verdict == "unsupported"
    assert re.search("“29,941”.*“29,491”", judgement.reasons[0])
    false = "Volcanoes in Iceland erupt every decade."
    judgement = verify(CONTEXT, f"Pilots are rested before each arrival. {false}")
    assert (judgement.verdict, judgement.support) == ("partial", verify(CONTEXT, false).support)
    # Likeness of meaning raises the score.
    claim, ones = "Those who guide vessels have slept.", lambda texts: np.ones((len(texts), 1))
    alike, unlike = Verifier(encode=ones), Verifier(encode=lambda texts: np.eye(len(texts)))
    assert alike.verify(CONTEXT, claim).support > unlike.verify(CONTEXT, claim).support


def test_a_claim_is_read_as_words_amounts_and_names_and_a_context_in_sentences_of_lines():
    said = read_claim("It can't [1][2, 3], see https://example.org/a: 20.5 million reports.")
    assert [word.stem for word in said.words][-4:] == ["not", "see", "20500000", "report"]
    said = read_claim("Reports to NCMEC, eSafety and Childline in March concern C12.")
    assert said.names == {"ncmec", "esafeti", "childlin", "c12"}
    found = [(one.text, one.line) for one in read_context("Ships sink.Pilots swim.\n\nOars stay.")]
    assert found == [("Ships sink.", 0), ("Pilots swim.", 0), ("Oars stay.", 2)]
    told = measures(aligned("Ships paid 20 euros.", "Ships paid 20 euros"))
    assert told == {"neighbours": 1.0, "letters": 1.0, "amounts": 1.0, "missing_names": 0.0}
    told = measures(aligned("Ships paid 20 euros in 2024.", "Oars paid Neptune 30 in 2024"))
    assert max(told["neighbours"], told["letters"]) < 1.0
    assert (told["amounts"], told["missing_names"] > 0.0) == (0.5, True)


PILOTS = "Pilots should not enter the northern harbour without permission."
COUNTS = "In 2019 the port of Rotterdam counted 469 million tonnes and 29,491 ships."
COATS = "Pilots of Rotterdam wear blue coats.\nCooks of Antwerp bake bread at night."
REPORTS = "Companies send their reports to the police, and they tell Childline."
PARTS = "Rotterdam counts ships and pilots, while Antwerp counts tonnes."


def test_a_change_is_found_and_named():
    for context, claim, kind in (
        (PILOTS, "Pilots should enter the northern harbour without permission.", "negation"),
        (PILOTS, "Pilots should not enter the southern harbour without permission.", "opposite"),
        (PILOTS, "Pilots must not enter the northern harbour without permission.", "modality"),
        (COUNTS, "In 2018 the port of Rotterdam counted 469 million tonnes.", "day"),
        (COUNTS, "In 2019 the port of Rotterdam counted 469 million ships.", "amount"),
        (PARTS, "Antwerp counts ships and pilots, while Rotterdam counts tonnes.", "order"),
        (PARTS, "Antwerp counts ships and pilots.", "name"),
        ("Some of the pilots sleep on board.", "All of the pilots sleep on board.", "quantity"),
        ("The law allows staff to report.", "The law requires staff to report.", "modality"),
        ("Staff report abuse.", "Nobody reports abuse.", "negation"),
        ("Ships sank. The storm rose.", "Ships sank since the storm rose.", "cause"),
        (REPORTS, "Police send their reports to the companies, and they tell Childline.", "order"),
        (COATS, "Pilots of Rotterdam wear bread at night.", "assembled"),
    ):
        assert kind in {one.kind for one in findings(aligned(context, claim))}


def test_another_wording_is_no_change():
    for context, claim in (
        (PILOTS, "The northern harbour should not be entered by pilots without permission."),
        (COUNTS, "Rotterdam's port counted 469,000,000 tonnes in 2019."),
        (PARTS, "While Antwerp counts tonnes, Rotterdam counts ships and pilots."),
        ("Because the storm rose, the ships sank.", "The ships sank because the storm rose."),
        ("The Port Authority of Rotterdam counts ships.", "PAR counts ships."),
        ("Staff reported.", "Not only staff reported."),
        ("Ships sank in 2019.", "Ships have sunk since 2019."),
        # A change of voice is no exchange.
        ("Tools detect known images early.", "Known images are detected early by tools."),
        # Small words of a far sentence count for nothing.
        ("Cooks do not bake bread at night.", "Pilots of Antwerp bake ships."),
    ):
        assert findings(aligned(context, claim)) == ()


def test_a_measure_counts_by_its_weight_and_the_shipped_ones_say_what_they_come_from():
    words = Weighing(centre=0.5, spread=0.25, weight=1.0)
    one = Logistic(intercept=0.0, measures={"words": words}, supported=0.6, unsupported=0.4)
    assert one.score({"words": 0.5}) == 0.5
    assert one.score({"words": 0.75}) == pytest.approx(0.7311, abs=1e-4)
    assert all(len(one.sha256) == 64 for one in shipped_support().fitted_from)


SAME = (
    "20.5 million = 20,500,000 | £10.1bn = GBP 10.1 billion | 6.7% = 6.7 per cent"
    " | two hundred = 200 | ninety days = 90 days | fifty-one children = 51 children"
    " | 6 Feb 2024 = 6 February 2024 | September 27, 2021 = 27 September 2021"
    " | 2021-09-27 = 27th of September 2021"
)
OTHER = (
    "20.5 million = 20.5 billion | GBP 10.1 billion = USD 10.1 billion | 37% = 73%"
    " | 6 February 2024 = 6 February 2023 | 11 May 2022 = May 2022 | 90 days = 60 days"
)


@pytest.mark.parametrize(("pairs", "same"), [(SAME, True), (OTHER, False)])
def test_ways_of_writing_are_one_and_other_values_units_and_days_are_others(pairs, same):
    for pair in pairs.split(" | "):
        first, second = (amounts_in(text)[0] for text in pair.split(" = "))
        assert first.is_in(second) is same, pair
        assert not same or (first.key, first.unit) == (second.key, second.unit)


def test_spans_lists_and_places_are_those_of_the_text_and_codes_no_amounts():
    (day,) = amounts_in("7 November 2024")
    assert all(amounts_in(one)[0].is_in(day) for one in ("November 2024", "2024"))
    assert [one.key for one in amounts_in("at 2018/19 prices")] == ["2018--"]
    assert [one.key for one in amounts_in("on 1 and 2 July 2026")] == ["1", "2026-07-02"]
    text = "In 2024 there were 20.5 million."
    assert [text[one.start : one.end] for one in amounts_in(text)] == ["2024", "20.5 million"]
    for code in ("C12", "P3-O4", "section 63D", "one of them", "it may be", "MP3"):
        assert amounts_in(code) == ()


HEADINGS = ("Outcomes of part 3 (Care for crews and guests)", "outcomes")


def test_what_changes_nothing_is_let_through():
    for quotes, text in (
        (["The pilots rest."], "Pilots also rest."),
        (["Preserve the names of crews"], "It is preserving names of the crew"),
        (["Pilots are rested", "Ships dock"], "Pilots are rested, and ships are docking."),
        (["It cost £5m on 6 Feb 2024."], "It cost 5,000,000 pounds on 6 February 2024."),
        (["However, pilots rest."], "Pilots rest."),
        (["“Safe” means lit."], "“Safe” means lit"),
    ):
        assert match(quotes, text)[0] == ""


CHANGED = """
48 states agreed. | 84 states agreed. | 84
48 states agreed. | States agreed. | 48
Directive 2011/93/EU applies. | Directive 2011/92/EU applies. | 92
It ran in 2014–15. | It ran in 2014–17. | 17
It costs £5 million. | It costs $5 million. | dollar
The 5th rule applies. | The 5 rule applies. | 5
Lantern tells Harbour. | Harbour tells Lantern. | harbour
States may act. | States must act. | must
Pilots do not rest. | Pilots do rest. | not
Pilots rest. | All pilots rest. | all
Pilots or crews rest. | Pilots and crews rest. | or
Pilots rested. | Pilots rest. | rest
Images of crews | Images for crews | for
WHO asks this | Who asks this | who
Internal rules apply. | International rules apply. | international
Pilots rest. | Pilots rest, says Lantern. | says
Pilots rest. | Pilots rest? | question mark
Pilots rest. | Pilots <b>rest</b>. | less-than
Pilots rest. | Pilots rest \u0430. | \u0430
Pilots rest. |  | pilots
""".strip().split("\n")


@pytest.mark.parametrize("row", CHANGED)
def test_what_changes_something_is_named(row):
    quote, text, named = row.split(" | ")
    assert named in match([quote], text)[0].casefold()


def test_a_sentence_may_open_with_what_its_quote_stands_under():
    for text, stands in (
        ("The outcomes of part 3 include rest for pilots.", True),
        ("Care for crews and guests covers rest for pilots.", True),
        ("Care for crews includes rest for pilots.", False),
        ("The outcomes of part 4 include rest for pilots.", False),
        ("Outcomes must include rest for pilots.", False),
    ):
        assert (not match(["Rest for pilots"], text, HEADINGS)[0]) == stands
        assert match(["Rest for pilots"], text)[0] != ""


def test_each_quote_is_carried_by_a_piece_of_its_own():
    quotes = ["Rest for pilots", "Lit walkways"]
    text = "The outcomes include rest for pilots, and also lit walkways."
    assert match(quotes, text, HEADINGS)[1] == ("rest for pilots", "lit walkways")
    assert match(quotes[::-1], text, HEADINGS)[0] != ""
    assert match(["Rest for pilots", "Lit quays"], "Lit rest for pilots, quays.")[0] != ""


def test_the_verifier_has_to_agree_and_whole_sentences_of_a_note_are_not_made_one():
    first, second = cited("note:walkways#2", 0), cited("note:walkways#2", 1)
    text = "Rule 7 also asks for a light every ten metres of walkway."
    joined = f"{first.quote.rstrip('.')}, and lights on walkways are green."
    for words, citations, verdict, reason in (
        (text, (first,), "supported", ""),
        (text.replace("ten", "two"), (first,), "unsupported", "2"),
        (joined, (first, second), "unsupported", "whole sentences"),
    ):
        judgement = faithful(Statement(text=words, kind="guidance", citations=citations), {})
        assert judgement.verdict == verdict
        assert reason in judgement.reasons[0]
        assert verdict == "supported" or judgement.support == 0.0
