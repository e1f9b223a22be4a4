"""Numbers, money, shares and days: one form for every way of writing them."""

import pytest

from assistant.citing.amounts import amounts_in


def keys(text: str) -> list[str]:
    return [one.key for one in amounts_in(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("20.5 million", "20,500,000"),
        ("£10.1bn", "GBP 10.1 billion"),
        ("6.7%", "6.7 per cent"),
        ("ninety days", "90 days"),
        ("fifty-one children", "51 children"),
        ("6 Feb 2024", "6 February 2024"),
        ("September 27, 2021", "27 September 2021"),
        ("2021-09-27", "27th of September 2021"),
        ("two hundred", "200"),
    ],
)
def test_ways_of_writing_are_one(one: str, other: str) -> None:
    first, second = amounts_in(one)[0], amounts_in(other)[0]
    assert (first.key, first.unit) == (second.key, second.unit)
    assert first.is_in(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("20.5 million", "20.5 billion"),
        ("GBP 10.1 billion", "USD 10.1 billion"),
        ("37%", "73%"),
        ("6 February 2024", "6 February 2023"),
        ("11 May 2022", "May 2022"),
        ("90 days", "60 days"),
    ],
)
def test_other_values_units_and_days_are_others(one: str, other: str) -> None:
    assert not amounts_in(one)[0].is_in(amounts_in(other)[0])


def test_spans_lists_and_places_are_those_of_the_text() -> None:
    (day,) = amounts_in("7 November 2024")
    assert amounts_in("November 2024")[0].is_in(day)
    assert amounts_in("2024")[0].is_in(day)
    assert keys("at 2018/19 prices") == ["2018--"]
    assert keys("on 1 and 2 July 2026") == ["1", "2026-07-02"]
    text = "In 2024 there were 20.5 million."
    assert [text[one.start : one.end] for one in amounts_in(text)] == ["2024", "20.5 million"]


@pytest.mark.parametrize("text", ["C12", "P3-O4", "section 63D", "one of them", "it may be", "MP3"])
def test_codes_and_pronouns_are_no_amounts(text: str) -> None:
    assert amounts_in(text) == ()
