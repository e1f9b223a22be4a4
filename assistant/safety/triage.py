"""Triage before anything else: messages that are no policy questions, and their fixed replies.

A message that is triaged here never reaches retrieval, and its text is kept nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np

from assistant.citing import ground
from assistant.records import Answer, Found, Hit, Provenance, Scope, Service, Statement
from assistant.records import Signposting as Reply
from assistant.retrieval.encoder import Matrix, Vector
from assistant.rules import tongues
from assistant.rules.cues import FUNCTION_WORDS
from assistant.rules.lexicon import words_of
from assistant.safety.message import WORDS, readable, sentences
from assistant.safety.recognition import CASES, Floats, Recognition, steadied
from assistant.safety.tally import Tally
from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting

if TYPE_CHECKING:
    from assistant.retrieval.models import Embedder
    from assistant.settings import Settings

COMPOSER = "safeguard-1"
"""Name and version of what replies, for an answer's provenance."""

HARMFUL = "harmful_request"
"""Reason of a refusal."""

FRAMEWORK_ONLY = "framework_only"
"""Reason where the framework alone may answer, and does not."""

POLICY = "J"
REFUSED = "G"

SHARE = 0.3
"""Share of what speaks against a policy question, from which a case counts as fitting too."""

REMEMBERED = 512
"""Readings that are remembered, since the turns of a conversation come again with each question."""


class Triage(NamedTuple):
    """What a message is."""

    case: str
    """Letter of the case that answers it; `J` for a policy question."""

    certainty: Literal["sure", "unsure"]
    """Whether the case is replied to, or may only be meant beside a policy question."""

    language: str
    """The language to reply in."""

    chance: float
    """How likely it is no policy question, 0 to 1."""

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
        return self.certainty == "unsure" and self.case == REFUSED


class Heard(NamedTuple):
    """What triage makes of words that are no question."""

    kept: bool
    """Whether what came with them may be kept; the words only where no reply is due."""

    reply: Reply | None
    """The reviewed text that is due."""


class Safeguard:
    """Tells what a message is, and has the reviewed reply."""

    def __init__(
        self,
        signposting: Signposting,
        recognition: Recognition,
        embedder: Embedder,
        settings: Settings,
    ) -> None:
        """Keep the texts, the model and where to count.

        Args:
            signposting: the reviewed texts.
            recognition: the fitted model.
            embedder: in use; where it is not the one that the model knows, words alone decide.
            settings: thresholds, region and home.
        """
        self._signposting = signposting
        self._recognition = recognition
        self._embedder = embedder
        self._settings = settings
        self._by_meaning = embedder.weights_sha256 == recognition.weights
        self._known: OrderedDict[bytes, Triage] = OrderedDict()
        self._lock = Lock()
        # Unlike for every process, so that no key tells what was written.
        self._salt = secrets.token_bytes(16)
        self.tally = Tally(settings.home)

    @classmethod
    def shipped(cls, embedder: Embedder, settings: Settings) -> Self:
        """Return triage with the texts and the model that ship.

        Raises:
            CorpusError: the texts cannot be read.
        """
        texts = read_signposting(shipped_signposting())
        return cls(texts, Recognition.shipped(), embedder, settings)

    def triage(self, text: str, keep: Callable[[str, Vector], None] | None = None) -> Triage:
        """Tell what a message is; neither its text nor its vector stays here.

        Args:
            text: as typed, of any length.
            keep: is given the line and its vector where the message is to be answered after all,
                so that it is embedded once.
        """
        line = readable(text)
        key = hashlib.blake2b(line.encode(), key=self._salt).digest()
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        vector, rows, lines = self._vectors(line)
        foreign = [told for one in lines if (told := tongues.reading(one))]
        readings = [*self._readings(lines, rows), *(told.cases for told in foreign)]
        found = self._judge(line, readings, foreign=bool(foreign))
        if keep is not None and vector is not None and not found.triggered:
            keep(line, vector)
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

        Args:
            text: the message.
            search: searches for it.
        """
        found = self.triage(text)
        if found.triggered:
            self.tally.add(found.case)
            return Found(hits=(), signposting=self.signpost(found))
        return Found(hits=search(), signposting=self.signpost(found) if found.beside else None)

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

        Args:
            found: what the message is.
            corpus: digest of the corpus edition, for the provenance.
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
            provenance=Provenance(
                corpus=corpus,
                settings=self._settings.digest(),
                embedder=self._embedder.name,
                weights=self._embedder.weights_sha256,
                composer=COMPOSER,
                checker=ground.CHECKER,
                time=datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )

    def _vectors(self, line: str) -> tuple[Vector | None, Matrix | None, list[str]]:
        """Embed a message, and its sentences by themselves where it has several."""
        lines = [line, *sentences(line)]
        if not self._by_meaning:
            return None, None, lines
        vector = self._embedder.embed(line)
        rest = self._embedder.embed_all(lines[1:]) if len(lines) > 1 else vector[:0].reshape(0, 0)
        return (
            vector,
            np.vstack([vector[None, :], rest]) if len(lines) > 1 else vector[None, :],
            lines,
        )

    def _readings(self, lines: Sequence[str], rows: Matrix | None) -> list[Floats]:
        return steadied(
            [
                self._recognition.cases(one, None if rows is None else rows[place])
                for place, one in enumerate(lines)
            ]
        )

    def _judge(self, line: str, readings: Sequence[Floats], *, foreign: bool) -> Triage:
        settings = self._settings
        chance, letters = judged(readings, settings.safeguard_unsure)
        # A word alone is a topic, however alarming; some scripts write sentences without spaces.
        alone = " " not in line and not foreign
        language = "en" if alone or foreign else self._recognition.language_of(line)
        meant = letters and not alone and (foreign or _says_anything(line))
        case = self._signposting.first(letters).id if meant else POLICY
        if case == REFUSED and not foreign and len(line.split()) < WORDS:
            # A harmful request says what it is for; `name them` leans on the turn before.
            case = POLICY
        sure = chance >= settings.safeguard_sure or case == POLICY
        return Triage(case, "sure" if sure else "unsure", language, chance)


def _says_anything(line: str) -> bool:
    """Tell whether a message has a word of its own: `I` and a number tell nothing."""
    return any(len(word) > 2 and word not in FUNCTION_WORDS for word, _, _ in words_of(line))


def framed(answer: Answer) -> Answer:
    """Return an answer with the framework's own words alone; guidance and documents are left out.

    One that rested on them alone becomes a refusal.
    """
    kept = tuple(one for one in answer.statements if _is_framed(one))
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


def _is_framed(statement: Statement) -> bool:
    tiers = {one.tier for one in statement.citations}
    return statement.kind in ("framework", "note") and tiers <= {"framework"}


def judged(readings: Sequence[Floats], least: float) -> tuple[float, tuple[str, ...]]:
    """Return how likely a message is no policy question, and the letters of the cases that it fits.

    The surest of its readings counts: a sentence is not less of a disclosure for the policy
    question beside it.

    Args:
        readings: probabilities of the cases, of the whole message and of its sentences.
        least: chance from which a reading speaks against a policy question.
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
