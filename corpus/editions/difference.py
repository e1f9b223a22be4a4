"""Two editions side by side: what was added, removed, reworded, renumbered, resourced, stale."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property

from rapidfuzz import fuzz

from corpus.passage import Corpus, Passage, Record, Source

ALIKE = 75.0  # Likeness (0 to 100) from which words under another id are the same, reworded.

ABOUT_A_SOURCE = (
    "title publisher version published licence url seen tier confidence dated as_of review_by"
).split()
"""Fields of a source that a reader sees with a citation."""

ABOUT_A_PASSAGE = "locator heading_path lines printed corrections doubts grounds".split()
"""Fields of a passage, beside its words, that a reader sees with a citation."""

CHECKED_AGAIN = frozenset({"as_of", "review_by"})
"""Fields that change when a source is looked at again and all is as it was."""


class Renumbered(Record):
    """A passage whose words stand in the same source under another id, `now` in the new edition."""

    id: str
    """Its id in the old edition, which may now be that of other words, or of none."""

    now: str


class Reworded(Renumbered):
    """A passage whose words changed, mostly under the same id."""

    old: str
    new: str


class Resourced(Renumbered):
    """A passage of the same words whose source, place or grounds changed."""

    fields: tuple[str, ...]
    """What changed; `references` for the works that its sentences rest on."""

    @property
    def checked_again(self) -> bool:
        """Whether nothing changed but the days of the last and the next check."""
        return set(self.fields) <= CHECKED_AGAIN


class Stale(Record):
    """A passage of the new edition whose source is past its review."""

    id: str
    review_by: str
    """Last day on which it was to be used, ISO 8601."""

    since_old: bool
    """Whether it was still good on the day that the old edition stands for."""


class Difference(Record):
    """What changed between two editions, each kind in reading order.

    Words and ids are told apart: an inserted section renumbers those that follow it, and takes
    none away. The order of passages, filters and everyday wordings are no part of it, because
    nobody who reads an answer sees them.
    """

    as_of: str
    today: date
    """Day that the old edition stands for, the latest on which a source of it was checked; and day
    as of which passages are stale."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    """Ids of the new edition whose words the old one does not have, and of the old edition whose
    words are gone."""

    reworded: tuple[Reworded, ...]
    renumbered: tuple[Renumbered, ...]
    resourced: tuple[Resourced, ...]
    stale: tuple[Stale, ...]
    moved: dict[str, str]
    """Ids of the old edition whose words have another id now, reworded or not, with that id."""

    @property
    def is_empty(self) -> bool:
        """Whether the editions are alike in words and sources; what is stale does not count."""
        return not any((self.added, self.removed, self.reworded, self.renumbered, self.resourced))

    @cached_property
    def reasons(self) -> dict[str, tuple[str, ...]]:
        """Ids of the old edition whose words or sources no longer hold as cited, and why.

        A source that was checked again and found as it was is no reason; one that ran past its
        review since the old edition is.
        """
        found: dict[str, list[str]] = defaultdict(list)
        for reason, ids in (
            ("removed", self.removed),
            ("reworded", [one.id for one in self.reworded]),
            ("renumbered", [one.id for one in self.renumbered]),
            ("resourced", [one.id for one in self.resourced if not one.checked_again]),
        ):
            for id_ in ids:
                found[id_].append(reason)
        back = {now: id_ for id_, now in self.moved.items()}
        new = {*self.added, *self.moved.values()}
        for stale in self.stale:
            if stale.since_old and (stale.id in back or stale.id not in new):
                found[back.get(stale.id, stale.id)].append("stale")
        return {id_: tuple(reasons) for id_, reasons in found.items()}


def compare(old: Corpus, new: Corpus, today: date) -> Difference:
    """Set two editions side by side.

    Passages are matched within their source: by id and words, by words, then by likeness.

    A passage of the new edition is stale if its source's review_by is before `today`. An officer
    who holds the old edition wants to know which of these could still be used then. An edition
    names no day of its own, so that equal corpora give equal files; it stands for the latest day
    on which one of its sources was checked. A passage became stale since the old edition if its
    source's review_by there was not before that day.
    """
    now = _matched(old, new)
    back = {after: id_ for id_, after in now.items()}
    as_of = max((source.as_of for source in old.sources), default="")
    reworded, renumbered = list[Reworded](), list[Renumbered]()
    resourced, stale = list[Resourced](), list[Stale]()
    for id_, to in now.items():
        before, after, ids = old.by_id[id_], new.by_id[to], {"id": id_, "now": to}
        if before.text != after.text:
            reworded.append(Reworded(**ids, old=before.text, new=after.text))
            continue
        if id_ != to:
            renumbered.append(Renumbered(**ids))
        seen = _seen(before, old.source_by_id[before.source_id])
        other = _seen(after, new.source_by_id[after.source_id])
        if fields := tuple(name for name, value in seen.items() if other[name] != value):
            resourced.append(Resourced(**ids, fields=fields))
    for passage in new.passages:
        review_by = new.source_by_id[passage.source_id].review_by
        if review_by and review_by < today.isoformat():
            owner = old.by_id.get(back.get(passage.id, ""))
            then = old.source_by_id[owner.source_id].review_by if owner else ""
            good = not then or then >= as_of
            stale.append(Stale(id=passage.id, review_by=review_by, since_old=good))
    return Difference(
        as_of=as_of,
        today=today,
        added=tuple(id_ for id_ in new.by_id if id_ not in back),
        removed=tuple(id_ for id_ in old.by_id if id_ not in now),
        reworded=tuple(reworded),
        renumbered=tuple(renumbered),
        resourced=tuple(resourced),
        stale=tuple(stale),
        moved={id_: after for id_, after in now.items() if id_ != after},
    )


def changed_words(old: str, new: str, around: int = 2) -> Iterator[tuple[str, str]]:
    """Yield the words that differ, old and new, each with some words around them.

    >>> list(changed_words("The port keeps all lists.", "The port keeps no lists.", around=1))
    [('… keeps all lists.', '… keeps no lists.')]
    """
    ours, theirs = old.split(), new.split()
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for group in matcher.get_grouped_opcodes(around):
        first, last = group[0], group[-1]
        yield _cut(ours, first[1], last[2]), _cut(theirs, first[3], last[4])


def _cut(words: list[str], start: int, end: int) -> str:
    shown = " ".join(words[start:end]) or "nothing"
    return f"{'… ' if start else ''}{shown}{' …' if end < len(words) else ''}"


def _matched(old: Corpus, new: Corpus) -> dict[str, str]:
    """Return where the passages of the old edition are in the new one, by id, in their order."""
    # Passages of one source are matched, the most alike first; the same id decides between equals.
    scored = sorted(
        (-likeness, before.id != after.id, at, before.id, after.id)
        for at, before in enumerate(old.passages)
        for after in new.passages
        if before.source_id == after.source_id and (likeness := _likeness(before, after))
    )
    now, taken = dict[str, str](), set[str]()
    for *_, before_id, after_id in scored:
        if before_id not in now and after_id not in taken:
            now[before_id] = after_id
            taken.add(after_id)
    # The same words of a source that is gone and of one that is new: it got a new name.
    free = {one.text: one.id for one in new.passages if one.source_id not in old.source_by_id}
    for one in old.passages:
        if one.source_id not in new.source_by_id and one.text in free:
            now[one.id] = free.pop(one.text)
    return {id_: now[id_] for id_ in old.by_id if id_ in now}


def _likeness(before: Passage, after: Passage) -> float:
    """Return how alike two passages are; 0 if they cannot be one, over 100 as the same words."""
    if before.text == after.text:
        # Words that stand twice in a source, such as a partner's name, are told apart by heading.
        return 101.0 + (before.heading_path == after.heading_path) + 2 * (before.id == after.id)
    if before.id == after.id:
        return max(fuzz.ratio(before.text, after.text), 1.0)
    if before.facets.get("kind") != after.facets.get("kind"):
        return 0.0
    return fuzz.ratio(before.text, after.text, score_cutoff=ALIKE)


def _seen(passage: Passage, source: Source) -> Mapping[str, object]:
    works = {work.id: work for work in source.references}
    grounds = dict.fromkeys(one for marks in passage.grounds for one in marks)
    return {
        **{name: getattr(source, name) for name in ABOUT_A_SOURCE},
        **{name: getattr(passage, name) for name in ABOUT_A_PASSAGE},
        "references": [works[one] for one in grounds if one in works],
    }
