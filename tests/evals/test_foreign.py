import gzip
import json

from corpus.readers.rows import parse_rows
from evals.benches.foreign_rates import dense, judge, report
from evals.cases import conversations
from tests.park import open_park

ASKED = tuple(
    conversations.Conversation(
        id=text, collection="park", turns=turns, question=text, label=label, gold=gold
    )
    for text, turns, label, gold in (
        ("Who dug it?", ("Tell me about the lake.",), "answerable", ("lake<::>1",)),
        ("Which soup does the café sell?", (), "answerable", ("café",)),
        ("What percentage of people swim?", (), "unanswerable", ()),
        ("Is it?", (), "underspecified", ()),
        ("How many steps and lifts has the tower?", (), "partial", ("tower",)),
    )
)


def test_a_corpus_is_judged_beside_dense_retrieval(tmp_path):
    park = open_park(tmp_path)
    judged = judge(park, ASKED)
    assert [one.answered for one in judged][:2] == [True, True]
    assert judged[0].found[0] == "lake<::>1"
    cosines = dense(park, ASKED)
    assert all(len(every) == len(ASKED) for every in cosines.values())
    told = report(judged, cosines)
    assert "answered of answerable: 1.000" in told
    assert "recall@10: 1.000" in told


def write_gz(path, *rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)


def task(**changed):
    said = [("user", "Where is the lake?"), ("agent", "North."), ("user", "...")]
    history = [{"role": role, "text": text} for role, text in said]
    row = {"id": "t1", "collection": "park", "history": history, "question": "Who dug it?"}
    return row | {"answerability": ["ANSWERABLE"], "gold": ["lake"]} | changed


def test_user_turns_python_lists_and_the_pool_are_read(tmp_path):
    write_gz(tmp_path / conversations.TASKS, task())
    (one,) = conversations.read_conversations(tmp_path)
    assert one.asked.turns == ("Where is the lake?",)
    assert (one.label, one.answerable, one.gold) == ("answerable", True, ("lake",))
    shown = task(history="[{'role': 'user', 'text': 'a'}]", answerability="['PARTIAL']", gold="[]")
    write_gz(tmp_path / conversations.TASKS, shown, task(id="t2", answerability="UNANSWERABLE"))
    one, other = conversations.read_conversations(tmp_path)
    assert (one.turns, one.answerable, one.gold) == (("a",), None, ())
    assert other.answerable is False
    write_gz(tmp_path / conversations.PASSAGES, {"pid": "a", "title": None, "text": "Words."})
    conversations.write_passages(tmp_path, tmp_path / "rows.jsonl")
    assert parse_rows((tmp_path / "rows.jsonl").read_bytes(), "rows").passage("a").text == "Words."
