import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.certificates.certificate import (
    Certificate,
    certificate_text,
    digest_of_table,
    parse_certificate,
    write_certificate,
)
from assistant.errors import CertificateError
from assistant.records import Signposting
from tests.certified import ANSWER, CERTIFICATE, kept, leaves, put, sealed, table_of
from tests.harbour import HARBOUR, RULES


def test_statements_quotes_and_sources_are_those_of_the_answer_and_its_corpus():
    for held, said in zip(CERTIFICATE.statements, ANSWER.statements, strict=True):
        assert (held.text, held.kind, held.verdict) == (said.text, said.kind, said.verdict)
        assert (held.support, held.section) == (said.support, said.section)
    quotes = list(CERTIFICATE.quotes)
    assert len(quotes) == 8
    for quote in quotes:
        passage = HARBOUR.corpus.passage(quote.passage_id)
        assert passage.text[quote.start : quote.end] == quote.quote
        assert quote.text_sha256 == passage.text_sha256
        assert quote.heading_path == passage.heading_path
    page, note = CERTIFICATE.sources
    assert (page.id, page.tier, page.references) == ("harbour", "framework", ())
    assert (note.id, note.sha256) == ("note:walkways", HARBOUR.notes[0].source.sha256)
    assert note.references == (RULES,)


def test_equal_answers_give_equal_certificates_and_a_refusal_has_its_reason() -> None:
    again = Certificate.of(ANSWER, HARBOUR.corpus)
    assert again == CERTIFICATE
    table = table_of()
    assert digest_of_table(table) == digest_of_table(table | {"digest": "x"}) == again.digest
    assert digest_of_table(table | {"reason": "x"}) != again.digest
    fields = {"status": "not_covered", "reason": "coverage_gap", "statements": ()}
    refusal = ANSWER.model_copy(update=fields)
    certificate = Certificate.of(refusal, HARBOUR.corpus)
    assert (certificate.status, certificate.reason) == ("not_covered", "coverage_gap")
    assert [one.passage_id for one in certificate.nearest] == ["note:walkways#2"]
    assert [one.id for one in certificate.sources] == ["note:walkways"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "safeguarding", "reason": "disclosure"},
        {"signposting": Signposting(case="A", text="Help.", services=())},
    ],
)
def test_of_a_message_that_is_signposted_nothing_is_kept(fields):
    with pytest.raises(CertificateError, match="nothing is kept"):
        Certificate.of(ANSWER.model_copy(update=fields), HARBOUR.corpus)


LEAVES = tuple(leaves(table_of()))


def refused(folder, content):
    file = folder / "forged.json"
    file.write_bytes(content)
    with pytest.raises(CertificateError) as error:
        parse_certificate(certificate_text(file))
    return str(error.value)


def test_what_was_written_is_read_back_and_never_replaced(tmp_path):
    file = kept(tmp_path)
    before = file.read_bytes()
    assert parse_certificate(certificate_text(file)) == (CERTIFICATE, CERTIFICATE.digest)
    assert [*tmp_path.iterdir()] == [file]
    with pytest.raises(CertificateError, match=re.escape(str(file))):
        write_certificate(CERTIFICATE, file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[1, 2]", "no certificate"),
        (b'{"format": "other"}', "no certificate"),
        (b'{"format": "signpost-certificate"}', "version 'None'"),
        (b'{"format": "signpost-certificate", "version": 2}', "reads 1"),
        (b'{"format": "signpost-certificate", "version": 1}', "question: "),
        (b'{"version": 1, "version": 1}', "JSON"),
        (b'{"support": NaN}', "JSON"),
        (b"[" * 100_000, "JSON"),
        (b"1" * 5_000, "JSON"),
    ],
)
def test_what_is_no_certificate_is_refused(tmp_path, content, said):
    assert said in refused(tmp_path, content)


def test_a_folder_a_missing_file_and_a_huge_one_are_refused(tmp_path):
    huge = tmp_path / "huge.json"
    with huge.open("wb") as file:
        file.truncate(2**24 + 1)
    for path, said in [
        (tmp_path, "it is no file"),
        (tmp_path / "x", "no such file"),
        (huge, "larger"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ]:
        with pytest.raises(CertificateError, match=said):
            certificate_text(path)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("status",), "certain", "status: "),
        (("statements", 0, "quotes", 0, "start"), -1, "statements.0.quotes.0.start: "),
        (("statements", 0, "quotes", 0, "start"), "0", "statements.0.quotes.0.start: "),
        (("statements", 0, "quotes", 0, "end"), 10**12, "statements.0.quotes.0.end: "),
        (("question",), "\ud800", "JSON"),
        (("extra",), 1, "extra: "),
        (("version",), True, "version"),
    ],
)
def test_a_field_that_is_not_in_its_form_is_named_whatever_the_digest(tmp_path, place, value, said):
    table = table_of()
    put(table, place, value)
    assert said in refused(tmp_path, json.dumps(sealed(table)).encode())


@given(leaf=st.sampled_from(LEAVES), data=st.data())
def test_any_single_changed_character_of_any_value_is_noticed(leaf, data):
    place, value = leaf
    text = value if isinstance(value, str) else json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    sign = data.draw(st.characters(codec="utf-8")) if isinstance(value, str) else "7"
    tail = text[at + data.draw(st.integers(0, 1)) :]
    other = f"{text[:at]}{data.draw(st.sampled_from(['', sign]))}{tail}"
    try:
        changed = other if isinstance(value, str) else json.loads(other)
    except ValueError:
        changed = other
    if changed == value:
        return
    table = table_of()
    put(table, place, changed)
    try:
        certificate, digest = parse_certificate(json.dumps(table))
    except CertificateError:
        return
    assert digest != certificate.digest
