"""What leads to a passage: each sentence, note, entry and link that names it."""

from __future__ import annotations

import pytest

from corpus.checks.backlinks import Backlinks, Citing
from corpus.structure.graph import Link
from corpus.whole import Whole
from tests.harbour import harbour_whole


@pytest.fixture(scope="module")
def whole() -> Whole:
    return harbour_whole()


def to(passage_id: str, whole: Whole) -> Backlinks:
    return Backlinks.to(passage_id, whole.corpus, whole.framework)


def test_a_sentence_that_rests_on_a_passage_leads_to_it(whole: Whole) -> None:
    assert to("harbour:A1", whole).sentences == (
        Citing(passage_id="note:walkways#1", sentence="Walkways keep people off the rails."),
        Citing(passage_id="glossary:gangway", sentence="A gangway joins a ship and the quay."),
    )


def test_notes_and_entries_about_a_passage_lead_to_it_once(whole: Whole) -> None:
    assert to("harbour:A1", whole).about == ("note:walkways", "glossary:gangway")


def test_nothing_leads_to_what_nobody_names(whole: Whole) -> None:
    assert to("harbour:A7", whole) == Backlinks(sentences=(), about=(), links=())


def test_inferred_links_lead_both_ways(whole: Whole) -> None:
    link = Link(source="harbour:A1", target="harbour:A2-D1", strength="high")
    assert to("harbour:A1", whole).links == to("harbour:A2-D1", whole).links == (link,)
