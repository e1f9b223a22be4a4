from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.errors import BatchError
from evals.cases import own_cases
from evals.cases.case import Gold, load_cases
from evals.cases.own_cases import OwnCases, checked, listed_gold, sorted_gold
from evals.cases.suites import read_suite
from tests.evaluated import made_case

GOOD = (
    '{"id": "one", "question": "What is C12?", "type": "define", "family": "describe", '
    '"split": "development", "author": "tests", "added": "2026-11-25"}'
)


@pytest.fixture(scope="module", params=["framework", "guidance"])
def suite(request):
    return read_suite(request.param)


def test_what_is_no_case_file_is_refused_with_file_and_line(tmp_path):
    path = tmp_path / "cases.jsonl"
    with pytest.raises(BatchError, match="missing"):
        load_cases(tmp_path / "missing.jsonl")
    for content, said in (
        ("\n", "holds no case"),
        ("\udcff", "UTF-8"),
        (GOOD, r"Two cases have the id 'one'"),
        ("{", r"cases\.jsonl:2: the line is refused"),
        (GOOD.replace("define", "guess"), r"cases\.jsonl:2: type is refused"),
        (GOOD.replace('"type"', '"gold": {"value": "many"}, "type"'), ":2: gold.value is refused"),
        (GOOD.replace('"type"', '"colour": "red", "type"'), ":2: colour is refused"),
    ):
        first = "" if content == "\n" else f"{GOOD}\n"
        path.write_text(f"{first}{content}\n", encoding="utf-8", errors="surrogateescape")
        with pytest.raises(BatchError, match=said):
            load_cases(path)


def test_every_id_of_every_shipped_case_is_in_the_corpus_and_of_its_facet(suite, framework, whole):
    facet_of = {item.id: framework.kind_by_id[item.kind].facet for item in framework.items}
    known = {*facet_of, *whole.corpus.by_id, *whole.corpus.source_by_id}
    for case in suite:
        for facet, ids in case.gold.ids().items():
            assert {facet_of.get(one) for one in ids} <= {facet}, case.id
        assert known.issuperset((*case.gold.facts, *case.gold.allowed)), case.id


def test_every_shipped_case_is_answerable_by_gold_that_it_names_once_in_words_of_its_own(suite):
    def twice(some):
        return [one for one, count in Counter(some).items() if count > 1]

    assert not [case.id for case in suite if twice((*case.gold.items(), *case.gold.allowed))]
    for case in suite:
        gold = case.gold.ids() or (case.answerable and (case.gold.value or case.gold.facts))
        assert bool(gold) == case.answerable, case.id
    assert not twice(" ".join(case.question.casefold().split()) for case in suite)


def test_a_saved_case_is_a_line_that_the_suite_reads_and_replaces_one_of_its_id(
    tmp_path, monkeypatch
):
    own = OwnCases(tmp_path)
    assert own.read() == ()
    assert own.save(made_case("own-001")) is False
    assert load_cases(own.path) == (made_case("own-001"),)
    own.save(made_case("own-002"))
    monkeypatch.setattr(own_cases, "MOST_CASES", 2)
    assert own.save(made_case("own-001", question="Another?")) is True
    with pytest.raises(BatchError, match="remove one first"):
        own.save(made_case("own-003"))
    assert [one.question for one in own.read()] == ["Another?", "Question own-002?"]
    assert [own.remove(one) for one in ("own-001", "own-001", "own-002")] == [True, False, True]
    own.path.write_text("broken\n")
    with pytest.raises(BatchError):
        own.save(made_case("own-002"))
    assert own.path.read_text() == "broken\n"


def test_cases_saved_at_the_same_time_are_all_kept(tmp_path):
    own = OwnCases(tmp_path)
    with ThreadPoolExecutor(12) as pool:
        saved = pool.map(own.save, [made_case(f"own-{n:03d}") for n in range(12)])
    assert not any(saved)
    assert len(own.read()) == 12


def test_gold_is_sorted_by_kind_and_listed_again(whole):
    ids = ("note:barnahus#1", "gsr:P3-O4", "gsr:C12", "gsr:P3-W1", "gsr:P3", "gsr:P3-O4")
    found = sorted_gold(ids, whole.framework)
    assert found["outcomes"] == ("gsr:P3-O4",)
    assert found["facts"] == ("note:barnahus#1",)
    assert set(listed_gold(Gold.model_validate(found))) == set(ids)


def test_what_is_wrong_is_told_by_its_field(whole):
    for field, changes in (
        ("allowed", {"gold": {"allowed": ["note:nothing"]}}),
        ("gold.value", {"gold": {"value": "7"}, "answerable": False}),
        ("must_not_contain", {"must_contain": ["A"], "must_not_contain": ["a"]}),
        ("question", {"question": "x" * 5000}),
    ):
        case, problems = checked(made_case("own-001").model_dump() | changes, whole)
        assert (case, [*problems]) == (None, [field])
