from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import BatchError
from corpus.whole import Whole
from evals.cases.case import Case, load_cases, load_suite

GOOD = (
    '{"id": "one", "question": "What is C12?", "type": "define", "family": "describe", '
    '"split": "development", "author": "tests", "added": "2026-11-25"}'
)


@pytest.fixture(scope="module", params=["framework", "guidance"])
def suite(request: pytest.FixtureRequest) -> tuple[Case, ...]:
    return load_suite(request.param)


def test_a_case_file_is_read_in_order_and_blank_lines_do_not_matter(tmp_path: Path):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{GOOD}\n\n{GOOD.replace('one', 'two')}\n", encoding="utf-8")
    assert [case.id for case in load_cases(path)] == ["one", "two"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "the line is refused"),
        (GOOD.replace("define", "guess"), "type is refused"),
        (GOOD.replace('"id": "one"', '"id": "One!"'), "id is refused"),
        (GOOD.replace('"type"', '"gold": {"value": "many"}, "type"'), "gold.value is refused"),
        (GOOD.replace('"type"', '"colour": "red", "type"'), "colour is refused"),
    ],
)
def test_a_line_that_is_no_case_is_refused_with_file_and_line(tmp_path: Path, line: str, said: str):
    path = tmp_path / "cases.jsonl"
    path.write_text(f"{GOOD}\n{line}\n", encoding="utf-8")
    with pytest.raises(BatchError, match=rf"cases\.jsonl:2: {said}"):
        load_cases(path)


def test_a_file_without_cases_or_that_is_not_text_is_refused(tmp_path: Path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(BatchError, match="holds no case"):
        load_cases(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(BatchError, match="UTF-8"):
        load_cases(path)
    with pytest.raises(BatchError, match="missing"):
        load_cases(tmp_path / "missing.jsonl")


def test_a_suite_is_known_by_name_and_its_splits_have_the_same_families() -> None:
    with pytest.raises(BatchError, match="framework-dev"):
        load_suite("frame")
    development, test = load_suite("framework-dev"), load_suite("framework-test")
    assert {case.family for case in development} == {case.family for case in test}


def test_every_id_of_every_shipped_case_is_in_the_corpus_and_of_its_facet(suite, framework):
    facet_of = {item.id: framework.kind_by_id[item.kind].facet for item in framework.items}
    wrong = [
        (case.id, facet, one)
        for case in suite
        for facet, ids in case.gold.ids().items()
        for one in ids
        if facet_of.get(one) != facet
    ]
    assert not wrong
    known = {*facet_of, *Whole.read().corpus.by_id, *Whole.read().corpus.source_by_id}
    named = ((case.id, one) for case in suite for one in (*case.gold.facts, *case.gold.allowed))
    assert not [pair for pair in named if pair[1] not in known]


def test_every_shipped_case_is_answerable_by_gold_that_it_names_once_in_words_of_its_own(suite):
    for case in suite:
        ids = [one for group in case.gold.ids().values() for one in group] + [*case.gold.allowed]
        assert not [one for one, count in Counter(ids).items() if count > 1], case.id
    empty = [
        case.id
        for case in suite
        if case.answerable and not (case.gold.ids() or case.gold.value or case.gold.facts)
    ]
    assert not empty
    assert not [case.id for case in suite if not case.answerable and case.gold.ids()]
    words = Counter(" ".join(case.question.casefold().split()) for case in suite)
    assert not [question for question, count in words.items() if count > 1]
