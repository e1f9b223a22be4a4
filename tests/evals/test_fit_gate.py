import numpy as np

from assistant.answering import points
from assistant.answering.points import FIGURES, KIN, LEADS, Candidate, Points, candidates
from assistant.answering.precedents import Kin
from assistant.answering.sentences import Sentences, Vectors
from corpus.passage import Span
from evals.training.fit_gate import Graded, Row, fit_points, shown, told_of
from tests.fakes import passage


def candidate(place, **figures):
    return Candidate(place, "n:1", place, dict.fromkeys((*FIGURES, *KIN), 0.0) | figures)


def row(author, *odds):
    grades = "".join("3" if one > 2 else "2" if one > 1 else "0" for one in odds)
    read = tuple(candidate(at, odds=one) for at, one in enumerate(odds))
    return Graded(author, read, grades)


ROWS = [row(author, 3.0, 1.5, -1.0, -2.0, 2.5) for author in "ab" for _ in range(20)]


def test_what_graders_put_first_leads_and_what_they_kept_stands_beside_it():
    chosen = fit_points(ROWS)
    assert [one.place for one in chosen.order(ROWS[0].read)] == [0, 4, 1]
    assert told_of(ROWS, chosen).startswith("40 questions: 3.00 points, of which 1.000 belong")
    # A sentence that nobody judged teaches nothing.
    unread = [one._replace(grades=one.grades[:3] + "--") for one in ROWS]
    known = [one._replace(read=one.read[:3], grades=one.grades[:3]) for one in ROWS]
    assert fit_points(unread) == fit_points(known)


def test_rows_without_a_whole_pair_are_told_without_rates():
    half = Row("calibration", "a/b", True, True, {}, "a")
    assert shown([half], np.array([0.5])) == ""
    pair = [half, half._replace(answerable=False)]
    assert shown(pair, np.array([0.9, 0.1])).count("of 1 pairs") == 2


def test_the_shipped_weights_tell_at_least_one_sentence_and_weigh_what_there_is():
    shipped = Points.shipped()
    assert tuple(shipped.leads.weights) == LEADS
    assert tuple(shipped.belongs.weights) == (*FIGURES, *KIN)
    assert tuple(Points.shipped(points.DOCUMENTS).leads.weights) == points.OWN
    assert len(shipped.order([candidate(0, odds=-9.0), candidate(1, odds=-8.0)])) == 1
    both = [candidate(0, odds=3.9), candidate(1, odds=4.0)]
    assert [shipped.order(both, spoken)[0].place for spoken in ((), {0})] == [1, 0]


def test_the_figures_of_a_sentence_are_those_of_its_place_and_its_score():
    spans = (Span(start=0, end=14), Span(start=15, end=29))
    first = passage("n:1#1", "One says this. Two says that.")
    first = first.model_copy(update={"sentences": spans})
    vectors = Vectors(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)[:1])
    sentences = Sentences([first], vectors, rarity=lambda word: 1.0)
    scored, odds = [(2.0, 1), (1.5, 0)], np.array([0.0, 1.0])
    kin = [Kin(0.5, 0.75, 0.25, 1.0), Kin(0.25, 1.0, 0.0, 3.0)]
    rest = (sentences, np.array([0.25, 1.0]), np.array([0.0, 1.0]))
    found = candidates(scored, odds, {0: 0.5}, *rest, kin)
    assert [(one.place, one.number) for one in found] == [(1, 1), (0, 0)]
    likely, other = found[0].figures, found[1].figures
    assert (likely["likeness"], likely["held"], likely["section"]) == (1.0, 1.0, 0.5)
    assert (likely["said"], likely["behind"], likely["best"]) == (0.5, -1.0, 1.0)
    assert (other["opens"], other["depth"], other["scored_behind"]) == (1.0, 0.0, -0.5)
    assert tuple(likely[name] for name in ("answered", "belonged", "strayed", "agreed")) == kin[0]
    assert [one["agreed_behind"] for one in (likely, other)] == [-2.0, 0.0]
    assert tuple(candidates(scored, odds, {0: 0.5}, *rest)[0].figures) == FIGURES
