"""English words that say how something is asked; none of them is about any subject."""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    """
    a about apart besides above across after again all also am among an and any anyone
    anything anywhere are around as at back be been before being below between both but by
    can cannot could current currently did do does doing done down during each either else
    etc even ever every everyone everything exactly for from further get gets getting give
    given gives go got had has have having he hello her here hers hi him his how however i
    if in into is it its itself just kind kindly know let lets like made make makes may many
    maybe me might mine more most much must my myself need needed needs neither next no none
    nor not now of off often ok on once one ones only onto or other others our ours out over
    own perhaps please quite rather really s same shall she should since so some something
    sort still such t than thank thanks that the their theirs them then there these they
    thing things this those through to together too toward towards under until up upon us
    use used using very via want wanted wants was we well were what whatever when where
    whereas whether which while who whoever whole whom whose why will with within without
    would yes yet you your yours
    """.split()
)
"""Words that carry no subject."""

ASKING_WORDS = frozenset(
    """
    address addressed addresses answer apply applied applies appear appears asked asks ask
    associate associated aspect aspects attach attached attribute attributed belong belonged
    belongs brief briefly bullet call called categorise category come comes comprise
    comprises concern concerned concerning concerns connect connected connects consider
    considered consist consists contain contained contains cover covered covers deal deals
    dealing dealt define defined defines definition describe described describes description
    detail details discuss discussed discusses entry entries enumerate exist exists expect
    expected expects explain explained explains explanation expand fall falls find found
    full give goes group grouped grouping guidance heading headings help hold holding holds identify
    include included includes including information involve involved involves involving item
    items know learn link linked links list listed listing lists look looking mean meaning
    means meant mention mentioned mentions mentioning name named names note noted number
    numbered numbers overview outline part parts piece pertain pertains play please point
    print printed prints
    points present provide provided provides put question quick quickly refer refers regard
    regarding related relate relates relating relation relevant remind reply responsible
    right correct row rows role roles run say said says section see set sets share show
    shown shows sit sits speak speaks specific specifically specify specified stand stands
    state stated states sum summarise summarize summary talk talks tell term terms tied ties
    try under understand understood view want word worded wording words work write written
    """.split()
)
"""Words of asking, showing and belonging; they say what to do with a subject."""

NEGATIONS = frozenset(
    """
    no not none never without lack lacks lacking lacked missing miss misses absent omit
    omits omitted exclude excludes excluding excluded except dont doesnt isnt arent hasnt
    havent isn aren doesn don didn hasn haven wasn weren cannot neither nor leave leaves
    nothing
    """.split()
)
"""Words that ask for what is not there."""

SETTING_ASIDE = frozenset("except exclude excludes excluding excluded".split())
"""Those of them that deny nothing where something is set aside: `except X`."""

COMPARISONS = frozenset(
    """
    compare compared compares comparing comparison contrast contrasted contrasting differ
    differs difference differences different differentiate distinguish distinguishes
    distinction versus vs v similar similarity similarities overlap overlaps overlapping
    common
    """.split()
)
"""Words that set two subjects beside each other."""

EXPLAINING = frozenset(
    """
    explain describe overview summarise summarize summary outline everything brief profile
    present introduce detail details
    """.split()
)
"""Words that ask for all there is on a subject."""

DEFINING = frozenset(["define", "defines", "defined", "definition", "meaning", "mean", "means"])
"""Words that ask what a subject is, and no more."""

INVOLVING = frozenset(
    """
    involve involved involves involving engage engaged engages engaging partner partnered
    work works working deliver delivers delivering help helps collaborate collaborates
    collaborating cooperate responsible contribute contributes contributing participate
    participates participating implement implements implementing bring join joins convene
    consult invite contact charge lead leads leading own owns owner owners accountable
    coordinate coordinates coordinating support supports
    """.split()
)
"""Words that ask for those who act."""

GENERAL = frozenset(
    """
    main key overall different various expected intended desired stated planned specific
    respective principal major central core strategic big many several individual separate
    two three four five six seven eight nine ten
    """.split()
)
"""Adjectives that leave a kind of thing what it is: `key goals`, but not `rural areas`."""

JUDGING = frozenset(
    """
    important relevant right correct wrong best worst good better weakest strongest same other
    another next previous last final single whole entire given certain particular appropriate
    corresponding new old current only very own bigger smaller biggest smallest largest
    framework gsr page strategy response second first named titled called
    """.split()
)
"""Adjectives that choose or judge an item, and call it nothing."""

OWNING = frozenset(
    """
    chair chairs chaired chairing head heads run runs own owns owned owner owners ownership
    lead leads leading leader leaders responsible responsibility accountable accountability
    charge
    """.split()
)
"""Words that ask who answers for something, which is more than taking part in it."""

MENTIONING = frozenset(
    """
    mention mentions mentioned mentioning refer refers referring address addresses
    addressing concern concerns concerning cover covers covering deal deals dealing discuss
    discusses speak speaks talk talks about contain contains say says word words wording
    phrase term using touch touches
    """.split()
)
"""Words that ask which statements hold certain words, not what belongs to a subject."""

POLAR_OPENINGS = frozenset(
    "is are was were do does did has have can could will would should".split()
)
"""First words of a question that is answered by yes or no."""

COUNTING = frozenset(["count", "counts", "total", "totals"])
"""Words that ask for a number of things; `how many` and `number of` are read beside them."""

EVENTS = tuple(
    frozenset(group.split())
    for group in """
    founded founder start started starts begin began create created creates establish
    established set launch launched launches open opened form formed exist exists going originate|
    run runs ran operate operates operated manage manages managed host hosts maintain maintains|
    chair chairs chaired chairing head heads headed lead leads led direct directs|
    fund funds funded finance finances financed pay pays paid sponsor sponsors|
    write wrote written author authors draft drafted publish published publishes issue issued
    release released appear appeared produce produced produces prepared put|
    develop developed develops make makes made build built design designed invent invented|
    adopt adopted approve approved agree agreed sign signed conclude concluded open opened|
    ratify ratified accede acceded join joined|
    enter entered force apply applies applied effect kick due|
    lapse lapsed expire expired expires end ended ends stop stopped cease ceased|
    revise revised update updated amend amended renew renewed recast|
    propose proposed proposes table tabled
    """.split("|")
)
"""Verbs of one event, in the forms that questions and texts have; one word for another's answer."""

SUPERLATIVES = frozenset(
    """
    best worst most least biggest largest smallest highest lowest greatest fastest cheapest
    strongest weakest hardest easiest toughest simplest safest riskiest costliest strictest
    richest poorest rank ranked ranking rankings
    """.split()
)
"""Words that ask for an order of merit."""

CARDINALS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split()
)
"""Numbers as words that count rather than place."""

NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        """
        one first|two second|three third|four fourth|five fifth|six sixth|seven seventh|
        eight eighth|
        nine ninth|ten tenth|eleven eleventh|twelve twelfth|thirteen thirteenth|fourteen fourteenth|
        fifteen fifteenth|sixteen sixteenth|seventeen seventeenth|eighteen eighteenth|
        nineteen nineteenth|twenty twentieth
        """.split("|"),
        start=1,
    )
    for word in words.split()
}
"""Numbers as words, cardinal and ordinal."""
