"""Short replies that name nothing themselves, told by their words: why, what else, list them."""

from __future__ import annotations

import re
from typing import Literal

from assistant.rules.openings import Opened
from assistant.rules.words import Words

Reply = Literal["", "why", "again", "explain", "else", "count", "list", "other", "lacking", "when"]
"""What a reply without a subject of its own asks; empty for any other question."""

_PATTERNS: tuple[tuple[Reply, str], ...] = (
    (
        "why",
        r"why|why (?:so|not)|how (?:come|so)|what for|for what reason|on what grounds"
        r"|why(?: is| was| are)? (?:that|this|it|so|they|those|these)(?: so| the case| listed)?"
        r"|why do(?:es)? (?:they|it|you|the page) (?:say|think) (?:that|so)"
        r"|what(?:'s| is| was| are)? the (?:reason|rationale|reasoning|logic)s?"
        r"(?: (?:for|behind) (?:that|this|it))?",
    ),
    (
        "again",
        r"(?:but )?(?:are )?you (?:really |quite |very )?(?:sure|certain)(?: .{0,30})?"
        r"|really|seriously|says who|sure|no|come on|(?:try|check|say (?:that|it)) again"
        r"|is (?:that|this|it) (?:right|true|correct|so|certain)|repeat(?: that)?|you must know"
        r"|any (?:idea|clue)s?(?: at all)?",
    ),
    (
        "else",
        r"(?:what|anything|something|nothing) (?:else|more)(?: is (?:there|listed|said))?"
        r"(?: does (?:it|the page|that) (?:say|list|have|cover))?"
        r"(?: (?:about|on|for|under|in) (?:it|that|this|them|there))?"
        r"|is (?:that|this|it) (?:all|everything|it)|any(?: (?:other|more))?(?: ones?)|what more",
    ),
    (
        "explain",
        r"(?:(?:can|could|would|will) (?:you|u) )?(?:please )?"
        r"(?:explain|elaborate|clarify|expand|describe)"
        r"(?: (?:on )?(?:that|this|it|them|those|these))?"
        r"(?: (?:further|more|again|better|simply|a (?:bit|little)(?: more| better)?"
        r"|in (?:more |plain |simple |other )?(?:detail|english|words|language)|to me|for me))*"
        r"|(?:so )?what (?:does|do|is|'s) (?:that|this|it|they|those|these) (?:mean|about)"
        r"|what (?:is|'s) (?:that|this|it)|meaning"
        r"|(?:can you )?(?:tell|give|show) me (?:a bit |some )?more(?: detail\w*)?"
        r"(?: (?:about|on) (?:it|that|this|them|those))?"
        r"|more(?: (?:details?|info|information|on (?:it|that|this)|about (?:it|that|this)))?"
        r"|(?:some |any )?(?:more )?details?|go on|continue|say more"
        r"|i do ?n.?t (?:understand|get it)",
    ),
    (
        "count",
        r"how many(?: (?:are|is|were) (?:there|they|these|those|that|it)| of (?:them|those|these)"
        r"| do(?:es)? (?:they|it|that) (?:have|list)| (?:in )?(?:total|all|ones)| altogether)*"
        r"|(?:what(?:'s| is) )?the (?:number|count|total)|count (?:them|those|these)"
        r"|how many (?:are|is) (?:there|that) (?:in (?:total|all)|altogether)",
    ),
    (
        "list",
        r"(?:(?:can|could) you |just |please )*(?:list|name|show|give|enumerate)(?: me)?"
        r" (?:them|those|these|all|the (?:full |whole |complete )?list)"
        r"(?: (?:all|out|each|one by one|in full))*(?: of (?:them|those|these))?"
        r"|(?:which|what)(?: (?:ones?|exactly))?(?: are (?:they|those|these|there))?"
        r"|all(?: of (?:them|those|these))?|them all|who are they|the (?:full|whole) list",
    ),
    (
        "lacking",
        r"(?:which|what|who)(?: ones?| of them)? (?:does|do|is|are|has|have)(?: ?n.?t| not)"
        r"(?: (?:have|list|include) (?:it|them|that))?",
    ),
    (
        "when",
        r"(?:(?:un)?til |since |from |by |to )?(?:when|where|how long|how often|how much|how)"
        r"|(?:for|to|by|from|with) whom",
    ),
    ("other", r"(?:(?:and|what about|how about|tell me about) )?the other(?: ones?| two)?"),
)
_REPLIES = tuple((name, re.compile(rf"(?:{pattern})", re.I)) for name, pattern in _PATTERNS)
_ROUGH = re.compile(
    r"\b(?:rough(?:ly)?|ball ?park|approx\w*|estimat\w+|guess\w*|order of magnitude)\b", re.I
)
_ROUGH_FRAME = frozenset(
    """
    rough roughly ballpark ball park approx approximate approximately estimate estimated
    estimation guess guesstimate figure figures number numbers idea answer magnitude order best
    range value something date amount surely idea clue hint indication somewhere fine enough
    """.split()
)


def reply_of(question: Opened, words: Words) -> Reply:
    """Return what a question without a subject of its own asks, or nothing for any other."""
    bare = question.text
    found = [name for name, pattern in _REPLIES if pattern.fullmatch(bare)]
    if found or not bare:
        return found[0] if found else "again"
    named = words.items or words.entities or words.kinds
    return "again" if _ROUGH.search(bare) and not named and insists(words) else ""


def insists(words: Words) -> bool:
    """Tell whether a text brings nothing but the wish for an answer: `a rough figure will do`."""
    topic = {one.word for one in words.topic("framework")}
    return topic <= _ROUGH_FRAME and not (words.items or words.entities or words.kinds)
