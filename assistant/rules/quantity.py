"""Questions that only a value answers: a number, a date, an amount, a place, an order of merit."""

from __future__ import annotations

import re

from assistant.rules.cues import EVENTS, SUPERLATIVES
from assistant.rules.lexicon import countries

_VERBS = "|".join(sorted(word for group in EVENTS for word in group if word not in ("set", "put")))

_ROLE = (
    r"(?:rapporteur|chair(?:person|man|woman|s)?|(?:co-?)?authors?|commissioner|ministers?|judge"
    r"|ambassador|envoy|spokes(?:person|man|woman)|coordinator|founder|inventor|architect|mep|mp"
    r"|senator|signator(?:y|ies)|negotiators?|experts?|trustees?|board members?|researchers?"
    r"|managers?|officials?|patron|treasurer)"
)
"""What a person is called whom nobody but a name answers."""

_BODIES = (
    r"(?:agencies|firms|companies|organi[sz]ations|institutions|universities|charities|ngos|bodies"
    r"|members|countries|states|vendors|platforms)"
)

_WANTED = {
    "percentage": (
        r"\bper ?cent(age)?\b",
        r"(?<![\d\s])\s?%",
        r"\bproportion of\b",
        r"\bwhat share\b",
        r"[- ]rate\b",
    ),
    "money": (
        r"\b(budget|price|fine|salary|salarie)s?\b",
        r"\b(gdp|compensation)\b",
        r"\bfees?\b(?!-)",
        r"\b(?:total|amount|sum|money) (?:was |is )?(?:spent|paid|given|granted|invested)\b",
        r"\bhow expensive\b",
        r"\bcosts? per\b",
        r"\bhow much (money|funding)\b",
        r"\bwhat .{0,30}\bcosts? of\b",
        r"\bwhat (?:does|did|do|would|will) .{0,60}\b(?:costs?|spend|pay)\b",
        r"\bwhat (?:a |an |the |each |every )?[\w-]+ (?:[\w-]+ ){0,3}?"
        r"(?:spends?|pays?|paid|spent)\b",
        r"\bhow much\b.{0,40}\b(spen[dt]|pay|paid|cost|get|receive|invest|fund)\w*",
    ),
    "duration": (
        r"\bhow long\b",
        r"\bwaiting times?\b",
        r"\bhow (soon|quickly|fast)\b",
        r"\bhow many (day|week|month|year)s\b",
        r"\b(?:median|average|mean|typical|usual) (?:[\w-]+ )?(?:time|duration|delay|wait)\b",
    ),
    "frequency": (
        r"\bhow (often|frequently|regularly)\b",
        r"\bhow many times (?:a|each|every|per|in a) (?:day|week|month|quarter|year)\b",
    ),
    "day": (
        r"\b(?:on )?(?:what|which) (?:exact )?day\b(?! of)",
        r"\b(?:exact|precise) (?:date|day)\b",
    ),
    "date": (
        r"\bwhen (is|are|was|were|will|did|does|do|must|should|can|has|have)\b",
        r"\b(what|which) (date|year|month|day)\b",
        r"\bby when\b",
        r"\bsince when\b",
        r"\b(deadline|timeline|time ?frame|target date|due date)s?\b",
    ),
    "age": (
        r"\b(what|which|minimum|maximum) age\b",
        r"\bhow old\b",
        r"\bage (?:bands?|brackets?|groups?|ranges?|limits?)\b",
    ),
    "country": (
        r"\b(which|what|name the|list the) (country|countries)\b",
        r"\b(which|what|name the|list the) (nation|member state|jurisdiction)s?\b",
    ),
    "place": (
        r"\b(?:in |at )?(?:which|what) (?:city|town|place|address|building|venue|location)\b",
        r"^\W*(?:and |so )?where (?:is|was|are|were|will|did|does|do|can|has|have)\b.*\b(?:based"
        r"|located|hosted|held|headquarter\w*|seat|seated|situated|take place|open(?:ed)?|founded"
        r"|signed|adopted|start(?:ed)?|launched|meet|met)\b",
    ),
    "contact": (
        r"\b(phone|telephone|helpline|hotline|contact|emergency) numbers?\b",
        r"\b(e-?mail|postal) address(es)?\b",
        r"\b(?:phone|telephone|e-?mail|contact details)\W*$",
    ),
    "penalty": (
        r"\b(?:prison|jail|custodial|maximum|minimum|usual) (?:sentence|term|penalt)\w*\b",
        r"\b(?:civil|criminal|financial|top|highest|largest) (?:\w+ )?(?:penalt(?:y|ies)|fines?)\b",
        r"\bwhat (?:\w+ )?(?:sentence|penalty|punishment)\b",
        r"\bpenalt(?:y|ies) for\b",
        r"\b(?:sentence|penalty|punishment) (?:is|are|does|do|did) \w+",
    ),
    "person": (
        r"\bwho(?: is|'s|\u2019s| was)? (?:now |currently )?(?:the )?(?:\w+ ){0,3}"
        r"(?:director|ceo|president|boss|leader|chief executive|secretary|commissioner|minister)\b",
        r"\bwho(?: is|'s|\u2019s| was)? (?:now |currently )?(?:the )?(?:current |new )?head\b",
        r"\bwho (?:heads|leads|directs|is in charge of|is at the head of)\b",
        r"\b(?:chair(?:man|woman|person)?|director|president|head|secretary)\b.*\bnames?\b",
        r"\bnames? of (?:the |its |their |all )?.{0,30}(?:members|staff|leaders|people)\b",
        r"\bnames? of (?:the |its |their )?(?:person|man|woman|official|boss|chief|leader)\b",
        r"\bwho(?: is|'s|\u2019s| was| are| were| has been)? (?:now |currently )?"
        rf"(?:the |its |their )?(?:[\w-]+ ){{0,3}}?{_ROLE}\b",
        rf"\bnames? (?:of )?(?:the |all |its |their )(?:[\w-]+ ){{0,3}}?{_ROLE}\b",
        r"^\W*who (?:at|from|inside|within) (?:the )?[A-Z]\w+",
        r"\bwho (?:sits|serves) (?:on|in)\b|\bwho (?:is|are) on the (?:board|panel|committee)\b",
        r"\bwho (?:is it|was it) that (?:heads|leads|runs|directs|chairs)\b",
        r"^\W*(?:the |current |present )?"
        rf"(?:director|ceo|president|head|chief executive|{_ROLE}) of\b",
        r"\bwho (?:had|came up with|first had) the idea\b|\bwhose idea\b",
    ),
    "list": (
        r"^\W*(?:please )?(?:list|name|give (?:me|us)|tell (?:me|us)|who are) (?:by name )?"
        rf"(?:all )?(?:of )?the (?:[\w-]+ ){{0,2}}?{_BODIES}\b",
        rf"\bnames? of (?:all )?(?:of )?the (?:[\w-]+ ){{0,2}}?{_BODIES}\b",
    ),
    "name": (
        r"\b(which|what) (?:\w+ )?(compan|agenc|treat|universit|charit|ministr)(y|ies)\b",
        r"\b(which|what) (?:\w+ )?(organi[sz]ation|institution|foundation|ngo)s?\b",
        r"\b(which|what) (\w+ )?(firm|vendor|product|brand|convention|author|website|app)s?\b",
        r"\b(which|what) (person|individual|official|software)s?\b",
        r"\bby name\b",
        r"\bnames? of (the )?(compan|agenc|countr)(y|ies)\b",
        r"\bwho owns\b",
    ),
    "actor": (
        rf"\bwho (?:(?:first|originally|actually|else|now) )?(?:{_VERBS})\b",
        rf"\bwho (?:is|was|were|are) (?:it |they )?(?:{_VERBS}) by\b",
        r"\bby (?:whom|who)\b",
    ),
    "local": (
        r"^\W*(?:what|which|who|how (?:many|much|often|long))\b.*\b(?:in|of|for)"
        r" (?:our|my|this|your) (?:own )?(?:country|region|city|town|district|state|province)\b",
    ),
    "indicator": (r"\b(which|what) (indicator|metric|kpi|benchmark|threshold)s?\b",),
    "forecast": (
        r"\bwill\b.{0,40}\b(next|future|20[2-9]\d)\b",
        r"\b(predict|forecast)\w*",
        r"\bwhat will\b",
    ),
    "number": (
        r"\bhow many\b",
        r"\bhow much\b",
        r"\bin (?:numbers|figures)\W*$",
        r"\bwhat (is the )?number\b",
        r"(^\W*|\b(need|want|give me|find|know|tell me) (the |a )?(total |exact )?)number of\b",
        r"\b(statistics|stats|totals?)\b",
        r"\b(?:numbers|figures) (?:for|in|of) (?:19|20)\d\d\b",
        r"\bfigures\b.*\b20\d\d\b",
    ),
    "ranking": (
        rf"\b({'|'.join(sorted(SUPERLATIVES))})\b",
        r"\btop (\d+|two|three|five|ten|priorit(y|ies))\b",
    ),
}
VALUES = frozenset(_WANTED)
"""Every sort of value that a question can want."""

PERIODS = frozenset(("frequency", "duration"))
"""Those that are asked for with a number of times or days, which counts no things."""

_PATTERNS = {want: re.compile("|".join(forms), re.I) for want, forms in _WANTED.items()}
_POLAR = re.compile(
    r"(?:^|[-\u2013,;:.?!])\s*(?:so |and |but )?"
    r"(?:is|are|was|were|do|does|did|has|have|can|could|will|would|should)\b",
    re.I,
)
_RANK = re.compile(r"\brank(?:s|ed|ing|ings)?\b", re.I)
_WHY = re.compile(r"\W*(?:so |and |but )?(?:why|how come)\b", re.I)
"""A reason is asked for, whatever numbers are spoken of."""

_NO_RANK = re.compile(
    r"\bat (least|most)\b|\bbest practices?\b|\bmost (directly|closely|relevant|related)\b", re.I
)

_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
    r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|half|third|quarter|dozens?|hundreds?|thousands?|millions?|billions?)"
)
_SEVERAL = _NUMBER.replace("one|", "", 1)
_AMOUNT = (
    r"[$\u00a3\u20ac]\s?\d|\b(?:GBP|EUR|USD|AUD|CAD)\s?\d"
    r"|\d\s?(?:thousand|million|billion|trillion)?\s?(?:pounds|euros|dollars|GBP|EUR|USD)\b"
)
_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_BODY = r"[A-Z][\w&'\u2019-]*(?: (?:(?:of|for|the|and|on|&) ){0,2}[A-Z][\w&'\u2019-]*)*"
_HELD = {
    "day": re.compile(rf"\b\d{{1,2}} {_MONTHS}\b|\b{_MONTHS} \d{{1,2}}\b"),
    "list": re.compile(rf"(?:{_BODY}, (?:the )?)+{_BODY},? and (?:the )?{_BODY}"),
    "penalty": re.compile(
        rf"{_AMOUNT}|\b{_NUMBER} (?:years?|months?)(?:'|\u2019)? (?:of |in )?"
        r"(?:imprisonment|prison|custody)"
        r"|\bimprisonment (?:of|for)\b",
        re.I,
    ),
    "percentage": re.compile(
        rf"\d\s*(?:%|per ?cent\b)|\b{_NUMBER} (?:in|of|out of) (?:every )?{_NUMBER}\b"
        r"|\b(?:a|one|two|three)[- ](?:half|thirds?|quarters?|fifths?)\b|\bhalf\b",
        re.I,
    ),
    "money": re.compile(_AMOUNT, re.I),
    "duration": re.compile(
        rf"\b{_NUMBER}[- ](?:second|minute|hour|day|week|month|year|decade)s?\b"
        r"|\bwithin (?:a|an|the) \w+|\b(?:immediately|at once|without delay)\b",
        re.I,
    ),
    "date": re.compile(
        r"(?<!Act )(?<!Regulation )(?<!Assessment )(?<!Convention )(?<!/)\b(?:1[89]|20)\d\d\b(?!/)"
    ),
    "age": re.compile(
        rf"\b(?:aged?|under|over|below|from|turn(?:s|ed)?) (?:the age of )?{_NUMBER}\b"
        rf"|\b{_NUMBER}[- ]year(?:s)?[- ]olds?\b|\bunder-?\d+s?\b|\byears of age\b",
        re.I,
    ),
    "number": re.compile(rf"\b{_SEVERAL}\b", re.I),
}
"""How a value of each sort looks. A number is any number but the year or the id of something."""

_PLACED = re.compile(
    r"\b(?:in|at|from|near) (?:the )?(?!January|February|March|April|May|June|July|August"
    r"|September|October|November|December)(?:[A-Z][a-z]+|[A-Z]{2,})\b"
)
"""A name after a word of place; months are no places."""

_RELATIVE = re.compile(r"\b(?:last|this|next) (?:year|quarter|month|week)\b", re.I)
"""Times that no dated sentence answers."""

_TIMES = re.compile(rf"\b{_NUMBER} (?:{_NUMBER} )?times\b", re.I)
_NO_NUMBER = re.compile(
    r"\b(?:1[89]|20)\d\d(?:/\d\d)?\b|\b\d[\d.,]*\s?(?:%|per ?cent\b)"
    r"|\b(?:aged|between) \d+ (?:to|and) \d+\b|\b\d+(?: to |-)\d+-year-olds?\b"
    r"|\b(?:Articles?|Sections?|Parts?|No\.|CETS|paragraphs?|Regulation|Directive|edition)\s+"
    r"\d[\w().]*(?:(?:, | and | to | or |[-\u2013])\d[\w().]*)*"
    r"|\b(?:under|over|below|aged?)[ -]\d+s?\b"
    r"|\b[A-Z]+\d+(?:-[A-Z]*\d+)*\b|\b\d{1,2} (?=(?:January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b)",
)
_PERIODS = re.compile(
    r"\b(annual(ly)?|yearly|monthly|weekly|daily|biennial(ly)?|quarterly|regular(ly)?|every"
    r"|once a|twice a|each (?:year|month|week|day))\b",
    re.I,
)


def wanted(question: str) -> str:
    """Return the sort of value a question asks for, or an empty string.

    >>> wanted("What percentage of GDP should a country allocate?")
    'percentage'
    >>> wanted("What is the identity of a victim?")
    ''
    """
    asked = _NO_RANK.sub(" ", question)
    if _POLAR.search(asked):
        # Whether somebody ranks things is no wish for a ranking.
        asked = _RANK.sub(" ", asked)
    if _WHY.match(asked):
        return "ranking" if _PATTERNS["ranking"].search(asked) else ""
    found = [want for want, form in _PATTERNS.items() if form.search(asked)]
    if found and found[0] in ("country", "name") and "ranking" in found:
        return "ranking"
    return found[0] if found else ""


def asks_why(question: str) -> bool:
    """Tell whether a question asks for a reason.

    >>> asks_why("So why are there six?"), asks_why("Which six are there?")
    (True, False)
    """
    return bool(_WHY.match(question))


def holds(want: str, text: str, question: str = "") -> bool:
    """Tell whether a text holds a value of the sort that is wanted, beyond what the question says.

    >>> holds("frequency", "an annual Global Threat Assessment")
    True
    >>> holds("money", "Sufficient funding in place")
    False
    """
    if want == "frequency":
        return bool(_PERIODS.search(text) or _TIMES.search(text))
    if want == "country":
        return _names_country(text)
    if want == "name":
        return any(name not in question.lower() for name in _names(text))
    if want == "actor":
        return bool(_names(text))
    if want == "place":
        return _names_country(text) or bool(_PLACED.search(text))
    if want not in _HELD or _RELATIVE.search(question):
        return False
    if want == "number":
        return bool(numbers_in(text))
    return bool(_HELD[want].search(text))


def numbers_in(text: str) -> tuple[int, ...]:
    """Return where each number ends that counts something: no year, no id of a law or an item.

    >>> numbers_in("In 2024, 16 firms met under Article 9.")
    (11,)
    """
    # Blanks of the same length, so that places stay what they are.
    bare = _NO_NUMBER.sub(lambda found: " " * len(found.group()), text)
    return tuple(found.end() for found in _HELD["number"].finditer(bare))


def _names(text: str) -> list[str]:
    """Return the capitalised words that open no sentence, in lower case."""
    return [match[1].lower() for match in re.finditer(r"(?<![.:])[ \t]([A-Z][^\W\d]+)\b", text)]


def _names_country(text: str) -> bool:
    low = text.lower()
    return any(re.search(rf"\b{re.escape(name)}\b", low) for name in countries())
