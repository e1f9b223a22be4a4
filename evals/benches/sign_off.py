"""The sheet on which a safeguarding lead signs the texts: `make sign-off FILE=sheet.md`.

It is made from `corpus/signposting.toml`, on demand. Who read which text is kept as long as not a
letter of that text changes; then its row is unread again. The sheet is signed when the file is, and
never by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from assistant.errors import SignpostError
from assistant.home import write_whole, writing
from corpus.checks.signposting import (
    Signposting,
    SignpostingCase,
    SignpostingService,
    read_signposting,
    shipped_signposting,
)
from corpus.passage import Record, digest_of, sha256_of

HEAD = """# Safeguarding sign-off

Somebody who writes to Signpost about abuse, blackmail, suicide or their own behaviour gets a
fixed reply and the names of services, in English, French or Spanish. This sheet is for the
safeguarding lead who answers for these words. As long as the state below says UNSIGNED, nobody
has read them for that purpose: they are careful drafts, and Signpost refuses to be served to
others unless its operator accepts that by a setting.

## How to sign

1. Read each reply below, in each language. For a language that you do not speak, name somebody
   who does, and have them read it. A reply stands here whole, as its reader gets it.
2. Open the page of each service, on the day. Look whether it is still there, still does what is
   said of it, and serves whom it is offered to. Think of who will use your Signpost: services
   of your own country may be missing.
3. Write your name and the day (2026-11-25) into the row of the table. Write what is wrong under
   remarks, and have it corrected in `corpus/signposting.toml`. `make sign-off` makes this sheet
   anew; a row whose text was changed is unread again.
4. When every row is filled in, run `signpost corpus check`, and write your name, the day and
   the digest that it prints into `reviewed_by`, `reviewed_on` and `reviewed_digest` of that
   file. Run `make sign-off` once more: the state is SIGNED.

Signed are these words and no others. Whoever changes one of them makes the digest stale,
`signpost corpus check` fails, and the texts count as unsigned until somebody signs again. Read
them again at least once a year, and whenever a service says that it has changed.

"""
"""What stands above the state of a new sheet."""

STATE = "## State\n"
"""Heading from which on the sheet is made from the texts."""

UNSIGNED = "UNSIGNED"
NOBODY = "nobody"
NEVER = "never"

MARK = 12
"""Letters of a SHA-256 by which a row knows its text."""

COLUMNS = 5
"""Cells of a row that can be read."""


class Reading(Record):
    """Who read a text, or opened the page of a service."""

    mark: str
    """The text that was read, as its fingerprint."""

    by: str = NOBODY
    on: str = NEVER
    """Day, ISO 8601."""

    remarks: str = ""

    @property
    def done(self) -> bool:
        """Whether somebody is named, with a day that the calendar has."""
        with suppress(ValueError):
            return self.by not in ("", NOBODY) and bool(date.fromisoformat(self.on))
        return False


def marks_of(signposting: Signposting) -> dict[str, str]:
    """Return the fingerprint of all that is to be read: replies such as `A en`, then services.

    That of a reply covers the whole reply as a reader gets it, and the services under it.
    """
    services = {one.id: one for one in signposting.services}
    replies = {
        f"{case.id} {language}": sha256_of(
            "\n".join([signposting.reply(case.id, language), case.name, *case.services])
        )
        for case in signposting.cases
        for language in signposting.languages
    }
    pages = {name: digest_of([service]) for name, service in services.items()}
    return {key: mark[:MARK] for key, mark in {**replies, **pages}.items()}


def read_sheet(sheet: str) -> dict[str, Reading]:
    """Return what the rows of a sheet say, by reply or service."""
    rows = (
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in sheet.partition(STATE)[2].splitlines()
        if line.startswith("| ")
    )
    return {
        row[0]: Reading(mark=row[1], by=row[2], on=row[3], remarks=row[4])
        for row in rows
        if len(row) == COLUMNS and len(row[1]) == MARK
    }


def kept_readings(readings: Mapping[str, Reading], signposting: Signposting) -> dict[str, Reading]:
    """Return a reading for all that is to be read; one of a text that has changed is given up."""
    return {
        key: readings[key] if key in readings and readings[key].mark == mark else Reading(mark=mark)
        for key, mark in marks_of(signposting).items()
    }


def renewed(sheet: str, signposting: Signposting) -> str:
    """Return a sheet with everything from its state on made anew; an empty one gets a head too."""
    readings = kept_readings(read_sheet(sheet), signposting)
    parts = [
        _state(signposting, readings),
        _rows("Replies", "reply", "read", {k: one for k, one in readings.items() if " " in k}),
        _rows("Services", "service", "opened", {k: o for k, o in readings.items() if " " not in k}),
        "## What the replies say\n",
        *(_reply_texts(case, signposting) for case in signposting.cases),
        "## What is said of the services\n",
        *(_service_texts(service, signposting) for service in signposting.services),
    ]
    return (sheet.partition(STATE)[0] or HEAD) + "\n".join(parts)


def sheet_faults(sheet: str, signposting: Signposting) -> list[str]:
    """Return what keeps a sheet from being that of these texts, one sentence each."""
    faults = []
    if sheet != renewed(sheet, signposting):
        faults.append("The sheet is not what the texts are; run: make sign-off")
    readings = kept_readings(read_sheet(sheet), signposting)
    for key, reading in readings.items():
        if (reading.by, reading.on) != (NOBODY, NEVER) and not reading.done:
            faults.append(f"The row {key} names a reader or a day, and not both; fill it.")
        elif signposting.signed and not reading.done:
            faults.append(f"The texts are signed, but nobody has read {key}.")
        elif signposting.signed and reading.on > signposting.reviewed_on:
            faults.append(f"The row {key} was read after the texts were signed; sign again.")
    return faults


def _state(signposting: Signposting, readings: Mapping[str, Reading]) -> str:
    done = sum(reading.done for reading in readings.values())
    signed = signposting.signed
    rows = {
        "State": "SIGNED" if signed else UNSIGNED,
        "Reviewed by": signposting.reviewed_by or NOBODY,
        "Reviewed on": signposting.reviewed_on or NEVER,
        "Digest that was signed": f"`{signposting.reviewed_digest}`" if signed else "none",
        "Digest of the texts": f"`{signposting.digest}`",
        "Texts and services last checked by their writers": signposting.as_of,
        "Replies to read": str(len(signposting.cases) * len(signposting.languages)),
        "Services to open": str(len(signposting.services)),
        "Rows that are filled in": f"{done} of {len(readings)}",
    }
    lines = [f"| {name} | {value} |" for name, value in rows.items()]
    return "\n".join([STATE, "| field | value |", "|---|---|", *lines, ""])


def _rows(title: str, what: str, done: str, rows: Mapping[str, Reading]) -> str:
    lines = [
        f"| {key} | {one.mark} | {one.by} | {one.on} | {one.remarks} |".replace("|  |", "| |")
        for key, one in rows.items()
    ]
    head = f"## {title}\n\n| {what} | text | {done} by | on | remarks |\n" + "|---" * COLUMNS + "|"
    return "\n".join([head, *lines, ""])


def _reply_texts(case: SignpostingCase, signposting: Signposting) -> str:
    lines = [f"### {case.id}: {case.name}\n", f"{case.purpose} Status `{case.status}`."]
    lines.append(f"Services, in this order: {', '.join(case.services)}.\n")
    for language in signposting.languages:
        said = signposting.reply(case.id, language).splitlines()
        lines += [f"{case.id} {language}:\n", "\n>\n".join(f"> {line}" for line in said), ""]
    return "\n".join(lines)


def _service_texts(service: SignpostingService, signposting: Signposting) -> str:
    where = signposting.region_names(service)
    seen = "its own page" if service.seen == "primary" else f"a {service.seen} account"
    lines = [
        f"### {service.id}\n",
        f"{service.name}, <{service.url}>. Works in: {where}. Last seen {service.as_of}, {seen}.",
        *([service.note] if service.note else []),
        "",
        *(
            "; ".join(filter(None, (f"- {one}: {service.purpose[one]}", service.hours.get(one))))
            for one in signposting.languages
        ),
        "",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a sheet, new or anew, and say what is still to be done."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if len(arguments) != 1:
        sys.stderr.write("signpost: name the file of the sheet: make sign-off FILE=sheet.md\n")
        return 2
    out = Path(arguments[0])
    try:
        signposting = read_signposting(shipped_signposting())
        with writing(out):
            sheet = renewed(out.read_text("utf-8") if out.exists() else "", signposting)
            write_whole(out, sheet.encode())
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    readings = read_sheet(sheet)
    left = sum(not reading.done for reading in readings.values())
    told = (
        "Every row is filled in. To sign, write your name and the day into corpus/signposting.toml,"
        f' with reviewed_digest = "{signposting.digest}", and run this once more.'
    )
    if signposting.signed:
        told = f"The texts are signed by {signposting.reviewed_by}."
    elif left:
        told = f"{left} of {len(readings)} rows are still to be filled in."
    sys.stdout.writelines(f"{one}\n" for one in (*sheet_faults(sheet, signposting), told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
