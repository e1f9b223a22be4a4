"""A run to be judged, and judges that say what a test wants of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from assistant.records import Answer, Signposting, Statement
from corpus.whole import Whole
from evals.cases.case import Case, Gold
from evals.cases.ground_families import read_ground_cases
from evals.judging.judge_rows import JudgedRow, Part, Terms
from evals.studies.misbehaviours import Behaviour, Exchange
from tests.made_runs import make_run
from tests.ui.fake_answer import answer, cite

QUESTIONS = {
    "right": "How is the identity of victims protected?",
    "wrong": "What do hotlines need?",
    "false": "What does a lighthouse cost?",
}
"""Those of the cases that are judged."""

whole = lru_cache(maxsize=1)(Whole.read)
"""Reads the corpus that ships once; reading it takes most of the time of a small judging."""

UNSEEN = "A secret that nobody reads?"
ALARM = "An alarming message."


def run_to_judge(folder: Path) -> Path:
    """Write a run: three answers that are judged, and four things that no model may see."""
    gold = Gold(outcomes=("gsr:P3-O4",))
    claim = read_ground_cases("development")[0]
    reply = Signposting(case="A", text="Here is help.", services=())
    met = answer(status="safeguarding", signposting=reply)
    told = [
        (_case("right", gold=gold), _quoting("gsr:P3-O4")),
        (_case("wrong", gold=gold), _quoting("gsr:P6-O1", "gsr:P6-O2")),
        (_case("false", answerable=False), _quoting("gsr:P1-O1")),
        (_case("unseen", question=UNSEEN, split="test", gold=gold), _quoting("gsr:P3-O4")),
        (_case("met", question=ALARM, gold=Gold(safeguarding="A")), met),
        (_case("refused", question="Who painted it?", answerable=False), None),
        (
            _case("claim", type="verify", question=claim.claim, context=claim.context),
            _quoting("gsr:P3-O4"),
        ),
    ]
    return make_run(folder, told)


def right(exchange: Exchange) -> None:
    """Say what gold says of claims, answers and exchanged ones, and that quotes carry."""
    exchange.say("Yes." if _is_so(exchange.prompt) else "no")


def always(word: str) -> Behaviour:
    """Return a judge that says the same of all."""
    return lambda exchange: exchange.say(word)


def broken(exchange: Exchange) -> None:
    """Fail."""
    exchange.refuse(500, {"error": {"message": "It is broken."}})


def limited(exchange: Exchange) -> None:
    """Ask to be asked later."""
    exchange.refuse(429, {"error": {"message": "Later."}}, [("Retry-After", "0.1")])


def judged_rows(model: str = "made-up") -> tuple[JudgedRow, ...]:
    """Return rows of all parts, three of four claims judged rightly."""
    terms = Terms(model=model, split="development", seed=1)
    told: list[tuple[Part, bool | None, bool | None, bool | None]] = [
        ("claims", True, True, True),
        ("claims", True, True, True),
        ("claims", False, False, False),
        ("claims", False, False, True),
        ("statements", None, True, True),
        ("statements", None, True, False),
        ("answers", True, None, True),
        ("answers", False, None, None),
        ("swapped", False, None, True),
    ]
    return tuple(
        JudgedRow(
            id=f"{part}:{number}",
            part=part,
            unit=str(number),
            gold=gold,
            checker=checker,
            yes_first=number % 2 == 0,
            digest="d" * 64,
            terms=terms,
            verdict=verdict,
            seconds=0.1,
        )
        for number, (part, gold, checker, verdict) in enumerate(told)
    )


def _is_so(prompt: str) -> bool:
    if "Sentence:\n" in prompt:
        sentence = prompt.partition("Sentence:\n")[2].partition("\n\nDoes")[0]
        known = {one.claim: one.verdict for one in read_ground_cases("development")}
        return known.get(sentence, "supported") == "supported"
    return QUESTIONS["right"] in prompt and "protect the identity of victims" in prompt


def _case(name: str, **fields: object) -> Case:
    plain = {"type": "list", "family": "facets", "split": "development", "author": "tests"}
    asked = {"question": QUESTIONS.get(name, ""), "added": "2026-11-25", "id": name}
    return Case.model_validate({**plain, **asked, **fields})


def _quoting(*ids: str) -> Answer:
    corpus = whole().corpus
    quotes = [cite(one, corpus=corpus) for one in ids]
    return answer(
        *(
            Statement(text=one.quote, kind="framework", citations=(one,), section="Outcomes")
            for one in quotes
        )
    )
