"""A certificate beside an edition: each thing that it rests on is looked up and compared.

**Broken**: it contradicts itself, or what it claims does not hold in the very edition, or by the
very checker, that it names. **Stale**: it may have been true of another edition, checker or
settings, and something that it rests on differs now. **Valid**: all that it rests on is as it was,
also where the edition has changed elsewhere.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from math import isclose
from pathlib import Path
from typing import Literal

from rapidfuzz import process

from assistant.certificates import certificate as certifying
from assistant.certificates.affected import Quote, counted, find_quote
from assistant.certificates.certificate import Certificate, CertifiedQuote, CertifiedStatement
from assistant.certificates.edition import Edition
from assistant.citing import ground
from assistant.citing.citations import cite_from
from assistant.citing.fidelity import faithful
from assistant.errors import CertificateError
from assistant.records import Answer, Completeness
from assistant.retrieval.search import group_filter
from corpus.editions.difference import CHECKED_AGAIN
from corpus.passage import Corpus, Passage, Record, Span, sha256_of

SAME, SHOWN = 1e-6, 80
"""Largest difference of two supports that are the same; most characters of a text in a fault."""

What = Literal["passage", "source", "count", "checker", "settings"]

_ABOUT_A_QUOTE = ("text_sha256", "source_id", "tier", "locator", "heading_path", "grounds")


class Change(Record):
    """Something that a certificate rests on and that differs now."""

    what: What
    id: str
    field: str
    """What of it (`text`, `title`, for a count the kind of thing); `id` where it is gone."""

    old: str
    new: str


class Judged(Record):
    """A statement of a certificate, by its place in it from 1, and whether it still stands."""

    number: int
    text: str
    state: Literal["stands", "moved", "falls", "broken"]
    """Whether it stands as cited, stands under another passage now, no longer stands, or is not
    what the certificate claims."""

    reason: str = ""
    quote: str = ""
    now: str = ""
    """The quote whose words are gone, and the sentence of its passage that is most like it now."""


class Verification(Record):
    """What came of checking a certificate again."""

    result: Literal["valid", "stale", "broken"]
    question: str = ""
    certified: str = ""
    """When it was answered, ISO 8601; empty, as all below, where the file was not read."""

    named: str = ""
    edition: str = ""
    """Digests of the editions that the certificate names, and that it was checked against."""

    faults: tuple[str, ...] = ()
    """What is not as the certificate claims, each as one sentence that names the statement."""

    changes: tuple[Change, ...] = ()
    statements: tuple[Judged, ...] = ()
    remarks: tuple[str, ...] = ()
    """What is worth knowing and changes nothing."""


def certify(answer: Answer, corpus: Corpus, today: date) -> Certificate:
    """Certify an answer; `CertificateError` where nothing is kept of it, or a claim is untrue."""
    if answer.provenance.corpus != corpus.digest:
        raise CertificateError("No certificate was written: the answer is from another corpus.")
    certificate = Certificate.of(answer, corpus)
    found = verify(certificate, Edition.of(corpus), answer.provenance.settings, today)
    if found.result != "valid":
        why = next(iter(found.faults), "Another checker judged it.")
        raise CertificateError(f"No certificate was written, since the answer would fail it: {why}")
    return certificate


def verify_file(file: Path | str, edition: Edition, settings: str, today: date) -> Verification:
    """Check the certificate in a file, or in the text of one, against what is at hand.

    A file that holds none is broken; on the day, a source may be past its review.
    """
    try:
        text = certifying.certificate_text(file) if isinstance(file, Path) else file
        certificate, digest = certifying.parse_certificate(text)
    except CertificateError as error:
        return Verification(result="broken", faults=(str(error),))
    found = verify(certificate, edition, settings, today)
    if digest == certificate.digest:
        return found
    fault = "It was changed after it was written: its digest is not that of its content."
    return found.model_copy(update={"result": "broken", "faults": (*found.faults, fault)})


def verify(certificate: Certificate, edition: Edition, settings: str, today: date) -> Verification:
    """Check a certificate against an edition, without asking again; see `verify_file`."""
    return _Check(certificate, edition).run(settings, today)


class _Check:
    """One certificate beside one edition; collects what it finds."""

    def __init__(self, certificate: Certificate, edition: Edition) -> None:
        self._kept, self._edition, self._corpus = certificate, edition, edition.corpus
        self._same = certificate.provenance.corpus == edition.digest
        # Tiers stand in the certificate itself; for the rest it takes the edition that it names.
        narrowed = certificate.filters.model_copy(update={"tiers": ()})
        self._allowed = group_filter(narrowed, edition.corpus.passages)
        self._worded = faithful if certificate.provenance.checker == ground.WORDED else None
        self._contradicted = list(contradictions(certificate))
        self._faults = [said for number, said in self._contradicted if not number]
        self._changes: list[Change] = []
        self._remarks: list[str] = []
        self._recounted: list[tuple[Completeness, int]] = []

    def run(self, settings: str, today: date) -> Verification:
        certificate, edition = self._kept, self._edition
        held, filters = certificate.provenance, certificate.filters
        if held.checker not in (ground.CHECKER, ground.WORDED):
            self._changed("checker", "", "name", held.checker, ground.CHECKER)
        if held.settings != settings:
            self._changed("settings", "", "digest", held.settings, settings)
        machinery = len(self._changes)
        names = {key for passage in self._corpus.passages for key in passage.facets}
        serves = not filters.audience or f"audience:{filters.audience}" in names
        if self._same and not (serves and {*filters.pillars} <= self._corpus.by_id.keys()):
            self._faults.append("Its filters name what the edition that it names has not.")
        self._sources(today)
        for asked in dict.fromkeys(certificate.completeness):
            self._count(asked)
        statements = tuple(
            self._judge(number, said) for number, said in enumerate(certificate.statements, start=1)
        )
        for quote in certificate.nearest:
            self._quote(quote, "The list of nearest passages")
        if not self._same:
            touched = len(self._changes) > machinery
            rest = "" if touched else ", and nothing that it cites is among what changed"
            said = f"The certificate names edition {held.corpus[:12]}; the one at hand is"
            self._remarks.insert(0, f"{said} {edition.digest[:12]}{rest}.")
        return Verification(
            result="broken" if self._faults else "stale" if self._changes else "valid",
            question=certificate.question,
            certified=held.time,
            named=held.corpus,
            edition=edition.digest,
            faults=tuple(dict.fromkeys(self._faults)),
            changes=tuple(dict.fromkeys(self._changes)),
            statements=statements,
            remarks=tuple(self._remarks),
        )

    def _changed(self, what: What, id_: str, field: str, old: str, new: str) -> None:
        self._changes.append(Change(what=what, id=id_, field=field, old=old, new=new))

    def _differs(self, whose: str, what: What, id_: str, field: str, old: str, new: str) -> None:
        """Note what differs: a fault in the edition that is named, a change in another."""
        if not self._same:
            self._changed(what, id_, field, old, new)
        elif field == "id":
            self._faults.append(f"{whose} names {id_}, which the edition that it names has not.")
        else:
            said = f"{whose} gives “{shortened(old)}” as {field} of {id_}"
            self._faults.append(f"{said}; the edition that it names has “{shortened(new)}”.")

    def _sources(self, today: date) -> None:
        now = {one.id: one for one in certifying.sources_of(self._kept.quotes, self._corpus)}
        for old in self._kept.sources:
            new = now.get(old.id)
            if new is None:
                self._differs("The certificate", "source", old.id, "id", old.id, "")
                continue
            pairs = _differences(old, new, certifying.CertifiedSource.model_fields)
            if not self._same and new.as_of > old.as_of and {*pairs} <= {*CHECKED_AGAIN, "sha256"}:
                said = "its words that are cited are as they were"
                self._remarks.append(f"{old.id} was checked again on {new.as_of}; {said}.")
                pairs = {}
            for name, pair in pairs.items():
                self._differs("The certificate", "source", old.id, name, *pair)
            if new.review_by and new.review_by < today.isoformat():
                self._remarks.append(f"{old.id} is past its review, which was due {new.review_by}.")

    def _count(self, asked: Completeness) -> None:
        found = counted(self._corpus, asked)
        shown = {one.passage_id for said in self._kept.statements for one in said.quotes} & found
        field, told, now = asked.facet, asked.total, len(found)
        if now != told:
            self._recounted.append((asked, now))
        else:
            field, told, now = f"{asked.facet} listed", asked.listed, len(shown)
        if now != told:
            self._differs("The count", "count", asked.group, field, str(told), str(now))

    def _judge(self, number: int, kept: CertifiedStatement) -> Judged:
        whose, before = f"Statement {number}", len(self._faults)
        self._faults.extend(said for at, said in self._contradicted if at == number)
        fates = [fate for quote in kept.quotes if (fate := self._quote(quote, whose))]
        doubt = self._recheck(whose, kept) if len(self._faults) == before else ""
        judged = partial(Judged, number=number, text=kept.text)
        lost = min(fates, key=lambda one: ("gone", "moved", "stands").index(one.fate), default=None)
        miscounted = (
            f"{asked.group} has another number of {asked.facet} now: {now}."
            for asked, now in self._recounted
            if kept.kind == "note" and asked.total in numbers(kept.text, asked.label)
        )
        if len(self._faults) > before:
            return judged(state="broken", reason=self._faults[before])
        if lost and lost.fate == "gone":
            fallen = partial(judged, state="falls", quote=lost.quote)
            id_, passage = lost.passage_id, self._corpus.by_id.get(lost.passage_id)
            if passage is None:
                said = f"{id_} is gone, and no passage of its source has its words."
                return fallen(reason=said)
            sentences = [span.of(passage.text) for span in passage.sentences] or [passage.text]
            near = process.extractOne(lost.quote, sentences)
            return fallen(reason=f"{id_} has other words now.", now=near[0] if near else "")
        if lost and lost.fate == "moved":
            return judged(state="moved", reason=f"Its words stand in {lost.now} now.")
        reason = doubt or next(miscounted, "")
        return judged(state="falls" if reason else "stands", reason=reason)

    def _quote(self, kept: CertifiedQuote, whose: str) -> Quote | None:
        """Compare a quote with its passage; return where its words are if the passage changed."""
        id_, passage = kept.passage_id, self._corpus.by_id.get(kept.passage_id)
        if not kept.quote or len(kept.quote) != kept.end - kept.start:
            self._faults.append(f"{whose} quotes words of {id_} that do not fill their span.")
            return None
        if passage is None:
            self._differs(whose, "passage", id_, "id", id_, "")
            return find_quote(kept.quote, id_, kept.source_id, self._corpus)
        if self._same and not self._allowed.allows(passage.facets):
            self._faults.append(f"{whose} quotes {id_}, which its filters leave out.")
        span = Span(start=kept.start, end=kept.end)
        now = CertifiedQuote.of(cite_from(self._corpus, id_, span), self._corpus)
        reworded = now.text_sha256 != kept.text_sha256
        if not reworded and now.quote != kept.quote:
            self._faults.append(f"{whose} quotes words that are not at their place in {id_}.")
        # Where the words are others, what is said about them is no further news.
        fields = _ABOUT_A_QUOTE[:1] if reworded else _ABOUT_A_QUOTE
        for name, pair in _differences(kept, now, fields).items():
            told = "text" if name == "text_sha256" else name
            self._differs(whose, "passage", id_, told, *pair)
        return find_quote(kept.quote, id_, now.source_id, self._corpus) if reworded else None

    def _recheck(self, whose: str, kept: CertifiedStatement) -> str:
        """Give a statement its verdict again; return why it falls by another checker."""
        # Where its quotes stand was looked up. Only they are taken of their passages: that tells a
        # statement which never was what it quotes from one whose source changed.
        passages = {one.passage_id: _as_quoted(one.passage_id, kept.quotes) for one in kept.quotes}
        judged, dropped = ground.check((kept.statement,), passages, self._worded)
        if dropped:
            reason = f"{dropped[0].reason[:1].lower()}{dropped[0].reason[1:]}"
        else:
            verdict, support = judged[0].verdict, judged[0].support
            both_or_none = (support is None) == (kept.support is None)
            alike = isclose(support or 0.0, kept.support or 0.0, abs_tol=SAME)
            if verdict == kept.verdict and both_or_none and alike:
                return ""
            reason = f"its verdict is {verdict} ({support}), not {kept.verdict} ({kept.support})."
        if self._kept.provenance.checker not in (ground.CHECKER, ground.WORDED):
            return f"By the checker {ground.CHECKER}, {reason}"
        self._faults.append(f"{whose} is not as it was checked: {reason}")
        return ""


def _as_quoted(passage_id: str, quotes: Iterable[CertifiedQuote]) -> Passage:
    """Return a passage of which only the quoted words are known; the rest is blank."""
    own = [quote for quote in quotes if quote.passage_id == passage_id]
    signs = [" "] * max(quote.end for quote in own)
    for quote in own:
        signs[quote.start : quote.end] = quote.quote
    text = "".join(signs)
    about = own[0].model_dump(include={"source_id", "locator", "heading_path"})
    blank = {"id": passage_id, "sentences": (), "facets": {}}
    return Passage.model_validate(about | blank | {"text": text, "text_sha256": sha256_of(text)})


def _differences(old: Record, new: Record, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the fields of two records of one kind that differ, as texts."""
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in names}
    return {
        name: (_told(one), _told(other)) for name, (one, other) in pairs.items() if one != other
    }


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_told(one) for one in value)
    if isinstance(value, Record):
        return ", ".join(_told(one) for one in value.model_dump().values() if one)
    return str(value)


def contradictions(kept: Certificate) -> Iterator[tuple[int, str]]:
    """Yield what a certificate says against itself, by number of the statement or 0."""
    if (kept.status == "answered") != (not kept.reason):
        yield 0, f"The status {kept.status} and the reason “{shortened(kept.reason)}” do not agree."
    if kept.status == "answered" and not kept.statements:
        yield 0, "The status is answered, but there is no statement."
    quotes = list(kept.quotes)
    hashes = Counter(id_ for id_, _ in {(one.passage_id, one.text_sha256) for one in quotes})
    yield from ((0, f"{id_} is given two hashes.") for id_, count in hashes.items() if count > 1)
    if sorted({quote.source_id for quote in quotes}) != sorted(one.id for one in kept.sources):
        yield 0, "The sources that it lists are not those that it quotes."
    for number, said in enumerate(kept.statements, start=1):
        tiers = {quote.tier for quote in said.quotes}
        if said.kind != "note" and (others := tiers - {said.kind}):
            yield number, f"Statement {number} is called {said.kind}, but quotes {min(others)}."
        if kept.filters.tiers and (others := tiers - {*kept.filters.tiers}):
            yield number, f"Statement {number} quotes {min(others)}, which its filters leave out."
    yield from _uncounted(kept)


def _uncounted(kept: Certificate) -> Iterator[tuple[int, str]]:
    """Yield counts that exceed what there is, or that the notes tell otherwise."""
    notes = [(at, one.text) for at, one in enumerate(kept.statements, 1) if one.kind == "note"]
    for count in kept.completeness:
        if count.listed > count.total:
            yield 0, f"It lists {count.listed} {count.facet} of {count.group}, of {count.total}."
        told = [(at, number) for at, text in notes for number in numbers(text, count.label)]
        if told and count.total not in {number for _, number in told}:
            at, number = told[0]
            yield at, f"Statement {at} counts {number} {count.label}; the list has {count.total}."


def numbers(text: str, label: str) -> set[int]:
    """Return how many of a thing a text speaks of.

    >>> sorted(numbers("The page lists 5 outcomes and 1 partner.", "outcomes"))
    [5]
    """
    found = re.findall(rf"(?<!\d)(\d{{1,9}}) {re.escape(label)}\b", text) if label else []
    return {int(one) for one in found}


def shortened(text: str) -> str:
    """Return a text as it is shown in a sentence about it."""
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 2]} …"
