import shutil

import pytest

from assistant.errors import BatchError
from evals.folder import ANSWERS, SCORES
from evals.running import shelf
from evals.running.shelf import FOLDER, Shelf


@pytest.fixture
def home(home_with_runs, tmp_path):
    """A home with two runs that a test may break."""
    shutil.copytree(home_with_runs, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_runs_are_listed_with_their_scores_and_what_is_no_run_is_not(home):
    (home / FOLDER / "notes").mkdir(exist_ok=True)
    (home / FOLDER / "link").symlink_to(home / FOLDER / "before", target_is_directory=True)
    found = Shelf(home).entries()
    assert {one.name for one in found} == {"before", "after"}
    assert all(one.whole and one.summary and one.summary.asked == one.answered for one in found)


@pytest.mark.parametrize("name", ["../shelf", "before/..", ".", "", "link", "/etc", "before\n"])
def test_a_name_leads_nowhere_but_to_what_is_listed(name, home):
    with pytest.raises(BatchError, match="There is no run"):
        Shelf(home).open(name)


def test_a_last_line_that_was_cut_off_counts_as_not_answered(home):
    path = home / FOLDER / "before" / ANSWERS
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    found = Shelf(home).entry("before")
    assert (found.answered, found.whole) == (whole.count(b"\n") - 1, False)
    assert found.written_lately


def test_scores_that_are_broken_or_older_than_the_last_answer_count_as_none(home):
    (home / FOLDER / "before" / SCORES).write_text("{}\n")
    with pytest.raises(BatchError, match="score it again"):
        Shelf(home).open("before")
    path = home / FOLDER / "before" / ANSWERS
    path.write_bytes(path.read_bytes())
    assert Shelf(home).entry("before").summary is None
    with pytest.raises(BatchError, match="was not scored"):
        Shelf(home).open("before")


def test_a_file_that_is_too_large_is_refused(home, monkeypatch):
    monkeypatch.setattr(shelf, "MOST_BYTES", 100)
    with pytest.raises(BatchError, match="is larger than"):
        Shelf(home).open("before")
    assert Shelf(home).entries() == ()
