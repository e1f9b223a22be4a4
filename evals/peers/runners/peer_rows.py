"""The files between `evals.peers.peers` and what asks a peer; the standard library only.

A work folder holds `pages.jsonl`, `probes.jsonl` and `questions.jsonl`; whoever asks a peer adds
`NAME.jsonl`, a `PeerRow` a line, and `NAME.json`, a `PeerNote`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

PAGES = "pages.jsonl"
PROBES = "probes.jsonl"
QUESTIONS = "questions.jsonl"

_WARMING = 10


@dataclass(frozen=True)
class Section:
    """The words under one heading of a page, in lines; those of a list begin with `- `.

    The id is unique over all pages, and the heading empty for what stands before the first.
    """

    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Page:
    """A document of the corpus: a pillar, a note, the glossary; its id is fit for a file name."""

    id: str
    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Probe:
    """A development question that a peer may be tuned on."""

    question: str
    answerable: bool


@dataclass(frozen=True)
class Asked:
    """A question that is scored, with the earlier ones of its conversation, oldest first."""

    id: str
    question: str
    turns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quote:
    """Words that an answer takes from a source, by the id of a page, a section or a passage."""

    source: str
    text: str
    aside: bool = False
    """Whether it only backs a sentence of the answer's own, such as a count."""


@dataclass(frozen=True)
class Shown:
    """What a reader gets for a question: the answer or the refusal, and what it quotes."""

    text: str
    quotes: tuple[Quote, ...] = ()
    status: str = "answered"
    """An `assistant.records.Status`; a peer that refuses is `not_covered`."""

    reason: str = ""
    """Why, where the peer says so in a field of its own."""

    openings: tuple[str, ...] = ()
    """What it says first, where it can tell; else the first paragraph of the text is taken."""


@dataclass(frozen=True)
class PeerRow:
    """A line of `NAME.jsonl`, with the time that the question took, warm, without earlier turns."""

    id: str
    shown: Shown
    seconds: float


@dataclass(frozen=True)
class PeerNote:
    """`NAME.json`: what was asked, and how it was set up: what was tuned, and to what."""

    version: str
    setup: str


Talk = Callable[[str], Shown]
"""Answers the next question of a conversation."""


@dataclass(frozen=True)
class Job:
    """What a contestant, as its files are named, is asked to do in a work folder."""

    work: Path
    name: str
    refuses: bool = True
    """Whether it may refuse; else it shows the best that it finds, whatever the score."""

    @property
    def folder(self) -> Path:
        """Where the contestant keeps what it makes."""
        return self.work / self.name

    def pages(self) -> tuple[Page, ...]:
        """Read the text that every contestant gets."""
        return tuple(
            Page(row["id"], row["title"], tuple(Section(**one) for one in row["sections"]))
            for row in _rows(self.work / PAGES)
        )

    def probes(self) -> tuple[Probe, ...]:
        """Read the questions to tune on."""
        return tuple(Probe(**row) for row in _rows(self.work / PROBES))

    def write_corpus(self, *, front_matter: bool = False) -> Path:
        """Write each page as a Markdown file named by its id, and nothing else; return where."""
        corpus = self.folder / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        for old in corpus.glob("*.md"):
            old.unlink()
        for page in self.pages():
            matter = {"id": page.id, "title": page.title, "lang": "en"} if front_matter else None
            (corpus / f"{page.id}.md").write_text(markdown(page, matter), encoding="utf-8")
        return corpus

    def answer_all(self, begin: Callable[[Sequence[str]], Talk], version: str, setup: str) -> None:
        """Answer every question, each timed; some probes go first, to warm up.

        `begin` takes earlier questions of a conversation, and returns what answers the next.
        """
        for probe in self.probes()[:_WARMING]:
            begin(())(probe.question)
        rows = []
        for asked in _rows(self.work / QUESTIONS):
            talk = begin(tuple(asked["turns"]))
            start = perf_counter()
            shown = talk(asked["question"])
            rows.append(PeerRow(asked["id"], shown, perf_counter() - start))
        write_rows(self.work / f"{self.name}.jsonl", rows)
        write_rows(self.work / f"{self.name}.json", [PeerNote(version, setup)])


def write_rows(path: Path, rows: Iterable[Any]) -> None:
    """Write records of this module as JSONL."""
    lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def markdown(page: Page, matter: Mapping[str, str] | None = None) -> str:
    """Return a page as Markdown: front matter if any is given, else its title as a heading.

    >>> print(markdown(Page("p", "Buoys", (Section("p-1", "Who", "- crews"),))).strip())
    # Buoys
    <BLANKLINE>
    ## Who
    <BLANKLINE>
    - crews
    """
    head = [f"{key}: {value}" for key, value in (matter or {}).items()]
    parts = ["\n".join(["---", *head, "---"]) if head else f"# {page.title}"]
    for section in page.sections:
        parts += [f"## {section.heading}", section.text] if section.heading else [section.text]
    return "\n\n".join(parts) + "\n"


def even_threshold(scores: Sequence[float], answerable: Sequence[bool]) -> float:
    """Return the threshold at which both kinds of error are as common: the equal error rate.

    A question is answered if its score is at least the threshold, which lies in the middle between
    two scores, or at the lowest of all. Where classes overlap widely, the threshold with the fewest
    errors answers everything or nothing, which tells little; this one does not.

    >>> even_threshold([0.9, 0.7, 0.6, 0.5, 0.2], [True, True, False, True, False])
    0.55
    """
    known = sorted(set(scores))
    pairs = list(zip(scores, answerable, strict=True))

    def imbalance(threshold: float) -> float:
        told = (
            [score >= threshold for score, yes in pairs if yes is kind] for kind in (True, False)
        )
        shares = [sum(answered) / len(answered) if answered else 0.0 for answered in told]
        return abs(1 - shares[0] - shares[1])

    return min([known[0], *(sum(pair) / 2 for pair in pairwise(known))], key=imbalance)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, filter(None, path.read_text(encoding="utf-8").split("\n")))
