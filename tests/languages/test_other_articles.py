"""What leads from a report to others is left out, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.other_articles import MOST_HEADLINES, without_other_articles

REPORT = "Muškarac je ranjen iz pištolja u Nišu.\nPolicija traga za napadačem."


@pytest.mark.parametrize(
    "links",
    [
        "Pročitajte još: Dvoje mrtvih u Kiseljaku",
        "PROCITAJTE JOS",
        "Најчитаније\n1. Двоје мртвих у Кисељаку\n2. Стиже снег",
        ">> LEXO EDHE:\nVritet një burrë në Shijak\n\nTritol në Elbasan",
        "Citește și: Împușcături la Taraclia | Grenadă la Cahul",
        "Прочитајте и:\n\tЗастрелан на паркинг",
        "Читайте также:\r\n– Застрелил соседа\r\n– Взрыв в гараже?",
        "\u00a0👉 Povezano: Ko je ubio?",
        "Read more",
    ],
)
def test_what_leads_to_others_becomes_spaces(links: str) -> None:
    read = without_other_articles(f"{REPORT}\n{links}")
    assert read.startswith(REPORT)
    assert read[len(REPORT) :].strip() == ""


@pytest.mark.parametrize(
    "line",
    [
        "Povezano sa ubistvom u Nišu uhapšene dve osobe",
        "Preporučujemo građanima da ne prilaze bombi koja je pronađena u Kiseljaku",
        "Në trend rritës vrasjet me armë zjarri në Shqipëri",
        "По теме убийства допрошены пять человек",
        "Ultima oră: un bărbat a fost împușcat la Bălți",
        "Recommended sentences ranged from two to five years",
        "Поврзаноста на двата случаи ја испитува обвинителството",
        "Pročitajte još: " + "sneg stiže pre kraja nedelje, a potom kiša " * 6,
    ],
)
def test_sentences_that_begin_alike_stay(line: str) -> None:
    assert without_other_articles(f"{line}\n{REPORT}") == f"{line}\n{REPORT}"


def test_the_report_goes_on_after_a_headline() -> None:
    first, last = REPORT.split("\n")
    read = without_other_articles(f"{first}\nPročitajte još\nDvoje mrtvih u Kiseljaku\n{last}")
    assert read.split("\n") == [first, " " * len("Pročitajte još"), " " * len("Dvoje mrtvih u Kiseljaku"), last]


@pytest.mark.parametrize("sentence", ["Policija je u Nišu zaplenila:", "– Čuo sam pucnje, rekao je očevidac,"])
def test_a_line_that_goes_on_below_is_no_headline(sentence: str) -> None:
    report = f"{sentence}\n- dva pištolja"
    assert without_other_articles(f"Najčitanije\n{report}").endswith(report)


def test_a_bulletin_without_full_stops_is_not_cut_to_its_end() -> None:
    lines = [f"Pucnjava u ulici broj {number}" for number in range(MOST_HEADLINES + 3)]
    assert (
        without_other_articles("\n".join(["Preporučujemo", *lines])).split() == " ".join(lines[MOST_HEADLINES:]).split()
    )


@given(
    st.lists(st.sampled_from(["Pročitajte još", "Lexo edhe: tritol", "Naslov bez tačke", "Rečenica.", "", " ", "»"]))
)
def test_every_character_stays_where_it_is_or_becomes_a_space(lines: list[str]) -> None:
    text = "\n".join(lines)
    read = without_other_articles(text)
    assert len(read) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, read, strict=True))
    assert read.count("\n") == text.count("\n")
    assert without_other_articles(read) == read
