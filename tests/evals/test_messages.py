"""The messages that triage is fitted and measured on: form, number and variants."""

from __future__ import annotations

import random
from collections import Counter

from assistant.understanding.reader import CASES, REPLIED
from evals.cases.messages import bare, filled, misspelt, read_messages, read_patterns, read_words

DEVELOPMENT, TEST = read_messages("development"), read_messages("test")


def test_every_case_has_thirty_messages_in_each_split_and_more_of_policy() -> None:
    for messages in (DEVELOPMENT, TEST):
        counts = Counter(one.case for one in messages)
        assert set(counts) == set(CASES)
        assert min(counts.values()) >= 30
        assert counts["J"] >= 150


def test_every_case_has_messages_in_three_languages() -> None:
    for messages in (DEVELOPMENT, TEST):
        found = {(one.case, one.language) for one in messages}
        assert found >= {(letter, name) for letter in CASES for name in REPLIED}


def test_development_has_disclosures_and_policy_questions_in_other_languages() -> None:
    others = [one for one in DEVELOPMENT if one.language not in REPLIED]
    codes = {one.language for one in others}
    assert len(codes) >= 15
    for code in codes:
        assert {one.case == "J" for one in others if one.language == code} == {True, False}


def test_no_message_is_in_both_splits_and_ids_are_unlike() -> None:
    test = {bare(one.message) for one in TEST}
    # By id, so that a failure shows no words of the test.
    assert [one.id for one in DEVELOPMENT if bare(one.message) in test] == []
    ids = [one.id for one in (*DEVELOPMENT, *TEST)]
    assert len(set(ids)) == len(ids)


def test_no_pattern_makes_a_message_of_the_test() -> None:
    test = {bare(one.message) for one in TEST}
    chance = random.Random(3)
    made = {bare(text) for one in read_patterns() for text in filled(one, 10, chance)}
    assert len(made & test) == 0


def test_patterns_are_filled_with_words_of_their_language() -> None:
    chance = random.Random(1)
    for pattern in read_patterns():
        texts = filled(pattern, 3, chance)
        assert texts
        assert not [text for text in texts if "{" in text]
    assert set(read_words()) == set(REPLIED)


def test_a_misspelt_text_has_as_many_words_and_other_letters() -> None:
    text = "somebody pretended that everything would remain confidential"
    found = misspelt(text, random.Random(5))
    assert len(found.split()) == len(text.split())
    assert found != text
