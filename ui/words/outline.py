"""What a reader sees of an answer, in order: tiers apart, sections, plain sentences, footnotes.

The terminal form, the page and the exports are drawings of this one outline.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, groupby, takewhile
from string import punctuation
from typing import Self, get_args

from assistant.answering.narrowing import FILTERED, names_of
from assistant.records import Answer, Citation, Completeness, Filters, Statement
from corpus.passage import Corpus, Record, Tier
from ui.words.footnotes import Footnote, Listed, list_sources
from ui.words.phrases import clean, day, grouped, say, sentence_of, with_reader, words

TIERS: tuple[Tier, ...] = get_args(Tier)

_BESIDE = frozenset(TIERS) - {"framework"}
Told = Sequence[Statement]


class Line(Record):
    """One statement with the numbers of what it rests on."""

    statement: Statement
    numbers: tuple[int, ...]
    """Numbers of its footnotes, ascending."""

    doubts: tuple[str, ...]
    """Doubts about its words; a note carries none, since it does not repeat them."""

    @property
    def dating(self) -> str:
        """How old it is: `as of 31 July 2026`; empty where that does not matter."""
        as_of, past = self.statement.as_of, self.statement.past_review
        dated = say("phrase.as_of", day=day(as_of)) if as_of else ""
        return "; ".join(filter(None, (dated, say("phrase.past_review") if past else "")))

    def beside(self, *, dated: bool) -> str:
        """Return what stands behind it: that it speaks to the question, and how old it is."""
        direct = say("phrase.direct") if self.statement.relation == "direct" else ""
        return "; ".join(filter(None, (direct, self.dating if dated else "")))


class Run(Record):
    """Lines of one kind in a row, so that no drawing can blend two tiers."""

    kind: str
    lines: tuple[Line, ...]

    @property
    def flows(self) -> bool:
        """Whether they read as a paragraph: sentences of a note, and nothing said beside them."""
        plain = not any(line.doubts or line.statement.relation == "direct" for line in self.lines)
        return plain and self.kind in ("guidance", "document")


class Section(Record):
    """Statements under one heading, of one tier and, the framework aside, of one source."""

    heading: str
    """Empty for what opens an answer."""

    lines: tuple[Line, ...]

    def without(self, told: Sequence[Line] = ()) -> tuple[Run, ...]:
        """Return its lines but for those that are told already, those of one kind together."""
        kept = (line for line in self.lines if not any(line is one for one in told))
        by_kind = groupby(kept, lambda line: line.statement.kind)
        return tuple(Run(kind=kind, lines=tuple(own)) for kind, own in by_kind)

    @property
    def dating(self) -> str:
        """How old all its lines are; empty where they differ, or where that does not matter."""
        shared = {line.dating for line in self.lines if line.statement.kind != "note"}
        return shared.pop() if len(shared) == 1 and self.heading else ""


class TierPart(Record):
    """What an answer draws from one tier."""

    tier: Tier
    heading: str
    """Its name; empty where the answer holds framework text alone."""

    sections: tuple[Section, ...]
    """In reading order; one without a heading comes first."""

    @property
    def quotes(self) -> bool:
        """Whether it holds anything but Signpost's own notes."""
        lines = (line for section in self.sections for line in section.lines)
        return any(line.statement.kind != "note" for line in lines)


class Table(Record):
    """Lines of the framework beside each other: sides of a comparison, or kinds of the page."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Line, ...], ...]], ...]
    """Each with what it is called, and its lines by column."""

    listed: bool = False
    """Whether its rows are groups of the page, and its columns kinds."""


class Outline(Record):
    """An answer as a reader meets it."""

    answer: Answer
    understood: str
    """The question as understood, where that differs from what was typed; and by whom, where a
    language model read it."""

    only: str
    """What the answer was narrowed to: `Only: pillar 3, guidance notes`; empty for no filter."""

    reason: str
    """Why there is no full answer, as one sentence; empty where there is one."""

    opening: tuple[Line, ...]
    """Signpost's own notes, and the sentence beside the framework that answers, which come before
    all tiers; empty where there is but one tier."""

    parts: tuple[TierPart, ...]
    """The framework's first, then guidance, then the operator's documents."""

    completeness: str
    """What is listed of what there is, as one sentence; empty where nothing was counted."""

    footnotes: tuple[Footnote, ...]
    """Everything cited, by number."""

    near: tuple[Footnote, ...]
    """The closest passages, where there is no full answer."""

    table: Table | None
    """What stands in the place of the framework's sections, where they are set side by side."""

    @classmethod
    def of(
        cls, answer: Answer, corpus: Corpus, whole: Answer | None = None, read: Told = ()
    ) -> Self:
        """Lay out an answer, `whole` where only its beginning is given, numbered as it is `read`.

        `CorpusError` if this edition does not have a passage or a quote where a citation says.
        """
        quoted = {one.passage_id for said in answer.statements for one in said.citations}
        nearest = [one for one in answer.nearest if one.passage_id not in quoted]
        placed = _placed(read or answer.statements, nearest, corpus)
        own = chain(*(said.citations for said in answer.statements), nearest)
        cited = set(map(place_of, own))
        # What is asked back stands as the reason, and is not said twice.
        told = answer.statements if answer.status != "clarify" else answer.statements[1:]
        lines = [_line(statement, placed) for statement in told]
        named = any(_tier_of(one) in _BESIDE for one in (whole or answer).statements)
        opening: tuple[Line, ...] = ()
        if named:
            # The notes, and the one sentence that answers, which the lines begin with.
            bare = (line for line in lines if not line.statement.section)
            opens = ("note", *_BESIDE)
            opening = tuple(takewhile(lambda line: line.statement.kind in opens, bare))
        texts = (answer.question, answer.resolved_question)
        typed, resolved = (" ".join(clean(text).split()) for text in texts)
        # That something private was left out of it is told by itself.
        left = iter([word.strip(punctuation) for word in typed.casefold().split()])
        alike = all(word.strip(punctuation) in left for word in resolved.casefold().split())
        rest = (line for line in lines if line not in opening)
        by_tier = grouped(rest, lambda line: _tier_of(line.statement))
        parts = tuple(
            TierPart(
                tier=tier,
                heading=say(f"phrase.tiers_{tier}") if named else "",
                sections=_sections(by_tier[tier]),
            )
            for tier in TIERS
            if tier in by_tier
        )
        if opening and opening[0].statement.kind in _BESIDE:
            # What answers is gone on with before what it bears on.
            parts = tuple(sorted(parts, key=lambda one: one.tier != opening[0].statement.kind))
        made = cls(
            answer=answer,
            understood="" if alike else with_reader(resolved, answer),
            only=only_of(answer.filters, corpus),
            reason=reason_of(answer),
            opening=opening,
            parts=parts,
            completeness=_counted(answer.completeness, corpus),
            footnotes=tuple(one for at, one in placed.items() if at in cited),
            near=tuple(placed[place_of(one)] for one in nearest),
            table=_compared(answer, parts, opening, corpus) or _listed(answer, parts, corpus),
        )
        if read or not answer.statements:
            return made
        # Of a beginning, numbers are those of the whole, lest one become that of another source.
        full = cls.of(whole, corpus) if whole else made
        lists = (section.lines for part in full.parts for section in part.sections)
        shown = [line.statement for line in chain(full.opened, full.opening, *lists)]
        return cls.of(answer, corpus, whole, (*shown, *answer.statements))

    @property
    def opened(self) -> tuple[Line, ...]:
        """What stands above all headings: what opens the answer, and Signpost's own notes."""
        if self.opening or not self.parts:
            ordered = self.answer.is_closest or self.answer.parts
            own = set() if ordered else {part.tier for part in self.parts}
            kept = (line for line in self.opening[1:] if line.statement.kind not in own)
            return (*self.opening[:1], *kept)
        bare = self.parts[0].sections[0]
        lines = () if bare.heading else bare.lines
        return (*lines[:1], *(line for line in lines[1:] if line.statement.kind == "note"))

    def leading(self, tier: Tier) -> tuple[Run, ...]:
        """Return what opens the part of a tier, and does not open the answer."""
        own = tuple(line for line in self.opening if line.statement.kind == tier)
        return Section(heading="", lines=own).without(self.opened)

    @property
    def opened_runs(self) -> tuple[Run, ...]:
        """What stands above all headings but for its first line, lines of one kind together."""
        return Section(heading="", lines=self.opened[1:]).without()

    @property
    def listed(self) -> tuple[Listed, ...]:
        """Its sources, each once."""
        return list_sources(self.footnotes)

    @property
    def shown(self) -> tuple[str, ...]:
        """The words that it shows: of its statements, and of the closest passages."""
        quotes = (one.citation.quote for one in self.near)
        return tuple(map(clean, (*(one.text for one in self.answer.statements), *quotes)))

    @property
    def past_review(self) -> bool:
        """Whether any of its statements is past review."""
        return any(statement.past_review for statement in self.answer.statements)


def only_of(filters: Filters, corpus: Corpus) -> str:
    """Say what an answer is narrowed to: `Only: pillar 3, guidance notes`; empty for no filter."""
    names = ", ".join(filter(None, map(clean, names_of(filters, corpus))))
    return say("answer.only", names=names) if names else ""


def is_reply(answer: Answer) -> bool:
    """Tell whether all that is said is a reviewed reply, of whose message nothing is kept."""
    return answer.signposting is not None and answer.status in ("safeguarding", "declined")


def reason_of(answer: Answer) -> str:
    """Return why there is no full answer, as one plain sentence."""
    if answer.status == "answered" or answer.is_closest or is_reply(answer):
        return ""
    if answer.status == "clarify" and answer.statements:
        return answer.statements[0].text
    if answer.status != "partial":
        # Some reasons have a sentence of their own; others are told by the status.
        key, status = f"reason_{answer.reason}", f"status_{answer.status}"
        return say(f"answer.{key if key in words('answer') else status}")
    missed = sum(part.status not in ("answered", "partial") for part in answer.parts)
    left_out = answer.reason == FILTERED
    whole = answer.completeness and all(one.listed == one.total for one in answer.completeness)
    if whole and not missed and not left_out:
        return ""
    reason = say("answer.filtered_in_part" if left_out else "answer.status_partial")
    told = [say("answer.missed", n=missed, total=len(answer.parts))] if missed else []
    return " ".join((*told, reason))


def _path_of(section: Section, corpus: Corpus) -> tuple[str, ...]:
    """Return the headings above what a section quotes first; none where it cites nothing."""
    cited = section.lines[0].statement.citations
    return corpus.by_id[cited[0].passage_id].heading_path if cited else ()


def _compared(
    answer: Answer, parts: Sequence[TierPart], opening: Sequence[Line], corpus: Corpus
) -> Table | None:
    """Set the sides of a comparison beside each other, where each has a section of every kind."""
    subjects = answer.scope.subjects
    if answer.scope.operation != "compare" or len(subjects) < 2:
        return None
    sections = [section for part in parts for section in part.sections]
    kinds: dict[str, list[tuple[Line, ...]]] = {}
    for section in sections:
        if section.heading:
            kinds.setdefault("".join(_path_of(section, corpus)[-1:]), []).append(section.lines)
    if not kinds or any(len(sides) != len(subjects) for sides in kinds.values()):
        return None
    # What a note on all of them cites, and equal words, are no side's own.
    told = chain(opening, *(section.lines for section in sections if not section.heading))
    all_have = {number for line in told for number in line.numbers}
    rows = []

    def said(line: Line) -> str:
        return clean(line.statement.text).casefold()

    for kind, sides in kinds.items():
        alike = set.intersection(*(set(map(said, lines)) for lines in sides))
        shared = tuple(
            tuple(one for one in lines if said(one) in alike or all_have & {*one.numbers})
            for lines in sides
        )
        own = tuple(
            tuple(line for line in lines if line not in held)
            for lines, held in zip(sides, shared, strict=True)
        )
        if shared[0]:
            rows += [(say("ask.differ", kind=kind), own), (say("ask.in_common", kind=kind), shared)]
        else:
            rows.append((kind, own))
    columns = tuple(clean(corpus.by_id[one].text.split("\n")[0]) for one in subjects)
    named = tuple((sentence_of(name).strip("."), cells) for name, cells in rows)
    return Table(columns=columns, rows=named)


def _listed(answer: Answer, parts: Sequence[TierPart], corpus: Corpus) -> Table | None:
    """Set out what groups of the whole page have, where several kinds are asked for."""
    if answer.scope.operation != "list" or len(answer.scope.facets) < 2 or answer.scope.subjects:
        return None
    found: dict[str, dict[str, tuple[Line, ...]]] = {}
    for section in (one for part in parts[:1] for one in part.sections if one.heading):
        path = _path_of(section, corpus)
        if len(path) < 2:
            return None
        found.setdefault(clean(path[0]), {})[path[-1]] = section.lines
    kinds = dict.fromkeys(chain(*found.values()))
    rows = tuple(
        (name, tuple(cells.get(kind, ()) for kind in kinds)) for name, cells in found.items()
    )
    columns = tuple(sentence_of(kind).strip(".") for kind in kinds)
    return Table(columns=columns, rows=rows, listed=True) if len(found) > 1 else None


def place_of(citation: Citation) -> tuple[str, int, int]:
    """Return where quoted words stand: their passage, first character, and one past the last."""
    return citation.passage_id, citation.start, citation.end


def _placed(
    statements: Sequence[Statement], nearest: Sequence[Citation], corpus: Corpus
) -> dict[tuple[str, int, int], Footnote]:
    """Return the footnotes of an answer by their place, in order of first mention."""
    by_place = grouped(chain(*(said.citations for said in statements), nearest), place_of)
    late = chain(*(said.citations for said in statements if said.past_review))
    past = set(map(place_of, late))
    return {
        at: Footnote.of(cited[0], corpus, number=number, past_review=at in past)
        for number, (at, cited) in enumerate(by_place.items(), 1)
    }


def _line(statement: Statement, placed: Mapping[tuple[str, int, int], Footnote]) -> Line:
    cited = statement.citations
    numbers = {placed[place_of(one)].number for one in cited}
    told = cited if statement.kind != "note" else ()
    doubts = dict.fromkeys(sentence_of(doubt) for one in told for doubt in one.doubts)
    return Line(statement=statement, numbers=tuple(sorted(numbers)), doubts=tuple(doubts))


def _tier_of(statement: Statement) -> Tier:
    """Return the tier that a statement stands with; a note stands with what it cites."""
    if statement.kind != "note":
        return statement.kind
    return statement.citations[0].tier if statement.citations else "framework"


def _sections(lines: Sequence[Line]) -> tuple[Section, ...]:
    """Gather the lines of one tier; equal titles of two documents stay two sections."""

    def place(line: Line) -> tuple[str, str]:
        cited = line.statement.citations
        bare = not cited or _tier_of(line.statement) != "document"
        return clean(line.statement.section), "" if bare else cited[0].source_id

    found = grouped(lines, place)
    ordered = sorted(found.items(), key=lambda one: bool(one[0][0]))
    return tuple(Section(heading=heading, lines=tuple(own)) for (heading, _), own in ordered)


def _counted(counts: tuple[Completeness, ...], corpus: Corpus) -> str:
    if not counts:
        return ""
    by_group = grouped(counts, lambda one: one.group)
    told = []
    for group, own in by_group.items():
        named = ((one, clean(one.label or one.facet)) for one in own)
        clauses = (say("answer.count", listed=c.listed, total=c.total, what=w) for c, w in named)
        lead = f"{_name(group, corpus)}: " if len(by_group) > 1 else ""
        told.append(lead + ", ".join(clauses))
    whole = all(count.listed == count.total for count in counts)
    return say("answer.complete" if whole else "answer.incomplete", listed="; ".join(told))


def _name(group: str, corpus: Corpus) -> str:
    if group in corpus.source_by_id:
        return clean(corpus.source_by_id[group].title)
    passage = corpus.by_id.get(group)
    return clean(passage.text) if passage else group
