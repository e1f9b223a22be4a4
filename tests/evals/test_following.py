"""Whether a follow-up was resolved: by the words of its gold, or else by its scope."""

from __future__ import annotations

from assistant.records import Scope
from evals.metrics.beside import is_resolved


def test_words_of_the_gold_decide_where_there_are_some(make_answer, framework) -> None:
    answer = make_answer(resolved_question="Which partners relate to Victim identity protection?")
    assert is_resolved(answer, (), ("PARTNERS", "identity"), framework)
    assert is_resolved(answer, ("gsr:P3-W1",), ("outcomes",), framework) is False


def test_else_every_gold_item_is_in_line_with_the_scope(make_answer, framework) -> None:
    answer = make_answer(scope=Scope(subjects=("gsr:C12",), groups=("gsr:P3",)))
    assert is_resolved(answer, ("gsr:P3-W1", "gsr:C12"), (), framework)
    assert is_resolved(answer, ("gsr:P3-W1", "gsr:P4-W1"), (), framework) is False
    inverse = make_answer(scope=Scope(subjects=("gsr:P3-W1",)))
    assert is_resolved(inverse, ("gsr:P3",), (), framework)


def test_an_answer_that_does_not_say_what_it_understood_tells_nothing(
    make_answer, framework
) -> None:
    answer = make_answer(resolved_question="", scope=Scope(subjects=("gsr:C12",)))
    assert is_resolved(answer, ("gsr:C12",), ("partners",), framework) is None


def test_gold_in_notes_alone_tells_nothing(make_answer, framework) -> None:
    assert is_resolved(make_answer(), ("note:barnahus#1",), (), framework) is None
