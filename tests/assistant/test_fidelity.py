"""A sentence may differ from its quotes in what changes nothing, and in nothing else."""

import pytest

from assistant.citing.faithful import Faithful
from assistant.citing.fidelity import match
from assistant.records import Statement
from tests.harbour import cited

HEADINGS = ("Outcomes of part 3 (Care for crews and guests)", "outcomes")


@pytest.mark.parametrize(
    ("quotes", "text"),
    [
        (["Pilots rest"], "Pilots rest."),
        (["The pilots rest."], "Pilots also rest."),
        (["Preserve the names of crews"], "It is preserving names of the crew"),
        (["Pilots are rested", "Ships dock"], "Pilots are rested, and ships are docking."),
        (["It costs £5 million."], "It costs 5,000,000 pounds."),
        (["It was made on 6 Feb 2024."], "It was made on 6 February 2024."),
        (["However, pilots rest."], "Pilots rest."),
        (["“Safe” means lit."], "“Safe” means lit"),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_let_through(quotes, text):
    assert match(quotes, text).fault is None


@pytest.mark.parametrize(
    ("quote", "text", "named"),
    [
        ("48 states agreed.", "84 states agreed.", "84"),
        ("48 states agreed.", "States agreed.", "48"),
        ("It began in 2019.", "It began in 2020.", "2020"),
        ("Directive 2011/93/EU applies.", "Directive 2011/92/EU applies.", "92"),
        ("It ran in 2014–15.", "It ran in 2014–17.", "17"),
        ("It costs £5 million.", "It costs $5 million.", "dollar"),
        ("The 5th rule applies.", "The 5 rule applies.", "5"),
        ("Lantern tells Harbour.", "Harbour tells Lantern.", "Harbour"),
        ("States may act.", "States must act.", "must"),
        ("States act.", "States should act.", "should"),
        ("Pilots do not rest.", "Pilots do rest.", "not"),
        ("Pilots rest.", "Pilots do not rest.", "not"),
        ("Pilots rest if ships dock.", "Pilots rest.", "if"),
        ("Some pilots rest.", "All pilots rest.", "all"),
        ("Pilots rest.", "All pilots rest.", "all"),
        ("Pilots or crews rest.", "Pilots and crews rest.", "or"),
        ("Pilots rested.", "Pilots rest.", "rest"),
        ("The rule was law.", "The rule is law.", "was"),
        ("Images of crews", "Images for crews", "for"),
        ("WHO asks this", "Who asks this", "WHO"),
        ("Internal rules apply.", "International rules apply.", "international"),
        ("Pilots rest.", "Pilots rest, says Lantern.", "says"),
        ("Pilots rest.", "Pilots rest?", "question mark"),
        ("Pilots rest.", "Pilots “rest”.", "quotation"),
        ("Pilots rest.", "Pilots <b>rest</b>.", "less-than"),
        ("Pilots rest.", "Pilots rest \u0430.", "\u0430"),
        ("Pilots rest.", "", "pilots"),
    ],
)
def test_what_changes_something_is_named(quote, text, named):
    fault = match([quote], text).fault
    assert named.casefold() in fault.reason.casefold()


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The outcomes of part 3 include rest for pilots.", True),
        ("Outcomes include rest for pilots.", True),
        ("The outcomes of Care for crews and guests include rest for pilots.", True),
        ("Care for crews and guests covers rest for pilots.", True),
        ("Care for crews includes rest for pilots.", False),
        ("The outcomes of part 4 include rest for pilots.", False),
        ("Rest for pilots, the outcomes of part 3 include.", False),
        ("Outcomes must include rest for pilots.", False),
    ],
)
def test_a_sentence_may_open_with_what_its_quote_stands_under(text, stands):
    assert (match(["Rest for pilots"], text, HEADINGS).fault is None) == stands
    assert match(["Rest for pilots"], text).fault is not None


def test_each_quote_is_carried_by_a_piece_of_its_own():
    quotes = ["Rest for pilots", "Lit walkways"]
    text = "The outcomes include rest for pilots, and also lit walkways."
    assert match(quotes, text, HEADINGS).pieces == ("rest for pilots", "lit walkways")
    assert match(quotes[::-1], text, HEADINGS).fault is not None
    assert match(["Rest for pilots", "Lit quays"], "Lit rest for pilots, quays.").fault is not None


def test_the_verifier_has_to_agree():
    citation = cited("note:walkways#2", 0)
    said = Statement(
        text="Rule 7 also asks for a light every ten metres of walkway.",
        kind="guidance",
        citations=(citation,),
    )
    judgement = Faithful.open().judge(said, {})
    assert judgement.verdict == "supported"
    wrong = said.model_copy(update={"text": said.text.replace("ten", "two")})
    refused = Faithful.open().judge(wrong, {})
    assert (refused.verdict, refused.support) == ("unsupported", 0.0)
    assert "2" in refused.reasons[0]


def test_whole_sentences_of_a_note_are_not_made_one():
    both = (cited("note:walkways#2", 0), cited("note:walkways#2", 1))
    text = f"{both[0].quote.rstrip('.')}, and lights on walkways are green."
    said = Statement(text=text, kind="guidance", citations=both)
    judgement = Faithful.open().judge(said, {})
    assert judgement.verdict == "unsupported"
    assert "whole sentences" in judgement.reasons[0]
