"""The reviewed replies to messages that are no policy questions, and the services they name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Literal

from corpus.checks.framework_check import CheckReport
from corpus.checks.note_check import deprecated_in, is_date
from corpus.errors import CorpusError
from corpus.passage import Fault, Record, Seen, digest_of, failing, read_toml, twice

CASES = "ABCDEFGHIJ"  # The letters of the cases, all of which a file must have.
GLOBAL = "global"  # The region of a service that works everywhere.
ABROAD = 6  # National services shown to a reader whose language is known and whose country is not.

_LONGEST = 130
_PHONE = re.compile(r"\d[\d\s().-]*\d[\d\s().-]*\d")


class Region(Record):
    """Where a service works, with its name by language."""

    id: str
    """`global`, a continent by name, or a country by its two letters (ISO 3166-1)."""

    name: dict[str, str]
    within: str = ""
    """The region around it, whose services serve here as well."""


class SignpostingService(Record):
    """Somewhere to turn to; its texts are by language."""

    id: str
    name: str
    purpose: dict[str, str]
    regions: tuple[str, ...]
    languages: tuple[str, ...] = ()
    """Languages that it is known to speak; empty for a directory, or where it did not say."""

    url: str
    hours: dict[str, str] = {}
    """When it answers, by language; empty where nobody saw that."""

    as_of: str
    """Month or day on which the page was last read, ISO 8601."""

    seen: Seen
    note: str = ""
    """What a reviewer should know; not shown with a reply."""


class SignpostingCase(Record):
    """One kind of message, and the fixed reply to it, whose texts are by language."""

    id: str
    name: str
    status: Literal["safeguarding", "declined", "answer"]
    purpose: str
    text: dict[str, str]
    services: tuple[str, ...]
    line: dict[str, str] = {}
    then: tuple[str, ...] = ()
    onward: bool = True
    """One sentence that the replies to other cases may borrow, by language; cases whose line stands
    after the text; and whether the reply ends with the offer to go on with policy questions."""


class Signposting(Record):
    """All cases and services of one edition of the file; texts are by language."""

    version: str
    as_of: str
    """Month or day on which texts and services were last checked, ISO 8601."""

    reviewed_by: str
    reviewed_on: str
    reviewed_digest: str = ""
    """Safeguarding lead who signed, and day of the signature, ISO 8601; empty until one does. What
    `digest` was when it was signed."""

    languages: tuple[str, ...]
    order: tuple[str, ...]
    """Languages that every text has, of which the first stands in for all others; and which case
    answers a message that fits several: the first of these."""

    danger: dict[str, str]
    """What to do in danger, by language; opens every reply but a refusal."""

    limits: dict[str, str]
    onward: dict[str, str]
    cases: tuple[SignpostingCase, ...]
    regions: tuple[Region, ...]
    services: tuple[SignpostingService, ...]
    """The worldwide ones first."""

    @cached_property
    def digest(self) -> str:
        """Name what a reviewer signs: SHA-256 over everything but the signature, hexadecimal."""
        blank = dict.fromkeys(("reviewed_by", "reviewed_on", "reviewed_digest"), "")
        return digest_of([self.model_copy(update=blank)])

    @property
    def signed(self) -> bool:
        """Whether a safeguarding lead signed these very words."""
        return bool(self.reviewed_by and self.reviewed_on) and self.reviewed_digest == self.digest

    def case(self, letter: str) -> SignpostingCase:
        """Return the case with this letter; CorpusError if there is none."""
        for case in self.cases:
            if case.id == letter:
                return case
        raise CorpusError(f"No case has the letter {letter!r}; name one from A to J.")

    def first(self, letters: Iterable[str]) -> SignpostingCase:
        """Return the case that answers what fits all of `letters`; CorpusError if none has one."""
        place = {letter: place for place, letter in enumerate(self.order)}
        return self.case(min(letters, key=lambda one: place.get(one, len(place)), default=""))

    def reply(self, letter: str, language: str = "") -> str:
        """Return a case's reply, a paragraph a line, in `language` or the first one."""
        case = self.case(letter)
        onward = self.onward if case.onward else {}
        lines = [self.case(other).line for other in case.then]
        parts = {
            "safeguarding": [self.danger, case.text, *lines, self.limits, onward],
            "declined": [case.text, *lines, onward],
            "answer": [self.danger, case.text],
        }[case.status]
        spoken = language if language in self.languages else self.languages[0]
        return "\n".join(part[spoken] for part in parts if part.get(spoken))

    def services_for(
        self, case: str, region: str = "", language: str = ""
    ) -> tuple[SignpostingService, ...]:
        """Return the services of a case, those nearest to `region` first, then the worldwide ones.

        Without a region only worldwide services are given, and after them national ones known to
        speak `language`, where that is not the first one: one a country, and at most `ABROAD`.
        Among equally near ones, those known to speak other languages only come last; beyond that
        the order of the case holds.
        """
        around = self._around(region)
        by_id = {service.id: service for service in self.services}
        named = [by_id[name] for name in self.case(case).services if name in by_id]

        def distance(service: SignpostingService) -> tuple[int, bool]:
            speaks = not language or not service.languages or language in service.languages
            return min(map(around.index, {*around} & {*service.regions})), not speaks

        near = sorted((one for one in named if {*around} & {*one.regions}), key=distance)
        if len(around) > 1 or language not in self.languages[1:]:
            return tuple(near)
        abroad = dict[tuple[str, ...], SignpostingService]()
        for service in named:
            if service not in near and language in service.languages:
                abroad.setdefault(service.regions, service)
        return (*near, *[*abroad.values()][:ABROAD])

    def region_names(self, service: SignpostingService, language: str = "") -> str:
        """Return where a service works as a reader would say it, in `language` or the first one."""
        spoken = language if language in self.languages else self.languages[0]
        names = {region.id: region.name.get(spoken, region.id) for region in self.regions}
        return ", ".join(names.get(region, region) for region in service.regions)

    def _around(self, region: str) -> list[str]:
        """Return a region and what it lies within, nearest first; the whole world is the last."""
        known = {one.id.casefold(): one for one in self.regions}
        chain: list[str] = []
        here = known.get(region.casefold())
        while here and here.id not in (*chain, GLOBAL):
            chain.append(here.id)
            here = known.get(here.within.casefold())
        return [*chain, GLOBAL]


def shipped_signposting() -> Traversable:
    """Return the signposting that ships with Signpost."""
    return files("corpus") / "signposting.toml"


def read_signposting(file: Traversable) -> Signposting:
    """Read signposting; CorpusError if it is not in its form, the rest is for the check."""
    signposting = read_toml(file, Signposting)
    if not signposting.languages:
        raise CorpusError(f"{file.name}: languages is empty; name at least one.")
    return signposting


def check_signposting(
    signposting: Signposting, deprecated: Mapping[str, str] | None = None
) -> CheckReport:
    """Return what does not hold together, and as warnings what a person has yet to do."""
    parts = (_review_faults, _repeats, _case_faults, _place_faults)
    faults = [fault for part in parts for fault in part(signposting)]
    faults += _text_faults(signposting, deprecated or {})
    counts = {"cases": len(signposting.cases), "services": len(signposting.services)}
    texts = (len(texts) for _, texts in _texts(signposting))
    counts[f"texts ({', '.join(signposting.languages)})"] = sum(texts)
    warnings = list[Fault]()
    if not (signposting.reviewed_by or signposting.reviewed_on or signposting.reviewed_digest):
        said = "No safeguarding lead has signed these texts; docs/operating.md says how to"
        warnings.append(("reviewed_by", f"{said} (digest {signposting.digest})."))
    if unseen := [service.id for service in signposting.services if service.seen != "primary"]:
        said = "were not read themselves; open each and renew it."
        warnings.append(("services", f"The pages of {', '.join(unseen)} {said}"))
    return CheckReport.model_validate({"counts": counts, "problems": faults, "warnings": warnings})


def _review_faults(signposting: Signposting) -> Iterator[Fault]:
    as_of, reviewed_on = signposting.as_of, signposting.reviewed_on
    if not is_date(as_of):
        yield "as_of", f"as_of is {as_of!r}; write the month or day of the last check."
    review = (signposting.reviewed_by, reviewed_on, signposting.reviewed_digest)
    if any(review) and not all(review):
        said = "is signed in part; fill reviewed_by, reviewed_on and reviewed_digest, or none"
        yield "reviewed_by", f"The file {said} (its digest is {signposting.digest})."
    elif any(review) and not signposting.signed:
        said = f"has the digest {signposting.digest}, which is not the one that was signed"
        yield "reviewed_digest", f"The file {said}; have it reviewed again."
    if reviewed_on and not is_date(reviewed_on):
        yield "reviewed_on", f"reviewed_on is {reviewed_on!r}; write the day of the signature."


def _repeats(signposting: Signposting) -> Iterator[Fault]:
    for name, found in (
        ("case", [case.id for case in signposting.cases]),
        ("service", [service.id for service in signposting.services]),
        ("region", [region.id for region in signposting.regions]),
        ("address", [service.url for service in signposting.services]),
        ("place in the order", signposting.order),
    ):
        for id_ in sorted(twice(found)):
            yield f"{name} {id_}", f"The {name} {id_!r} is there twice; keep one."


def _case_faults(signposting: Signposting) -> Iterator[Fault]:
    letters = [case.id for case in signposting.cases]
    for letter in CASES:
        if letter not in letters:
            yield f"case {letter}", f"Case {letter} is missing; add it."
        if letter not in signposting.order:
            yield "order", f"order leaves out {letter}; say when it answers."
    for letter in dict.fromkeys((*letters, *signposting.order)):
        if letter not in tuple(CASES):
            yield "order", f"{letter!r} is no case; name one from A to J."
    lent = {case.id for case in signposting.cases if case.line}
    regions = {service.id: service.regions for service in signposting.services}
    for case in signposting.cases:
        reach = {region for name in case.services for region in regions.get(name, ())}
        dead = [name for name in case.services if name not in regions]
        unlent = [other for other in case.then if other not in lent]
        said = [f"names the service {name!r}, which is not there; add it." for name in dead]
        said += [f"borrows the line of {other!r}, which has none; add it." for other in unlent]
        if case.status != "answer" and GLOBAL not in reach:
            said.append("has no service that works everywhere; add one.")
        yield from ((f"case {case.id}", f"Case {case.id} {fault}") for fault in said)


def _place_faults(signposting: Signposting) -> Iterator[Fault]:
    used = {name for case in signposting.cases for name in case.services}
    regions = {region.id for region in signposting.regions}
    for service in signposting.services:
        lost = [name for name in service.regions if name not in regions]
        said = failing(
            (service.id not in used, "is named by no case; name it, or take it out."),
            (not service.regions, "has no region; say where it works."),
            (not is_date(service.as_of), "lacks as_of; write the month or day of the last check."),
            (not service.url.startswith("https://"), "has no address that starts with https://."),
            *(
                (name, f"works in the region {name!r}, which is not there; add it.")
                for name in lost
            ),
        )
        yield from ((f"service {service.id}", f"{service.id} {fault}") for fault in said)
    for region in signposting.regions:
        if region.within and region.within not in regions:
            fault = f"{region.id} lies within {region.within!r}, which is not there; add it."
            yield f"region {region.id}", fault


def _text_faults(signposting: Signposting, deprecated: Mapping[str, str]) -> Iterator[Fault]:
    for owner, texts in chain(_texts(signposting), _labels(signposting)):
        for language in signposting.languages:
            if not texts.get(language, "").strip():
                yield owner, f"{owner} has no text in {language!r}; add it."
        for language, text in texts.items():
            long, strange = len(text.split()) > _LONGEST, language not in signposting.languages
            wrong = deprecated_in(text, deprecated)
            said = failing(
                (strange, "is in a language that languages leaves out; list it."),
                (long, f"has more than {_LONGEST} words; shorten it."),
                ("?" in text, "asks a question; say it without asking."),
                (
                    _PHONE.search(text),
                    "has a number like a phone's; leave it to the service's page.",
                ),
                *((True, f"says {wording!r}; say {preferred!r}.") for wording, preferred in wrong),
            )
            yield from ((owner, f"The {language} text of {owner} {fault}") for fault in said)


def _texts(signposting: Signposting) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what a person may be told, by language, with what it belongs to."""
    yield from ((name, getattr(signposting, name)) for name in ("danger", "limits", "onward"))
    for case in signposting.cases:
        yield f"case {case.id}", case.text
        if case.line:
            yield f"case {case.id} (line)", case.line
    yield from ((f"service {service.id}", service.purpose) for service in signposting.services)


def _labels(signposting: Signposting) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what stands beside these texts."""
    yield from ((f"region {region.id}", region.name) for region in signposting.regions)
    timed = (service for service in signposting.services if service.hours)
    yield from ((f"service {service.id} (hours)", service.hours) for service in timed)
