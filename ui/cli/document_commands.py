"""What `signpost ingest`, `gap` and `session` do: documents in, plans judged, sessions made."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from assistant.certificates.certificate_file import check_free
from assistant.errors import GapError, LibraryError, SessionError
from assistant.gaps.findings import Gaps, read_rulings
from assistant.home import write_whole
from assistant.ingestion import FileOutcome, Library
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, Session, SessionRequest
from assistant.sessions.session_build import build_session
from assistant.settings import Settings
from corpus.readers.documents import read_document
from corpus.readers.glossary import Glossary
from corpus.readers.page import read_framework, read_plan_sentences, shipped_framework
from corpus.whole import Whole
from ui.cli.batch import Bar
from ui.cli.usage import read_day
from ui.exports.gap_document import ENDINGS, NAMES, GapForm, counts_of, gap_file, judged_as, named
from ui.exports.session_files import OFFICE, SessionForm, session_file
from ui.words.phrases import clean

EVERYONE = "everyone"
"""Stands for no role: whoever may ask may see the library."""


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take files into a library and out of it, and say of each what became of it."""
    library = Library(settings, arguments.library)
    code = 0
    if arguments.path or arguments.remove:
        code = _change(library, arguments, settings)
    if arguments.role:
        if not library.exists:
            raise LibraryError(f"The library {library.name} holds nothing; ingest a file first.")
        library.grant([one for one in arguments.role if one != EVERYONE])
    if arguments.list or arguments.role:
        print(clean(_listed(library), breaks=True))
    return code


def _change(library: Library, arguments: argparse.Namespace, settings: Settings) -> int:
    from assistant.retrieval.models import ready_embedder

    with Bar("Reading", "Embedding") as bar:
        done = library.change(
            arguments.path, arguments.remove, partial(ready_embedder, settings), _tell, bar.show
        )
    for one in done.files:
        if one.outcome == "removed":
            print(clean(f"{one.name}: {one.said}"))
    files = f"{done.held} file{'' if done.held == 1 else 's'}, {done.texts} texts"
    print(f"The library {done.library} holds {files}; {done.embedded} embedded now.")
    refused = sum(one.is_refusal for one in done.files)
    if refused:
        said = f"{refused} of {len(done.files)} files {'was' if refused == 1 else 'were'} refused."
        print(f"signpost: {said}", file=sys.stderr)
    return 1 if refused else 0


def _tell(number: int, total: int, outcome: FileOutcome) -> None:
    said = outcome.said if outcome.is_refusal else f"{outcome.name}: {outcome.said}"
    kind = f"{outcome.outcome}: " if outcome.is_refusal else ""
    print(clean(f"[{number}/{total}] {kind}{said}"), flush=True)


def _listed(library: Library) -> str:
    lines = [f"Library {library.name}; seen by: {', '.join(library.access().roles) or EVERYONE}"]
    for one in library.held():
        document = one.document
        pages = f", {document.pages} pages" if document.pages else ""
        language = f", {document.language}" if document.language else ""
        count = len(document.sections)
        lines.append(f"  {one.name}: {document.title} ({document.kind}{pages}{language}, {count})")
        lines += [f"    {remark}" for remark in document.remarks]
    return "\n".join(lines)


def gap(arguments: argparse.Namespace, settings: Settings) -> int:
    """Hold a plan against the framework; needs the models and no index."""
    form = _form_of(arguments.out) if arguments.out else None
    from assistant.gaps.analysis import Analyst

    plan = read_document(arguments.plan)
    earlier = read_document(arguments.before) if arguments.before else None
    rulings = read_rulings(arguments.rulings) if arguments.rulings else {}
    whole = _whole(arguments.folder)
    folder = arguments.folder or shipped_framework()
    rows = read_plan_sentences(folder, whole.framework.item_by_id)
    made = Analyst.open(settings, whole, rows).analyse(plan, earlier).ruled_by(rulings)
    if form is None:
        sys.stdout.write("\n".join(_lines(made)) + "\n")
        return 0
    write_whole(arguments.out, gap_file(made, form).content)
    sys.stdout.write(f"{_counted(made)}\nThe analysis is in {arguments.out}.\n")
    return 0


def _form_of(path: Path) -> GapForm:
    """Return what the ending of a file asks for, before anything is read."""
    form = ENDINGS.get(path.suffix.lower())
    if form is None:
        raise GapError(f"{path} has no known ending; name a file ending in {', '.join(ENDINGS)}.")
    check_free(path)
    return form


def _whole(folder: Path | None) -> Whole:
    """Return the corpus that ships, or a framework of one's own without notes."""
    if folder is None:
        return Whole.read()
    none = Glossary(terms=(), as_of="", review_by="")
    return Whole(framework=read_framework(folder), notes=(), glossary=none)


def _counted(made: Gaps) -> str:
    counts = ", ".join(f"{made.count(one)} {name.lower()}" for one, name in NAMES.items())
    return f"{made.plan}, held against the {made.framework}: {counts}."


def _lines(made: Gaps) -> Iterator[str]:
    yield _counted(made)
    yield ""
    for row in counts_of(made):
        yield f"{row[0]:42}" + "".join(f"{cell:>12}" for cell in row[1:])
    for group, label in made.groups:
        yield ""
        yield label
        for one in made.findings:
            if one.group == group:
                moved = one.change in ("gained", "lost")
                was = f" (before: {NAMES[one.before]})" if moved and one.before else ""
                yield f"  {named(one)}: {judged_as(one)}{was}"
                for quote in one.quotes[:1]:
                    yield f"      “{quote.text}” ({quote.where})"
    yield ""
    yield "All quotes, partners and unmatched parts: --out FILE.docx, .xlsx, .md or .json"


NO_OFFICE = (
    "There are no DOCX and PPTX files, since python-docx or python-pptx is missing;"
    " install signpost[export] and make the session again."
)
"""Stands under the files where some could not be written."""

RECORD = "session.json"


def session(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make a training session and write its files; needs neither model nor index."""
    folder: Path = arguments.out
    if (folder / RECORD).exists():
        raise SessionError(f"{folder} holds a session already; choose another --out.")
    today = read_day(arguments.today)
    made = build_session(request_of(arguments), Whole.read(), today)
    names = write_files(made, folder)
    sys.stdout.write(f"{made.title}: {', '.join(names)} in {folder}\n")
    if not has_office():
        sys.stdout.write(f"{NO_OFFICE}\n")
    if made.dropped:
        sys.stdout.write(f"Left out, and listed in the facilitator guide: {len(made.dropped)}\n")
    return 0


def request_of(arguments: argparse.Namespace) -> SessionRequest:
    """Return what is asked for; `SessionError` if the audience, the level or a part is none."""
    _known("audience", [arguments.audience], AUDIENCES)
    _known("level", [arguments.level], LEVELS)
    _known("part", arguments.parts or (), PARTS)
    asked = {
        "pillars": tuple(arguments.pillar),
        "capabilities": tuple(arguments.capability),
        "topic": arguments.topic,
        "minutes": arguments.minutes,
        "audience": arguments.audience,
        "level": arguments.level,
        "parts": tuple(arguments.parts or PARTS),
        "seed": arguments.seed,
    }
    return SessionRequest.model_validate(asked)


def _known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    for one in given:
        if one not in known:
            raise SessionError(f"There is no {what} {one!r}; choose of {', '.join(known)}.")


FILES: Mapping[SessionForm, str] = {
    "markdown": "handout.md",
    "guide-markdown": "facilitator.md",
    "gift": "quiz.gift",
    "handout": "handout.docx",
    "guide": "facilitator.docx",
    "slides": "slides.pptx",
    "record": RECORD,
}
"""What each form is called in the folder; the record is last, so that a folder with a record has
all of its files."""


def write_files(made: Session, folder: Path) -> list[str]:
    """Write a session into a folder, made if need be; return the names of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    left_out = {*(() if made.quiz else ("gift",)), *(() if has_office() else OFFICE)}
    names = {form: name for form, name in FILES.items() if form not in left_out}
    for form, name in names.items():
        (folder / name).write_bytes(session_file(made, form).content)
    return list(names.values())


def has_office() -> bool:
    """Tell whether what writes DOCX and PPTX is installed."""
    return all(map(find_spec, OFFICE.values()))
