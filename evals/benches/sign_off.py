"""The sheet on which a safeguarding lead signs the texts: `make sign-off FILE=sheet.md`.

It is made from `corpus/signposting.toml`, on demand. Who read which text is kept as long as not a
letter of that text changes; then its row is unread again. The sheet is signed when the file is, and
never by itself.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from jinja2 import Environment

from assistant.home import write_whole, writing
from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting
from corpus.passage import Record, digest_of, sha256_of
from evals import refusing

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

STATE = "## State\n"  # Heading from which on the sheet is made from the texts.
SHEET = """## State

| field | value |
|---|---|
| State | {{ "SIGNED" if texts.signed else "UNSIGNED" }} |
| Reviewed by | {{ texts.reviewed_by or "nobody" }} |
| Reviewed on | {{ texts.reviewed_on or "never" }} |
| Digest that was signed | {{ "`%s`" % texts.reviewed_digest if texts.signed else "none" }} |
| Digest of the texts | `{{ texts.digest }}` |
| Texts and services last checked by their writers | {{ texts.as_of }} |
| Replies to read | {{ texts.cases | length * texts.languages | length }} |
| Services to open | {{ texts.services | length }} |
| Rows that are filled in | {{ readings.values() | sum("done") }} of {{ readings | length }} |

{% for title, what, done in (("Replies", "reply", "read"), ("Services", "service", "opened")) %}
## {{ title }}

| {{ what }} | text | {{ done }} by | on | remarks |
|---|---|---|---|---|
{% for key, one in readings.items() if (" " in key) == (what == "reply") %}
| {{ key }} | {{ one.mark }} | {{ one.by }} | {{ one.on }} | {{ one.remarks }} |
{% endfor %}

{% endfor %}
## What the replies say

{% for case in texts.cases %}
### {{ case.id }}: {{ case.name }}

{{ case.purpose }} Status `{{ case.status }}`.
Services, in this order: {{ case.services | join(", ") }}.

{% for language in texts.languages %}
{{ case.id }} {{ language }}:

> {{ texts.reply(case.id, language).splitlines() | join("\n>\n> ") }}

{% endfor %}
{% endfor %}
## What is said of the services

{% for service in texts.services %}
### {{ service.id }}

{{ service.name }}, <{{ service.url }}>. Works in: {{ texts.region_names(service) }}. \
Last seen {{ service.as_of }}, \
{{ "its own page" if service.seen == "primary" else "a %s account" % service.seen }}.
{% if service.note %}
{{ service.note }}
{% endif %}

{% for one in texts.languages %}
- {{ one }}: {{ (service.purpose[one], service.hours[one]) | select | join("; ") }}
{% endfor %}
{{ "" if loop.last else "\n" }}{% endfor %}"""
"""What it is made as, from the texts and their readings."""

NOBODY, NEVER = "nobody", "never"
MARK = 12  # Letters of a SHA-256 by which a row knows its text.


class Reading(Record):
    """Who read a text, by its fingerprint, or opened a service's page, on which day (ISO 8601)."""

    mark: str
    by: str = NOBODY
    on: str = NEVER
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
    replies = {
        f"{case.id} {language}": sha256_of(
            "\n".join([signposting.reply(case.id, language), case.name, *case.services])
        )
        for case in signposting.cases
        for language in signposting.languages
    }
    pages = {service.id: digest_of([service]) for service in signposting.services}
    return {key: mark[:MARK] for key, mark in {**replies, **pages}.items()}


def readings_of(sheet: str, signposting: Signposting) -> dict[str, Reading]:
    """Return what a sheet says of all that is to be read; of a text that has changed, nothing."""
    readings = {key: Reading(mark=mark) for key, mark in marks_of(signposting).items()}
    for line in sheet.partition(STATE)[2].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 5 and cells[0] in readings:
            read = Reading(**dict(zip(("mark", "by", "on", "remarks"), cells[1:], strict=True)))
            if read.mark == readings[cells[0]].mark:
                readings[cells[0]] = read
    return readings


def renewed(sheet: str, signposting: Signposting) -> str:
    """Return a sheet with everything from its state on made anew; an empty one gets a head too."""
    readings = readings_of(sheet, signposting)
    environment = Environment(trim_blocks=True, keep_trailing_newline=True)
    made = environment.from_string(SHEET).render(texts=signposting, readings=readings)
    return (sheet.partition(STATE)[0] or HEAD) + made.replace("|  |", "| |")


def sheet_faults(sheet: str, signposting: Signposting) -> list[str]:
    """Return what is wrong with the rows of a sheet, one sentence each."""
    faults = []
    for key, reading in readings_of(sheet, signposting).items():
        if (reading.by, reading.on) != (NOBODY, NEVER) and not reading.done:
            faults.append(f"The row {key} names a reader or a day, and not both; fill it.")
        elif signposting.signed and not reading.done:
            faults.append(f"The texts are signed, but nobody has read {key}.")
        elif signposting.signed and reading.on > signposting.reviewed_on:
            faults.append(f"The row {key} was read after the texts were signed; sign again.")
    return faults


@refusing
def main(arguments: Sequence[str] | None = None) -> int:
    """Make a sheet, new or anew, and say what is still to be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", default="", help="of the sheet")
    if not (file := parser.parse_args(arguments).file):
        sys.stderr.write("signpost: name the file of the sheet: make sign-off FILE=sheet.md\n")
        return 2
    out = Path(file)
    signposting = read_signposting(shipped_signposting())
    with writing(out):
        sheet = renewed(out.read_text("utf-8") if out.exists() else "", signposting)
        write_whole(out, sheet.encode(), private=False)
    readings = readings_of(sheet, signposting)
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
