"""A certified answer from the little corpus, and ways to forge it."""

import json
from datetime import date

from assistant.answering.structured import Structured
from assistant.certificates.certificate import Certificate, digest_of_table
from assistant.certificates.edition import Edition
from assistant.certificates.recheck import certify, verify
from assistant.citing import ground
from assistant.understanding.reading import Query
from tests.harbour import HARBOUR, cited, saved

TODAY = date(2026, 11, 25)
SETTINGS = "settings-1"


def certified_answer():
    """Return an answer with a note, a complete list, two sentences of guidance and a nearest."""
    kinds = ("owner", "deadline")
    query = Query(text="", operation="describe", subjects=("harbour:A2",), kinds=kinds)
    listed = Structured(HARBOUR.framework).compose(query)
    assert listed is not None
    told = saved(cited("note:walkways#2", 0), cited("note:walkways#1"))
    statements, dropped = ground.check((*listed.statements, *told.statements), HARBOUR.corpus.by_id)
    assert not dropped
    made = told.provenance.model_copy(update={"settings": SETTINGS, "checker": ground.CHECKER})
    update = {"statements": statements, "completeness": tuple(listed.completeness)}
    update |= {"nearest": (cited("note:walkways#2", 1),), "provenance": made}
    return told.model_copy(update=update)


ANSWER = certified_answer()
CERTIFICATE = certify(ANSWER, HARBOUR.corpus, TODAY)


def table_of(place=(), value=None):
    """Return the certificate as the JSON of its file, with another value at a place."""
    table = json.loads(CERTIFICATE.model_dump_json())
    if place:
        put(table, place, value)
    return table


def kept(folder):
    file = folder / "certificate.json"
    file.write_text(CERTIFICATE.model_dump_json(indent=2), encoding="utf-8")
    return file


def sealed(table):
    """Return a table with the digest of its content, as a forger who knows how would."""
    return table | {"digest": digest_of_table(table)}


def forged(place, value):
    """Return the certificate with another value at a place, under a digest that fits."""
    return Certificate.model_validate_json(json.dumps(sealed(table_of(place, value))))


def checked(certificate=CERTIFICATE, whole=HARBOUR, *, settings=SETTINGS):
    return verify(certificate, Edition.of(whole.corpus), settings, TODAY)


def put(table, place, value):
    *way, last = place
    for step in way:
        table = table[step]
    table[last] = value


def leaves(value, place=()):
    if isinstance(value, dict | list):
        for key, held in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(held, (*place, key))
    elif value is not None:
        yield place, value
