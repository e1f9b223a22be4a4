from evals.comparing.baseline import Baseline, CaseValues
from evals.comparing.compare import Said, compare
from evals.comparing.gate import judge
from ui.words.comparison_text import comparison_as_text, verdict_as_text


def side(wrong: int, *, edition: str = "e", split: str = "development") -> Baseline:
    return Baseline(
        suite="made",
        edition=edition * 64,
        settings_digest="s" * 64,
        made="",
        metrics={},
        cases={
            f"c{at}": CaseValues.model_validate(
                {
                    "family": "injection" if at == 0 else "facets",
                    "split": split,
                    "case": "same",
                    "values": {"right": at >= wrong, "recall": float(at >= wrong)},
                }
            )
            for at in range(40)
        },
    )


def test_two_answers_stand_in_two_columns_that_fit_the_terminal():
    found = compare(side(0), side(1))
    said = Said(status="answered", text="A long sentence of an answer. " * 6)
    told = found.changes[0].model_copy(update={"before": said, "after": said})
    shown = comparison_as_text(found.model_copy(update={"changes": (told,)}), width=80)
    beside = [line for line in shown.splitlines() if " | " in line]
    assert beside[0].split(" | ")[0].strip() == "ANSWERED"
    assert max(map(len, beside)) <= 80
    assert "1 broken, 0 fixed, 39 unchanged" in shown


def test_the_verdict_names_what_must_hold_what_fell_and_both_editions():
    shown = verdict_as_text(judge(side(0), side(20, edition="f")))
    assert ": c0 (injection)" in shown
    assert "Worse: right, 1.000 to 0.500 over 40 cases" in shown
    assert "edition eeeeeeeeeeee" in shown
    assert "edition ffffffffffff" in shown
    assert "  c19  lost right, recall" in shown


def test_held_out_cases_that_broke_are_counted_and_not_named():
    shown = verdict_as_text(judge(side(0, split="test"), side(20, split="test")))
    assert "Broken, and 20 held out:" in shown
    assert "  c19" not in shown


def test_cases_that_only_one_side_has_are_named():
    whole = side(0)
    fewer = whole.model_copy(update={"cases": dict(list(whole.cases.items())[2:])})
    assert ": c0, c1" in verdict_as_text(judge(whole, fewer))
    assert "Only after: c0, c1" in comparison_as_text(compare(fewer, whole), width=80)
