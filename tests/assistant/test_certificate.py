"""Certificates: written, read back, and beside other editions; answers that these affect."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.certificates import affected as affecting
from assistant.certificates import certificate as certifying
from assistant.certificates.affected import Quote, Recount, SavedAnswer, read_answers
from assistant.certificates.certificate import Certificate, certificate_text, parse_certificate
from assistant.certificates.edition import Edition
from assistant.certificates.recheck import Change, certify, verify
from assistant.citing import ground
from assistant.errors import BatchError, CertificateError
from assistant.records import Completeness, Signposting
from corpus.editions.difference import compare
from corpus.passage import Lines, Span
from corpus.readers.notes import Marked
from corpus.whole import Whole
from tests import certified
from tests.certified import ANSWER, CERTIFICATE, SETTINGS, TODAY, checked, forged, table_of
from tests.harbour import HARBOUR, LIGHT, OPENING, RULES, cited, harbour_whole, saved, walkways


def test_equal_answers_give_equal_certificates_and_a_refusal_has_its_reason() -> None:
    again, table = Certificate.of(ANSWER, HARBOUR.corpus), table_of()
    digest_of = certifying.digest_of_table
    assert again == CERTIFICATE
    for quote in (one for said in again.statements for one in said.quotes):
        assert quote.heading_path == HARBOUR.corpus.passage(quote.passage_id).heading_path
    assert digest_of(table) == digest_of(table | {"digest": "x"}) == again.digest
    assert digest_of(table | {"reason": "x"}) != again.digest
    fields = {"status": "not_covered", "reason": "coverage_gap", "statements": ()}
    refusal = Certificate.of(ANSWER.model_copy(update=fields), HARBOUR.corpus)
    assert (refusal.status, refusal.reason) == ("not_covered", "coverage_gap")
    assert [one.passage_id for one in refusal.nearest] == ["note:walkways#2"]
    assert [one.id for one in refusal.sources] == ["note:walkways"]
    # Of a message that is signposted nothing is kept.
    signposted = {"signposting": Signposting(case="A", text="Help.", services=())}
    for fields in ({"status": "safeguarding", "reason": "disclosure"}, signposted):
        with pytest.raises(CertificateError, match="nothing is kept"):
            Certificate.of(ANSWER.model_copy(update=fields), HARBOUR.corpus)


def forms():
    """Yield contents of files that are no certificate, each with what is said of it."""
    form = b'{"format": "signpost-certificate"'
    yield from ((b"", "no JSON"), (b"\xff\xfe", "not UTF-8"), (b"[1, 2]", "no certificate"))
    yield from ((b'{"format": "other"}', "no certificate"), (form + b"}", "version 'None'"))
    yield from ((form + b', "version": 2}', "reads 1"), (form + b', "version": 1}', "question: "))
    yield from ((b'{"version": 1, "version": 1}', "JSON"), (b'{"support": NaN}', "JSON"))
    yield b"[" * 100_000, "JSON"
    quote = ("statements", 0, "quotes", 0)
    for place, value, said in (
        (("status",), "certain", "status: "),
        ((*quote, "start"), "0", "statements.0.quotes.0.start: "),
        ((*quote, "end"), 10**12, "statements.0.quotes.0.end: "),
        (("question",), "\ud800", "JSON"),
        (("extra",), 1, "extra: "),
        (("version",), True, "version"),
    ):
        # Whatever the digest.
        yield json.dumps(certified.sealed(table_of(place, value))).encode(), said


def test_what_is_no_certificate_or_not_in_its_form_is_refused_by_name(tmp_path):
    file, huge = tmp_path / "forged.json", tmp_path / "huge.json"
    for content, said in forms():
        file.write_bytes(content)
        with pytest.raises(CertificateError) as error:
            parse_certificate(certificate_text(file))
        assert said in str(error.value)
    with huge.open("wb") as opened:
        opened.truncate(2**24 + 1)
    for path, said in ((tmp_path, "no file"), (tmp_path / "x", "no such file"), (huge, "larger")):
        with pytest.raises(CertificateError, match=said):
            certificate_text(path)


PAINT = (Marked(text="Painters renew the marks each spring.", marks=("rules",)),)
BLUE = Marked(text="Rule 7 asks for a lamp every ten metres of walkway.", marks=("rules",))
REWORDED = harbour_whole(walkways(("", OPENING), ("Light", (BLUE, LIGHT[1]))))


def without(*ids, more=(), **changed):
    """Return the corpus without some items, with others, or with other fields in some passages."""
    kept = [one for one in HARBOUR.framework.passages if one.id not in ids]
    passages = (one.model_copy(update=changed.get(one.id[-2:], {})) for one in (*kept, *more))
    framework = HARBOUR.framework.model_copy(update={"passages": tuple(passages)})
    return Whole(framework=framework, notes=HARBOUR.notes, glossary=HARBOUR.glossary)


def test_it_is_valid_in_its_own_edition_and_where_what_changed_is_elsewhere_with_a_remark():
    found = checked()
    assert (found.result, found.faults, found.changes, found.remarks) == ("valid", (), (), ())
    assert [one.state for one in found.statements] == ["stands"] * 7
    assert found.named == found.edition == HARBOUR.corpus.digest
    note = walkways(as_of=date(2026, 11, 20)).model_copy(update={"sha256": "1" * 64})
    late = verify(CERTIFICATE, Edition.of(HARBOUR.corpus), SETTINGS, date(2027, 8, 1))
    for again, held in (
        (checked(whole=without("harbour:A7-D1")), found.named[:12]),
        (checked(whole=harbour_whole(note)), "2026-11-20"),
        (late, "2027-07-31"),
    ):
        assert again.result == "valid"
        assert held in again.remarks[-1]


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
    rule = RULES.model_copy(update={"locator": "Rule 8"})
    for field, front in (("title", {"title": "Gangways"}), ("references", {"sources": [rule]})):
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
        (("statements", 1, "support"), 0.5, "Statement 2 .* verdict"),
        (("statements", 0, "text"), "There are 9 owners.", r"Statement 1 .* 9 owners\b.* 2\."),
        (("statements", 2, "quotes", 0, "end"), 15, "Statement 3 .*harbour:A2-W1"),
        (("statements", 2, "quotes", 0, "text_sha256"), "0", "Statement 3 .*“0” as text"),
        (("statements", 5, "quotes", 0, "grounds"), [], "Statement 6 .*“” as grounds"),
        (("nearest", 0, "quote"), "Lights on walkways are black.", ".* nearest .*note:walkways#2"),
        (("completeness", 0, "listed"), 1, ".*“1” as owners listed"),
        (("sources", 0, "title"), "Quay", ".*“Quay” as title of harbour"),
        # What it says against itself.
        (("status",), "not_covered", ".*status not_covered .* reason “”"),
        (("statements",), [], ".*no statement"),
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


# Fields that no corpus can hold anybody to; only the digest of the certificate keeps them. A later
# day of checking is no tampering either that a certificate could tell: the source was read again.
UNTIED = {"filters", "question", "resolved_question", "scope", "parts", "provenance", "digest"}
UNTIED |= {"label", "section", "as_of"}


def is_tied(place):
    if {*place} & UNTIED:
        return False
    note = place[0] == "statements" and CERTIFICATE.statements[int(place[1])].kind == "note"
    return not (note and place[-1] == "text")


@given(leaf=st.sampled_from([*certified.leaves(table_of())]), data=st.data())
def test_any_changed_value_is_noticed_by_the_digest_and_where_it_is_tied_by_the_corpus(leaf, data):
    place, value = leaf
    if isinstance(value, str):
        at = data.draw(st.integers(0, len(value)))
        sign = data.draw(st.characters(codec="utf-8") | st.just(""))
        other = f"{value[:at]}{sign}{value[at + data.draw(st.integers(0, 1)) :]}"
    else:
        other = value + data.draw(st.sampled_from([-1, 1, 10]))
    if other == value:
        return
    try:
        certificate, digest = parse_certificate(json.dumps(table_of(place, other)))
    except CertificateError:
        return  # it is not in its form, which reading it tells
    assert digest != certificate.digest
    if is_tied(place):
        assert checked(certificate).result == "broken"
        assert checked(certificate, without("harbour:A7-D1")).result in ("broken", "stale")


def test_an_answer_of_another_corpus_or_with_other_counts_gets_no_certificate():
    counts = (Completeness(facet="owners", group="harbour:A6", listed=3, total=3),)
    with pytest.raises(CertificateError, match="harbour:A6"):
        certify(ANSWER.model_copy(update={"completeness": counts}), HARBOUR.corpus, TODAY)
    other = without("harbour:A7-D1").corpus
    with pytest.raises(CertificateError, match="corpus"):
        certify(ANSWER, other, TODAY)


LONGER = (*LIGHT, Marked(text="Lamps are cleaned each week.", marks=("rules",)))


def matched(new, *answers):
    rows = [SavedAnswer(id=f"a{number}", answer=one) for number, one in enumerate(answers)]
    difference = compare(HARBOUR.corpus, new.corpus, TODAY)
    return affecting.match_answers(
        rows, difference, HARBOUR.corpus, new.corpus, HARBOUR.corpus.digest
    )


def test_an_answer_is_affected_by_what_it_cites_shows_as_nearest_or_rests_on():
    found = matched(HARBOUR, saved(cited("note:walkways#2")), saved())
    assert found == affecting.Matching(total=2, affected=(), foreign=())
    quote = cited("note:walkways#2", 0)
    new = harbour_whole(walkways(("", OPENING), ("Light", LONGER)))
    (affected,) = matched(new, saved(status="not_covered", nearest=(quote,)), saved()).affected
    stands = {"fate": "stands", "now": "note:walkways#2"}
    assert affected.changed == {"note:walkways#2": ("reworded",)}
    assert affected.quotes == (Quote(passage_id="note:walkways#2", quote=quote.quote, **stands),)
    found = matched(without(A1={"locator": "line 99"}), saved(cited("note:walkways#1", 0)))
    (affected,) = found.affected
    assert (affected.changed, affected.quotes) == ({"harbour:A1": ("resourced",)}, ())


def test_a_count_that_no_longer_holds_is_told_though_all_quotes_stand():
    owner = HARBOUR.framework.passage_by_id["harbour:A1-W2"]
    place = {"lines": Lines(first=6, last=6), "sentences": (Span(start=0, end=8),)}
    new = without(more=[owner.model_copy(update={"id": "harbour:A1-W3", **place})])
    for facet, group, total, now in (
        *(("owners", ":A1", 2, 3), ("owners", ":T1", 5, 6), ("owners", "", 12, 13)),
        # What holds or is of something else is let be.
        *(("deadlines", ":A1", 1, None), ("owners", ":A1", 7, None)),
    ):
        told = {"facet": facet, "group": f"harbour{group}", "total": total}
        count = Completeness(listed=total, **told)
        affected = matched(new, saved(completeness=(count,))).affected
        wanted = [({}, (Recount(now=now, **told),))] if now else []
        assert [(one.changed, one.counts) for one in affected] == wanted


def test_rows_and_bare_answers_are_read_and_other_lines_refused_by_file_and_number(tmp_path):
    file = tmp_path / "answers.jsonl"
    bare = saved().model_dump(mode="json")
    rows = [{"id": "q1", "answer": bare, "seconds": 0.1}, bare]
    file.write_text("\n\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert [one.id for one in read_answers(file)] == ["q1", "line 3"]
    assert [one.answer for one in read_answers(file)] == [saved(), saved()]
    cut = json.dumps({key: bare[key] for key in bare if key != "statements"})
    for line in ("no json", "[]", '{"id": "a", "answer": null}', '{"answer": {"a": 1}}', cut):
        file.write_text(f"{saved().model_dump_json()}\n{line}\n", encoding="utf-8")
        with pytest.raises(BatchError) as refused:
            read_answers(file)
        assert str(refused.value).startswith(f"{file}, line 2 is no saved answer: ")
        assert "\n" not in str(refused.value)
