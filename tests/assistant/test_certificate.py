"""Certificates: what an answer rests on, in one record with a digest of its own."""

from __future__ import annotations

import pytest

from assistant.certificates.certificate import Certificate, digest_of_table
from assistant.errors import CertificateError
from assistant.records import Signposting
from corpus.errors import CorpusError
from corpus.passage import Corpus
from tests.certified import ANSWER, CERTIFICATE, table_of
from tests.harbour import HARBOUR, RULES


def test_every_statement_is_there_with_kind_verdict_support_and_section() -> None:
    for kept, said in zip(CERTIFICATE.statements, ANSWER.statements, strict=True):
        assert (kept.text, kept.kind, kept.verdict) == (said.text, said.kind, said.verdict)
        assert (kept.support, kept.section) == (said.support, said.section)


def test_every_quote_stands_at_its_span_of_the_passage_whose_hash_it_gives() -> None:
    quotes = list(CERTIFICATE.quotes)
    assert len(quotes) == 8
    for quote in quotes:
        passage = HARBOUR.corpus.passage(quote.passage_id)
        assert passage.text[quote.start : quote.end] == quote.quote
        assert quote.text_sha256 == passage.text_sha256
        assert quote.heading_path == passage.heading_path


def test_every_source_is_described_once_with_the_works_that_its_quotes_rest_on() -> None:
    page, note = CERTIFICATE.sources
    assert (page.id, page.tier, page.references) == ("harbour", "framework", ())
    assert (note.id, note.sha256) == ("note:walkways", HARBOUR.notes[0].source.sha256)
    assert note.references == (RULES,)


def test_question_edition_checker_and_counts_are_those_of_the_answer() -> None:
    assert CERTIFICATE.question == ANSWER.question
    assert CERTIFICATE.provenance == ANSWER.provenance
    assert CERTIFICATE.completeness == ANSWER.completeness


def test_equal_answers_give_equal_certificates_and_the_digest_is_over_all_but_itself() -> None:
    again = Certificate.of(ANSWER, HARBOUR.corpus)
    assert again == CERTIFICATE
    table = table_of()
    assert digest_of_table(table) == digest_of_table(table | {"digest": "x"}) == again.digest
    assert digest_of_table(table | {"reason": "x"}) != again.digest


def test_a_refusal_is_certified_with_its_reason_and_its_nearest_passages() -> None:
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
def test_of_a_message_that_is_signposted_nothing_is_kept(fields: dict[str, object]) -> None:
    with pytest.raises(CertificateError, match="nothing is kept"):
        Certificate.of(ANSWER.model_copy(update=fields), HARBOUR.corpus)


def test_an_answer_from_another_corpus_is_refused() -> None:
    with pytest.raises(CorpusError):
        Certificate.of(ANSWER, Corpus(sources=(), passages=()))
