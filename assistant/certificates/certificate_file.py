"""Certificates as files: written once and whole, and read back with the digest they have now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pydantic import JsonValue, ValidationError

from assistant.certificates.certificate import (
    FORMAT,
    LARGEST,
    VERSION,
    Certificate,
    digest_of_table,
)
from assistant.errors import CertificateError
from assistant.home import reason_of, write_whole


def write_certificate(certificate: Certificate, path: Path) -> None:
    """Write a certificate to a new file, whole or not at all.

    Raises:
        CertificateError: the file is there already, or cannot be written.
    """
    check_free(path)
    try:
        write_whole(path, f"{certificate.model_dump_json(indent=2)}\n".encode())
    except OSError as error:
        said = f"The certificate {path} cannot be written: {_reason(error)}"
        raise CertificateError(f"{said}; name a file elsewhere.") from None


def check_free(path: Path) -> None:
    """Check that a certificate may be written to a file: one that is there is never replaced.

    Raises:
        CertificateError: something is there already, or there is no such folder.
    """
    if path.exists() or path.is_symlink():
        raise CertificateError(f"{path} is there already; remove it, or name another file.")
    if not path.parent.is_dir():
        raise CertificateError(f"{path.parent} is no folder; make it, or name a file elsewhere.")


class Received(NamedTuple):
    """A certificate as it was found in a file."""

    certificate: Certificate
    digest: str
    """Digest of its content as found, which is the one that it gives if nothing was changed."""


def parse_certificate(text: str) -> Received:
    """Read a certificate from the text of its file.

    Raises:
        CertificateError: it is none, or has another form.
    """
    try:
        table: JsonValue = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        # What no file can hold, such as half a sign or too deep a nest, is refused here as well.
        json.dumps(table, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise CertificateError("It is no certificate; it is no JSON that can be read.") from None
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise CertificateError(f"It is no certificate; the form it gives is not {FORMAT!r}.")
    version = table.get("version")
    if version != VERSION or type(version) is not int:  # neither 1.0 nor true
        said = f"It has the version {str(version)[:20]!r} of the form"
        raise CertificateError(f"{said}, but this Signpost reads {VERSION}.")
    try:
        # As JSON and strictly, so that a number in quotation marks is no number.
        certificate = Certificate.model_validate_json(json.dumps(table), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CertificateError(f"It is not in its form: {place}: {first['msg']}.") from None
    # Over the file's own fields, since records may get more of them later.
    return Received(certificate, digest_of_table(table))


def certificate_text(path: Path) -> str:
    """Return the text of a file that may be a certificate.

    Raises:
        CertificateError: it cannot be read, or is none by its size or its signs.
    """
    try:
        if not path.is_file():
            said = "it is no file" if path.exists() else "there is no such file"
            raise CertificateError(f"It cannot be read: {said}.")
        if path.stat().st_size > LARGEST:
            raise CertificateError("It is no certificate; it is larger than any.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CertificateError(f"It cannot be read: {_reason(error)}.") from None
    except UnicodeDecodeError:
        raise CertificateError("It is no certificate; it is not UTF-8.") from None


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Refuse a name that stands twice: people would read the one, and programs the other."""
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("A name stands twice.")
    return table


def _refuse(name: str) -> JsonValue:
    raise ValueError(f"{name} is no JSON.")


def _reason(error: OSError) -> str:
    return reason_of(error).partition(";")[0]
