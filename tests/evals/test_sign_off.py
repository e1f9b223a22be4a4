from itertools import product

import pytest

from corpus.checks.signposting import Signposting, read_signposting, shipped_signposting
from evals.benches.sign_off import NEVER, NOBODY, main, marks_of, readings_of, renewed, sheet_faults

READER, DAY = "R. Reader", "2026-11-20"


@pytest.fixture(scope="module")
def texts():
    """The texts that ship, as nobody has signed them, whatever the file says one day."""
    blank = {"reviewed_by": "", "reviewed_on": "", "reviewed_digest": ""}
    return changed(read_signposting(shipped_signposting()), **blank)


@pytest.fixture(scope="module")
def sheet(texts):
    return renewed("# A sheet\n\n## State\n", texts)


def changed(texts, **fields):
    """Return texts with other fields, and a digest of their own, which a copy would carry over."""
    return Signposting(
        **{**{name: getattr(texts, name) for name in type(texts).model_fields}, **fields}
    )


def signed(texts, on=DAY):
    return changed(texts, reviewed_by=READER, reviewed_on=on, reviewed_digest=texts.digest)


def read(sheet, *keys, by=READER, on=DAY):
    """Return a sheet with rows filled in by hand, all of them if none is named."""
    starts = tuple(f"| {key} |" for key in keys) or ("",)
    unread, filled = f"| {NOBODY} | {NEVER} |", f"| {by} | {on} |"
    lines = sheet.split("\n")
    return "\n".join(
        one.replace(unread, filled) if one.startswith(starts) else one for one in lines
    )


def test_an_unsigned_sheet_shows_each_reply_and_address_and_says_so(texts, sheet):
    for case, language in product(texts.cases, texts.languages):
        for line in texts.reply(case.id, language).splitlines():
            assert f"\n> {line}\n" in sheet
    assert all(f"<{service.url}>" in sheet for service in texts.services)
    assert "| State | UNSIGNED |" in sheet
    assert sheet_faults(sheet, texts) == []


def test_what_was_read_is_kept_until_its_text_changes(texts, sheet):
    again = renewed(read(sheet, "A en", "inhope"), texts)
    assert readings_of(again, texts)["A en"].by == READER
    assert sheet_faults(again, texts) == []
    first, *rest = texts.cases
    reworded = {**first.text, "fr": f"{first.text['fr']} Truly."}
    other = changed(texts, cases=(first.model_copy(update={"text": reworded}), *rest))
    rows = readings_of(renewed(read(sheet), other), other)
    assert [key for key, one in rows.items() if not one.done] == ["A fr"]


def test_a_sheet_that_is_signed_says_who_and_when_and_a_row_that_lies_is_a_fault(texts, sheet):
    full = renewed(read(sheet), signed(texts))
    assert "| State | SIGNED |" in full
    assert sheet_faults(full, signed(texts)) == []
    (fault,) = sheet_faults(renewed(read(sheet, "A en", on="soon"), texts), texts)
    assert "A en" in fault
    texts = signed(texts, on="2026-11-19")
    assert len(sheet_faults(renewed(read(sheet), texts), texts)) == len(marks_of(texts))


def test_the_command_makes_the_sheet_anew_and_keeps_what_stands_above(tmp_path, capsys):
    out = tmp_path / "sheet.md"
    out.write_text("# Mine\n\n## State\n\nbefore this\n", encoding="utf-8")
    assert main([str(out)]) == 0
    made = out.read_text(encoding="utf-8")
    assert made.startswith("# Mine\n\n## State\n\n| field | value |")
    assert "before this" not in made
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main([""]) == 2
    assert "name the file of the sheet" in capsys.readouterr().err
