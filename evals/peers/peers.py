"""The same questions through Signpost and its peers, in one table."""

import argparse
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from itertools import chain
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self

from assistant.errors import BatchError
from assistant.home import writing
from assistant.pipeline import Assistant
from assistant.records import Answer, Citation
from assistant.settings import Settings
from corpus.passage import Corpus, Passage, Record
from corpus.structure.graph import Framework, Item, Kind
from corpus.whole import Whole
from evals import refusing
from evals.cases.case import Case, load_split
from evals.folder import AnswerRow, lines_of, write_file
from evals.metrics import metrics
from evals.metrics.score import cited_ids, openings, score_case
from evals.metrics.scores import Score
from evals.peers.runners import ask_peer
from evals.running.run import Chosen, by_command, one_by_one, whole_answer
from evals.statistics import Estimate, rate

ON_TOPIC = 0.5  # Least share of what is shown that must fit the question.
_MARKS = re.compile(r"(?:^|(?<=\s))(?:#+|-)(?=\s)")


class Contestant(NamedTuple):
    """Who answers, by the name of its files."""

    name: str
    title: str
    environment: str  # A folder under `SIGNPOST_HOME/peers`; empty for Signpost, asked here.


CONTESTANTS = (
    Contestant("signpost", "Signpost", ""),
    Contestant("cairn", "cairn-assistant", "cairn"),
    Contestant("groundrag", "groundrag", "groundrag"),
    Contestant("dense", "LlamaIndex dense", "llamaindex"),
    Contestant("bm25", "LlamaIndex BM25", "llamaindex"),
)


class Section(NamedTuple):
    """The words under one heading of a page, in lines; those of a list begin with `- `.

    The id is unique over all pages, and the heading empty for what stands before the first.
    """

    id: str
    heading: str
    text: str
    passages: tuple[str, ...] = ()
    """Ids of those whose words it holds."""


class Page(NamedTuple):
    """A document of the corpus: a pillar, a note, the glossary; its id is fit for a file name."""

    id: str
    title: str
    sections: tuple[Section, ...]


class PeerCorpus(Record):
    """The pages, and what is known of each name that a quote may give as its source."""

    pages: tuple[Page, ...]
    """One for each item at the top of the framework, each note and each entry of the glossary."""

    held: dict[str, tuple[str, ...]]
    """By page or section: the passages that it holds, in reading order."""

    words: dict[str, str]
    """By page, section or passage: its words."""

    whole: Whole

    @classmethod
    def of(cls, whole: Whole) -> Self:
        """Lay the corpus out: the framework's pages, then the notes', then the glossary's."""
        pages = (*_framework(whole.framework), *_guidance(whole))
        held = {one.id: one.passages for page in pages for one in page.sections}
        held |= {page.id: tuple(i for one in page.sections for i in one.passages) for page in pages}
        words = {passage.id: passage.text for passage in whole.corpus.passages}
        words |= {page.id: markdown(page, f"# {page.title}") for page in pages}
        words |= {one.id: one.text for page in pages for one in page.sections}
        return cls(pages=pages, held=held, words=words, whole=whole)


def markdown(page: Page, head: str) -> str:
    r"""Return a page as Markdown under its title, or its front matter.

    >>> markdown(Page("p", "Buoys", (Section("p-1", "Who", "- crews"),)), "# Buoys")
    '# Buoys\n\n## Who\n\n- crews\n'
    """
    parts = [head]
    for section in page.sections:
        parts += [f"## {section.heading}", section.text] if section.heading else [section.text]
    return "\n\n".join(parts) + "\n"


def file_name(passage_id: str) -> str:
    """Return an id as the name of a page: `note-barnahus-2`."""
    return re.sub(r"[^\w-]+", "-", passage_id)


def _framework(framework: Framework) -> Iterator[Page]:
    page_id = file_name(framework.source.id)
    tops = [_listed(page_id, kind, framework.of_kind(kind.id)) for kind in framework.top_kinds]
    yield Page(page_id, framework.source.title, tuple(tops))
    for top_kind in framework.top_kinds:
        for top in framework.of_kind(top_kind.id):
            sections: list[Section] = []
            for kind in framework.kinds:
                items = framework.below(top.id, kind.id)
                if items:
                    sections.append(_listed(file_name(top.id), kind, items))
                for item in items if kind.described else ():
                    words = item.description or item.title
                    name = _name(item, kind)
                    sections.append(Section(file_name(item.id), name, words, (item.id,)))
            yield Page(file_name(top.id), _name(top, top_kind), tuple(sections))


def _listed(page_id: str, kind: Kind, items: tuple[Item, ...]) -> Section:
    lines = "\n".join(f"- {_name(item, kind)}" for item in items)
    ids = tuple(item.id for item in items)
    return Section(f"{page_id}-{kind.facet}", kind.plural.capitalize(), lines, ids)


def _name(item: Item, kind: Kind) -> str:
    numbered = f"{kind.singular.capitalize()} {item.number}: " if item.number is not None else ""
    return numbered + item.label


def _guidance(whole: Whole) -> Iterator[Page]:
    def section(passage: Passage, heading: str) -> Section:
        return Section(f"{file_name(passage.id)}-words", heading, passage.text, (passage.id,))

    for note in whole.notes:
        sections = (section(one, " > ".join(one.heading_path[1:])) for one in note.passages)
        yield Page(file_name(note.source.id), note.source.title, tuple(sections))
    for one in whole.corpus.passages:
        if one.facets.get("source") == "glossary":
            yield Page(file_name(one.id), one.heading_path[-1], (section(one, ""),))


class Verdict(Record):
    """What one answer is worth; `None` where there is nothing to judge.

    A question to be answered is `complete` if all of the gold is shown and it stays on topic, and
    `missed` if it was not answered. One that the corpus does not answer is `turned_away` as it
    should be, or `false` if it was answered all the same; a false premise is `corrected` if the
    answer says what is wrong with it. It is `exact` if every quote is verbatim in its source.
    """

    complete: bool | None = None
    missed: bool | None = None
    turned_away: bool | None = None
    false: bool | None = None
    corrected: bool | None = None
    exact: bool | None
    seconds: float


def judge(case: Case, row: AnswerRow, corpus: PeerCorpus) -> Verdict:
    """Judge one answer; a question that was refused counts as not covered."""
    refused = {"status": "not_covered", "statements": [{"text": row.error}]}
    given = row.answer or whole_answer(refused, case.question, corpus.whole.corpus)
    answer, framework = by_passages(given, corpus), corpus.whole.framework
    score = score_case(case, row.model_copy(update={"answer": answer}), framework, None)
    answers, to_answer = score.status in metrics.ANSWERS, is_to_be_answered(case)
    judged: dict[str, bool] = {}
    if to_answer:
        complete = answers and _is_complete(case, answer, score, framework)
        judged = {"complete": complete, "missed": not answers}
    elif to_answer is False:
        judged = {"turned_away": score.status_right, "false": answers and not score.status_right}
        if "premise" in case.family:
            says_so, says = answer.reason == "false_premise", score.strings
            judged["corrected"] = says_so if says is None else says
    exact = is_exact(given, corpus)
    return Verdict(exact=exact, seconds=row.seconds, **judged)


def is_to_be_answered(case: Case) -> bool | None:
    """Return whether a case asks for an answer; `None` if it asks for a question back."""
    turned = case.answerable and case.gold.status and not metrics.ANSWERS & set(case.gold.status)
    return None if turned else case.answerable


def by_passages(answer: Answer, corpus: PeerCorpus) -> Answer:
    """Return an answer whose quotes name the passages that they show.

    A quote shows the passage that it names. If it names a page or a section, it shows each passage
    there of which a whole sentence, a title included, stands in its words.
    """
    passages = corpus.whole.corpus.by_id

    def shown(quote: Citation) -> Iterator[Citation]:
        if quote.passage_id in passages:
            yield quote
        words = plain(quote.quote)
        for one in corpus.held.get(quote.passage_id, ()):
            told = (plain(span.of(passages[one].text)) for span in passages[one].sentences)
            if any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", words) for each in told if each):
                yield quote.model_copy(update={"passage_id": one})

    statements = []
    for said in answer.statements:
        quotes = tuple(chain.from_iterable(map(shown, said.citations)))
        statements.append(said.model_copy(update={"citations": quotes}))
    return answer.model_copy(update={"statements": tuple(statements)})


def on_topic(found: Sequence[str], case: Case, framework: Framework) -> float | None:
    """Return the share of what is shown that fits the question; `None` if nothing is judged.

    `metrics.precision` over framework and guidance together: gold, allowed, and what framework gold
    stands under fit. Guidance beside an answer is judged only where the case has gold in guidance,
    framework text only where it has gold or allowed ids in the framework. A note fits whole.
    """
    fitting = metrics.with_lineage((*case.gold.items(), *case.gold.allowed), framework)
    judged = [one for one in found if one in framework.item_by_id] if fitting else []
    if case.gold.facts:
        fitting |= set(metrics.units((*case.gold.facts, *case.gold.allowed)))
        judged += metrics.units(one for one in found if one not in framework.item_by_id)
    return metrics.precision(judged, fitting)


def is_exact(answer: Answer, corpus: PeerCorpus) -> bool | None:
    """Return whether each quote is verbatim in the source that it names; `None` without quotes.

    Line breaks and the marks of Markdown lists and headings do not count.
    """
    quotes = (one for said in answer.statements for one in said.citations)
    exact = [plain(one.quote) in plain(corpus.words[one.passage_id]) for one in quotes]
    return all(exact) if exact else None


def plain(text: str) -> str:
    r"""Return a text on one line, without the marks of Markdown lists and headings.

    >>> plain("## Partners\n\n- harbour masters\n- well-known pilots")
    'Partners harbour masters well-known pilots'
    """
    return " ".join(_MARKS.sub(" ", text).split())


def _is_complete(case: Case, answer: Answer, score: Score, framework: Framework) -> bool:
    share = on_topic(cited_ids(answer, case.gold.items()), case, framework)
    first = [line for one in openings(answer) for line in one.split("\n\n")[0].split("\n")]
    verdicts = (score.noted, score.strings, metrics.has_value(first, case.gold.value))
    on_it = share is None or share >= ON_TOPIC
    return on_it and score.recall in (None, 1.0) and False not in verdicts


def prepare(work: Path, corpus: PeerCorpus) -> None:
    """Write what every peer gets, or raise StoreError: pages, their sections, probes to tune on."""
    sections = [
        (one.id, page.title, one.heading, one.text)
        for page in corpus.pages
        for one in page.sections
    ]
    with writing(work):
        for folder in (work / ask_peer.MATTER, work / ask_peer.PAGES):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        for page in corpus.pages:
            matter = f"---\nid: {page.id}\ntitle: {page.title}\nlang: en\n---"
            (work / ask_peer.MATTER / f"{page.id}.md").write_text(markdown(page, matter), "utf-8")
            (work / ask_peer.PAGES / f"{page.id}.md").write_text(corpus.words[page.id], "utf-8")
        (work / ask_peer.SECTIONS).write_text(json.dumps(sections), "utf-8")
        (work / ask_peer.PROBES).write_text(json.dumps(probes()), "utf-8")


def probes() -> list[tuple[str, bool]]:
    """Return all shipped development questions that stand alone, without earlier turns, each once.

    Beside each stands whether it is answerable; one that is in two suites is if either says so.
    """
    found: dict[str, bool] = {}
    for case in load_split("development"):
        answerable = is_to_be_answered(case)
        if answerable is not None and not case.turns:
            found[case.question] = answerable or found.get(case.question, False)
    return [*found.items()]


def ask(
    one: Contestant, cases: Sequence[Case], work: Path, home: Path, corpus: Corpus
) -> Iterator[AnswerRow]:
    """Let a contestant answer cases, a peer in a process of its own, and yield its rows.

    BatchError if its environment is missing, or the process fails; SignpostError if Signpost cannot
    be opened.
    """
    if not one.environment:
        return one_by_one(cases, Settings.from_environment(), Assistant.open)
    python = home / "peers" / one.environment / "bin" / "python"
    if not python.exists():
        raise BatchError(f"{one.title} has no environment at {python}; run: make bench-peers")
    # A path to modules of this environment must not reach into another one: -E.
    words = [str(python), "-E", ask_peer.__file__, str(work), one.name]
    return by_command(shlex.join(words), cases, corpus)


class Result(Record):
    """One contestant, asked and judged, with its version and how it was set up."""

    title: str
    note: str
    verdicts: tuple[Verdict, ...]


def table(results: Sequence[Result]) -> str:
    """Return the results side by side, with intervals of 95 % and how each was set up."""
    rows = [("", *(one.title for one in results)), *_measures(results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    notes = [f"{one.title} {one.note}." for one in results]
    return "\n".join([*lines, "", *notes])


def _measures(results: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    def rates(title: str, field: str) -> tuple[str, ...]:
        estimates = [rate([getattr(one, field) for one in each.verdicts]) for each in results]
        if field == "exact":
            return (title, *(f"{_cell(one)} n {one.n}" for one in estimates))
        return (f"{title} (n {max(one.n for one in estimates)})", *map(_cell, estimates))

    yield rates("complete and on topic", "complete")
    yield rates("refused though answerable", "missed")
    yield rates("correct refusals", "turned_away")
    yield rates("false answers", "false")
    yield rates("every quote verbatim", "exact")
    times = (median(one.seconds for one in each.verdicts) for each in results)
    yield ("seconds, warm, median", *(f"{one:.4f}" for one in times))
    yield rates("false premises corrected", "corrected")


def _cell(one: Estimate) -> str:
    return "-" if one.value is None else f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


def bench(cases: Sequence[Case], work: Path, home: Path, names: Sequence[str]) -> str:
    """Ask and judge the contestants named, and return the table; Signpost answers as it is.

    SignpostError if an environment is missing, or a contestant fails.
    """
    whole = Whole.read()
    corpus = PeerCorpus.of(whole)
    prepare(work, corpus)
    results = []
    for one in (one for one in CONTESTANTS if one.name in names):
        sys.stderr.write(f"Asking {one.title} {len(cases)} questions ...\n")
        given = ask(one, cases, work, home, whole.corpus)
        rows = {row.id: row for row in given}
        write_file(work / f"{one.name}.jsonl", lines_of([*rows.values()]))
        verdicts = tuple(judge(case, rows[case.id], corpus) for case in cases)
        note = f"{metadata.version('signpost')}: as shipped"
        if one.environment:
            note = (work / f"{one.name}.txt").read_text(encoding="utf-8")
        results.append(Result(title=one.title, note=note, verdicts=verdicts))
    return table(results)


@refusing
def main(arguments: Sequence[str] | None = None) -> None:
    """Run the bench, and print the table."""
    names = [one.name for one in CONTESTANTS]
    parser = argparse.ArgumentParser(prog="python -m evals.peers.peers", description=__doc__)
    parser.add_argument("--suite", default="framework-dev", help="suite of cases to ask")
    parser.add_argument("--cases", type=Path, help="file of cases to ask in place of a suite")
    parser.add_argument("--limit", type=int, help="ask only the first so many cases")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="contestants")
    given = parser.parse_args(arguments)
    home = Settings.from_environment().home.resolve()
    # Whoever is no Signpost is not asked what only the checker answers.
    chosen = Chosen(suite=given.suite, cases=given.cases, limit=given.limit, command="peers")
    asked = chosen.read(home)
    told = bench(asked, home / "peers" / "runs" / chosen.title, home, given.only)
    sys.stdout.write(f"{chosen.title}: {len(asked)} questions\n\n{told}\n")


if __name__ == "__main__":
    raise SystemExit(main())
