"""Questions as they were typed."""

import pytest

from assistant.errors import QuestionError
from assistant.safety.message import one_line


def test_a_question_is_put_in_one_line_without_what_is_invisible() -> None:
    assert one_line("  When\n does\u200b it  open? ", 50) == "When does it open?"


@pytest.mark.parametrize(
    ("text", "said"), [("x" * 51, "51 characters"), ("a\x00", "control"), (" ?! ", "empty")]
)
def test_what_is_no_question_is_refused(text: str, said: str) -> None:
    with pytest.raises(QuestionError, match=said):
        one_line(text, 50)
