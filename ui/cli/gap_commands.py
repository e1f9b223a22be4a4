"""What `signpost gap` does: read the plans, hold one against the framework, write or print."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.errors import GapError
from ui.exports.gap_document import ENDINGS, NAMES, counts_of, gap_file, judged_as, named

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.gaps.findings import Gaps
    from assistant.settings import Settings
    from corpus.whole import Whole
    from ui.exports.gap_document import GapForm


def gap(arguments: argparse.Namespace, settings: Settings) -> int:
    """Hold a plan against the framework; needs the models and no index."""
    form = _form_of(arguments.out) if arguments.out else None
    from assistant.gaps.analysis import Analyst
    from assistant.gaps.findings import read_rulings
    from assistant.home import write_whole
    from corpus.readers.documents import read_document
    from corpus.readers.plan_sentences import read_plan_sentences, shipped_plan_sentences

    plan = read_document(arguments.plan)
    earlier = read_document(arguments.before) if arguments.before else None
    rulings = read_rulings(arguments.rulings) if arguments.rulings else {}
    whole = _whole(arguments.folder)
    folder = arguments.folder or shipped_plan_sentences()
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
    from assistant.certificates.certificate_file import check_free

    check_free(path)
    return form


def _whole(folder: Path | None) -> Whole:
    """Return the corpus that ships, or a framework of one's own without notes."""
    from corpus.whole import Whole

    if folder is None:
        return Whole.read()
    from corpus.readers.glossary import Glossary
    from corpus.readers.page import read_framework

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
                was = (
                    f" (before: {NAMES[one.before]})"
                    if one.change in ("gained", "lost") and one.before
                    else ""
                )
                yield f"  {named(one)}: {judged_as(one)}{was}"
                for quote in one.quotes[:1]:
                    yield f"      “{quote.text}” ({quote.where})"
    yield ""
    yield "All quotes, partners and unmatched parts: --out FILE.docx, .xlsx, .md or .json"
