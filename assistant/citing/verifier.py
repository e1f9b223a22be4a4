"""Whether a context carries a claim: a verdict, a score by fitted weights, and the reasons."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from assistant.citing.claims import Alignment, measures, read_claim, read_context, weight
from assistant.citing.contradiction import CLOSE, findings
from assistant.records import Statement
from assistant.retrieval.encoder import Matrix
from corpus.passage import Passage, Record

FILE = "support.json"
Verdict = Literal["supported", "partial", "unsupported"]  # What a context does for a claim.
Encode = Callable[[Sequence[str]], Matrix]  # Texts to vectors of unit norm, in order.

ADDED = frozenset(["modality", "quantity", "cause", "assembled"])
"""Findings of something added to what the context says; the others contradict it."""

SAME = 0.9  # Closeness of wording from which a changed word counts in full.


class Weighing(Record):
    """How one measure counts."""

    centre: float
    spread: float
    weight: float
    """Its mean over what was fitted, its deviation, above 0, and the log-odds for one deviation."""


class Logistic(Record):
    """A logistic regression over measures; the log-odds are its intercept where all are centred."""

    intercept: float
    measures: dict[str, Weighing]
    supported: float
    unsupported: float
    """Score from which a claim is supported, and below which it is unsupported; between the two it
    is partly supported."""

    def score(self, measures: Mapping[str, float]) -> float:
        """Return the probability that a claim is supported, 0 to 1, or `KeyError`."""
        odds = self.intercept + sum(
            one.weight * (measures[name] - one.centre) / one.spread
            for name, one in self.measures.items()
        )
        return 1.0 / (1.0 + math.exp(-odds))


class FittedFrom(Record):
    """Data that weights were fitted from: pairs of a context and a claim, some of it supported."""

    name: str
    rows: int
    supported: int
    sha256: str


class Support(Record):
    """All that was fitted, and from what."""

    version: str
    """Name and version of the checker."""

    words: Logistic
    meaning: Logistic
    """For what words alone tell, and for words and the likeness of sentences by the shipped
    model."""

    fitted_from: tuple[FittedFrom, ...]


@lru_cache(maxsize=1)
def shipped_support() -> Support:
    """Return the weights that ship."""
    return Support.model_validate_json((files(__package__) / FILE).read_text("utf-8"))


class Judgement(Record):
    """What the verifier says of a claim."""

    verdict: Verdict
    support: float
    reasons: tuple[str, ...]
    """How well, 0 to 1 (1 for a sentence of the context itself), and why, the weightiest first."""


@dataclass(frozen=True)
class Verifier:
    """Judges claims by their contexts, by words alone or with the likeness of sentences too."""

    support: Support = field(default_factory=shipped_support)
    encode: Encode | None = None
    """The weights, by default those that ship; and the model that they were fitted with, or none:
    words alone are some twenty times faster and tell less of paraphrases."""

    def judge(self, statement: Statement, passages: Mapping[str, Passage]) -> Judgement:
        """Judge a statement by all that it cites."""
        del passages
        return self.verify("\n".join(one.quote for one in statement.citations), statement.text)

    def verify(self, context: str, claim: str) -> Judgement:
        """Judge a claim, each of its sentences by itself: it is as well supported as the worst."""
        held = read_context(context)
        sentences = [read_claim(said.text) for said in read_context(claim)]
        if not sentences:
            return refused("The claim says nothing.")
        if not held:
            return refused("The context says nothing.")
        judged = [self._judge(Alignment(one, held)) for one in sentences]
        worst = min(judged, key=lambda one: one.support)
        verdict = worst.verdict
        if verdict == "unsupported" and any(one.verdict == "supported" for one in judged):
            verdict = "partial"
        reasons = dict.fromkeys(reason for one in judged for reason in one.reasons)
        return Judgement(verdict=verdict, support=worst.support, reasons=tuple(reasons))

    def _judge(self, alignment: Alignment) -> Judgement:
        words = [word.text for word in alignment.claim.words]
        if any(words == [word.text for word in said.words] for said in alignment.context):
            reason = "It stands in the context word for word."
            return Judgement(verdict="supported", support=1.0, reasons=(reason,))
        logistic = self.support.meaning if self.encode else self.support.words
        measured = measures(alignment)
        if self.encode:
            measured |= likeness(alignment, self.encode)
        found, score = findings(alignment), logistic.score(measured)
        if found:
            # Held down by what was found: the closer the wording, the more. Words that differ in
            # two texts of like wording are a change; in two of unlike wording they may be just
            # that. Hence nothing at `CLOSE`, all at `SAME`, evenly between; what needs no like
            # wording counts in full.
            contradicted = any(one.kind not in ADDED for one in found)
            most = (logistic.unsupported + (0.0 if contradicted else logistic.supported)) / 2
            share = min(1.0, max(0.0, (alignment.closeness - CLOSE) / (SAME - CLOSE)))
            if any(one.kind in ("cause", "assembled") for one in found):
                share = 1.0
            score = (1.0 - share) * score + share * min(score, most)
        reasons = [one.reason for one in found]
        # A reader wants to know besides: missing words, and the closest sentence.
        content, known = alignment.claim.content, alignment.known
        missing = {word.text: weight(word) for word in content if word.stem not in known}
        if missing:
            most_telling = sorted(missing, key=lambda text: -missing[text])[:5]
            reasons.append(f"The context lacks: {', '.join(most_telling)}.")
        reasons.append(f"The closest sentence is “{alignment.source.text}”")
        verdict: Verdict = "partial" if score >= logistic.unsupported else "unsupported"
        if score >= logistic.supported:
            verdict = "supported"
        return Judgement(verdict=verdict, support=score, reasons=tuple(reasons))


def likeness(alignment: Alignment, encode: Encode) -> dict[str, float]:
    """Return cosines of the claim with the best sentence of the context and with all, by name."""
    rows = encode([alignment.claim.text, *(said.text for said in alignment.context)])
    cosines = rows[1:] @ rows[0]
    return {"best_likeness": float(cosines.max()), "mean_likeness": float(cosines.mean())}


def refused(reason: str, support: float = 0.0) -> Judgement:
    """Return the judgement of a claim that does not stand."""
    return Judgement(verdict="unsupported", support=support, reasons=(reason,))
