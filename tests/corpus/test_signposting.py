import re

import pytest

from corpus.checks import signposting
from corpus.checks.signposting import ABROAD, CASES
from corpus.errors import CorpusError
from corpus.readers.glossary import read_glossary, shipped_glossary
from corpus.text import split_sentences
from tests.corpus.conftest import rewrite

FILE = "signposting.toml"
LANGUAGES = ("en", "fr", "es")
# What the guidelines on terminology deprecate, in the languages that the glossary does not have.
DEPRECATED = (
    *("pornographie infantile", "pornographie enfantine", "pédopornographie", "pédophile"),
    *("pédophiles", "prostitution infantile", "tourisme sexuel", "pornografía infantil"),
    *("pedófilo", "pedófilos", "prostitución infantil", "turismo sexual"),
)

SHIPPED = signposting.read_signposting(signposting.shipped_signposting())


@pytest.fixture
def edited(tmp_path):
    def edit(*changes):
        file = rewrite(tmp_path / FILE, *changes, origin=signposting.shipped_signposting())
        return signposting.read_signposting(file)

    return edit


@pytest.fixture
def problems(edited):
    def check(*changes, deprecated=None):
        report = signposting.check_signposting(edited(*changes), deprecated)
        return [(problem.id, problem.message) for problem in report.problems]

    return check


def test_the_shipped_file_has_no_problem_and_says_that_it_is_unsigned():
    deprecated = read_glossary(shipped_glossary()).deprecated
    report = signposting.check_signposting(SHIPPED, deprecated | dict.fromkeys(DEPRECATED, ""))
    assert report.problems == ()
    assert [warning.id for warning in report.warnings] == ["reviewed_by", "services"]
    assert SHIPPED.digest in report.warnings[0].message
    assert not SHIPPED.signed
    texts = [text for case in SHIPPED.cases for text in (case.text, case.line) if text]
    texts += [SHIPPED.danger, SHIPPED.limits, SHIPPED.onward]
    texts += [service.purpose for service in SHIPPED.services]
    # No text asks a question, or lists what is refused.
    shown = " ".join(words for text in texts for words in text.values())
    assert not re.search("[?¿]", shown)
    assert {*re.findall(r"\d+", shown)} == {"18"}
    for text in SHIPPED.case("G").text.values():
        assert not re.search(r"[:;]| or | ou | o | and | et ", text)
        assert text.count(",") <= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_open_with_danger_and_tell_limits_or_refuse_in_two_sentences(language):
    for letter in "ABCDEFHI":
        texts = [SHIPPED.danger, SHIPPED.case(letter).text, SHIPPED.limits, SHIPPED.onward]
        shown = [text[language] for text in (texts[:3] if letter == "H" else texts)]
        assert SHIPPED.reply(letter, language).split("\n") == shown
    refusal, line, offer = SHIPPED.reply("G", language).split("\n")
    assert len(split_sentences(refusal)) == 2
    assert line == SHIPPED.case("E").line[language]
    assert len(split_sentences(line)) == 1
    assert offer == SHIPPED.onward[language]


def test_the_gravest_case_answers_first_and_an_unknown_language_gets_the_first():
    with pytest.raises(CorpusError, match="A to J"):
        SHIPPED.case("K")
    firsts = {"JAH": "H", "JA": "A", "AD": "D", "JG": "G", CASES: "H"}
    assert {letters: SHIPPED.first(letters).id for letters in firsts} == firsts
    assert SHIPPED.order[-1] == "J"
    assert SHIPPED.reply("A", "de") == SHIPPED.reply("A") == SHIPPED.reply("A", "en")


def test_a_country_s_services_come_before_a_continent_s_and_without_one_the_world_s():
    for letter in CASES:
        assert all("global" in one.regions for one in SHIPPED.services_for(letter))
        assert SHIPPED.services_for(letter)
    ids = [service.id for service in SHIPPED.services_for("E", "de")]
    assert ids == ["kein-taeter-werden", "ecsa", "stop-it-now", "troubled-desire", "redirection"]


def test_services_of_the_language_come_first_then_national_ones_one_a_country():
    for language, known in ("es", "anar"), ("fr", "allo-119"):
        found = SHIPPED.services_for("A", language=language)
        wide = [service for service in found if "global" in service.regions]
        national = found[len(wide) :]
        assert found == (*wide, *national)
        assert 1 < len(national) <= ABROAD
        assert len({service.regions for service in national}) == len(national)
        assert all(language in service.languages for service in national)
        assert known in [service.id for service in national]
    spoken = [service.id for service in SHIPPED.services_for("A", language="es")]
    assert spoken[0] == "child-helpline-international"


def test_a_signed_file_is_signed_until_its_words_are_changed(edited):
    signature = {"by": "A. Lead", "on": "2026-11-20", "digest": SHIPPED.digest}
    whole = [(f'reviewed_{one} = ""', f'reviewed_{one} = "{signature[one]}"') for one in signature]
    signed = edited(*whole)
    report = signposting.check_signposting(signed)
    assert (signed.digest, signed.signed) == (SHIPPED.digest, True)
    assert report.problems == ()
    assert "reviewed_by" not in {warning.id for warning in report.warnings}
    signed = edited(*whole, ("It was not your fault.", "It was no fault."))
    (problem,) = signposting.check_signposting(signed).problems
    assert (signed.signed, problem.id) == (False, "reviewed_digest")
    for half in (whole[1:], whole[:2], whole[::2]):
        found = signposting.check_signposting(edited(*half))
        assert [problem.id for problem in found.problems] == ["reviewed_by"]


WORN = "A person who works with this subject is worn down by it."
NO_DETAILS = "There is no need to give any details here."
DAY = 'hours = { en = "day and night", fr = "jour et nuit", es = "día y noche" }'
LACKING = DAY.replace(', es = "día y noche"', "")
DIALLED = DAY.replace("jour et nuit", "0800 555")
NO_HELP = 'services = ["befrienders"]', 'services = ["childline"]'


@pytest.mark.parametrize(
    ("changes", "named", "value"),
    [
        ([('"befrienders"]', '"befrienders", "lighthouse"]')], "case C", "'lighthouse'"),
        ([('order = ["H", ', "order = [")], "order", "H"),
        ([('then = ["E"]', 'then = ["F"]')], "case G", "'F'"),
        ([(f'"{WORN}"', '""'), NO_HELP], "case I", "Case I"),
        ([(NO_DETAILS, "What happened?")], "case A", "en"),
        ([(NO_DETAILS, "please " * 130)], "case A", "130 words"),
        ([(f'es = "{SHIPPED.case("A").text["es"]}"\n', "")], "case A", "'es'"),
        ([(SHIPPED.limits["es"], " ")], "limits", "'es'"),
        ([(DAY, LACKING)], "service allo-119 (hours)", "'es'"),
        ([(DAY, DIALLED)], "service allo-119 (hours)", "phone"),
        *(
            ([('as_of = "2026-11"', f'as_of = "{month}"')], "as_of", "as_of")
            for month in ("", "2026-13", "July 2026")
        ),
        *(
            ([("a crisis line in your country", f"a crisis line, {number},")], "case H", "phone")
            for number in ("0800 555", "555-010-99", "(0)20 55", "116000")
        ),
        ([('"napac", "befrienders"', '"befrienders"')], "service napac", "case"),
        ([('regions = ["Europe"]', "regions = []")], "service ecsa", "region"),
        ([('regions = ["Europe"]', 'regions = ["Mars"]')], "service ecsa", "'Mars'"),
        ([("https://napac.org.uk/", "http://napac.org.uk/")], "service napac", "https://"),
        ([('within = "Europe"', 'within = "Mars"')], "region DE", "'Mars'"),
    ],
)
def test_a_planted_fault_is_one_problem_with_its_place(problems, changes, named, value):
    ((place, said),) = problems(*changes)
    assert place == named
    assert value in said


def test_a_deprecated_term_is_named_as_a_whole_word_only_and_what_is_there_twice(problems):
    change = ("for not looking away", "for speaking of Wreckers, not of wreckage")
    ((place, said),) = problems(change, deprecated={"wrecker": "salvor", "wreck": "vessel"})
    assert place == "case F"
    assert all(one in said for one in ("'wrecker'", "'salvor'"))
    for old, new, named in (
        ('id = "napac"', 'id = "childline"', "service childline"),
        ('id = "I"\nname', 'id = "H"\nname', "case H"),
        ("https://napac.org.uk/", "https://inhope.org/", "address https://inhope.org/"),
    ):
        assert any(place == named and "twice" in said for place, said in problems((old, new)))
