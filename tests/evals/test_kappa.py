"""Kappa is the library's, its interval is over units, and where it says nothing it says so."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from evals.judging.kappa import Said, kappa, kappas


def said(table: tuple[tuple[int, int], tuple[int, int]], per_unit: int = 1) -> list[Said]:
    """Return what two say, by counts: rows for the first's no and yes, columns for the second's."""
    rows = [
        (bool(first), bool(second))
        for first in (0, 1)
        for second in (0, 1)
        for _ in range(table[first][second])
    ]
    return [Said(str(place // per_unit), *row) for place, row in enumerate(rows)]


@pytest.mark.parametrize("table", [((40, 9), (11, 40)), ((3, 30), (2, 5)), ((5, 1), (90, 4))])
def test_kappa_is_that_of_the_library_and_so_are_those_of_the_draws(
    table: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    rows = said(table)
    expected = cohen_kappa_score([one.first for one in rows], [one.second for one in rows])
    found = kappa(rows)
    assert found.value == pytest.approx(expected)
    assert kappas(np.array([table], dtype=float))[0] == pytest.approx(expected)
    assert found.agree == (table[0][0] + table[1][1]) / len(rows)
    assert found.low is not None
    assert found.high is not None
    assert found.low < expected < found.high


def test_things_that_hang_together_are_drawn_together() -> None:
    apart, together = kappa(said(((40, 10), (10, 40)))), kappa(said(((40, 10), (10, 40)), 10))
    assert apart.value == together.value
    assert apart.low is not None
    assert together.low is not None
    assert together.low < apart.low


@pytest.mark.parametrize(
    ("table", "constant"),
    [
        (((0, 0), (0, 7)), (True, True)),
        (((7, 0), (0, 0)), (True, True)),
        (((0, 0), (3, 7)), (True, False)),
        (((0, 3), (0, 7)), (False, True)),
    ],
)
def test_whoever_says_the_same_of_all_has_no_kappa(
    table: tuple[tuple[int, int], tuple[int, int]], constant: tuple[bool, bool]
) -> None:
    found = kappa(said(table))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.constant == constant
    assert found.agree is not None


def test_nothing_has_no_kappa_and_one_unit_no_interval() -> None:
    assert kappa([]).n == 0
    assert kappa([]).agree is None
    alone = kappa(said(((4, 1), (1, 4)), 10))
    assert alone.value is not None
    assert alone.low is None


def test_a_draw_without_variance_is_left_out_of_the_interval() -> None:
    found = kappa(said(((1, 0), (0, 3))))
    assert found.value == 1
    assert (found.low, found.high) == (1, 1)
