"""What `signpost ingest`, `gap` and `session` do: documents in, plans judged, sessions made."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from assistant.errors import GapError, LibraryError, SessionError
from assistant.gaps.findings import Gaps, read_rulings
from assistant.home import check_free, write_whole
from assistant.ingestion import FileOutcome, Library
from assistant.sessions.session import PARTS, Session, SessionRequest
from assistant.sessions.session_build import build_session
from assistant.settings import Settings
from corpus.readers.documents import read_document
from corpus.readers.glossary import Glossary
from corpus.readers.page import read_framework, read_plan_sentences, shipped_framework
from corpus.whole import Whole
from ui.cli.batch import meter, read_day
from ui.cli.commands import opened
from ui.exports.gap_document import ENDINGS, NAMES, counts_of, judged_as, named
from ui.exports.session_files import SESSION_FORMS, files_of
from ui.words.phrases import clean

EVERYONE = "everyone"  # Stands for no role: whoever may ask may see the library.


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take documents of your own into a library, or out of it.

    PATH ...: a PDF, DOCX, HTML, Markdown or text file, or a folder of them
    --library NAME=documents: which library
    --remove NAME ...: take a file out, and leave no byte of it
    --list: list what the library holds
    --role {officer,trainer,evaluator,admin,everyone} ...: who may see the library; everyone by
        default

    Exit code: 1 where a file was refused; the others are taken in.
    """
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

    with meter("Reading", "Embedding") as show:
        done = library.change(
            arguments.path, arguments.remove, partial(ready_embedder, settings), _tell, show
        )
    for file in (file for file in done.files if file.outcome == "removed"):
        print(clean(f"{file.name}: {file.said}"))
    files = f"{done.held} file{'' if done.held == 1 else 's'}, {done.texts} texts"
    print(f"The library {done.library} holds {files}; {done.embedded} embedded now.")
    refused = sum(one.is_refusal for one in done.files)
    if refused:
        said = f"{refused} of {len(done.files)} files {'was' if refused == 1 else 'were'} refused."
        print(f"signpost: {said}", file=sys.stderr)
    return 1 if refused else 0


def _tell(number: int, total: int, file: FileOutcome) -> None:
    label = file.outcome if file.is_refusal else file.name
    print(clean(f"[{number}/{total}] {label}: {file.said}"), flush=True)


def _listed(library: Library) -> str:
    lines = [f"Library {library.name}; seen by: {', '.join(library.access().roles) or EVERYONE}"]
    for held in library.held():
        document = held.document
        pages = f"{document.pages} pages" if document.pages else ""
        about = (document.kind, pages, document.language, f"{len(document.sections)}")
        told = ", ".join(filter(None, about))
        lines.append(f"  {held.name}: {document.title} ({told})")
        lines += [f"    {remark}" for remark in document.remarks]
    return "\n".join(lines)


def gap(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say what of the framework a plan leaves out.

    PLAN: PDF, DOCX, HTML, Markdown or text
    --before OLD: an earlier edition of the plan
    --rulings FILE.json: an analysis in which an officer changed judgements
    --folder
    --out FILE: a new file: FILE.docx, .xlsx, .md or .json

    docs/using.md says how judgements are changed.
    """
    out, folder = arguments.out, arguments.folder
    if out:
        if out.suffix.lower() not in ENDINGS:
            known = ", ".join(ENDINGS)
            raise GapError(f"{out} has no known ending; name a file ending in {known}.")
        check_free(out)
        ENDINGS[out.suffix.lower()].check()
    from assistant.gaps.analysis import Analyst

    plan = read_document(arguments.plan)
    earlier = read_document(arguments.before) if arguments.before else None
    rulings = read_rulings(arguments.rulings) if arguments.rulings else {}
    if folder:
        # A framework of one's own comes without notes.
        none = Glossary(terms=(), as_of="", review_by="")
        whole = Whole(framework=read_framework(folder), notes=(), glossary=none)
    else:
        whole = Whole.read()
    rows = read_plan_sentences(folder or shipped_framework(), whole.framework.item_by_id)
    made = Analyst.open(settings, whole, rows).analyse(plan, earlier).ruled_by(rulings)
    if not out:
        print("\n".join(_lines(made)))
        return
    file = ENDINGS[out.suffix.lower()].file(made.plan, made)
    write_whole(out, file.content, private=False)
    print(f"{_counted(made)}\nThe analysis is in {out}.")


def _counted(made: Gaps) -> str:
    counts = ", ".join(f"{made.count(one)} {name.lower()}" for one, name in NAMES.items())
    return f"{made.plan}, held against the {made.framework}: {counts}."


def _lines(made: Gaps) -> Iterator[str]:
    yield f"{_counted(made)}\n"
    for row in counts_of(made):
        yield f"{row[0]:42}" + "".join(f"{cell:>12}" for cell in row[1:])
    for group, label in made.groups:
        yield f"\n{label}"
        for found in (found for found in made.findings if found.group == group):
            moved = found.change in ("gained", "lost")
            was = f" (before: {NAMES[found.before]})" if moved and found.before else ""
            yield f"  {named(found)}: {judged_as(found)}{was}"
            yield from (f"      “{quote.text}” ({quote.where})" for quote in found.quotes[:1])
    yield "\nAll quotes, partners and unmatched parts: --out FILE.docx, .xlsx, .md or .json"


def session(arguments: argparse.Namespace, settings: Settings) -> None:
    """Make a training session from the corpus.

    --pillar N [N ...]: pillars it is about
    --capability ID [ID ...]: capabilities it is about: C12
    --topic WORDS=: words that say what it is about
    --minutes N=60: length, 30 to 240
    --audience {officers,police,teachers,industry,civil-society,media}=officers: for whom
    --level {introductory,advanced}=introductory: how much they know
    --parts {objectives,messages,discussion,exercise,quiz,glossary} [PART ...]: all by default
    --seed N=0: another gives another
    --today
    --out DIR!: a folder without a session
    """
    folder: Path = arguments.out
    if (folder / "session.json").exists():
        raise SessionError(f"{folder} holds a session already; choose another --out.")
    same = ("topic", "minutes", "audience", "level", "seed")
    request = SessionRequest(
        pillars=tuple(arguments.pillar),
        capabilities=tuple(arguments.capability),
        parts=tuple(arguments.parts or PARTS),
        **{name: getattr(arguments, name) for name in same},
    )

    # Only a topic is searched for.
    assistant = cache(partial(opened, settings))

    def near(topic: str) -> tuple[float, Mapping[str, float]]:
        return assistant().near(topic)

    made = build_session(request, Whole.read(), read_day(arguments.today), near)
    print(f"{made.title}: {', '.join(write_files(made, folder))} in {folder}")
    if not all(form.installed for form in SESSION_FORMS.values()):
        print(
            "There are no DOCX and PPTX files, since python-docx or python-pptx is missing;"
            " install signpost[export] and make the session again."
        )
    if made.dropped:
        print(f"Left out, and listed in the facilitator guide: {len(made.dropped)}")


def write_files(made: Session, folder: Path) -> list[str]:
    """Write a session into a folder, made if need be; return the names of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: file.content for name, file in files_of(made)}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return list(files)
