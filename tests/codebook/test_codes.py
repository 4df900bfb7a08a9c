"""The code lists and what rests on them."""

from __future__ import annotations

import pytest

from codebook.codes import code_list, code_lists, scopes, subtypes_of
from codebook.errors import UnknownCode
from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name
from codebook.records import age_band


def test_every_code_has_a_printed_name_and_a_definition() -> None:
    for codes in code_lists().values():
        for code in codes.codes.values():
            assert code.name, code
            assert code.definition.endswith("."), code


def test_a_subtype_belongs_to_a_type() -> None:
    assert {c.parent for c in code_list("subtype").codes.values()} <= set(code_list("incident_type").codes)
    assert subtypes_of("domestic_violence") == ("intimate_partner", "other_family")
    assert subtypes_of("suicide") == ()


def test_the_scopes_differ_by_moldova() -> None:
    assert set(scopes()["SEE"].jurisdictions) - set(scopes()["WB"].jurisdictions) == {"MD"}
    assert set(scopes()["SEE"].jurisdictions) == set(code_list("jurisdiction").codes)


def test_an_unknown_code_is_told_in_one_line_with_what_is_allowed() -> None:
    with pytest.raises(UnknownCode) as told:
        code_list("possession").require("leagl", "form", "possession")
    assert str(told.value) == "form: possession: 'leagl': use one of legal, illegal, unreported"


def test_kosovo_is_printed_with_its_asterisk_and_its_footnote() -> None:
    assert jurisdiction_name("XK") == "Kosovo*"
    assert [note[0] for note in jurisdiction_footnotes(["RS", "XK"])] == ["*"]
    assert len(jurisdiction_footnotes(["XK"], eu_funded=True)) == 2
    assert jurisdiction_footnotes(["RS", "AL"]) == ()


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "underage"),
        (18, "underage"),
        (19, "19-35"),
        (35, "19-35"),
        (36, "36-60"),
        (60, "36-60"),
        (61, "61+"),
        (None, "unreported"),
    ],
)
def test_age_bands(age: int | None, band: str) -> None:
    assert age_band(age) == band
