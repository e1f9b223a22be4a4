"""Messages that ask for something other than what sources say: a text, an opinion, a choice."""

from __future__ import annotations

import re

from corpus.passage import Record

COMPOSER = "requests-1"
"""Name and version of what answers them, for an answer's provenance."""

_PLEASE = (
    r"(?:^|[.!?;:,]\s+)(?:hi|hello|hey|so|ok|okay|and|then|now|please|pls|kindly)?[ ,]*"
    r"(?:please |pls |kindly )?(?:(?:can|could|will|would) you (?:please |kindly )?|i (?:need|want)"
    r" you to |help me (?:to )?|let us |let's |you (?:should|must) )?(?:please )?"
)
_WRITES = (
    r"(?:write|draft|compose|translate|rewrite|re-write|rephrase|reword|paraphrase|proofread"
    r"|shorten|simplify|polish|generate|invent|make up|come up with|turn .{1,60} into"
    r"|put .{1,60} into (?:plain|simple|your own|other|nicer|french|spanish|german|arabic)"
    r"|summari[sz]e .{1,80} (?:in|as) (?:a |one )?(?:tweet|poem|haiku|song|rap|limerick|letter))"
)
_TEXT = (
    r"(?:e-?mail|letter|poem|haiku|song|speech|tweet|post|press release|essay|slogan|joke|story"
    r"|blog(?: post)?|op-ed|article for|memo|talking points|limerick|rap|cover note|translation"
    r"|advert|caption|toast)"
)
_WRITING = re.compile(
    rf"{_PLEASE}{_WRITES}\b"
    rf"|\b(?:give|make|get|send|prepare|do|need|want|like) (?:me |us )?(?:a|an|the|some)"
    rf"(?: [\w-]+){{0,4}}? {_TEXT}\b"
    r"|\bin the style of\b",
    re.I,
)
_OPINION = re.compile(
    r"\bwhat (?:do|would) (?:you|u) (?:think|make|say|recommend|advise|suggest|prefer|choose|do)\b"
    r"|\b(?:your|ur)(?: own| personal| honest)? (?:opinion|view|views|take|advice|recommendation"
    r"|verdict|favou?rite|feeling|gut)\b"
    r"|\b(?:do|would|don't|wouldn't) (?:you|u) (?:think|agree|believe|feel|like|prefer|recommend"
    r"|advise|support|trust|find|reckon|say that)\b"
    r"|\b(?:are|r) (?:you|u) (?:for|against|in favou?r|convinced|happy|sure that)\b"
    r"|\bif (?:you|u) were\b|\bwhat (?:do|would) (?:you|u) expect\b"
    r"|\bin your (?:opinion|view|eyes|experience)\b|\bhow (?:do|would) (?:you|u) (?:feel|rate|rank"
    r"|judge|grade|score)\b|\bis it (?:worth (?:it|the)|any good|a good idea|a bad idea)\b"
    r"|\b(?:recommend|suggest|advise) (?:me|us)\b|\bwhich (?:one )?(?:do|would) (?:you|u)\b"
    r"|\bconvince me\b|\bargue (?:for|against)\b"
    r"|\bshould (?:we|i|my \w+|our \w+)(?: \w+)? (?:vote|support|back|trust|prefer|choose|pick"
    r"|prioriti[sz]e|adopt|invest|spend|drop|quit|leave|join|ban)\b",
    re.I,
)
_PREDICTION = re.compile(
    r"\b(?:will|is|are) .{1,80}\b(?:likely|bound|going) to (?:succeed|fail|win|happen|pass)\b"
    r"|\bwhat (?:will|is (?:likely|going) to) happen\b|\bhow likely\b"
    r"|\bwhat are the (?:chances|odds)\b"
    r"|\bwill .{1,80} (?:ever|succeed|fail|be over|come true)\b|\bpredict\w*\b|\bforecast\w*\b",
    re.I,
)


_WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_]+\d", re.I)
_REMARK = re.compile(r"\b(?:yes|no|ok|okay|hm+|eh|um+|ah|oh)\b", re.I)

_POLITE = (
    r"(?:hi|hello|hey|(?:many )?thanks|thank you|thx|cheers|bye|goodbye|see you|good (?:morning"
    r"|afternoon|evening|day|night)|great|perfect|nice|got it|i see|bonjour|merci|hola|gracias)"
)
_COURTESY = re.compile(
    rf"\W*{_POLITE}\b(?:\W+(?:{_POLITE}|there|all|again|very much|so much|a lot"
    r"|for (?:that|this|your help|the help))\b)*\W*",
    re.I,
)


class Request(Record):
    """What a message asks for that no source can give."""

    reason: str
    """One word: `writing`, `opinion`, `prediction` or `unworded`."""

    reply: str
    """Why it is not given, and what is, as one sentence."""


_REPLIES = (
    (
        _WRITING,
        "writing",
        "Signpost quotes what its sources say, and writes, rewords or translates no text of its "
        "own.",
    ),
    (
        _OPINION,
        "opinion",
        "Signpost has no opinion and recommends nothing; it quotes what its sources say.",
    ),
    (
        _PREDICTION,
        "prediction",
        "Signpost predicts nothing; it quotes what its sources say of what is or should be.",
    ),
)


_UNWORDED = "This holds no question; ask what the framework says, or what bears on it."


def is_courtesy(text: str) -> bool:
    """Tell whether a message only greets or thanks, and asks nothing.

    >>> is_courtesy("Hello there!"), is_courtesy("Thanks, and the partners?")
    (True, False)
    """
    return bool(_COURTESY.fullmatch(text))


def requested(text: str) -> Request | None:
    """Return what a message asks for that is no question to the sources; `None` for a question.

    >>> requested("Please translate the outcomes into French").reason
    'writing'
    >>> requested("Who writes the transparency reports?") is None
    True
    >>> requested("2 + 2 = 4?").reason
    'unworded'
    """
    if is_courtesy(text) or not _WORD.search(_REMARK.sub(" ", text)):
        return Request(reason="unworded", reply=_UNWORDED)
    for form, reason, reply in _REPLIES:
        if form.search(text):
            return Request(reason=reason, reply=reply)
    return None
