"""The forms in which the region's sites show a moment to people."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crawlers.extraction.dates import publication
from crawlers.extraction.shown_dates import shown_moment

ZONE = ZoneInfo("Europe/Belgrade")
FETCHED = dt.datetime(2024, 3, 15, 9, 0, tzinfo=dt.UTC)  # 10:00 in Belgrade


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("12.03.2024. 12:30", "2024-03-12 12:30"),
        ("12.03.2024.12:30", "2024-03-12 12:30"),
        ("12 март 2024", "2024-03-12 00:00"),
        ("14:20 | 12 март 2024", "2024-03-12 14:20"),
        ("12 Mars, ora 12:30", "2024-03-12 12:30"),
        ("e martë, 12 mars 2024 - 14:20", "2024-03-12 14:20"),
        ("12 martie 2024, 10:15", "2024-03-12 10:15"),
        ("вторник, 12 марта 2024 г., 10:15", "2024-03-12 10:15"),
        ("March 12, 2024", "2024-03-12 00:00"),
        ("2024-03-12T12:30", "2024-03-12 12:30"),
        ("12. marta 2024. u 18.45", "2024-03-12 18:45"),
        ("Uto, 12. mart 2024, 8:05h", "2024-03-12 08:05"),
        ("12.3.24.", "2024-03-12 00:00"),
        ("12/03/2024 8:05", "2024-03-12 08:05"),
        ("05. maj 202311:21", "2023-05-05 11:21"),
        ("12.03.202412:30", "2024-03-12 12:30"),
        ("четвртак, 11.05.2023, 09:23 -> 12:29", "2023-05-11 09:23"),
        ("Ažurirano: 13.03.2024 10:00 Objavljeno: 12.03.2024 09:00", "2024-03-12 09:00"),
        ("Objavljeno: 12.03.2024 09:00 | Ažurirano: 13.03.2024 10:00", "2024-03-12 09:00"),
        ("Данас 14.05.2023", "2023-05-14 00:00"),
        ("Marți, 30 decembrie", "2023-12-30 00:00"),
        ("12.03. u 10:20", "2024-03-12 10:20"),
        ("danas 08:30", "2024-03-15 08:30"),
        ("Sot, 08:30", "2024-03-15 08:30"),
        ("juče u 9:05", "2024-03-14 09:05"),
        ("вчера, 21:40", "2024-03-14 21:40"),
        ("acum 2 ore", "2024-03-15 08:00"),
        ("acum o oră", "2024-03-15 09:00"),
        ("prije 2 sata", "2024-03-15 08:00"),
        ("prije sat vremena", "2024-03-15 09:00"),
        ("пред 2 часа", "2024-03-15 08:00"),
        ("Пред еден час", "2024-03-15 09:00"),
        ("para 2 orësh", "2024-03-15 08:00"),
        ("2 orë më parë", "2024-03-15 08:00"),
        ("2 часа назад", "2024-03-15 08:00"),
        ("5 minuta ranije", "2024-03-15 09:55"),
        ("acum 3 zile", "2024-03-12 10:00"),
    ],
)
def test_a_shown_moment_is_local_time(text: str, local: str) -> None:
    found = shown_moment(text, FETCHED, ZONE)
    assert found is not None
    assert found.moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") == local


@pytest.mark.parametrize("text", ["", "Broj 112", "Cena 12.50 din", "31.02.2024", "Uhvaćen sa 12 pištolja", "u 12:30"])
def test_what_tells_no_day(text: str) -> None:
    assert shown_moment(text, FETCHED, ZONE) is None


@given(st.text(alphabet="0123456789. :-/,|>danasjučemajмарта прије2satiacumoreпред часа", max_size=400))
def test_no_text_is_beyond_it(text: str) -> None:
    found = shown_moment(text, FETCHED, ZONE)
    assert found is None or found.moment.tzinfo is dt.UTC


def published(body: str, jurisdiction: str = "RS") -> tuple[str | None, str | None]:
    document = html.document_fromstring(f"<html><body>{body}</body></html>")
    moment, provenance = publication(document, "https://example.rs/vest", jurisdiction, FETCHED, None, fresh=False)
    return moment.isoformat() if moment else None, provenance


@pytest.mark.parametrize(
    ("body", "moment"),
    [
        ("<h1>Naslov</h1><p>12.03.2024. 12:30</p><p>Tekst.</p>", "2024-03-12T11:30:00+00:00"),
        ("<div class='datum'>12.03.2024 12:30</div><h1>Naslov</h1>", "2024-03-12T11:30:00+00:00"),
        ("<h1>Naslov</h1><span class='post-date'>prije 2 sata</span>", "2024-03-15T07:00:00+00:00"),
        ("<h1>Titull</h1><div>Publikuar më 12 Mars, ora 12:30</div>", "2024-03-12T11:30:00+00:00"),
        (
            "<header><span class='date'>15.03.2024</span></header><h1>N</h1><i class='info'>12.03.2024 08:00</i>",
            "2024-03-12T07:00:00+00:00",
        ),
    ],
)
def test_a_page_shows_it_near_its_heading(body: str, moment: str) -> None:
    assert published(body) == (moment, "page")


def test_the_clock_is_the_jurisdictions() -> None:
    assert published("<h1>Titlu</h1><p>12 martie 2024, 10:15</p>", "MD") == ("2024-03-12T08:15:00+00:00", "page")


def test_the_day_of_reading_in_the_head_is_not_the_articles() -> None:
    assert published("<header><div>Petak, 15.03.2024.</div></header><h1>Naslov</h1><p>Tekst vesti.</p>") == (None, None)
