"""A certificate beside an edition: valid, stale or broken, and what is said about it."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.certificates.recheck import Change, certify, verify, verify_file
from assistant.citing import ground
from assistant.errors import CertificateError
from assistant.records import Completeness
from corpus.editions.edition import Edition
from corpus.readers.notes import Marked
from corpus.whole import Whole
from tests.certified import (
    ANSWER,
    CERTIFICATE,
    SETTINGS,
    TODAY,
    checked,
    forged,
    kept,
    leaves,
    table_of,
)
from tests.harbour import HARBOUR, LIGHT, OPENING, RULES, harbour_whole, walkways

PAINT = (Marked(text="Painters renew the marks each spring.", marks=("rules",)),)
BLUE = Marked(text="Rule 7 asks for a lamp every ten metres of walkway.", marks=("rules",))
REWORDED = harbour_whole(walkways(("", OPENING), ("Light", (BLUE, LIGHT[1]))))


def without(*ids, **changed):
    """Return the corpus without some items, and with other fields in some passages."""
    page = HARBOUR.framework
    kept = tuple(one for one in page.passages if one.id not in ids)
    passages = tuple(one.model_copy(update=changed.get(one.id[-2:], {})) for one in kept)
    framework = page.model_copy(update={"passages": passages})
    return Whole(framework=framework, notes=HARBOUR.notes, glossary=HARBOUR.glossary)


def test_a_certificate_is_valid_in_its_own_edition():
    found = checked()
    assert (found.result, found.faults, found.changes, found.remarks) == ("valid", (), (), ())
    assert [one.state for one in found.statements] == ["stands"] * 7
    assert found.named == found.edition == HARBOUR.corpus.digest


def test_what_changed_elsewhere_or_was_checked_again_leaves_it_valid_with_a_remark():
    elsewhere = checked(whole=without("harbour:A7-D1"))
    note = walkways(as_of=date(2026, 11, 20)).model_copy(update={"sha256": "1" * 64})
    again = checked(whole=harbour_whole(note))
    late = verify(CERTIFICATE, Edition.of(HARBOUR.corpus), SETTINGS, date(2027, 8, 1))
    for found, held in (
        (elsewhere, (elsewhere.named[:12], elsewhere.edition[:12])),
        (again, ("note:walkways ", "2026-11-20")),
        (late, ("note:walkways", "2027-07-31")),
    ):
        assert found.result == "valid"
        assert all(one in found.remarks[-1] for one in held)


def test_a_reworded_or_moved_passage_makes_it_stale_and_names_what_it_was():
    found = checked(whole=REWORDED)
    assert found.result == "stale"
    (change,) = found.changes
    assert (change.what, change.id, change.field) == ("passage", "note:walkways#2", "text")
    assert change.old == HARBOUR.corpus.passage("note:walkways#2").text_sha256
    fallen = found.statements[5]
    assert [one.state for one in found.statements] == [*["stands"] * 5, "falls", "stands"]
    assert (fallen.quote, fallen.now) == (LIGHT[0].text, BLUE.text)
    note = walkways(("", OPENING), ("Paint", PAINT), ("Light", LIGHT))
    found = checked(whole=harbour_whole(note))
    assert (found.result, found.statements[5].state) == ("stale", "moved")
    assert "note:walkways#3" in found.statements[5].reason


def test_a_removed_passage_makes_it_stale_with_its_count_and_the_note_that_tells_it():
    found = checked(whole=without("harbour:A2-W2"))
    assert found.result == "stale"
    assert found.changes == (
        Change(what="count", id="harbour:A2", field="owners", old="2", new="1"),
        Change(what="passage", id="harbour:A2-W2", field="id", old="harbour:A2-W2", new=""),
    )
    assert [one.number for one in found.statements if one.state == "falls"] == [1, 4]
    assert re.search(r"harbour:A2 .*owners.* 1\b", found.statements[0].reason)
    assert "harbour:A2-W2" in found.statements[3].reason


def test_a_source_that_is_described_otherwise_makes_it_stale():
    sources = [RULES.model_copy(update={"locator": "Rule 8"})]
    wanted = {"title": "Gangways", "confidence": "low", "references": sources}
    for field, value in wanted.items():
        front = {"sources" if field == "references" else field: value}
        found = checked(whole=harbour_whole(walkways(**front)))
        assert found.result == "stale"
        assert field in [one.field for one in found.changes if one.what == "source"]
        assert {one.state for one in found.statements} == {"stands"}


def test_another_checker_makes_it_stale_and_what_it_does_not_carry_falls_or_is_broken() -> None:
    found = checked(forged(("provenance", "checker"), "verbatim-0"), settings="settings-2")
    assert found.result == "stale"
    assert found.changes == (
        Change(what="checker", id="", field="name", old="verbatim-0", new=ground.CHECKER),
        Change(what="settings", id="", field="digest", old=SETTINGS, new="settings-2"),
    )
    assert {one.state for one in found.statements} == {"stands"}
    table = forged(("provenance", "checker"), "lenient-1")
    said = table.statements[1].model_copy(update={"text": "Rings are a good idea"})
    statements = (table.statements[0], said, *table.statements[2:])
    found = checked(table.model_copy(update={"statements": statements}))
    assert (found.result, found.statements[1].state) == ("stale", "falls")
    assert ground.CHECKER in found.statements[1].reason
    found = checked(forged(("statements", 5, "text"), "Rule 7 forbids light."), REWORDED)
    assert (found.result, found.statements[5].state) == ("broken", "broken")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("statements", 1, "text"), "Rings and ladders", "Statement 2 "),
        (("statements", 1, "verdict"), "partial", "Statement 2 .* verdict"),
        (("statements", 1, "support"), 0.5, "Statement 2 .* verdict"),
        (("statements", 1, "support"), None, "Statement 2 .* verdict"),
        (("statements", 1, "quotes"), [], "Statement 2 "),
        (("statements", 0, "text"), "There are 9 owners.", r"Statement 1 .* 9 owners\b.* 2\."),
        (("statements", 2, "quotes", 0, "quote"), "Harbour shop!!", "Statement 3 .*harbour:A2-W1"),
        (("statements", 2, "quotes", 0, "end"), 15, "Statement 3 .*harbour:A2-W1"),
        (("statements", 2, "quotes", 0, "passage_id"), "harbour:A9", "Statement 3 .*harbour:A9"),
        (("statements", 2, "quotes", 0, "text_sha256"), "0", "Statement 3 .*“0” as text"),
        (("statements", 2, "quotes", 0, "locator"), "line 9", "Statement 3 .*“line 9” as locator"),
        (("statements", 5, "quotes", 0, "grounds"), [], "Statement 6 .*“” as grounds"),
        (("nearest", 0, "quote"), "Lights on walkways are black.", ".* nearest .*note:walkways#2"),
        (("completeness", 0, "group"), "harbour:A1-W1", ".*“2” as owners"),
        (("completeness", 0, "listed"), 1, ".*“1” as owners listed"),
        (("sources", 0, "title"), "Quay", ".*“Quay” as title of harbour"),
        (("sources", 0, "sha256"), "0", ".*“0” as sha256 of harbour"),
        # What it says against itself.
        (("status",), "not_covered", ".*status not_covered .* reason “”"),
        (("reason",), "below_threshold", ".*status answered .* reason “below_threshold”"),
        (("statements",), [], ".*no statement"),
        (("nearest", 0, "text_sha256"), "0", "note:walkways#2 .*hashes"),
        (("sources",), [], ".*not those that it quotes"),
        (("statements", 1, "kind"), "guidance", "Statement 2 .*guidance.*framework"),
        (("completeness", 0, "listed"), 3, ".*3 owners of harbour:A2, of 2"),
        (("completeness", 0, "total"), 4, "Statement 1 .*2 owners.* 4"),
    ],
)
def test_what_was_forged_under_a_digest_that_fits_breaks_it(place, value, said):
    found = checked(forged(place, value))
    assert found.result == "broken"
    assert any(re.match(said, one) for one in found.faults), found.faults
    if place[0] == "statements" and len(place) > 1:
        broken = [one.number for one in found.statements if one.state == "broken"]
        assert broken == [int(place[1]) + 1]


# Fields that no corpus can hold anybody to; only the digest of the certificate keeps them.
UNTIED = {"filters", "question", "resolved_question", "scope", "parts", "provenance", "digest"}


def is_tied(place, table):
    if {*place} & {*UNTIED, "label"} or place[-1] == "section":
        return False
    note = place[0] == "statements" and CERTIFICATE.statements[int(place[1])].kind == "note"
    return not (note and place[-1] == "text")


# A later day of checking is no tampering that a certificate could tell: the source was read again.
TIED = [leaf for leaf in leaves(table_of()) if is_tied(*leaf) and leaf[0][-1] != "as_of"]


@given(leaf=st.sampled_from(TIED), data=st.data())
def test_any_changed_quote_span_text_hash_or_count_is_noticed_under_a_digest_that_fits(leaf, data):
    place, value = leaf
    if isinstance(value, str):
        at = data.draw(st.integers(0, max(0, len(value) - 1)))
        other = f"{value[:at]}{data.draw(st.characters(codec='utf-8'))}{value[at + 1 :]}"
    else:
        other = value + data.draw(st.sampled_from([-1, 1, 10]))
    if other == value:
        return
    try:
        certificate = forged(place, other)
    except ValidationError:
        return  # it is not in its form, which reading it tells
    assert checked(certificate).result == "broken"
    elsewhere = checked(certificate, without("harbour:A7-D1"))
    assert elsewhere.result in ("broken", "stale")


def test_a_file_is_valid_as_it_was_written_and_broken_where_it_was_changed_or_is_none(tmp_path):
    def in_file(file):
        return verify_file(file, Edition.of(HARBOUR.corpus), SETTINGS, TODAY)

    file = kept(tmp_path)
    assert in_file(file) == checked()
    text = file.read_text(encoding="utf-8").replace("every fifty metres", "every sixty metres")
    file.write_text(text, encoding="utf-8")
    found = in_file(file)
    quote, digest = found.faults
    assert (found.result, "digest" in digest) == ("broken", True)
    assert re.match(r"Statement 2 .*harbour:A2\b", quote)
    found = in_file(tmp_path / "nowhere.json")
    assert (found.result, len(found.faults), found.statements) == ("broken", 1, ())


def test_an_answer_of_another_corpus_or_with_other_counts_gets_no_certificate():
    counts = (Completeness(facet="owners", group="harbour:A6", listed=3, total=3),)
    with pytest.raises(CertificateError, match="harbour:A6"):
        certify(ANSWER.model_copy(update={"completeness": counts}), HARBOUR.corpus, TODAY)
    other = without("harbour:A7-D1").corpus
    with pytest.raises(CertificateError, match="corpus"):
        certify(ANSWER, other, TODAY)
