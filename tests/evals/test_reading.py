import json
import re
from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import BatchError
from evals.agreement import Judged, agreement
from evals.case import load_split
from evals.folder import SCORES, lines_of, write_file
from evals.reading import READINGS, Said, draw, main, matched, read_lines, told
from evals.reading_sheet import mark_of
from evals.score import score_run
from tests.made_runs import make_run

GUIDE = Path(__file__).parents[2] / "docs" / "evaluating.md"


@pytest.fixture
def run(make_case, make_answer, tmp_path):
    """Sixteen cases of two families, a quarter of them not right, and one that is held out."""
    gold = {"capabilities": ["gsr:C12"]}
    cases = [
        (
            make_case(f"{family}-{at}", f"Question {family} {at}?", family=family, gold=gold),
            make_answer("gsr:C12" if at % 4 else "gsr:C9"),
        )
        for family in ("facets", "topic")
        for at in range(8)
    ]
    held_out = make_case("secret", "A question held out?", split="test", gold=gold)
    folder = make_run(tmp_path / "run", [*cases, (held_out, make_answer("gsr:C9"))])
    score_run(folder)
    return folder


@pytest.fixture
def scores(run):
    return score_run(run).cases


def verdicts(path, drawn):
    rows = [
        {"id": one.mark, "verdict": "right" if one.score.right else "wrong", "why": "Read."}
        for one in drawn
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_half_of_what_is_drawn_is_not_right_and_each_stands_for_its_share(scores):
    drawn = draw(scores, 8, seed=1)
    assert Counter(one.score.right for one in drawn) == {True: 4, False: 4}
    assert {one.score.right: one.weight for one in drawn} == {True: 3.0, False: 1.0}
    assert len({one.score.id for one in drawn}) == 8


def test_each_family_gets_its_share(scores):
    right = [one.score.family for one in draw(scores, 8, seed=3) if one.score.right]
    assert Counter(right) == {"facets": 2, "topic": 2}


def test_the_weights_add_up_to_the_run(scores):
    for n in (5, 7, 16, 40):
        assert sum(one.weight for one in draw(scores, n, seed=1)) == pytest.approx(16)


def test_where_failures_are_few_all_are_drawn_and_the_rest_is_right(scores):
    drawn = draw(scores, 12, seed=1)
    assert Counter(one.score.right for one in drawn) == {True: 8, False: 4}


def test_the_same_seed_draws_the_same_and_another_seed_others(scores):
    ids = [[one.score.id for one in draw(scores, 8, seed)] for seed in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]


def test_what_is_held_out_is_never_drawn(scores):
    assert "secret" not in {one.score.id for one in draw(scores, 40, seed=1)}


def test_a_run_in_which_all_is_right_has_nothing_to_compare(scores):
    with pytest.raises(BatchError, match="answers that are right and such as are not"):
        draw([one for one in scores if one.right], 4, seed=1)


def test_a_sheet_is_written_and_its_verdicts_are_held_against_the_scores(
    run, scores, tmp_path, capsys
):
    out, kept = tmp_path / "sheet.md", tmp_path / "kept.jsonl"
    assert main([str(run), "--out", str(out), "--n", "8", "--seed", "2"]) == 0
    drawn = draw(scores, 8, seed=2)
    marks = re.findall(r"^## \d+\. `(\w+)`$", out.read_text(encoding="utf-8"), re.MULTILINE)
    assert marks == [mark_of(one.score.id) for one in drawn]
    said = verdicts(tmp_path / "said.jsonl", drawn)
    options = ["--judged", str(said), "--keep", str(kept), "--n", "8", "--seed", "2"]
    assert main([str(run), *options]) == 0
    first = capsys.readouterr().out.partition("\n")[2]
    assert "agreement (n 8, for 16)                   1.00" in first
    assert main(["--judged", str(kept)]) == 0
    assert capsys.readouterr().out == first


def test_each_disagreement_is_told_with_its_reason(scores):
    drawn = draw(scores, 8, seed=1)
    said = [Said(id=one.mark, verdict="partly", why="Half of it.") for one in drawn]
    lines = told(matched(drawn, said)).partition("disagreements:\n")[2].splitlines()
    assert len(lines) == 4
    assert all("suite right, reading partly: Half of it." in line for line in lines)


def test_verdicts_on_another_draw_are_refused(run, scores, tmp_path, capsys):
    said = verdicts(tmp_path / "said.jsonl", draw(scores, 8, seed=2)[1:])
    assert main([str(run), "--judged", str(said), "--n", "8", "--seed", "2"]) == 1
    assert "give the run, number and seed of the sheet" in capsys.readouterr().err


def test_a_line_that_is_no_verdict_is_named(tmp_path):
    path = tmp_path / "said.jsonl"
    path.write_text('{"id": "a", "verdict": "good", "why": ""}\n', encoding="utf-8")
    with pytest.raises(BatchError, match=r"said.jsonl:1: verdict is refused"):
        read_lines(path, Said)


def test_a_run_that_was_not_scored_or_not_given_is_told(run, tmp_path, capsys):
    (run / SCORES).unlink()
    assert main([str(run), "--out", str(tmp_path / "sheet.md")]) == 1
    assert main([]) == 1
    told_why = capsys.readouterr().err
    assert "scores.jsonl cannot be read" in told_why
    assert "Give RUN and --out" in told_why


@pytest.mark.parametrize("path", sorted(READINGS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_readings_that_ship_are_of_development_and_each_has_its_reason(path):
    judged = read_lines(path, Judged)
    families = {case.id: case.family for case in load_split("development")}
    assert len(judged) >= 120
    assert len({one.id for one in judged}) == len(judged)
    assert all(families[one.id] == one.family for one in judged)
    assert all(one.why.endswith(".") for one in judged)


def test_the_guide_says_what_the_reading_found():
    guide = GUIDE.read_text(encoding="utf-8")
    one = agreement(read_lines(READINGS / "2026-11-25.jsonl", Judged))
    for share in (one.agree, one.kappa, one.by_reading, one.lax, one.strict):
        assert f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})" in guide


def test_a_kept_file_is_written_as_it_is_read(tmp_path):
    judged = read_lines(READINGS / "2026-11-25.jsonl", Judged)
    write_file(tmp_path / "again.jsonl", lines_of(judged))
    assert read_lines(tmp_path / "again.jsonl", Judged) == judged
