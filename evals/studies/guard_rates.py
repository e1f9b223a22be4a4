"""How often the guard takes a changed sentence: `python -m evals.studies.guard_rates`.

Sentences of the notes are changed by rule. The guard was made looking at development notes; the
rates that count are those of the other notes, which are held out.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from typing import NamedTuple

from assistant.citing.citations import cite_from
from assistant.citing.faithful import Faithful
from assistant.citing.verifier import Verifier
from assistant.records import Citation, Statement
from corpus.passage import Corpus, sha256_of
from corpus.whole import Whole
from evals.estimate import Estimate, rate
from evals.studies.changes import HARMFUL, HARMLESS, Change, names_in

SEED = 20_261_125
MOST = 200
"""Pairs of a kind at most."""


class Row(NamedTuple):
    """What becomes of one kind of change."""

    kind: str
    """What was changed."""

    guard: Estimate
    """Share that the guard takes."""

    verifier: Estimate
    """Share that the verifier alone would call supported."""


def sentences(corpus: Corpus, *, held_out: bool) -> tuple[Citation, ...]:
    """Return the sentences of notes, those held out or those for development."""
    return tuple(
        cite_from(corpus, passage.id, span)
        for passage in corpus.passages
        if passage.facets["tier"] == "guidance" and is_held_out(passage.source_id) == held_out
        for span in passage.sentences
    )


def is_held_out(source_id: str) -> bool:
    """Tell whether a note was left alone while the guard was made."""
    return int(sha256_of(source_id)[:8], 16) % 3 > 0


def rows(
    cited: Sequence[Citation], changes: dict[str, Change], most: int = MOST, seed: int = SEED
) -> tuple[Row, ...]:
    """Change sentences by each rule, and see who takes them.

    Args:
        cited: sentences.
        changes: rules by name.
        most: pairs of a kind at most, drawn by chance.
        seed: of that chance.
    """
    faithful, verifier = Faithful.open(), Verifier.open()
    names = names_in([one.quote for one in cited])
    found = []
    for kind, change in changes.items():
        pairs = _pairs(cited, change, names, random.Random(f"{seed} {kind}"))[:most]
        guarded = [_stands(faithful, one, text) for one, text in pairs]
        verified = [verifier.verify(one.quote, text).verdict == "supported" for one, text in pairs]
        found.append(Row(kind, rate(guarded), rate(verified)))
    return tuple(found)


def _pairs(
    cited: Sequence[Citation], change: Change, names: Sequence[str], chance: random.Random
) -> list[tuple[Citation, str]]:
    changed = [(one, change(one.quote, names, chance)) for one in cited]
    pairs = [(one, text) for one, text in changed if text and text != one.quote]
    chance.shuffle(pairs)
    return pairs


def _stands(faithful: Faithful, one: Citation, text: str) -> bool:
    said = Statement(text=text, kind="guidance", citations=(one,))
    return faithful.judge(said, {}).verdict == "supported"


def table(title: str, found: Sequence[Row]) -> str:
    """Return rows as a Markdown table."""
    head = f"| {title} | n | the guard takes | the verifier alone |\n|---|---|---|---|\n"
    lines = [
        f"| {one.kind} | {one.guard.n} | {_shown(one.guard)} | {_shown(one.verifier)} |"
        for one in found
    ]
    return head + "\n".join(lines)


def _shown(one: Estimate) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "-"
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.studies.guard_rates", description=__doc__
    )
    parser.add_argument(
        "--development", action="store_true", help="the notes that may be looked at"
    )
    given = parser.parse_args(arguments)
    cited = sentences(Whole.read().corpus, held_out=not given.development)
    which = "development" if given.development else "held out"
    for title, changes in (("changed in what it says", HARMFUL), ("only worded anew", HARMLESS)):
        sys.stdout.write(f"{table(f'{title}, notes {which}', rows(cited, changes))}\n\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
