import pytest
import torch

from assistant.retrieval.encoder import read_weights, write_weights
from assistant.settings import Settings
from assistant.understanding.reader import learned_path
from corpus.readers import questions
from evals.cases.own_cases import OwnRows
from evals.running.job import LEARNED, Order, read_job
from evals.running.shelf import FOLDER
from evals.training import fit_reader
from evals.training.fit_reader import COPIES, Learned, Scores, is_framed, question_rows
from evals.training.learning import Apprentice, own_rows
from ui.cli.main import main

BEFORE, AFTER = (Scores(*[(n, 10)] * 5) for n in (8, 9))


def test_learning_takes_own_rows_and_tells_before_and_after(tmp_path, monkeypatch):
    (tmp_path / FOLDER).mkdir()
    asked = {"operation": "list", "subjects": ["gsr:P3"]}
    row = {"id": "zz-0001", "question": "Who are they?", "asked": asked, "answerable": True}
    row |= {"voice": "formal", "author": "zz", "split": "development"}
    OwnRows(tmp_path).save(questions.LabelledQuestion.model_validate(row))

    def learn(settings, out, extra, *, progress):
        progress(1, 4)
        going = read_job(settings.home / FOLDER)
        assert (extra, going.phase) == (own_rows(tmp_path), "learning")
        assert out == learned_path(tmp_path)
        return Learned(BEFORE, AFTER, kept=True)

    monkeypatch.setattr(fit_reader, "learn", learn)
    order = Order(name="learning", learn=True)
    assert Apprentice(order, Settings(home=tmp_path)).work() == 0
    assert own_rows(tmp_path)[0].split == "train"
    done = read_job(tmp_path / FOLDER, LEARNED)
    assert (done.phase, done.kept, done.rows) == ("done", True, 1)
    assert (done.before["facets"], done.after["facets"]) == ((8, 10), (9, 10))


def test_rows_are_read_several_times_messages_have_twins_and_a_fall_is_worse() -> None:
    before = Scores((90, 100), (80, 100), (95, 100), (99, 100), (80, 100))
    assert not before.is_worse(before)
    assert not before._replace(operations=(89, 100)).is_worse(before)
    assert before._replace(operations=(88, 100)).is_worse(before)
    assert before._replace(alarms=(97, 100)).is_worse(before)
    shipped = questions.LabelledQuestion.read()
    rows = [one for one in shipped if is_framed(one) and not one.asked.carries][:5]
    assert len(question_rows(rows, ())) == COPIES * len(rows)
    messages = questions.LabelledMessage.read()
    is_policy = {one.id: one.case == "J" for one in messages}
    assert all(is_policy[one.id] != is_policy[one.twin] for one in messages if one.twin)


def test_layers_are_kept_at_8_bits_a_number_and_heads_at_16(tmp_path):
    rows = torch.randn(4, 6, generator=torch.manual_seed(3)).numpy()
    name, path = "encoder.layer.5.output.dense.weight", tmp_path / "a.safetensors"
    write_weights(path, {name: rows, "head.bias": rows[0]})
    read = read_weights(path)
    assert read.keys() == {name, "head.bias"}
    steps = abs(rows).max(axis=1, keepdims=True) / 127
    assert (abs(read[name] - rows) <= 0.51 * steps).all()
    assert read["head.bias"] == pytest.approx(rows[0], rel=1e-3)


def test_undoing_goes_back_to_what_was_before_and_what_is_no_file_of_rows_is_named(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    path = learned_path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"later")
    path.with_suffix(".before").write_bytes(b"earlier")
    assert main(["learn", "--undo"]) == 0
    assert path.read_bytes() == b"earlier"
    assert main(["learn", "--undo"]) == 0
    assert not path.exists()
    broken = tmp_path / "rows.jsonl"
    broken.write_text("{}\n")
    (empty := tmp_path / "empty.jsonl").touch()
    for arguments, said in (
        (["--undo"], "shipped weights"),
        (["--rows", str(empty)], "empty.jsonl"),
        (["--rows", str(tmp_path / "none.jsonl")], "none.jsonl"),
        (["--rows", str(broken)], "line 1"),
    ):
        assert main(["learn", *arguments]) == 1
        assert said in capsys.readouterr().err
