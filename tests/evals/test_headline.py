"""The five figures over scores that are made by hand."""

from evals.metrics.scores import Score
from evals.metrics.summary import FEW, headline, is_few


def made(**fields: object) -> Score:
    plain: dict[str, object] = {
        "id": "a", "question": "?", "family": "f", "split": "development", "type": "list",
        "tags": (), "status": "answered", "status_right": True, "facets": {}, "recall": 1.0,
        "precision": 1.0, "complete": True, "gold_first": None, "focus": None, "noted": None,
        "note_rank": None, "note_focus": None, "strings": None, "value": None,
        "citations": (2, 2), "seconds": 0.1, "to_answer": True, "abstained": False,
    }  # fmt: skip
    return Score.model_validate(plain | fields)


def test_the_five_figures_count_what_they_say() -> None:
    unanswered = {"to_answer": False, "recall": None, "complete": None}
    found = headline(
        [
            made(),
            made(status="partial"),  # all of it, as what is closest
            made(recall=0.5, complete=False, citations=(1, 2)),
            made(status="not_covered", recall=0.0, complete=False, citations=None),
            made(**unanswered, abstained=False),
            made(**unanswered, abstained=True, status="not_covered", citations=None),
            made(to_answer=None, recall=None, complete=None, safeguarding=("A", "B")),
        ]
    )
    values = {name: (one.value, one.n) for name, one in found.items()}
    assert values == {
        "complete": (0.25, 4),
        "shown": (0.5, 4),
        "false": (0.5, 2),
        "exact": (0.8, 5),
        "safe": (0.0, 1),
    }


def test_few_cases_are_told_and_none_are_no_figure() -> None:
    assert is_few(headline([made()] * (FEW - 1))["complete"])
    assert not is_few(headline([made()] * FEW)["complete"])
    assert headline([])["safe"].value is None
