"""The rows that the reader learns from: questions and messages, drawn, cut and weighed."""

import random
from collections.abc import Sequence

from assistant.understanding import reader
from corpus.readers.questions import LabelledCut, LabelledMessage, LabelledQuestion
from corpus.text import split_sentences
from evals.cases.case import load_split
from evals.cases.suites import bare, misspelt, read_messages
from evals.training import tuning

FRESH = 2  # Times that a new question counts where it goes on from weights in use, in one epoch.
RECALLED = 9000  # Questions on the framework that are then read again.
HEARD = 5000  # Messages likewise.
COPIES = 2  # Times that a framework question is read in an epoch, once of them misspelt.
OTHERS = 3500  # Questions of guidance that ask nothing of the framework.
MESSAGES = 9000  # Messages of hands, by chance.
POLICY = 2000  # Questions of each sort that are no disclosure.
TORN = 2000  # Sentences of these and of messages that are none.
QUESTION = 0.7  # What a question counts for beside a message written by hand.
UNCUT = 2500  # Questions of each sort that are not cut.
BARE = 0.7  # Share of the sentences that lose their question mark.
ELSEWHERE = "h"  # Hand that wrote questions of other fields.

FRAMERS = (
    *"ba bb bc bd be bf bg bi ca cb cc cd ce cf cg ch cj ck cm cn co".split(),
    *"ka kb kf kg kj kl la lb lc ld lg lh li lk lm ln na nb nc nd ne nf ng nj nk nl nm".split(),
    *"nn no nq nr ns nt nu nv nw nx sc sd se sf sg sh si va vb vc vd wa wb wc wd".split(),
    *"xg xh xi xj xk xl xm xo xp xq xr xt xu xv xw xx xy xz zp vk vl vm vn".split(),
)
"""Hands that wrote questions on the framework, and others that look like these."""

Row = tuple[str, str, str, float] | LabelledQuestion  # Message, case, language, weight.


def rows_of(
    questions: Sequence[LabelledQuestion],
    messages: Sequence[LabelledMessage],
    fresh: frozenset[str] | None = None,
) -> list[Row]:
    """Return what is learned from: questions on the framework, others, and messages.

    Going on from weights, the `fresh` questions, by id, are learned, and some of the others, so
    that these are not forgotten.
    """
    learned = [row for row in questions if row.split == "train"]
    framed = [row for row in learned if is_framed(row)]
    heard = MESSAGES
    if fresh is not None:
        new = [row for row in framed if row.id in fresh]
        old = [row for row in framed if row.id not in fresh]
        framed, heard = [*new * FRESH, *random.sample(old, min(RECALLED, len(old)))], HEARD
    guided = [row for row in learned if not is_framed(row)]
    sorts = (random.sample(some, min(POLICY, len(some))) for some in (guided, framed))
    policy = [row.question for some in sorts for row in some]
    plain = (row for row in messages if row.case == reader.CASES[-1] and row.language == "en")
    policy += tuning.torn([*policy, *(row.message for row in plain)], TORN)
    policy += [case.question for case in load_split("development") if not case.gold.safeguarding]
    foreign = [row for row in guided if row.author == ELSEWHERE]
    asked = question_rows(framed, [*random.sample(guided, OTHERS), *foreign])
    chance = random.Random(tuning.SEED)
    drawn = chance.sample(messages, min(heard, len(messages)))
    rows = [(row.message, row.case, row.language, 1.0) for row in drawn]
    rows += [
        (random.choice([bare(text), misspelt(text, chance)]), case, language, 0.5)
        for text, case, language, _ in random.sample(rows, len(rows) // 6)
        if language == "en"
    ]
    rows += [(row.message, row.case, row.language, 1.0) for row in read_messages("development")]
    return [*asked, *rows, *((text, reader.CASES[-1], "en", QUESTION) for text in policy)]


def question_rows(
    framed: Sequence[LabelledQuestion], others: Sequence[LabelledQuestion]
) -> list[Row]:
    """Return questions to learn from, those on the framework several times."""
    chance = random.Random(tuning.SEED)
    rows: list[Row] = [*others]
    for row in framed:
        wrong = misspelt(row.question, chance)
        rows += [*[row] * (COPIES - 1), row.model_copy(update={"question": wrong})]
        if row.asked.carries:
            rows.append(row.model_copy(update={"turns": ()}))
    return rows


def is_framed(row: LabelledQuestion) -> bool:
    """Tell whether a row is labelled for the framework's structure."""
    parts = any(one.operation != "other" for one in row.parts)
    return bool(row.asked.subjects or row.asked.facets or parts) or row.author in FRAMERS


def is_whole(row: LabelledQuestion) -> bool:
    """Tell whether a row has the turn that it leans on, if it leans on one."""
    return bool(row.turns or not row.asked.carries)


def cuts_of(
    questions: Sequence[LabelledQuestion], cuts: Sequence[LabelledCut]
) -> list[tuple[str, int]]:
    """Return messages to learn from with the characters before which they are cut; -1 for none.

    Questions whose parts are rows of their own, one after the other, are cut between these.
    """
    learned = [one for one in questions if one.split == "train"]
    found = [
        (f"{one.first} {one.second}".strip(), len(one.first) + 1 if one.second else -1)
        for one in cuts
        if one.split == "train"
    ]
    asked = {one.question for one in learned if one.parts}
    for one in learned:
        first = " ".join(one.turns)
        if (whole := f"{first} {one.question}") in asked:
            found.append((whole, len(first) + 1))
    alone = [one for one in learned if not (one.parts or one.turns)]
    chance = random.Random(tuning.SEED)
    for some in ([one for one in alone if one.grades], list(filter(is_framed, alone))):
        found += [(one.question, -1) for one in chance.sample(some, min(UNCUT, len(some)))]
    return found


def asking_sentences(rows: Sequence[LabelledQuestion]) -> list[tuple[str, bool]]:
    """Return the sentences of rows, each with whether it asks.

    Where the words that ask are not labelled, those are that end in a question mark; of a message
    that asks several things the others may ask as well, and are left out. The mark is mostly
    taken off, so that what learns from them reads words and not marks.
    """
    chance, found = random.Random(tuning.SEED), []
    for row in rows:
        spans = split_sentences(row.question)
        core = row.question.find(row.core), row.question.find(row.core) + len(row.core)
        asking = [
            min(span.end, core[1]) - max(span.start, core[0]) > (span.end - span.start) / 2
            if row.core
            else len(spans) == 1 or span.of(row.question).endswith("?")
            for span in spans
        ]
        if any(asking) and not row.turns:
            found += [
                (span.of(row.question), asks)
                for span, asks in zip(spans, asking, strict=True)
                if asks or row.core or not row.parts
            ]
    return [(text.rstrip("? ") if chance.random() < BARE else text, asks) for text, asks in found]
