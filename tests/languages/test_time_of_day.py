"""The words that tell the time of day beside a day, in the text as it stands."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.dates import dates_in

TODAY = dt.date(2026, 5, 9)

TOLD = [
    ("hbs", "Ubijen je sinoć oko 21:30 u Čačku.", "evening", "21:30"),
    ("hbs", "Убијен је синоћ око 21:30 у Чачку.", "evening", "21:30"),
    ("hbs", "U noći 3. na 4. maj ranjen je.", "night", "noći 3. na 4. maj"),
    ("sq", "Ngjarja ndodhi mbrëmë rreth orës 23:15.", "evening", "23:15"),
    ("hbs", "Oko 21:30 sinoć odjeknuli su pucnji.", "evening", "21:30"),
    ("ro", "Aseară, la ora 22:00, a fost rănit.", "evening", "22:00"),
    ("ru", "Вчера вечером в Кишинёве стреляли.", "evening", "вечером"),
    ("en", "A man was shot on 4 May at 9 in the evening.", "evening", "at 9 in the evening"),
    ("hbs", "Ranjen je 4. maja oko 9 sati uveče.", "evening", "9 sati uveče"),
    ("mk", "Пукањето се случило во петокот околу 14 часот.", "afternoon", "14 часот"),
]


@pytest.mark.parametrize(("lang", "text", "part", "words"), TOLD)
def test_the_words_that_tell_the_time_of_day(lang: str, text: str, part: str, words: str) -> None:
    (day,) = dates_in(text, lang, TODAY)
    assert day.time_words is not None
    start, end = day.time_words
    assert (day.time_of_day, text[start:end]) == (part, words)


PIECES = st.sampled_from(
    ["sinoć", "u petak", "5. maja", "oko 21:30", "у 3 сата", "ujutro", "noć", "posle ponoći", ".", ",", "Č\u030cačak", "u 15 h", "\u00ad", "|"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_a_time_of_day_has_words_in_the_text_and_no_time_has_none(text: str) -> None:
    for day in dates_in(text, "hbs", TODAY):
        assert (day.time_of_day is None) == (day.time_words is None)
        if day.time_words is not None:
            start, end = day.time_words
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip()
