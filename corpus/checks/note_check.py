"""The check of guidance notes: sources, ids, law, age, our own judgement, and rules of wording."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources.abc import Traversable
from itertools import pairwise

from corpus.checks.framework_check import CheckReport
from corpus.checks.orders import is_order
from corpus.errors import CorpusError
from corpus.passage import Fault, Reference, twice
from corpus.readers import notes as reader
from corpus.readers.notes import LEANING, OWN, PREFIX, SUFFIX, FrontMatter, Note
from corpus.structure.graph import Framework
from corpus.text import split_sentences, whole_words

MAX_WORDS = 35  # Words of the longest sentence that a busy reader takes in at once.
RUN = 9  # Words in a row that two files of the corpus may not share.
FEWEST, MOST = 120, 400  # Words that a note may have.
OWN_SHARE = 0.15  # Share of a note's sentences that may be our own judgement.
LONGEST_REVIEW = {False: 3 * 366, True: 366}  # Days to the next check, fewer where it is dated.
PER_TERM_NOTE = "terminology"  # Topic of notes that may mention a deprecated term, in “quotes”.

_OPENS_WITH_PRONOUN = re.compile(
    r"^[\"'\u2018\u201c(]*(?!this note |these notes )"
    r"(it|its|this|that|these|those|they|them|their|he|him|his|she|her|such|both|neither|either"
    r"|here|there|the former|the latter|the same|one of them|some of them|all of them)\b",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*|#")
GAP = " # "  # Stands where words were taken out.

_INSTRUMENT = re.compile(
    r"\b(Conventions?|Protocols?|Directives?|Regulations?|Act|Statute|Covenant|U\.S\.C\.)(?=\W|$)"
)
_LAW = re.compile(r"\b(law|laws|legislation|statutes?)\b")
_REQUIRES = re.compile(
    r"\b(ha(?:s|ve) to|(?:an|criminal|punishable) offences?|requires?|required|requiring|must|shall"
    r"|obliges?|obliged|obligations?|prohibits?|forbids?"
    r"|criminali[sz]es?|criminali[sz]ing|offences? (?:of|under)|duty|duties|compels?|binding"
    r"|mandatory|mandates?|entitles?)\b",
    re.I,
)
_ARTICLE = re.compile(
    r"\b(Art(?:icles?|\.)|Sections?|Sect\.|s\.|Recitals?|paragraphs?|para\.|Schedule|Rule)\s*\d"
    r"|\u00a7\s*\d|\d+ U\.S\.C\. (?:\u00a7\s*)?\d",
    re.I,
)
_MARKUP = re.compile(r"^(#|[-*+] |\d+[.)] )|[*`<>|]|\[|\]|(?<!\w)_+\w|https?://|\bwww\.")
_ID = re.compile(r"(?<![\w-])[A-Z]+\d*(?:-[A-Z]*\d+)*(?![\w-])")


def check_notes(
    folder: Traversable,
    framework: Framework,
    deprecated: Mapping[str, str],
    today: date,
    others: Mapping[str, Sequence[str]],
) -> CheckReport:
    """Check all notes of a folder beside the framework that they name.

    They use no wording of `deprecated`, which gives the one to use instead, are not past their
    review on `today`, and share no phrase with `others`, texts of the corpus by file.
    """
    notes, files = list[Note](), reader.note_files(folder)
    if not files:
        said = f"{folder} holds no note; name the folder of the notes."
        return CheckReport.model_validate({"problems": [(folder.name, said)]})
    # What lies among the notes and is none is named, so that no note is left out unseen.
    known = {file.name for file in files} | {reader.ASKED_FILE, reader.SUGGESTED}
    strangers = sorted(file.name for file in folder.iterdir() if file.name not in known)
    said = f"is no note; name it like its id with '{SUFFIX}', or take it out."
    faults = [(name, f"{name} {said}") for name in strangers if not name.startswith((".", "__"))]
    for file in files:
        try:
            note = reader.read_note(file)
        except CorpusError as error:
            faults.append((file.name, str(error)))
            continue
        parts = (
            _front_faults(note.front, file.name, today),
            _item_faults(note.front, framework),
            _work_faults(note.front),
            _size_faults(note),
            _mark_faults(note, framework),
            _text_faults(note, deprecated),
        )
        faults += [(file.name, f"{file.name}: {said}") for part in parts for said in part]
        notes.append(note)
    for name, count in twice(note.front.id for note in notes).items():
        said = f"{count} notes have the id {name!r}; rename all but one."
        faults.append((f"{PREFIX}{name}", said))
    called = ({one.casefold() for one in note.front.names} for note in notes)
    for name, count in twice(one for names in called for one in names).items():
        faults.append((name, f"{count} notes are named {name!r}; give the name to one of them."))
    faults += _phrases(notes, framework, others)
    for field, items in _served(framework).items():
        said = f"is served by no note; write one, or name it in a note's {field}."
        unserved = items.difference(*(getattr(note.front, field) for note in notes))
        faults += [(name, f"{name} {said}") for name in sorted(unserved)]
    try:
        sections = {passage.id for note in notes for passage in note.passages}
        faults += reader.asked_faults(reader.read_asked(folder), sections)
    except CorpusError as error:
        faults.append((reader.ASKED_FILE, str(error)))
    return _report(notes, framework, faults)


def _report(notes: Sequence[Note], framework: Framework, faults: Sequence[Fault]) -> CheckReport:
    """Return the faults with the counts of all that could be read."""
    marks = [sentence.marks for note in notes for sentence in note.sentences]
    works = {(work.publisher, work.title) for note in notes for work in note.front.sources}
    parts = {
        "sentences with a source": sum(map(bool, marks)),
        "sentences of our own judgement": sum(OWN in marked for marked in marks),
    }
    counts = {"notes": len(notes), "sentences": len(marks), **parts, "works cited": len(works)}
    totals = dict.fromkeys(parts, len(marks))
    tops = " and ".join(kind.plural for kind in framework.top_kinds)
    for field, items in _served(framework).items():
        name = f"{tops if field == 'pillars' else field} served"
        named = {item_id for note in notes for item_id in getattr(note.front, field)}
        counts[name], totals[name] = len(items & named), len(items)
    return CheckReport.model_validate({"counts": counts, "totals": totals, "problems": faults})


def _served(framework: Framework) -> dict[str, set[str]]:
    """Return the items that each field of the front matter may name, and that notes serve."""
    kinds = [kind.id for kind in framework.kinds if kind.plural == "capabilities"]
    return {
        "capabilities": {item.id for item in framework.items if item.kind in kinds},
        "pillars": {item.id for item in framework.items if not item.parent},
    }


def _phrases(
    notes: Sequence[Note], framework: Framework, others: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    names = [framework.name, *framework.aliases, *(item.title for item in framework.items)]
    titles = [work.title for note in notes for work in note.front.sources]
    # A gap stays where words are taken out, so that no run crosses it.
    shared = whole_words((name for name in {*names, *titles} if len(name.split()) > 2), flags=re.I)
    texts = dict(others)
    for note in notes:
        # What is quoted from the framework, and marked so, is no phrase of the note's.
        texts[note.front.id + SUFFIX] = [
            without_quotations(sentence.text)
            if any(mark.startswith(f"{framework.source.id}:") for mark in sentence.marks)
            else sentence.text
            for sentence in note.sentences
        ] + [note.front.summary]
    bare = {name: [shared.sub(GAP, piece) for piece in texts[name]] for name in texts}
    for (first, second), words in overlaps(bare).items():
        said = f"{second} shares {RUN} words or more with {first}: \u201c{words}\u201d"
        yield second, f"{said}; say it in other words in one of them."


def _front_faults(front: FrontMatter, file: str, today: date) -> Iterator[str]:
    """Hold the id against the file, the days against those of the sources and today."""
    if f"{front.id}{SUFFIX}" != file:
        yield f"the id {front.id!r} is not the name of its file; make them equal."
    if front.as_of > today:
        yield f"as_of {front.as_of} is after {today}; write the day of the last check."
    yield from _date_faults(front, today)
    if front.review_by < front.as_of:
        yield f"review_by {front.review_by} is before as_of {front.as_of}; correct one."
    elif front.review_by < today:
        said = f"it is past review since {front.review_by}, as of {today}"
        yield f"{said}; look at its sources again and set as_of and review_by."


def _item_faults(front: FrontMatter, framework: Framework) -> Iterator[str]:
    known, prefix = framework.item_by_id, f"{framework.source.id}:"
    for field, items in _served(framework).items():
        for name in getattr(front, field):
            if name in items:
                continue
            said = "which is none of the framework's; correct the id."
            if name in known:
                said = f"which is an item of the framework but not among its {field}; take it out."
            elif f"{prefix}{name}" in known:
                said = f"which lacks its source; write {prefix}{name}."
            yield f"{field} names {name!r}, {said}"


def _date_faults(front: FrontMatter, today: date) -> Iterator[str]:
    days = sorted((work.date, work.id) for work in front.sources if work.date)
    for day, name in days:
        if not is_date(day):
            yield f"the source {name!r} has the date {day!r}; write 2026-07-02 or 2026-07."
            return
    if front.dated and not days:
        yield "it is dated and no source of it has a date; give each that states what changes."
    for day, name in days[:1]:
        if not front.as_of.isoformat().startswith(day):
            yield f"as_of {front.as_of} is not of {day}, the date of {name!r}; correct one."
    if (front.review_by - today).days > (most := LONGEST_REVIEW[front.dated]):
        yield f"review_by {front.review_by} is more than {most} days away; set an earlier day."


def is_date(text: str) -> bool:
    """Whether text is an ISO month or day that the calendar has."""
    whole = text if len(text) == len("2026-07-01") else f"{text}-01"
    try:
        return date.fromisoformat(whole).isoformat() == whole
    except ValueError:
        return False


def _work_faults(front: FrontMatter) -> Iterator[str]:
    """Hold what is said of each source against how it was read."""
    for work_id, count in twice(work.id for work in front.sources).items():
        yield f"{count} sources have the id {work_id!r}; rename all but one."
    for work in front.sources:
        if work.seen == "copy" and work.url:
            said = f"the source {work.id!r} was read in a copy and has an address; leave 'url' "
            yield f"{said}empty, or read the publisher's own page and set 'seen' to primary."
    unseen = ", ".join(work.id for work in front.sources if work.seen != "primary")
    if unseen and front.confidence == "high":
        said = f"the confidence is high, but {unseen} was not read at its publisher's"
        yield f"{said}; lower it to medium."


def _size_faults(note: Note) -> Iterator[str]:
    if not FEWEST <= note.words <= MOST:
        yield f"it has {note.words} words; a note has {FEWEST} to {MOST}."
    own, count = sum(OWN in said.marks for said in note.sentences), len(note.sentences)
    if own > OWN_SHARE * count:
        said = f"{own} of its {count} sentences are our own judgement"
        yield f"{said}; at most {OWN_SHARE:.0%} may be."


def _mark_faults(note: Note, framework: Framework) -> Iterator[str]:
    """Hold each sentence against the works and items of its marks, and against those it names."""
    works, items = {work.id: work for work in note.front.sources}, framework.item_by_id
    prefix = f"{framework.source.id}:"
    shapes = {_shape(name.removeprefix(prefix)) for name in items}
    for sentence in note.sentences:
        text, marks, found = sentence.text, sentence.marks, list[str]()
        if not marks or len(split_sentences(text)) != 1:
            found.append("does not end with the mark of its own source; give it one.")
        for mark in (mark for mark in marks if mark not in (*works, *items, OWN)):
            framed = mark.startswith(prefix)
            said = "is not in the framework" if framed else "names no source of the note"
            found.append(f"is marked {mark!r}, which {said}; correct the mark.")
        # What the framework asks for is no law, whatever words it uses.
        rests = [works[mark] for mark in marks if mark in works]
        if not items.keys() >= {*marks} and _lacks_article(text, rests):
            said = "says what a law requires, but no source of it has an article or section"
            found.append(f"{said} as locator; give one.")
        found += [
            f"names {name}, which is not in the framework; correct the id."
            for name in _ID.findall(text)
            if _shape(name) in shapes and f"{prefix}{name}" not in items
        ]
        yield from (f"the sentence {start_of(text)} {said}" for said in found)
    used = {mark for sentence in note.sentences for mark in sentence.marks}
    for name in (work.id for work in note.front.sources if work.id not in used):
        yield f"the source {name!r} is used by no sentence; mark one, or leave it out."


def _text_faults(note: Note, deprecated: Mapping[str, str]) -> Iterator[str]:
    front, sentences = note.front, note.sentences
    seconds = {
        sentence
        for section in note.sections
        for paragraph in section.paragraphs
        for before, sentence in pairwise(paragraph)
        if sentence.text.startswith(LEANING) and not before.text.startswith(LEANING)
    }
    for sentence in sentences:
        found = [*wording_faults(sentence.text, leans=sentence in seconds)]
        if is_order(sentence.text):
            found.append("gives an order to a machine; say what a source says.")
        if _MARKUP.search(sentence.text):
            found.append("holds Markdown; write plain sentences under '## ' headings.")
        yield from (f"the sentence {start_of(sentence.text)} {said}" for said in found)
    titles = whole_words((work.title for work in front.sources if work.title), flags=re.I)
    for text in (front.title, front.summary, *(sentence.text for sentence in sentences)):
        # Titles of sources may use them, and a note on terminology may quote them.
        own = titles.sub(GAP, text)
        own = without_quotations(own) if PER_TERM_NOTE in front.topics else own
        for wording, preferred in deprecated_in(own, deprecated):
            said = f"uses the deprecated {wording!r}; write {preferred!r}."
            yield f"the sentence {start_of(text)} {said}"


def _lacks_article(text: str, works: Sequence[Reference]) -> bool:
    """Tell whether a sentence says what a law requires, and no work names the article.

    A judgement of ours about the law is a claim of law all the same.
    """
    of_law = _INSTRUMENT.search(text) or _LAW.search(text)
    if not (of_law or any(_INSTRUMENT.search(work.title) for work in works)):
        return False
    return bool(_REQUIRES.search(text)) and not any(_ARTICLE.search(one.locator) for one in works)


def _shape(name: str) -> str:
    """Return an id with its numbers hidden, to tell a dead id from any other abbreviation.

    >>> _shape("P3-O14"), _shape("GC25")
    ('P#-O#', 'GC#')
    """
    return re.sub(r"\d+", "#", name)


def start_of(text: str) -> str:
    """Return the first words of a sentence, by which a problem names it."""
    words = text.split()
    return f"\u201c{' '.join(words[:8])}{' …' if len(words) > 8 else ''}\u201d"


def wording_faults(sentence: str, *, leans: bool = False) -> Iterator[str]:
    """Say what keeps a sentence from being cited alone, or if it `leans` with the one before.

    >>> [*wording_faults("They share images.")], [*wording_faults("This note says so.")]
    (["opens with 'They', which nothing in it explains; name the thing."], [])
    """
    if (words := len(sentence.split())) > MAX_WORDS:
        yield f"has {words} words; write at most {MAX_WORDS}."
    if not leans and (opening := _OPENS_WITH_PRONOUN.match(sentence)):
        yield f"opens with {opening[1]!r}, which nothing in it explains; name the thing."


def without_quotations(text: str) -> str:
    """Take out what stands between curly quotation marks."""
    before, opened, rest = text.partition("\u201c")
    _, closed, after = rest.partition("\u201d")
    return f"{before}{GAP}{without_quotations(after)}" if opened and closed else text


def deprecated_in(text: str, deprecated: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each deprecated wording that a text uses, with the one to use instead."""
    for wording, preferred in deprecated.items():
        forms = (wording, f"{wording}s", f"{wording}es")
        if whole_words(forms, inside=r"\w-", flags=re.I).search(text):
            yield wording, preferred


def overlaps(texts: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], str]:
    """Return each two files that share a run of words, with the first, in lower case.

    The texts are given by file, without what may be shared; no run crosses into the next text.
    """
    first: dict[tuple[str, ...], str] = {}
    shared: dict[tuple[str, str], str] = {}
    for name, pieces in texts.items():
        for piece in pieces:
            words = [word.lower().replace("\u2019", "'") for word in _WORD.findall(piece)]
            for run in zip(*(words[at:] for at in range(RUN)), strict=False):
                owner = first.setdefault(run, name)
                if owner != name and "#" not in run:
                    shared.setdefault((owner, name), " ".join(run))
    return shared
