"""The links of a page around a report are not read with it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.links import without_links
from classifiers.reader import linear_reader
from codebook.records import Article

REPORT = "Muškarac je ranjen iz pištolja u Nišu.\nPolicija traga za napadačem."


@pytest.mark.parametrize(
    "links",
    [
        "Pročitajte još: Dvoje mrtvih u Kiseljaku",
        "PROCITAJTE JOS",
        "Најчитаније\n1. Двоје мртвих у Кисељаку\n2. Стиже снег",
        ">> LEXO EDHE:\nVritet një burrë në Shijak\n\nTritol në Elbasan",
        "Citește și: Împușcături la Taraclia | Grenadă la Cahul",
        "Читайте также:\n– Застрелил соседа\n– Взрыв в гараже?",
        "Read more",
    ],
)
def test_lines_that_lead_to_other_reports_become_spaces(links: str) -> None:
    read = without_links(f"{REPORT}\n{links}")
    lines = links.split("\n")
    asks = lines[-1].endswith("?")  # a title that ends as a sentence does is kept: better read too much than too little
    assert read.startswith(REPORT)
    assert read[len(REPORT) :].strip() == (lines[-1] if asks else "")


@pytest.mark.parametrize(
    "line",
    [
        "Povezano s tim slučajem, uhapšena su dva muškarca.",
        "Më të lexuarat e bibliotekës u vodhën, tha policia.",
        "Recommended sentences ranged from two to five years.",
        "Поврзаноста на двата случаи ја испитува обвинителството",
        "On je pročitao još jednu poruku",
    ],
)
def test_sentences_stay(line: str) -> None:
    assert without_links(f"{line}\n{REPORT}") == f"{line}\n{REPORT}"


def test_the_report_goes_on_after_a_link() -> None:
    first, last = REPORT.split("\n")
    read = without_links(f"{first}\nPročitajte još\nDvoje mrtvih u Kiseljaku\n{last}")
    assert read.split("\n")[0] == first
    assert read.split("\n")[-1] == last
    assert "Kiseljaku" not in read


@given(
    st.lists(st.sampled_from(["Pročitajte još", "Lexo edhe: tritol", "Naslov bez tačke", "Rečenica.", "", " ", "»"]))
)
def test_every_character_stays_where_it_is_or_becomes_a_space(lines: list[str]) -> None:
    text = "\n".join(lines)
    read = without_links(text)
    assert len(read) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, read, strict=True))
    assert read.count("\n") == text.count("\n")
    assert without_links(read) == read


def test_the_reader_finds_nothing_in_a_link_and_quotes_what_follows_it() -> None:
    link = "Pročitajte još: Trojica ubijena iz automatske puške u Kiseljaku"
    text = f"{link}\n{REPORT}"
    at = dt.datetime(2024, 5, 2, 9, tzinfo=dt.UTC)
    article = Article(id="a", source_id="s", url="https://outlet.example/a", title="Pucnjava u Nišu", text=text,
                      published=at, fetched=at, source_jurisdiction="RS")  # fmt: skip
    (mention,) = linear_reader().read(article).mentions
    assert [victim.outcome for victim in mention.victims] == ["injured"]
    quoted = [words for words in mention.evidence if words.part == "text"]
    assert {text[words.start : words.end] for words in quoted} >= {"pištolja"}
    assert min(words.start for words in quoted) > len(link)
