from evals.peers.peer_score import Verdict
from evals.peers.peer_table import Result, table
from evals.peers.runners.peer_rows import PeerNote


def verdict(number: int, **fields: object) -> Verdict:
    names = ("complete", "missed", "turned_away", "false", "corrected", "exact")
    plain = {"id": str(number), "groups": (), "seconds": float(number)} | dict.fromkeys(names)
    return Verdict.model_validate(plain | fields)


def test_contestants_stand_side_by_side_with_n_and_intervals():
    right = [verdict(n, complete=True, missed=False, groups=("counts",)) for n in (1, 2, 3)]
    wrong = [verdict(n, complete=n == 1, missed=n == 3, exact=True) for n in (1, 2, 3)]
    told = table(
        [
            Result(title="One", note=PeerNote("1.0", "as shipped"), verdicts=tuple(right)),
            Result(title="Two", note=PeerNote("2.0", "tuned"), verdicts=tuple(wrong)),
        ]
    )
    rows = {line.split("  ")[0]: line for line in told.splitlines()}
    assert "1.00 (0.44 to 1.00)" in rows["complete and on topic (n 3)"]
    assert "0.33 (0.06 to 0.79)" in rows["complete and on topic (n 3)"]
    assert rows["seconds, warm, median"].split()[-2:] == ["2.0000", "2.0000"]
    assert rows["every quote verbatim"].endswith("1.00 (0.44 to 1.00) n 3")
    assert rows["false answers (n 0)"].split()[-2:] == ["-", "-"]
    assert rows["complete: counts (n 3)"].split("  ")[-1] == "-"
    assert told.endswith("One 1.0: as shipped.\nTwo 2.0: tuned.")
