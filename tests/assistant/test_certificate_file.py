"""Certificates as files: never replaced, read back whole, and noticed when they were changed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.certificates.certificate_file import read_certificate, write_certificate
from assistant.errors import CertificateError
from tests.certified import CERTIFICATE, Place, kept, leaves, put, sealed, table_of

LEAVES = tuple(leaves(table_of()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


def refused(folder: Path, content: str | bytes) -> str:
    file = folder / "forged.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CertificateError) as error:
        read_certificate(file)
    return str(error.value)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    assert read_certificate(kept(tmp_path)) == (CERTIFICATE, CERTIFICATE.digest)
    assert [path.name for path in tmp_path.iterdir()] == ["certificate.json"]


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    file = kept(tmp_path)
    before = file.read_bytes()
    with pytest.raises(CertificateError, match=re.escape(str(file))):
        write_certificate(CERTIFICATE, file)
    assert file.read_bytes() == before


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="nowhere"):
        kept(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / f"{'x' * 245}.json"  # its temporary name is longer than a name may be
    with pytest.raises(CertificateError, match="File name too long"):
        write_certificate(CERTIFICATE, file)


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
def test_what_is_no_certificate_is_refused(folder: Path, content: bytes, said: str) -> None:
    assert said in refused(folder, content)


def test_a_folder_a_missing_file_and_a_huge_one_are_refused(tmp_path: Path) -> None:
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
            read_certificate(path)


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
def test_a_field_that_is_not_in_its_form_is_named_under_a_digest_that_fits(
    folder: Path, place: Place, value: str | int, said: str
) -> None:
    table = table_of()
    put(table, place, value)
    assert said in refused(folder, json.dumps(sealed(table)))


@given(leaf=st.sampled_from(LEAVES), data=st.data())
def test_any_single_changed_character_of_any_value_is_noticed(
    folder: Path, leaf: tuple[Place, str | int | float], data: st.DataObject
) -> None:
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
    file = folder / "changed.json"
    file.write_text(json.dumps(table), encoding="utf-8")
    try:
        found = read_certificate(file)
    except CertificateError:
        return
    assert found.digest != found.certificate.digest


@given(at=st.integers(0), byte=st.binary(min_size=1, max_size=1))
def test_any_changed_byte_of_the_file_is_noticed_unless_it_says_the_same(
    folder: Path, at: int, byte: bytes
) -> None:
    content = CERTIFICATE.model_dump_json(indent=2).encode()
    at %= len(content)
    file = folder / "byte.json"
    file.write_bytes(content[:at] + byte + content[at + 1 :])
    try:
        found = read_certificate(file)
    except CertificateError:
        return
    assert found.digest != found.certificate.digest or found.certificate == CERTIFICATE
