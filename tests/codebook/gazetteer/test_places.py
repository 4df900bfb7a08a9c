"""The files of the gazetteer: complete, consistent, read with errors that people understand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from codebook.codes import code_list
from codebook.errors import BadInput
from codebook.gazetteer import Place, gazetteer
from codebook.gazetteer.places import COLUMNS, read_file
from languages.canonical import canonical

LEFT_BANK = "Unitățile administrativ-teritoriale din stînga Nistrului"
BOXES = {
    "AL": (39.6, 42.7, 19.2, 21.1),
    "BA": (42.5, 45.3, 15.7, 19.7),
    "XK": (41.8, 43.3, 20.0, 21.8),
    "MD": (45.4, 48.5, 26.6, 30.2),
    "ME": (41.8, 43.6, 18.4, 20.4),
    "MK": (40.8, 42.4, 20.4, 23.1),
    "RS": (42.2, 46.2, 18.8, 23.1),
}
"""South, north, west and east of each jurisdiction, degrees."""


def municipalities(jurisdiction: str) -> list[Place]:
    return [p for p in gazetteer().places(jurisdiction) if p.kind == "municipality"]


def boroughs(city: str, names: str) -> list[Place]:
    """The city's places of these names."""
    return [p for p in gazetteer().places() if p.municipality_id == city and p.name in names.split(", ")]


@pytest.mark.parametrize(("jurisdiction", "number"), [("AL", 61), ("XK", 38), ("ME", 25), ("RS", 145)])
def test_all_municipalities_are_there(jurisdiction: str, number: int) -> None:
    """RS: 144 municipalities and cities and the City of Belgrade, without Kosovo*."""
    assert len(municipalities(jurisdiction)) == number


def test_belgrade_is_one_city_with_its_17_municipalities() -> None:
    names = (
        "Barajevo, Voždovac, Vračar, Grocka, Zvezdara, Zemun, Lazarevac, Mladenovac, Novi Beograd, Obrenovac, "
        "Palilula, Rakovica, Savski venac, Sopot, Stari grad, Surčin, Čukarica"
    )
    assert len({p.name for p in boroughs("RS-beograd", names)}) == 17


def test_north_macedonia_has_80_municipalities_ten_of_them_in_the_city_of_skopje() -> None:
    names = "Aerodrom, Butel, Gazi Baba, Gjorče Petrov, Karpoš, Kisela Voda, Saraj, Centar, Čair, Šuto Orizari"
    ten = {p.name for p in boroughs("MK-skopje", names)}
    assert len(ten) == 10
    assert len(municipalities("MK")) - 1 + len(ten) == 80


def test_bosnia_and_herzegovina_has_79_and_64_and_brcko() -> None:
    """Four of the Federation's 79 are the City of Sarajevo, which stands for them."""
    four = boroughs("BA-sarajevo", "Centar Sarajevo, Novi Grad Sarajevo, Novo Sarajevo, Stari Grad Sarajevo")
    units = Counter(p.first_level_unit for p in municipalities("BA"))
    assert units.pop("Republika Srpska") == 64
    assert units.pop("Brčko distrikt") == 1
    assert len(units) == 10
    assert units.total() - 1 + len(four) == 79


def test_moldova_has_its_raions_and_its_communes_as_named() -> None:
    units = Counter(p.first_level_unit for p in municipalities("MD"))
    others = {"Chișinău", "Bălți", "Bender", "UTA Găgăuzia", LEFT_BANK}
    assert len(set(units) - others) == 32
    assert others < set(units)
    assert (units["Chișinău"], units["UTA Găgăuzia"], units["Orhei"], units["Cahul"]) == (19, 26, 38, 37)
    assert units[LEFT_BANK] == 79
    assert units["Bender"] == 2
    assert units.total() - 79 - 2 - 3 == 898, "those that elect mayors; three of Căușeni are held by Tiraspol"
    assert units.total() == 982


def test_a_municipality_is_written_in_latin_letters() -> None:
    names = [place.name for place in gazetteer().places() if place.kind == "municipality"]
    assert [name for name in names if canonical(name).text != name or not name[0].isupper()] == []


def test_populations_are_those_of_a_place_where_people_live() -> None:
    """GeoNames states three or four people for some seats."""
    few = [place.id for place in gazetteer().places() if place.population is not None and place.population < 100]
    assert few == []


def test_jurisdictions_are_those_of_the_codebook() -> None:
    assert {p.jurisdiction for p in gazetteer().places()} == set(code_list("jurisdiction").codes)


def test_every_place_lies_in_its_jurisdiction() -> None:
    outside = [
        place.id
        for place in gazetteer().places()
        for south, north, west, east in [BOXES[place.jurisdiction]]
        if not (south < place.latitude < north and west < place.longitude < east)
    ]
    assert outside == []


def test_ids_are_unique_across_files() -> None:
    folder = Path(__file__).parents[3] / "codebook" / "data" / "gazetteer"
    files = [f for f in folder.glob("*.tsv") if f.name.startswith(("municipalities-", "settlements-"))]
    ids = Counter(place.id for file in files for place in read_file(file))
    assert [place_id for place_id, times in ids.items() if times > 1] == []
    assert set(ids) == {place.id for place in gazetteer().places()}


def test_a_settlement_shares_jurisdiction_and_unit_with_its_municipality() -> None:
    for place in gazetteer().places():
        municipality = gazetteer().municipality_of(place)
        assert municipality.kind == "municipality"
        assert (place.jurisdiction, place.first_level_unit) == (
            municipality.jurisdiction,
            municipality.first_level_unit,
        )


def test_municipality_of_is_idempotent() -> None:
    for place in gazetteer().places():
        municipality = gazetteer().municipality_of(place)
        assert gazetteer().municipality_of(municipality) is municipality


ROW = ["XK-peje", "Pejë", "municipality", "", "Pejë", "42.6593", "20.2887", "48962", "", "sr:Peć"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "town"), ("latitude", "42,6"), ("population", "many"), ("guessed", "no"), ("names", "Peć")],
)
def test_a_wrong_value_is_named_with_file_line_and_field(tmp_path: Path, field: str, value: str) -> None:
    row = list(ROW)
    row[COLUMNS.index(field)] = value
    file = tmp_path / "municipalities-XK.tsv"
    file.write_text("\t".join(COLUMNS) + "\n" + "\t".join(row) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=rf"municipalities-XK\.tsv:2: {field}: '{value}'"):
        list(read_file(file))


def test_missing_columns_and_fields_are_named(tmp_path: Path) -> None:
    file = tmp_path / "municipalities-XK.tsv"
    file.write_text("id\tname\n", encoding="utf-8")
    with pytest.raises(BadInput, match="begin the file with the columns"):
        list(read_file(file))
    file.write_text("\t".join(COLUMNS) + "\nXK-peje\tPejë\n", encoding="utf-8")
    with pytest.raises(BadInput, match="give 10 tab-separated fields"):
        list(read_file(file))
