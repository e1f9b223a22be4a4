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
from tests.certified import ANSWER, CERTIFICATE, kept, leaves, sealed, table_of
from tests.harbour import HARBOUR, RULES


def test_statements_quotes_and_sources_are_those_of_the_answer_and_its_corpus():
    for held, said in zip(CERTIFICATE.statements, ANSWER.statements, strict=True):
        for name in ("text", "kind", "verdict", "support", "section"):
            assert getattr(held, name) == getattr(said, name)
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


def test_of_a_message_that_is_signposted_nothing_is_kept():
    signposted = {"signposting": Signposting(case="A", text="Help.", services=())}
    for fields in ({"status": "safeguarding", "reason": "disclosure"}, signposted):
        with pytest.raises(CertificateError, match="nothing is kept"):
            Certificate.of(ANSWER.model_copy(update=fields), HARBOUR.corpus)


LEAVES = tuple(leaves(table_of()))


def test_what_was_written_is_read_back_and_never_replaced(tmp_path):
    file = kept(tmp_path)
    before = file.read_bytes()
    assert parse_certificate(certificate_text(file)) == (CERTIFICATE, CERTIFICATE.digest)
    assert [*tmp_path.iterdir()] == [file]
    with pytest.raises(CertificateError, match=re.escape(str(file))):
        write_certificate(CERTIFICATE, file)
    assert file.read_bytes() == before


def forms():
    """Yield contents of files that are no certificate, each with what is said of it."""
    form = b'{"format": "signpost-certificate"'
    yield from ((b"", "no JSON"), (b"\xff\xfe", "not UTF-8"), (b"[1, 2]", "no certificate"))
    yield from ((b'{"format": "other"}', "no certificate"), (form + b"}", "version 'None'"))
    yield from ((form + b', "version": 2}', "reads 1"), (form + b', "version": 1}', "question: "))
    yield from ((b'{"version": 1, "version": 1}', "JSON"), (b'{"support": NaN}', "JSON"))
    yield from ((b"[" * 100_000, "JSON"), (b"1" * 5_000, "JSON"))
    start, end = (("statements", 0, "quotes", 0, name) for name in ("start", "end"))
    for place, value, said in (
        (("status",), "certain", "status: "),
        (start, -1, "statements.0.quotes.0.start: "),
        (start, "0", "statements.0.quotes.0.start: "),
        (end, 10**12, "statements.0.quotes.0.end: "),
        (("question",), "\ud800", "JSON"),
        (("extra",), 1, "extra: "),
        (("version",), True, "version"),
    ):
        # Whatever the digest.
        yield json.dumps(sealed(table_of(place, value))).encode(), said


def test_what_is_no_certificate_or_not_in_its_form_is_refused_by_name(tmp_path):
    file, huge = tmp_path / "forged.json", tmp_path / "huge.json"
    for content, said in forms():
        file.write_bytes(content)
        with pytest.raises(CertificateError) as error:
            parse_certificate(certificate_text(file))
        assert said in str(error.value)
    with huge.open("wb") as opened:
        opened.truncate(2**24 + 1)
    for path, said in (
        (tmp_path, "it is no file"),
        (tmp_path / "x", "no such file"),
        (huge, "larger"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ):
        with pytest.raises(CertificateError, match=said):
            certificate_text(path)


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
    try:
        certificate, digest = parse_certificate(json.dumps(table_of(place, changed)))
    except CertificateError:
        return
    assert digest != certificate.digest
