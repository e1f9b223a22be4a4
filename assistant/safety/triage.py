"""Triage before anything else: messages that are no policy questions, and their fixed replies.

A message that is triaged here never reaches retrieval, and its text is kept nowhere.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import unicodedata
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple

from assistant.citing import ground
from assistant.draft import ranked
from assistant.errors import ModelError, QuestionError, SignpostError, StoreError
from assistant.records import Answer, Draft, Scope, Service
from assistant.records import Signposting as Reply
from assistant.safety.journal import HARMFUL, REFUSED, Tally
from assistant.safety.multilingual import Multilingual, alone, need_odds, with_need
from assistant.understanding.reader import CASES, REPLIED, Floats, Reader
from corpus.checks.orders import without_orders
from corpus.checks.signposting import read_signposting, shipped_signposting

if TYPE_CHECKING:
    from assistant.retrieval.models import Embedder
    from assistant.settings import Settings

logger = logging.getLogger(__name__)
COMPOSER = "safeguard-2"  # Name and version of what replies, for an answer's provenance.
FRAMEWORK_ONLY = "framework_only"  # Reason where the framework alone may answer, and does not.
POLICY = "J"  # Letter of the case of policy questions.
PEOPLE = frozenset("ADEHG")  # Cases of people who are in need themselves, and harmful requests.
SHARE = 0.3  # Share of what speaks against a policy question, from which a case fits too.
GUARDED = 0.5  # Chance of a harmful request from which guidance is left out.
CLEAR = 0.03  # Chance, by the reader, below which English is read once: it is a policy question.
MOST_DOUBTED = 2  # Passages of a message that are read twice, the most alarming ones.
UNSPACED = "\u0e00"  # First letter of Thai and the scripts after it, which write without spaces.
REMEMBERED = 512  # Readings that are remembered: the turns of a conversation come again.
LONGEST = 4000  # Characters of a message that are read: half from its beginning, half from its end.
TOGETHER = 70  # Words of a message that are read together; one that is longer is read part by part.
UNNAMED = ("Cn", "Co")  # Signs without a meaning of their own, which could part a word.
HIDDEN = 0.8  # Chance, by both readings, from which one sentence of a policy question is heard.
WORDS = 3  # Words that a sentence needs to be read by itself.
_END = re.compile(r"(?<=[.?!;…])\s+|\s+[-–—]\s+")


class Triage(NamedTuple):
    """What a message is."""

    case: str
    certainty: Literal["sure", "unsure"]
    language: str
    chance: float
    """Letter of the case that answers it, `J` for a policy question; whether the case is replied
    to, or may only be meant beside a policy question; and how likely it is none, 0 to 1."""

    @property
    def triggered(self) -> bool:
        """Whether the fixed reply stands in the place of an answer."""
        return self.case != POLICY and self.certainty == "sure"

    @property
    def beside(self) -> bool:
        """Whether signposting stands above the answer."""
        return self.certainty == "unsure" and self.case not in (POLICY, REFUSED)

    @property
    def framework_only(self) -> bool:
        """Whether guidance is left out of the answer."""
        return self.certainty == "unsure" and self.case == REFUSED and self.chance >= GUARDED

    def as_policy(self) -> Triage:
        """Return what a message is whose writer says that it is a policy question.

        A harmful request stays one; of anything else the services stay named above the answer.
        """
        return self if self.case == REFUSED else self._replace(certainty="unsure")


POLICY_QUESTION = Triage(POLICY, "sure", "en", 0.0)  # What a message is that nothing speaks against
UNREAD = Triage("A", "unsure", "en", 1.0)  # What a message is where the reader cannot be loaded.


class Heard(NamedTuple):
    """What triage makes of words that are no question."""

    kept: bool
    """Whether what came with them may be kept; the words only where no reply is due."""

    reply: Reply | None
    """The reviewed text that is due."""


class Safeguard:
    """Tells what a message is, and has the reviewed reply."""

    def __init__(
        self, embedder: Embedder, settings: Settings, reader: Reader | None = None
    ) -> None:
        """Take the texts and the reader that ship; `CorpusError` where the texts are wrong."""
        self._signposting = read_signposting(shipped_signposting())
        self._reader = reader or Reader(settings)
        self._second = Multilingual(settings)
        self._warned: set[str] = set()
        self._embedder = embedder
        self._settings = settings
        self._known: dict[bytes, Triage] = {}
        self._lock = Lock()
        # Unlike for every process, so that no key tells what was written.
        self._salt = secrets.token_bytes(16)
        self.tally = Tally(settings.home)

    def triage(self, text: str) -> Triage:
        """Tell what a message of any length is; its text stays nowhere.

        Where the reader cannot be loaded, every message is unsure, so that the services are named.
        """
        line = readable(text)
        key = hashlib.blake2b(line.encode(), key=self._salt).digest()
        if known := self._known.get(key):
            return known
        try:
            triage = self._judge(line)
            if triage.framework_only and (asked := without_orders(line)):
                # An order to the machine is no request; what is asked beside it counts.
                triage = self._judge(asked)
        except (SignpostError, OSError) as error:
            self._warn(f"Every answer names the services, for want of a reader. {error}")
            return UNREAD
        with self._lock:
            self._known[key] = triage
            if len(self._known) > REMEMBERED:
                del self._known[next(iter(self._known))]
        return triage

    def without(self, turns: Sequence[str]) -> tuple[str, ...]:
        """Return the earlier turns of a conversation that are policy questions."""
        return tuple(turn for turn in turns if not self.triage(turn).triggered)

    def signpost(self, triage: Triage) -> Reply:
        """Return the reviewed reply to a message; above an answer, that of policy questions."""
        letter = POLICY if triage.beside else triage.case
        texts, language = self._signposting, triage.language
        first = texts.languages[0]
        services = tuple(
            Service(
                name=service.name,
                purpose=service.purpose.get(language) or service.purpose[first],
                region=texts.region_names(service, language),
                hours=service.hours.get(language) or service.hours.get(first, ""),
                url=service.url,
                as_of=service.as_of,
            )
            for service in texts.services_for(letter, self._settings.region, language)
        )
        return Reply(case=letter, text=texts.reply(letter, language), services=services)

    def hear(self, text: str) -> Heard:
        """Tell what words are that stand beside a verdict, and count those that get a reply."""
        triage = self.triage(text)
        if triage.triggered:
            self.tally.add(triage.case)
        return Heard(not triage.triggered, self.due(triage))

    def due(self, triage: Triage) -> Reply | None:
        """Return the reviewed reply that is due to a message, in its place or beside an answer."""
        return self.signpost(triage) if triage.triggered or triage.beside else None

    def over_own(self, triage: Triage) -> Triage:
        """Return what a message counts as over an operator's own text, as the settings have it."""
        kept = self._settings.own_triage
        if kept == "all" or (kept == "people" and triage.case in PEOPLE):
            return triage
        return triage.as_policy() if kept == "people" else POLICY_QUESTION

    def beside(self, answer: Answer, triage: Triage) -> Answer:
        """Return an answer with what an unsure case adds to it or takes from it."""
        if triage.beside:
            return answer.model_copy(update={"signposting": self.signpost(triage)})
        return framed(answer) if triage.framework_only else answer

    def reply(self, triage: Triage, corpus: str) -> Answer:
        """Return the answer record of a message that was triggered.

        Nothing in it repeats the message: the question is empty. `AuditLog.add` counts it where it
        is handed out, so that an evaluation adds nothing to the day's count.
        """
        declined = self._signposting.case(triage.case).status == "declined"
        draft = Draft(
            status="declined" if declined else "safeguarding",
            reason=HARMFUL if declined else "safeguarding",
            scope=Scope(),
            composer=COMPOSER,
        )
        return Answer.of(
            draft,
            question="",
            resolved_question="",
            dropped=(),
            signposting=self.signpost(triage),
            provenance=ground.made_with(corpus, self._settings, self._embedder, COMPOSER),
        )

    def _judge(self, line: str) -> Triage:
        if not any(sign.isalnum() for sign in line):
            return POLICY_QUESTION
        read = read_first(self._reader, passages(line))
        cases = [first.cases for first in read]
        doubted = [
            at
            for at, first in enumerate(read)
            if first.language != REPLIED[0] or first.cases[-1] <= 1.0 - CLEAR
        ]
        doubted.sort(key=lambda at: float(cases[at][-1]))
        for rank, at in enumerate(doubted):
            cases[at] = self._again(read[at]) if rank < MOST_DOUBTED else alone(cases[at])
        chance, letters = judged(cases, self._settings.safeguard_unsure)
        # A word alone, however often, is a topic; some scripts write sentences without spaces.
        word = len(set(line.split())) == 1 and max(line) < UNSPACED
        case = self._signposting.first(letters).id if letters and not word else POLICY
        sure = chance >= self._settings.safeguard_sure or case == POLICY
        if case == POLICY and not word:
            # A disclosure may stand beside a policy question, which then is answered all the same.
            worst = [first for at in doubted[:MOST_DOUBTED] for first in read[at].worst]
            least = max(HIDDEN, self._settings.safeguard_unsure)
            most, letters = judged([self._again(one) for one in worst], least)
            if needs := [one for one in letters if one != REFUSED]:
                case, sure, chance = self._signposting.first(needs).id, False, most
        # What is in neither French nor Spanish is replied to in English.
        return Triage(case, "sure" if sure else "unsure", read[0].language or REPLIED[0], chance)

    def _again(self, first: First) -> Floats:
        """Return the reading of a passage with a second one, where that one's model is there."""
        try:
            return self._second.read(first.text, first.cases, known=first.language == REPLIED[0])
        except (ModelError, StoreError) as error:
            self._warn(f"Triage knows English alone. {error}")
            return first.cases

    def _warn(self, said: str) -> None:
        if said not in self._warned:
            self._warned.add(said)
            logger.warning("%s", said)


class First(NamedTuple):
    """A passage as the reader reads it."""

    text: str
    language: str
    cases: Floats
    """Probabilities, with those of its sentences, shape (10,)."""

    worst: tuple[First, ...] = ()
    """Its most alarming sentence, if it has several."""


def read_first(reader: Reader, parts: Sequence[str]) -> list[First]:
    """Return the first reading of passages, and then of sentences in another language than theirs.

    Whether a passage is a policy question is told between it and its most alarming sentence, by the
    mean of their log-odds: a sentence torn from its passage may sound like a disclosure, and one
    may hide in a passage. Which of A to I it is, the whole tells. `ModelError` where the reader
    cannot be loaded, `StoreError` where the home cannot be written.
    """
    texts = [[part, *sentences(part)] for part in parts]
    readings, languages = reader.cases([text for some in texts for text in some])
    read = zip(languages, readings, strict=True)
    wholes, others = [], []
    for some in texts:
        whole, *rest = [First(text, *next(read)) for text in some]
        if rest:
            worst = min(rest, key=lambda sentence: float(sentence.cases[-1]))
            odds = (need_odds(whole.cases) + need_odds(worst.cases)) / 2
            whole = First(whole.text, whole.language, with_need(whole.cases, odds), (worst,))
        wholes.append(whole)
        others += [sentence for sentence in rest if sentence.language != whole.language]
    return [*wholes, *others]


def framed(answer: Answer) -> Answer:
    """Return an answer with the framework's own words alone; guidance and documents are left out.

    One that rested on them alone becomes a refusal.
    """
    kept = tuple(
        said
        for said in answer.statements
        if said.kind in ("framework", "note")
        and all(cited.tier == "framework" for cited in said.citations)
    )
    framework = any(said.kind == "framework" for said in kept)
    ids = {cited.passage_id for said in kept for cited in said.citations}
    update: dict[str, object] = {
        "statements": kept if framework or not answer.is_given else (),
        "hits": ranked([hit for hit in answer.hits if hit.passage_id in ids]),
        "nearest": tuple(cited for cited in answer.nearest if cited.tier == "framework"),
        "dropped": (),
    }
    if answer.is_given and len(kept) < len(answer.statements):
        status = "partial" if framework else "not_covered"
        update |= {"status": status, "reason": FRAMEWORK_ONLY}
    return answer.model_copy(update=update)


def judged(readings: Sequence[Floats], least: float) -> tuple[float, tuple[str, ...]]:
    """Return how likely a message is no policy question, and the letters of the cases that it fits.

    The surest reading of its parts counts: the end of a long message counts like its beginning. It
    speaks against a policy question from the least chance on; cases share it, the likeliest fits.
    """
    against = [1.0 - float(reading[-1]) for reading in readings]
    chance = max(against, default=0.0)
    if chance < least:
        return chance, ()
    letters = {
        letter
        for reading, weight in zip(readings, against, strict=True)
        if weight >= max(least, chance * (1.0 - SHARE))
        for letter, share in zip(CASES[:-1], reading, strict=False)
        if share >= min(SHARE * weight, max(reading[:-1]))
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
    return visible("".join(sign for sign in cut if unicodedata.category(sign) not in UNNAMED))


def visible(text: str) -> str:
    r"""Return a text in one line, without signs that nobody sees.

    Signs of private use and those that Unicode has yet to name stay: a new emoji is one.

    >>> visible("  one\ttwo\u202e \ue000")
    'one two \ue000'
    """
    spaced = (" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    shown = (sign for sign in spaced if unicodedata.category(sign) not in ("Cf", "Cs"))
    return " ".join("".join(shown).split())


def one_line(text: str, limit: int) -> str:
    """Return a question in one line, without what is invisible.

    `QuestionError` where it is empty, longer than so many characters, or not text.
    """
    if len(text) > limit:
        raise QuestionError(f"The question has {len(text)} characters; ask in at most {limit}.")
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in "".join(text.split())):
        raise QuestionError("The question holds control characters; type it as plain text.")
    shown = visible(text)
    if not any(map(str.isalnum, shown)):
        raise QuestionError("The question is empty; type what you want to know.")
    return shown
