"""Days named in a text, relative and on the calendar, in all six languages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from languages.dates import dates_in, timezone_of
from languages.packs import packs

THURSDAY = dt.date(2024, 3, 14)
"""The day of publication in these tests."""

EXPRESSIONS = [
    ("hbs", "jučer", "2024-03-13"), ("hbs", "juče", "2024-03-13"), ("hbs", "јуче", "2024-03-13"),
    ("hbs", "danas", "2024-03-14"), ("hbs", "prekjučer", "2024-03-12"), ("hbs", "sinoć", "2024-03-13"),
    ("hbs", "12. marta", "2024-03-12"), ("hbs", "12. ožujka", "2024-03-12"), ("hbs", "12. марта", "2024-03-12"),
    ("hbs", "20. marta", "2023-03-20"), ("hbs", "15.10.2023.", "2023-10-15"), ("hbs", "15. 10. 2023", "2023-10-15"),
    ("hbs", "ponedjeljak", "2024-03-11"), ("hbs", "u četvrtak", "2024-03-14"), ("hbs", "prošlog četvrtka", "2024-03-07"),
    ("hbs", "noć sa subote na nedjelju", "2024-03-09"), ("hbs", "noći između petka i subote", "2024-03-08"),
    ("hbs", "u noći na petak, 8. marta", "2024-03-07"), ("ru", "в ночь на пятницу, 8 марта", "2024-03-07"),
    ("ro", "în noaptea spre sâmbătă, 9 martie", "2024-03-08"), ("mk", "во ноќта спроти петок, 8 март", "2024-03-07"),
    ("hbs", "noći na 10. mart", "2024-03-09"), ("hbs", "prije dva dana", "2024-03-12"),
    ("hbs", "novogodišnjoj noći", "2023-12-31"), ("hbs", "badnje veče", "2024-01-06"),
    ("sq", "dje", "2024-03-13"), ("sq", "sot", "2024-03-14"), ("sq", "pardje", "2024-03-12"),
    ("sq", "mbrëmë", "2024-03-13"), ("sq", "mbreme", "2024-03-13"), ("sq", "më 12 mars", "2024-03-12"),
    ("sq", "12 mars 2023", "2023-03-12"), ("sq", "më datë 9", "2024-03-09"), ("sq", "datës 20", "2024-02-20"),
    ("sq", "të premten", "2024-03-08"), ("sq", "të djelën", "2024-03-10"), ("sq", "dy ditë më parë", "2024-03-12"),
    ("sq", "natën mes së shtunës dhe së dielës", "2024-03-09"), ("sq", "natën e ndërrimit të viteve", "2023-12-31"),
    ("mk", "вчера", "2024-03-13"), ("mk", "денес", "2024-03-14"), ("mk", "синоќа", "2024-03-13"),
    ("mk", "12 март", "2024-03-12"), ("mk", "12 март 2023 година", "2023-03-12"), ("mk", "саботата", "2024-03-09"),
    ("mk", "пред два дена", "2024-03-12"), ("mk", "ноќта меѓу сабота и недела", "2024-03-09"),
    ("mk", "vcera", "2024-03-13"), ("mk", "на Божиќ", "2024-01-07"),
    ("ro", "ieri", "2024-03-13"), ("ro", "azi", "2024-03-14"), ("ro", "aseară", "2024-03-13"),
    ("ro", "12 martie", "2024-03-12"), ("ro", "1 martie 2023", "2023-03-01"), ("ro", "sâmbătă", "2024-03-09"),
    ("ro", "sambata", "2024-03-09"), ("ro", "acum două zile", "2024-03-12"), ("ro", "9 spre 10 martie", "2024-03-09"),
    ("ro", "noaptea de sâmbătă spre duminică", "2024-03-09"), ("ro", "noaptea dintre ani", "2023-12-31"),
    ("ru", "вчера", "2024-03-13"), ("ru", "сегодня", "2024-03-14"), ("ru", "позавчера", "2024-03-12"),
    ("ru", "12 марта", "2024-03-12"), ("ru", "12.03.2023", "2023-03-12"), ("ru", "субботу", "2024-03-09"),
    ("ru", "ночь на воскресенье", "2024-03-09"), ("ru", "ночь с субботы на воскресенье", "2024-03-09"),
    ("ru", "два дня назад", "2024-03-12"), ("ru", "ночь на 10 марта", "2024-03-09"),
    ("en", "yesterday", "2024-03-13"), ("en", "today", "2024-03-14"), ("en", "last night", "2024-03-13"),
    ("en", "March 12", "2024-03-12"), ("en", "12th of March", "2024-03-12"), ("en", "12 March 2023", "2023-03-12"),
    ("en", "Friday", "2024-03-08"), ("en", "last Thursday", "2024-03-07"), ("en", "two days ago", "2024-03-12"),
    ("en", "night of Monday to Tuesday", "2024-03-11"), ("en", "2024-03-12", "2024-03-12"),
]  # fmt: skip
WHOLE = [one for one in EXPRESSIONS if one[1] not in ("last Thursday", "prošlog četvrtka")]
"""Those that are told by their span alone: the word before a weekday is not part of it."""


@pytest.mark.parametrize(("lang", "text", "day"), EXPRESSIONS)
def test_a_day_is_told(lang: str, text: str, day: str) -> None:
    found = dates_in(text, lang, THURSDAY)
    assert [(str(span.date), span.precision) for span in found] == [(day, "day")]


@given(
    st.lists(st.sampled_from(WHOLE), min_size=1, max_size=3),
    st.sampled_from(["XX ", "X\u00adX – ", "", "Ђђ "]),
    st.dates(THURSDAY, dt.date(2026, 12, 31)),
)
def test_spans_lie_in_the_text_and_mean_the_same_alone(
    parts: list[tuple[str, str, str]], before: str, published: dt.date
) -> None:
    lang = parts[0][0]
    text = before + " xxxxx\nxxxxx ".join(part for language, part, _ in parts if language == lang)
    end = 0
    found = dates_in(text, lang, published)
    assert len(found) == sum(language == lang for language, _, _ in parts)
    for span in found:
        assert end <= span.start < span.end <= len(text)
        alone = dates_in(text[span.start : span.end], lang, published)
        assert [one.date for one in alone] == [span.date]
        assert span.date is not None
        assert span.date <= published
        end = span.end


@pytest.mark.parametrize("lang", sorted(packs()))
def test_every_month_and_weekday_is_told_in_every_form(lang: str) -> None:
    words = packs()[lang].dates
    for month, forms in words.months.items():
        for form in _words_of(forms):
            assert [span.date for span in dates_in(f"3 {form} 2022", lang, THURSDAY)] == [dt.date(2022, month, 3)], form
    for weekday, forms in words.weekdays.items():
        for form in _words_of(forms):
            (found,) = dates_in(form, lang, THURSDAY)
            assert found.date is not None
            assert found.date.isoweekday() == weekday, form
            assert 0 <= (THURSDAY - found.date).days < 7


def _words_of(forms: tuple[str, ...]) -> list[str]:
    """The forms that are plain words, not patterns."""
    return [form for form in forms if not set("|*?") & set(form)]


@pytest.mark.parametrize("lang", sorted(packs()))
def test_every_relative_phrase_is_told(lang: str) -> None:
    for said in packs()[lang].dates.relative:
        for phrase in said.phrases:
            text = " ".join(word.removesuffix("?").split("|")[0].replace("*", "") for word in phrase.split())
            tuesday = dt.date(2024, 3, 12)
            start = tuesday if said.from_named else THURSDAY
            found = dates_in(f"{tuesday} xxxxx {text}", lang, THURSDAY)
            assert [one.date for one in found] in (
                [tuesday, start + dt.timedelta(said.days)],
                [tuesday, start + dt.timedelta(said.after_midnight or 0)],
            ), phrase


@pytest.mark.parametrize(
    ("lang", "text", "day", "part"),
    [
        ("hbs", "sinoć oko 23 sata", "2024-03-13", "evening"),
        ("hbs", "sinoć oko 21h", "2024-03-13", "evening"),
        ("hbs", "sinoć oko dva sata iza ponoći", "2024-03-14", "night"),
        ("hbs", "ноћас, око 1.40, у Врању", "2024-03-14", "night"),
        ("hbs", "noć na nedjelju bila je mirna. Oko 1.10 začuli su se hici.", "2024-03-10", "night"),
        (
            "hbs",
            "u noći sa srijede na četvrtak. Pucnjava je trajala kratko. Nešto iza ponoći je umro",
            "2024-03-14",
            "night",
        ),
        ("hbs", "jedan od dva klana, ubijen sinoć oko 21.15", "2024-03-13", "evening"),
        ("hbs", "jutros", "2024-03-14", "morning"),
        ("sq", "mbrëmë rreth orës 00:30", "2024-03-14", "night"),
        ("sq", "dje në orën 14:00", "2024-03-13", "afternoon"),
        ("mk", "ноќеска во 2 часот", "2024-03-14", "night"),
        ("mk", "синоќа, штета од 1,8 милион евра", "2024-03-13", "evening"),
        ("ro", "azi-noapte, la ora 03:00", "2024-03-14", "night"),
        ("ru", "вчера в 19:40", "2024-03-13", "evening"),
        ("ru", "ночь на воскресенье, около половины первого", "2024-03-10", "night"),
        ("en", "last night at 1 am", "2024-03-14", "night"),
        ("en", "two days ago", "2024-03-12", None),
        ("hbs", "u noći između 8. i 9. marta", "2024-03-08", "night"),
        ("sq", "natën mes 8 dhe 9 marsit", "2024-03-08", "night"),
        ("mk", "во ноќта помеѓу 8 и 9 март", "2024-03-08", "night"),
        ("ro", "în noaptea de 8 spre 9 martie", "2024-03-08", "night"),
        ("ru", "в ночь с 8 на 9 марта", "2024-03-08", "night"),
        ("ru", "в ночь на 9 марта", "2024-03-08", "night"),
        ("en", "on the night between 8 and 9 March", "2024-03-08", "night"),
        ("hbs", "u noći između 8. i 9. marta, oko 22 sata", "2024-03-08", "evening"),
    ],
)
def test_the_clock_beside_a_night_tells_its_day(lang: str, text: str, day: str, part: str | None) -> None:
    (found,) = dates_in(text, lang, THURSDAY)
    assert (str(found.date), found.time_of_day) == (day, part)


@pytest.mark.parametrize(
    ("lang", "text", "days"),
    [
        ("hbs", "U utorak je sahranjen. Dan ranije je pucano", ["2024-03-12", "2024-03-11"]),
        ("hbs", "Uhićen je u utorak. Prethodne večeri zapalio je auto", ["2024-03-12", "2024-03-11"]),
        ("hbs", "Krenulo je 5. marta. Dva dana kasnije bačena je bomba", ["2024-03-05", "2024-03-07"]),
        ("hbs", "у ноћи уочи тога", ["2024-03-13"]),
        ("mk", "Во вторникот бил најден, а убиен претходната вечер", ["2024-03-12", "2024-03-11"]),
        ("mk", "Два дена порано се скарале", ["2024-03-12"]),
        ("sq", "Të martën u dorëzua. Një natë më parë kishte qëlluar", ["2024-03-12", "2024-03-11"]),
        ("sq", "Të martën shpërtheu një bombë. Një natë më pas u hodh tjetra", ["2024-03-12", "2024-03-13"]),
        ("ro", "Marți a murit. Cu o zi mai devreme fusese împușcat", ["2024-03-12", "2024-03-11"]),
        ("ru", "Стрельба произошла накануне", ["2024-03-13"]),
        ("ru", "Во вторник сообщили о драке. Прошлым вечером стреляли", ["2024-03-12", "2024-03-11"]),
        ("en", "He was found on Tuesday. The night before, shots were heard", ["2024-03-12", "2024-03-11"]),
        ("en", "He was shot on 5 March and died two days later", ["2024-03-05", "2024-03-07"]),
        ("en", "He died two days later", []),
        ("en", "The feud began on 7 June 1998. The previous night a car was hit", ["1998-06-07", "2024-03-13"]),
        ("hbs", "Optužnica je od 20. januara. Prethodne noći ranjen je vozač", ["2024-01-20", "2024-03-13"]),
        ("sq", "Më 5 tetor u dënua. Dy ditë më herët qëlluan një shtëpi", ["2023-10-05", "2024-03-12"]),
        ("ro", "Pe 2 martie a murit. Cu două zile înainte fusese rănit", ["2024-03-02", "2024-02-29"]),
        ("hbs", "Ranjen je 5. oktobra, a umro dva dana kasnije", ["2023-10-05", "2023-10-07"]),
        ("en", "He was shot on Tuesday and stands trial ten days later", ["2024-03-12"]),
    ],
)
def test_a_day_is_counted_from_the_one_named_before_it(lang: str, text: str, days: list[str]) -> None:
    assert [str(span.date) for span in dates_in(text, lang, THURSDAY)] == days


@pytest.mark.parametrize(
    ("lang", "text", "days"),
    [
        ("en", "He hid a rifle four days before the hearing opened", []),
        ("en", "The day before her wedding a window was broken", []),
        ("en", "The bridge opened a day earlier than promised", []),
        ("en", "On 8 March he fell. Shots rang two days before, near the mill", ["2024-03-08", "2024-03-06"]),
        ("en", "On 8 March he fell. He had quarrelled the night before in a bar", ["2024-03-08", "2024-03-07"]),
        ("ro", "Gardul a căzut cu o zi înainte de inaugurare", []),
        ("ro", "A tras în aer în ajun de An Nou", ["2023-12-31"]),
        ("ru", "Накануне второго тура пропала винтовка", []),
        ("ru", "Винтовку украли накануне праздника", []),
        ("ru", "Накануне Нового года стреляли во дворе", ["2023-12-31"]),
        ("ru", "Накануне вечером стреляли во дворе", ["2024-03-13"]),
        ("ru", "Накануне полиция нашла винтовку", ["2024-03-13"]),
    ],
)
def test_a_day_counted_from_something_else_is_none(lang: str, text: str, days: list[str]) -> None:
    assert [str(span.date) for span in dates_in(text, lang, THURSDAY)] == days


@pytest.mark.parametrize(
    ("lang", "text", "published", "day"),
    [
        ("hbs", "na Vaskrs", "2025-04-28", "2025-04-20"),
        ("hbs", "na Uskrs", "2024-04-10", "2024-03-31"),
        ("hbs", "na Uskrs", "2024-05-06", "2024-05-05"),
        ("hbs", "drugi dan Uskrsa", "2024-04-10", "2024-04-01"),
        ("hbs", "Veliki petak", "2024-04-10", "2024-03-29"),
        ("hbs", "Badnji dan", "2025-01-09", "2025-01-06"),
        ("hbs", "првомајском уранку", "2024-05-03", "2024-05-01"),
        ("mk", "на Велигден", "2024-05-07", "2024-05-05"),
        ("mk", "на Илинден", "2024-08-05", "2024-08-02"),
        ("ro", "a doua zi de Paști", "2025-04-22", "2025-04-21"),
        ("ro", "noaptea de Înviere", "2025-04-22", "2025-04-19"),
        ("ro", "noaptea de Înviere, pe la ora 2:30", "2025-04-22", "2025-04-20"),
        ("ru", "Крещенский сочельник", "2021-01-20", "2021-01-18"),
        ("ru", "на Пасху", "2021-01-20", "2020-04-19"),
        ("sq", "natën e Krishtlindjes", "2024-12-27", "2024-12-24"),
        ("en", "Easter Monday", "2025-04-22", "2025-04-21"),
    ],
)
def test_a_feast_is_told(lang: str, text: str, published: str, day: str) -> None:
    (found,) = dates_in(text, lang, dt.date.fromisoformat(published))
    assert str(found.date) == day


@pytest.mark.parametrize(
    ("lang", "text", "published", "day"),
    [
        ("en", "A barn was set alight on Easter Sunday", "2024-04-10", "2024-03-31"),
        ("en", "On Sunday morning, on Easter, a barn burnt", "2024-04-10", "2024-03-31"),
        ("hbs", "Na Vaskrs, u nedjelju, zapaljen je štagalj", "2025-04-30", "2025-04-20"),
        ("hbs", "U ponedjeljak ujutro na Badnji dan zapaljen je štagalj", "2025-01-15", "2025-01-06"),
        ("mk", "На Велигден во недела запалена е плевна", "2024-05-22", "2024-05-05"),
        ("ro", "Duminică, de Paște, a ars un hambar", "2024-05-22", "2024-05-05"),
        ("ru", "В воскресенье, на Пасху, сгорел сарай", "2024-05-22", "2024-05-05"),
    ],
)
def test_a_weekday_beside_a_feast_is_the_feast(lang: str, text: str, published: str, day: str) -> None:
    assert [str(span.date) for span in dates_in(text, lang, dt.date.fromisoformat(published))] == [day]


def test_another_weekday_after_a_feast_is_told() -> None:
    found = dates_in("Na Đurđevdan i u nedjelju bilo je mirno", "hbs", dt.date(2024, 5, 14))
    assert [str(span.date) for span in found] == ["2024-05-06", "2024-05-12"]


@pytest.mark.parametrize(
    ("lang", "text", "day"),
    [
        ("hbs", "dvadeset petog januara", "2024-01-25"),
        ("hbs", "трећег марта", "2024-03-03"),
        ("mk", "дваесет и втори февруари", "2024-02-22"),
        ("ru", "пятого января", "2024-01-05"),
        ("ru", "тридцать первого января", "2024-01-31"),
        ("en", "the twenty-first of January", "2024-01-21"),
        ("sq", "natën e 9 për të gdhirë 10 mars", "2024-03-09"),
        ("hbs", "u protekla 24 sata", "2024-03-13"),
        ("en", "the night before last", "2024-03-12"),
        ("hbs", "u noći između 9. i 10. marta", "2024-03-09"),
        ("hbs", "у ноћи на данас", "2024-03-13"),
        ("hbs", "pretprošle noći", "2024-03-12"),
        ("mk", "вчеравечер", "2024-03-13"),
        ("mk", "саботава", "2024-03-09"),
        ("sq", "natën e së premtes për të shtunë", "2024-03-08"),
        ("sq", "natën e së shtunës drejt së dielës", "2024-03-09"),
        ("ro", "în noaptea de sâmbătă, către duminică", "2024-03-09"),
        ("ro", "în noaptea de ieri spre azi", "2024-03-13"),
        ("ro", "cu o zi în urmă", "2024-03-13"),
        ("ru", "нынешней ночью", "2024-03-13"),
        ("ru", "на Новый год", "2023-12-31"),
        ("en", "on Christmas Eve", "2023-12-24"),
    ],
)
def test_a_day_is_told_in_words(lang: str, text: str, day: str) -> None:
    assert [str(span.date) for span in dates_in(text, lang, THURSDAY)] == [day]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "ubijen je jedan od dvojice rođaka na koje sinoć pucaju"),
        ("hbs", "sinoć je u jednoj kući nađena puška"),
        ("ro", "a urcat azi-noapte la doi morți"),
        ("mk", "синоќа во две куќи, кај двајцата браќа"),
    ],
)
def test_what_is_counted_tells_no_hour(lang: str, text: str) -> None:
    (found,) = dates_in(text, lang, THURSDAY)
    assert found.date == dt.date(2024, 3, 13)


@pytest.mark.parametrize(
    ("lang", "text", "day", "precision"),
    [
        ("hbs", "u martu 2022", "2022-03-01", "month"),
        ("hbs", "prije tri sedmice", "2024-02-22", "week"),
        ("hbs", "prije sedmicu dana", "2024-03-07", "week"),
        ("sq", "një javë më parë", "2024-03-07", "week"),
        ("ru", "неделю назад", "2024-03-07", "week"),
        ("ro", "acum o lună", "2024-02-13", "month"),
        ("en", "a week ago", "2024-03-07", "week"),
    ],
)
def test_a_week_or_month_is_no_day(lang: str, text: str, day: str, precision: str) -> None:
    (found,) = dates_in(text, lang, THURSDAY)
    assert (str(found.date), found.precision) == (day, precision)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "svakog petka"), ("hbs", "31. aprila"), ("hbs", "32. marta"), ("hbs", "3,5 kg i 15:30"),
        ("sq", "me 24 vetë"), ("sq", "çdo të premte"), ("mk", "секоја недела"), ("ro", "de două luni"),
        ("ro", "câteva luni"), ("ru", "каждую пятницу"), ("en", "every Friday"), ("en", ""),
    ],
)  # fmt: skip
def test_what_names_no_day(lang: str, text: str) -> None:
    assert dates_in(text, lang, THURSDAY) == []


def test_two_expressions_for_one_day_are_one() -> None:
    text = "Jučer, srijeda 13. marta 2024."
    (found,) = dates_in(text, "hbs", THURSDAY)
    assert text[found.start : found.end] == "Jučer, srijeda 13. marta 2024"


def test_a_street_named_after_a_day_does_not_tell_today() -> None:
    days = [span.date for span in dates_in("na ulici 25 oktobra. Jučer je pucano", "hbs", THURSDAY)]
    assert dt.date(2024, 3, 13) in days


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("hbs", "Kod ugla Ulice Devetog maja sinoć je čuo detonaciju"),
        ("hbs", "PUCNJI NA TRGU DVADESETOG OKTOBRA, SINOĆ"),
        ("hbs", "ul. Desetog aprila bila je sinoć zatvorena"),
        ("hbs", "Škola u Kotoru „Treći mart” oštećena je sinoć"),
        ("hbs", "У Улици Деветог маја синоћ је пуцано"),
        ("mk", "На булеварот Осми септември синоќа се пукаше"),
        ("mk", "Училиштето „Шести мај“ синоќа беше оштетено"),
        ("ro", "Pe strada Întâi Iunie s-a tras aseară"),
        ("ru", "На площади Девятого апреля вчера стреляли"),
    ],
)
def test_a_place_named_after_a_day_in_words_tells_none(lang: str, text: str) -> None:
    assert [span.date for span in dates_in(text, lang, THURSDAY)] == [dt.date(2024, 3, 13)]


def test_a_day_in_words_away_from_a_street_is_told() -> None:
    found = dates_in("Na trgu je, petog marta, ranjen prolaznik. Ulica je devetog marta otvorena.", "hbs", THURSDAY)
    assert [span.date for span in found] == [dt.date(2024, 3, 5), dt.date(2024, 3, 9)]


def test_without_publication_only_the_calendar_tells() -> None:
    assert [span.date for span in dates_in("jučer, 3. marta i 5. marta 2022.", "hbs", None)] == [
        None,
        dt.date(2022, 3, 5),
    ]


def test_yesterday_is_counted_from_the_clock_of_the_jurisdiction() -> None:
    """23:30 in London on Wednesday is Thursday in Chișinău and in Skopje."""
    moment = dt.datetime(2024, 3, 13, 23, 30, tzinfo=dt.UTC)
    assert dates_in("ieri", "ro", moment, timezone_of("MD"))[0].date == dt.date(2024, 3, 13)
    assert dates_in("вчера", "mk", moment, timezone_of("MK"))[0].date == dt.date(2024, 3, 13)
    assert dates_in("yesterday", "en", moment, "Europe/London")[0].date == dt.date(2024, 3, 12)
    assert dates_in("ieri", "ro", moment.replace(tzinfo=None))[0].date == dt.date(2024, 3, 12)


def test_each_jurisdiction_has_its_clock() -> None:
    zones = {code: timezone_of(code).key for code in ("AL", "BA", "XK", "MD", "ME", "MK", "RS")}
    assert zones == {
        "AL": "Europe/Tirane", "BA": "Europe/Sarajevo", "XK": "Europe/Belgrade", "MD": "Europe/Chisinau",
        "ME": "Europe/Podgorica", "MK": "Europe/Skopje", "RS": "Europe/Belgrade",
    }  # fmt: skip
    assert timezone_of(None).key == timezone_of("ZZ").key == "Europe/Belgrade"


@given(st.sampled_from(sorted(packs())), st.text(st.characters(exclude_categories=())), st.none() | st.dates())
def test_any_text_can_be_read(lang: str, text: str, published: dt.date | None) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in dates_in(text, lang, published))


DIGITS = st.text("0123456789.,:/- ujandmrt", max_size=25)


@given(st.sampled_from(sorted(packs())), DIGITS, st.dates())
def test_any_digits_can_be_read(lang: str, text: str, published: dt.date) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in dates_in(text, lang, published))


EAST, WEST = dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))


@pytest.mark.parametrize(
    "published",
    [
        dt.date(1, 1, 1),
        dt.date(9999, 12, 31),
        dt.datetime(1, 1, 1, tzinfo=EAST),
        dt.datetime(9999, 12, 31, 23, 59, tzinfo=WEST),
    ],
)
@pytest.mark.parametrize("text", ["juče", "sutra", "u petak", "pre 99 godina", "za Novu godinu"])
def test_days_are_not_counted_from_a_broken_clock(published: dt.date, text: str) -> None:
    assert all(found.date is None for found in dates_in(text, "hbs", published))
