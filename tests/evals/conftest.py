"""Cases and answers made by hand."""

import pytest

from assistant.citing.citations import cite
from assistant.records import Statement
from corpus.whole import Whole
from evals.folder import AnswerRow
from evals.metrics.score import score_case
from tests.evaluated import made_case
from tests.harbour import empty_answer


@pytest.fixture(autouse=True, scope="module")
def _corpus_is_read_once(whole):
    """Every run that is made, scored or reported reads the whole corpus, which takes a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Whole, "read", lambda: whole)
        yield


@pytest.fixture
def make_answer(framework):
    """Make an answer whose statements cite passages whole, each under its section."""

    def cited(passage_id):
        return (cite(framework.passage_by_id[passage_id]),)

    def make(*ids, note="", opening="", **fields):
        said = [
            Statement(text=f"About {one}", kind="framework", citations=cited(one), section="All")
            for one in ids
        ]
        if opening:
            said.insert(0, Statement(text=opening, kind="note", citations=()))
        if note:
            said.append(Statement(text="A note.", kind="note", citations=cited(note)))
        return empty_answer("A question?", **({"statements": tuple(said)} | fields))

    return make


@pytest.fixture
def score(framework):
    def scored(gold, answer, **fields):
        row = AnswerRow(id="a", answer=answer, error="" if answer else "refused", seconds=0.01)
        case = made_case("a", gold=gold, **fields)
        return score_case(case, row, framework, framework.passage_by_id)

    return scored
