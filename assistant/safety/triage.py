"""Triage before anything else: messages that are no policy questions, and their fixed replies.

A message that is triaged here never reaches retrieval, and its text is kept nowhere.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np

from assistant.citing import ground
from assistant.errors import ModelError, QuestionError, SignpostError, StoreError
from assistant.records import Answer, Found, Hit, Scope, Service
from assistant.records import Signposting as Reply
from assistant.safety.journal import Tally
from assistant.safety.multilingual import LEAST, Multilingual, alone, need_odds
from assistant.understanding.reader import CASES, REPLIED, Floats, Reader
from corpus.checks.orders import without_orders
from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting

if TYPE_CHECKING:
    from assistant.retrieval.models import Embedder
    from assistant.settings import Settings

logger = logging.getLogger(__name__)

COMPOSER = "safeguard-2"
"""Name and version of what replies, for an answer's provenance."""

HARMFUL = "harmful_request"
"""Reason of a refusal."""

FRAMEWORK_ONLY = "framework_only"
"""Reason where the framework alone may answer, and does not."""

POLICY = "J"
REFUSED = "G"

PEOPLE = frozenset("ADEHG")
"""Cases of people who are in need themselves, and harmful requests."""

SHARE = 0.3
"""Share of what speaks against a policy question, from which a case counts as fitting too."""

GUARDED = 0.6
"""Chance of a harmful request from which guidance is left out."""

CLEAR = 0.03
"""Chance, by the reader, below which English is read once: it is a policy question."""

MOST_DOUBTED = 2
"""Passages of a message that are read twice, the most alarming ones."""

UNSPACED = "\u0e00"
"""First letter of the scripts that write sentences without spaces, Thai and those after it."""

REMEMBERED = 512
"""Readings that are remembered, since the turns of a conversation come again with each question."""

LONGEST = 4000
"""Characters of a message that are read: half from its beginning and half from its end."""

TOGETHER = 70
"""Words of a message that are read together; one that is longer is read part by part."""

WORDS = 3
"""Words that a sentence needs to be read by itself."""

_END = re.compile(r"(?<=[.?!;…])\s+|\s+[-–—]\s+")


class Triage(NamedTuple):
    """What a message is."""

    case: str
    """Letter of the case that answers it; `J` for a policy question."""

    certainty: Literal["sure", "unsure"]
    """Whether the case is replied to, or may only be meant beside a policy question."""

    language: str
    chance: float
    """How likely it is no policy question, 0 to 1."""

    @property
    def triggered(self) -> bool:
        """Whether the fixed reply stands in the place of an answer."""
        return self.case != POLICY and self.certainty == "sure"

    def as_policy(self) -> Triage:
        """Return what a message is whose writer says that it is a policy question.

        A harmful request stays one; of anything else the services stay named above the answer.
        """
        return self if self.case == REFUSED else self._replace(certainty="unsure")

    @property
    def beside(self) -> bool:
        """Whether signposting stands above the answer."""
        return self.certainty == "unsure" and self.case not in (POLICY, REFUSED)

    @property
    def framework_only(self) -> bool:
        """Whether guidance is left out of the answer."""
        return self.certainty == "unsure" and self.case == REFUSED and self.chance >= GUARDED


POLICY_QUESTION = Triage(POLICY, "sure", "en", 0.0)
"""What a message is that nothing speaks against."""

UNREAD = Triage("A", "unsure", "en", 1.0)
"""What a message is where the reader cannot be loaded."""


class Heard(NamedTuple):
    """What triage makes of words that are no question."""

    kept: bool
    """Whether what came with them may be kept; the words only where no reply is due."""

    reply: Reply | None
    """The reviewed text that is due."""


class Safeguard:
    """Tells what a message is, and has the reviewed reply."""

    def __init__(
        self, signposting: Signposting, reader: Reader, embedder: Embedder, settings: Settings
    ) -> None:
        self._signposting = signposting
        self._reader = reader
        self._second = Multilingual(settings)
        self._told = False
        self._embedder = embedder
        self._settings = settings
        self._known: OrderedDict[bytes, Triage] = OrderedDict()
        self._lock = Lock()
        # Unlike for every process, so that no key tells what was written.
        self._salt = secrets.token_bytes(16)
        self.tally = Tally(settings.home)

    @classmethod
    def shipped(cls, embedder: Embedder, settings: Settings, reader: Reader | None = None) -> Self:
        """Return triage with texts and reader that ship; `CorpusError` where texts are wrong."""
        texts = read_signposting(shipped_signposting())
        return cls(texts, reader or Reader(settings), embedder, settings)

    def triage(self, text: str) -> Triage:
        """Tell what a message of any length is; its text stays nowhere.

        Where the reader cannot be loaded, every message is unsure, so that the services are named.
        """
        line = readable(text)
        key = hashlib.blake2b(line.encode(), key=self._salt).digest()
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        try:
            found = self._judge(line)
            if found.framework_only and (asked := without_orders(line)):
                # An order to the machine is no request; what is asked beside it counts.
                found = self._judge(asked)
        except SignpostError as error:
            logger.warning("Every answer names the services, for want of a reader. %s", error)
            return UNREAD
        with self._lock:
            self._known[key] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def without(self, turns: Sequence[str]) -> tuple[str, ...]:
        """Return the earlier turns of a conversation that are policy questions."""
        return tuple(turn for turn in turns if not self.triage(turn).triggered)

    def signpost(self, found: Triage) -> Reply:
        """Return the reviewed reply to a message; above an answer, that of policy questions."""
        letter = POLICY if found.beside else found.case
        texts, language = self._signposting, found.language
        services = texts.services_for(letter, self._settings.region, language)
        return Reply(
            case=letter,
            text=texts.reply(letter, language),
            services=tuple(
                Service(
                    name=one.name,
                    purpose=one.purpose.get(language) or one.purpose[texts.languages[0]],
                    region=texts.region_names(one, language),
                    hours=one.hours.get(language) or one.hours.get(texts.languages[0], ""),
                    url=one.url,
                    as_of=one.as_of,
                )
                for one in services
            ),
        )

    def found(self, text: str, search: Callable[[], tuple[Hit, ...]]) -> Found:
        """Return what a search gives: nothing but the reviewed reply where a message is triggered.

        Such a message is counted.
        """
        found = self.triage(text)
        if found.triggered:
            self.tally.add(found.case)
            return Found(hits=(), signposting=self.signpost(found))
        return Found(hits=search(), signposting=self.signpost(found) if found.beside else None)

    def over_own(self, found: Triage) -> Triage:
        """Return what a message counts as over an operator's own text, as the settings have it."""
        kept = self._settings.own_triage
        if kept == "all" or (kept == "people" and found.case in PEOPLE):
            return found
        return found.as_policy() if kept == "people" else POLICY_QUESTION

    def hear(self, text: str) -> Heard:
        """Tell what words are that stand beside a verdict, and count those that get a reply."""
        found = self.triage(text)
        if found.triggered:
            self.tally.add(found.case)
        due = found.triggered or found.beside
        return Heard(not found.triggered, self.signpost(found) if due else None)

    def beside(self, answer: Answer, found: Triage) -> Answer:
        """Return an answer with what an unsure case adds to it or takes from it."""
        if found.beside:
            return answer.model_copy(update={"signposting": self.signpost(found)})
        return framed(answer) if found.framework_only else answer

    def reply(self, found: Triage, corpus: str) -> Answer:
        """Return the answer record of a message that was triggered.

        Nothing in it repeats the message: the question is empty. It is counted where it is handed
        out, so that an evaluation adds nothing to the day's count.
        """
        declined = self._signposting.case(found.case).status == "declined"
        return Answer(
            question="",
            resolved_question="",
            status="declined" if declined else "safeguarding",
            reason=HARMFUL if declined else "safeguarding",
            scope=Scope(),
            parts=(),
            statements=(),
            completeness=(),
            dropped=(),
            hits=(),
            nearest=(),
            follow_ups=(),
            signposting=self.signpost(found),
            provenance=ground.made_with(corpus, self._settings, self._embedder, COMPOSER),
        )

    def _judge(self, line: str) -> Triage:
        settings = self._settings
        if not any(sign.isalnum() for sign in line):
            return Triage(POLICY, "sure", "en", 0.0)
        read = read_first(self._reader, passages(line))
        told = [one.cases for one in read]
        doubted = [
            at
            for at, one in enumerate(read)
            if one.language != REPLIED[0] or one.cases[-1] <= 1.0 - CLEAR
        ]
        doubted.sort(key=lambda one: float(told[one][-1]))
        for at in doubted[:MOST_DOUBTED]:
            told[at] = self._again(read[at])
        for at in doubted[MOST_DOUBTED:]:
            told[at] = alone(told[at])
        chance, letters = judged(told, settings.safeguard_unsure)
        # A word alone, however often, is a topic; some scripts write sentences without spaces.
        word = len(set(line.split())) == 1 and max(line) < UNSPACED
        case = self._signposting.first(letters).id if letters and not word else POLICY
        sure = chance >= settings.safeguard_sure or case == POLICY
        # What is in neither French nor Spanish is replied to in English.
        language = read[0].language or REPLIED[0]
        return Triage(case, "sure" if sure else "unsure", language, chance)

    def _again(self, first: First) -> Floats:
        """Return the reading of a passage with a second one, where that one's model is there."""
        try:
            return self._second.read(first.text, first.cases, known=first.language == REPLIED[0])
        except (ModelError, StoreError) as error:
            if not self._told:
                self._told = True
                logger.warning("Triage knows English alone. %s", error)
            return first.cases


class First(NamedTuple):
    """A passage as the reader reads it."""

    text: str
    language: str
    cases: Floats
    """Probabilities, with those of its sentences, shape (10,)."""


def read_first(reader: Reader, parts: Sequence[str]) -> list[First]:
    """Return the first reading of passages, and then of sentences in another language than theirs.

    Raises:
        ModelError: the reader cannot be loaded.
        StoreError: the home cannot be written.
    """
    texts = [[part, *sentences(part)] for part in parts]
    readings, languages = reader.cases([text for some in texts for text in some])
    found, others, start = [], [], 0
    for some in texts:
        whole, *rest = (
            First(*one) for one in zip(some, languages[start:], readings[start:], strict=False)
        )
        found.append(whole._replace(cases=steadied(whole.cases, [one.cases for one in rest])))
        others += [one for one in rest if one.language != whole.language]
        start += len(some)
    return [*found, *others]


def framed(answer: Answer) -> Answer:
    """Return an answer with the framework's own words alone; guidance and documents are left out.

    One that rested on them alone becomes a refusal.
    """
    kept = tuple(
        one
        for one in answer.statements
        if one.kind in ("framework", "note")
        and all(cited.tier == "framework" for cited in one.citations)
    )
    said = any(one.kind == "framework" for one in kept)
    lost = len(kept) < len(answer.statements)
    given = answer.status in ("answered", "partial")
    ids = {one.passage_id for statement in kept for one in statement.citations}
    update: dict[str, object] = {
        "statements": kept if said or not given else (),
        "hits": tuple(
            hit.model_copy(update={"rank": rank})
            for rank, hit in enumerate((one for one in answer.hits if one.passage_id in ids), 1)
        ),
        "nearest": tuple(one for one in answer.nearest if one.tier == "framework"),
        "dropped": (),
    }
    if given and lost:
        update |= {"status": "partial" if said else "not_covered", "reason": FRAMEWORK_ONLY}
    return answer.model_copy(update=update)


def steadied(whole: Floats, parts: Sequence[Floats]) -> Floats:
    """Return a reading between that of a passage and that of its most alarming sentence.

    The log-odds of its being none of A to I are averaged: a sentence torn from its passage may
    sound like a disclosure, and one may hide in a passage. Which of A to I it is, the whole tells.
    Each is the probabilities of the cases, shape (10,).
    """
    if not parts:
        return whole
    worst = min(parts, key=lambda one: float(one[-1]))
    odds = (need_odds(whole) + need_odds(worst)) / 2
    policy = 1.0 / (1.0 + np.exp(odds))
    found: Floats = whole * ((1.0 - policy) / max(1.0 - float(whole[-1]), LEAST))
    found[-1] = policy
    return found


def judged(readings: Sequence[Floats], least: float) -> tuple[float, tuple[str, ...]]:
    """Return how likely a message is no policy question, and the letters of the cases that it fits.

    The surest reading of its parts counts: the end of a long message counts like its beginning. It
    speaks against a policy question from the least chance on.
    """
    against = [1.0 - float(reading[-1]) for reading in readings]
    chance = max(against)
    if chance < least:
        return chance, ()
    letters = {
        letter
        for reading, weight in zip(readings, against, strict=True)
        if weight >= max(least, chance * (1.0 - SHARE))
        for letter, share in zip(CASES[:-1], reading, strict=False)
        if share >= SHARE * weight
    }
    return chance, tuple(sorted(letters))


def passages(line: str) -> list[str]:
    """Return the parts of a message that are read by themselves, each of whole sentences.

    >>> passages("What is grooming? And what is a hotline?")
    ['What is grooming? And what is a hotline?']
    >>> [len(one.split()) for one in passages("This is one sentence. " * 40)]
    [68, 68, 24]
    """
    found: list[list[str]] = [[]]
    for sentence in _END.split(line):
        words = sentence.split()
        if found[-1] and len(found[-1]) + len(words) > TOGETHER:
            found.append([])
        found[-1] += words
    return [
        " ".join(words[start : start + TOGETHER])
        for words in found
        for start in range(0, len(words), TOGETHER)
    ]


def sentences(part: str) -> list[str]:
    """Return the sentences of a part that are read by themselves too; none where it has but one.

    >>> sentences("What is grooming? I think that my friend is in danger. Thanks.")
    ['What is grooming?', 'I think that my friend is in danger.']
    """
    found = [one for one in _END.split(part) if len(one.split()) >= WORDS]
    return found if len(found) > 1 or (found and found[0] != part) else []


def readable(text: str) -> str:
    """Return a message in one line without what is invisible, cut in the middle if it is long."""
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
    kept = (
        sign if unicodedata.category(sign)[0] != "C" else " " * (unicodedata.category(sign) == "Cc")
        for sign in cut
    )
    return " ".join("".join(kept).split())


def one_line(text: str, limit: int) -> str:
    """Return a question in one line, without what is invisible.

    Raises:
        QuestionError: it is empty, longer than so many characters, or not text.
    """
    if len(text) > limit:
        raise QuestionError(f"The question has {len(text)} characters; ask in at most {limit}.")
    line = " ".join(text.split())
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in line):
        raise QuestionError("The question holds control characters; type it as plain text.")
    shown = "".join(sign for sign in line if unicodedata.category(sign) != "Cf")
    if not any(sign.isalnum() for sign in shown):
        raise QuestionError("The question is empty; type what you want to know.")
    return shown
