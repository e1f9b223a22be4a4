"""An answer for the terminal: headings, numbered citations, sources underneath; and feedback."""

import re
import textwrap
from collections.abc import Iterator, Sequence

from assistant.records import Answer, Signposting
from assistant.remarks import Feedback
from corpus.passage import Corpus
from ui.words import phrases
from ui.words.outline import Line, Outline, Section, is_reply
from ui.words.phrases import KEPT, clean, marks, quoted, say


def answer_as_text(answer: Answer, corpus: Corpus, width: int = 88) -> str:
    """Return an answer as text for a terminal, without a newline at the end.

    No line is longer than `width` characters, at least 40, but for web addresses.
    """
    return "\n".join(_lines(Outline.of(answer, corpus), max(width, 40)))


def signposting_as_text(signposting: Signposting, width: int = 88) -> str:
    """Return a reviewed reply as text for a terminal, without a newline at the end."""
    return "\n".join(_signposting(signposting, max(width, 40))).rstrip()


def _lines(outline: Outline, width: int) -> Iterator[str]:
    answer = outline.answer
    # Whoever discloses something is not to be met with a remark on how it was put.
    note = "" if answer.signposting else answer.personal_note
    head = wrapped(f"Understood as: {outline.understood}" if outline.understood else "", width)
    head += wrapped(f"{outline.only}." if outline.only else "", width)
    head += _signposting(answer.signposting, width) if answer.signposting else []
    blocks = [wrapped(note, width), [*head, *wrapped(outline.reason, width)], []]
    for line in outline.opening:
        # What answers before its tier begins is said to be of it.
        kind = line.statement.kind
        label = "" if kind == "note" else f"{say(f'phrase.tier_{kind}')}: "
        blocks[-1] += wrapped(f"{label}{_sentence(line, dated=True)}", width)
    for part in outline.parts:
        blocks += [[part.heading, "=" * len(part.heading)]] if part.heading else []
        blocks += (list(_section(section, width)) for section in part.sections)
    blocks.append([])
    for number, choice in enumerate(answer.choices, start=1):
        blocks[-1] += wrapped(clean(choice.label), width, indent="  ", bullet=f"{number}. ")
    blocks += [
        list(_nearest(outline, width)),
        wrapped(outline.completeness, width),
        wrapped(phrases.wording_note(answer), width),
        wrapped(say("phrase.past_review_means") if outline.past_review else "", width),
        *_sources(outline, width),
        ["You could also ask"] * bool(answer.follow_ups),
    ]
    for question in answer.follow_ups:
        blocks[-1] += wrapped(clean(question), width, indent="  ", bullet="- ")
    blocks.append([] if is_reply(answer) else wrapped(say("phrase.notice"), width))
    for number, block in enumerate(filter(None, blocks)):
        yield from [""] * bool(number)
        yield from block


def _signposting(signposting: Signposting, width: int) -> Iterator[str]:
    for paragraph in clean(signposting.text, breaks=True).split("\n"):
        yield from wrapped(paragraph, width) or [""]
    for service in signposting.services:
        yield ""
        yield from wrapped(clean(service.name), width)
        where = "; ".join(filter(None, (service.region, service.hours)))
        for part in (service.purpose, where, service.url):
            yield from wrapped(clean(part), width, indent="  ")


def _section(section: Section, width: int) -> Iterator[str]:
    if section.heading:
        age = f" ({section.dating.replace(' ', KEPT)})" if section.dating else ""
        yield from wrapped(f"{section.heading}{age}", width)
    indent = "  " if section.heading else ""
    for run in section.without():
        sentences = [_sentence(line, dated=not section.dating) for line in run.lines]
        if run.flows:
            yield from wrapped(" ".join(sentences), width, indent=indent)
            continue
        for line, sentence in zip(run.lines, sentences, strict=True):
            bullet = "- " if line.statement.section and run.kind != "note" else ""
            yield from wrapped(sentence, width, indent=indent, bullet=bullet)
            for doubt in line.doubts:
                yield from wrapped(f"Doubt: {doubt}", width, indent=indent + " " * len(bullet))


def _sentence(line: Line, *, dated: bool) -> str:
    text = line.statement.text
    said = f"Note: {clean(text)}" if line.statement.kind == "note" else quoted(text)
    cited = f"{KEPT}{marks(line.numbers)}" if line.numbers else ""
    beside = line.beside(dated=dated).replace(" ", KEPT)
    return f"{said}{cited}" + (f" ({beside})" if beside else "")


def _nearest(outline: Outline, width: int) -> Iterator[str]:
    if outline.near:
        yield "Closest, but not an answer"
    for near in outline.near:
        quote = f"{quoted(near.citation.quote)}{KEPT}[{near.number}]"
        yield from wrapped(quote, width, indent="  ", bullet="- ")
        yield from wrapped(f"{phrases.origin(near.source)}.", width, indent="    ")


def _sources(outline: Outline, width: int) -> Iterator[list[str]]:
    told: set[str] = set()
    for number, listed in enumerate(outline.listed):
        lines = [*([] if number else ["Sources"]), *wrapped(listed.named, width, indent="  ")]
        for footnotes in listed.entries:
            bullet = f"{marks(one.number for one in footnotes)} "
            place = phrases.sentence_of(footnotes[0].place)
            lines += wrapped(place, width, indent="  ", bullet=bullet)
            under = "  " + " " * len(bullet)
            for footnote in footnotes:
                quote = clean(footnote.citation.quote)
                if not any(quote in text for text in outline.shown):
                    lines += wrapped(f"“{quoted(quote)}”", width, indent=under)
                # Each correction is told once, however many footnotes share it.
                changes = map(phrases.change_of, footnote.passage.corrections)
                for change in [one for one in changes if one not in told]:
                    told.add(change)
                    lines += wrapped(f"Corrected: {change}.", width, indent=under)
        lines += ["  Rests on"] if listed.works or listed.others else []
        for work in listed.works:
            # A number stays on one line with the word before it: `Article 23`.
            told_of = re.sub(r" (?=\d)", KEPT, f"{work.named}{work.marked}.")
            lines += wrapped(told_of, width, indent="  ", bullet="- ")
            # A broken address cannot be followed, so it stands on a line of its own, however long.
            lines += [f"    {clean(work.reference.url)}"] if work.reference.url else []
        for other in listed.others:
            lines += wrapped(f"{other}.", width, indent="  ", bullet="- ")
        yield lines


def wrapped(text: str, width: int = 88, *, indent: str = "", bullet: str = "") -> list[str]:
    """Return text as lines of at most `width` characters."""
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent + bullet,
        subsequent_indent=indent + " " * len(bullet),
        break_on_hyphens=False,
    )
    return [line.replace(KEPT, " ") for line in lines]


def feedback_as_text(found: Sequence[Feedback]) -> str:
    """Return what users said for a terminal, without a newline at the end."""
    if not found:
        return say("feedback.nothing")
    lines = []
    for one in found:
        lines.append(f"{one.time[:10]}  {say(f'feedback.{one.verdict}')}: {clean(one.question)}")
        lines += [f"  {clean(one.comment)}"] if one.comment else []
        lines += [f"  {', '.join(one.passages)}"] if one.passages else []
    return "\n".join(lines)
