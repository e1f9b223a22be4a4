"""Words that stand before a name, or beside one: titles, relations, `my name is`, particles."""

from __future__ import annotations

import re

COURTESY = frozenset("mr mrs ms miss mx dr".split())
"""Titles that are followed by nothing but a name."""

TITLES = COURTESY | frozenset(
    """
    prof professor sir dame lord lady judge justice detective sergeant sgt inspector constable
    officer nurse pastor reverend rev imam rabbi coach uncle aunt aunty auntie principal
    headteacher headmaster señor señora señorita sr sra srta don doña monsieur madame
    mademoiselle mme mlle herr frau signor signora sig dott pan pani senhor senhora dhr mevrouw
    agent captain lieutenant
    """.split()
)
"""Titles that a name may follow."""

RELATIONS = frozenset(
    """
    victim suspect offender perpetrator survivor colleague client patient neighbour neighbor
    friend son daughter brother sister husband wife student pupil teacher niece nephew cousin
    boss boyfriend girlfriend boy girl man woman witness caseworker worker stepfather stepmother
    stepson stepdaughter mother father mum mom dad ex trainee manager supervisor informant
    complainant defendant abuser groomer child kid baby nanny babysitter intern sibling grandson
    granddaughter ward
    """.split()
)
"""What somebody is to somebody, or in a case."""

CALLED = re.compile(
    r"(?:\b(?:(?:my|his|her|their|whose|the|victim'?s?|suspect'?s?|child'?s?|full|first|last|sur)"
    r"[ -]?names?(?: is| are| was|:)|named|name:|names:|signed,?|je m['’]appelle|me llamo"
    r"|ich hei(?:ß|ss)e|mi chiamo|meu nome é|mein name ist|mon nom est|mi nombre es"
    r"|nazywam się)\s+)$",
    re.I,
)
"""Says that a name follows."""

PARTICLES = frozenset(
    "de del della di da do dos das du van von der den ter ten la le el al bin ibn ben abu bint y ó"
    " mac mc st af av zu zur san santa".split()
)
"""Small words inside of names."""

LAW_CASE = re.compile(r"\s*(?:v\.?|vs\.?|versus)\s")
"""Goes on the name of a case at court, which is public."""

LAW_CASE_BEFORE = re.compile(r"\b(?:v\.?|vs\.?|versus)\s+$")
"""Stands before the second name of one."""

ENGLISH_ENDING = re.compile(
    r"(?:ly|ing|ed|ions?|ness|ments?|[ai]ble|ous|ive|it(?:y|ies)|is[mt]s?|als?|ers?|[ea]nts?|ful"
    r"|less|[ie]es|[ao]ry|age|ates?|ology|ics?|ures?)$"
)
"""Ends a word of the language, whether or not a vocabulary has it, more often than a name."""

HAN_CUE = re.compile(
    r"(?:叫做?|名字是|姓名[:\uff1a是]|我是|受害者|嫌疑人|名前は|氏名[:\uff1aは])\s?"
    r"(?P<it>[\u4e00-\u9fff々\u3040-\u30ff]{2,4}(?:[ \u3000][\u4e00-\u9fff]{1,2})?)"
    r"|(?P<sir>[\u4e00-\u9fff々]{1,4})(?:さん|様|先生|女士)"
)
"""A name in Chinese or Japanese script, behind what says that it is one or before a title."""

ARABIC_CUE = re.compile(
    r"(?:اسمي|اسمه|اسمها|السيد|السيدة|يدعى|تدعى)\s+(?P<it>[\u0600-\u06ff]+(?:\s+[\u0600-\u06ff]+)?)"
)
"""A name in Arabic script, behind what says that it is one."""
