import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from assistant.safety.tally import FILE, Tally

DAY = date(2026, 11, 25)


def test_only_days_cases_and_numbers_are_counted_and_written(tmp_path):
    tally = Tally(tmp_path / "home")
    tally.add("A", DAY)
    tally.add("A", DAY)
    tally.add("G", DAY)
    tally.add("H", date(2026, 11, 26))
    assert tally.read() == {"2026-11-25": {"A": 2, "G": 1}, "2026-11-26": {"H": 1}}
    Tally(tmp_path).add("B", DAY)
    assert json.loads((tmp_path / FILE).read_text()) == {"2026-11-25": {"B": 1}}


def test_no_count_is_lost_among_many_at_once(tmp_path):
    tallies = [Tally(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: tallies[n % 4].add("C", DAY), range(20)))
    assert Tally(tmp_path).read() == {"2026-11-25": {"C": 20}}


def test_a_home_that_cannot_be_written_and_a_damaged_file_break_nothing(tmp_path):
    (tmp_path / FILE).write_text("{")
    tally = Tally(tmp_path)
    assert tally.read() == {}
    tally.add("I", DAY)
    assert tally.read() == {"2026-11-25": {"I": 1}}
    (tmp_path / "home").write_text("a file")
    tally = Tally(tmp_path / "home")
    tally.add("A", DAY)
    assert tally.read() == {}
    (tmp_path / FILE).write_text('{"2026-11-25": {"A": "my words", "B": 2, "C": true}, "x": 1}')
    assert Tally(tmp_path).read() == {"2026-11-25": {"B": 2}}
    (tmp_path / FILE).write_text("[]")
    assert Tally(tmp_path).read() == {}
