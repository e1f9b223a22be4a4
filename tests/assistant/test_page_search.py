import numpy as np
import pytest

from assistant.answering.page_search import CLEARLY, DEALS, JUDGED, Topics, bearing_of
from assistant.records import Question
from corpus.readers.questions import LabelledTopic
from tests.assistant.conftest import noted, quoted


def topic(number, deals=(), touches=()):
    named = {"id": f"zz-{number:04}", "author": "zz", "split": "train", "question": "a topic"}
    return LabelledTopic(deals=deals, touches=touches, **named)


def test_a_judged_question_tells_of_the_items_that_deal_with_it_and_of_no_others():
    rows = [topic(1, ["a"], ["b"]), topic(2)]
    bearing = bearing_of(rows, ["a", "b", "c"])
    assert bearing.tolist() == [[2, 1, 0], [0, 0, 0]]
    told = Topics(np.eye(2, dtype=np.float32), bearing).figures(np.array([0.8, 0.6]))
    figures = dict(zip(JUDGED, told.round(2).tolist(), strict=True))
    assert figures["dealing"] == pytest.approx([0.8, 0.0, 0.0])
    assert figures["touching"] == pytest.approx([0.8, 0.8, 0.0])
    assert figures["straying"] == pytest.approx([0.6, 0.6, 0.8])
    assert figures["share_judged"] == pytest.approx([0.92, 0.0, 0.0])
    assert figures["likest"] == pytest.approx([0.8, 0.8, 0.8])


def test_the_items_that_deal_with_a_topic_are_found_whatever_its_words(assistant):
    rows = [one for one in LabelledTopic.read() if one.split == "development"]
    chances = [assistant.page.chances(one.question) for one in rows]
    pairs = [*zip(rows, chances, strict=True)]
    whole = [min(found[one] for one in row.deals) >= DEALS for row, found in pairs if row.deals]
    silent = [max(found.values()) < CLEARLY for row, found in pairs if not row.deals]
    assert (len(whole), np.mean(whole) >= 0.85) == (43, True)
    assert (len(silent), np.mean(silent) >= 0.75) == (14, True)


def test_a_topic_is_answered_by_its_items_and_said_to_be_missing_or_only_come_close_to(assistant):
    def ask(text):
        return assistant.ask(Question(text=text))

    courts = ask("Which outcomes talk about courts, police or prosecution?").statements
    assert {"P2-O2", "P4-O4"} <= {*quoted(courts)}
    assert "bear on what is asked" in noted(courts)
    ages = ask("is there anything about age verification in the WeProtect page").statements
    assert quoted(ages)[0] == "C19"
    named = ask("Which lines have the word interdiction?")
    assert (named.status, quoted(named.statements)) == ("answered", ["C24"])
    close = ask("deepfakes are where?")
    assert (close.status, close.reason) == ("partial", "coverage_gap")
    assert "closest" in noted(close.statements)
    for text in ("What are all the outcomes of the framework?", "outcomes of the framework"):
        assert len(quoted(ask(text).statements)) == 41
    disabled = "I need all results on children with disabilities, our disability council insists."
    assert "finds nothing on this on the page" in noted(ask(disabled).statements)
