from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from classifiers.dates import candidates
from classifiers.linear import Model
from classifiers.mentions import POSSIBLE
from classifiers.pipelines import READ_LIMIT, parsed
from classifiers.reader import LearnedReader, Reader
from codebook.errors import BadArticle, BadInput
from codebook.gazetteer import gazetteer
from tests.classifiers.conftest import MakeArticle

SHOOTINGS = [
    ("RS", "Pucnjava u Kragujevcu, ranjen mladić", "Mladić (24) ranjen je sinoć iz pištolja u Kragujevcu nakon svađe u kafiću. Osumnjičeni je uhapšen.", "sr", "Latn", "Kragujevac"),
    ("RS", "Пуцњава у Крагујевцу, рањен младић", "Младић (24) рањен је синоћ из пиштоља у Крагујевцу након свађе у кафићу. Осумњичени је ухапшен.", "sr", "Cyrl", "Kragujevac"),
    ("MK", "Ранет маж во Куманово", "Маж (38) е ранет синоќа со пиштол во Куманово по караница со сосед. Полицијата го лиши од слобода осомничениот.", "mk", "Cyrl", "Kumanovo"),
    ("AL", "Plagoset me armë një 30-vjeçar në Shkodër", "Një 30-vjeçar u plagos mbrëmë me pistoletë në Shkodër pas një sherri. Autori është arrestuar.", "sq", "Latn", "Shkodër"),
    ("MD", "Bărbat împușcat la Bălți", "Un bărbat de 40 de ani a fost împușcat aseară cu un pistol la Bălți, după o ceartă. Agresorul a fost reținut.", "ro", "Latn", "Bălți"),
    ("MD", "В Бельцах ранили мужчину", "Мужчину 40 лет вчера вечером ранили из пистолета в Бельцах после ссоры. Стрелявший задержан.", "ru", "Cyrl", "Bălți"),
    ("XK", "Man shot in Prizren", "A 40-year-old man was shot with a pistol in Prizren last night after a quarrel. The gunman was arrested.", "en", "Latn", "Prizren"),
]  # fmt: skip


@pytest.mark.parametrize(("jurisdiction", "title", "text", "lang", "script", "place"), SHOOTINGS)
def test_a_plain_shooting_is_read_in_every_language(
    reader: Reader,
    make_article: MakeArticle,
    jurisdiction: str,
    title: str,
    text: str,
    lang: str,
    script: str,
    place: str,
) -> None:
    article = make_article(title, text, jurisdiction)
    reading = reader.read(article)
    assert (reading.relevant, reading.lang, reading.script) == (True, lang, script)
    (mention,) = reading.mentions
    assert (mention.jurisdiction, mention.place) == (jurisdiction, place)
    assert mention.incident_type == "public_dispute"
    assert str(mention.date) == "2024-05-14"
    assert mention.weapons == ("handgun",)
    assert [victim.outcome for victim in mention.victims] == ["injured"]


@pytest.mark.parametrize(
    ("source", "title", "text", "jurisdiction"),
    [
        (None, "Маж ранет со пиштол по караница", "Маж (38) е ранет синоќа со пиштол по караница со сосед. СВР го приведе осомничениот.", "MK"),
        (None, "Man shot after a quarrel", "A 40-year-old man was shot with a pistol last night after a quarrel with a neighbour.", None),
        ("RS", "Маж ранет со пиштол по караница", "Маж (38) е ранет синоќа со пиштол по караница со сосед. СВР го приведе осомничениот.", "RS"),
    ],
)  # fmt: skip
def test_without_town_and_source_a_jurisdiction_is_taken_where_one_is_likely(
    reader: Reader, make_article: MakeArticle, source: str | None, title: str, text: str, jurisdiction: str | None
) -> None:
    article = make_article(title, text, jurisdiction=source)
    (mention,) = reader.read(article).mentions
    assert mention.jurisdiction == jurisdiction
    assert ("jurisdiction" in mention.confidence) == (source is None and jurisdiction is not None)


@pytest.mark.parametrize(("jurisdiction", "title", "text"), [shooting[:3] for shooting in SHOOTINGS])
def test_what_a_report_may_tell_besides_is_kept_with_its_chance(
    reader: Reader, make_article: MakeArticle, jurisdiction: str, title: str, text: str
) -> None:
    [mention] = reader.read(make_article(title, text, jurisdiction)).mentions
    others = mention.alternatives
    assert mention.incident_type not in others.incident_type
    assert mention.date not in others.date
    assert gazetteer().municipality_of(gazetteer().place(mention.place_id or "")).id not in others.place
    shares = [mention.confidence["incident_type"], *others.incident_type.values()]
    assert 0.9 < sum(shares) < 1.001
    assert min(others.incident_type.values(), default=1) >= POSSIBLE
    assert max(shares) == mention.confidence["incident_type"]


def test_a_day_of_which_a_report_tells_besides_may_be_the_day(reader: Reader, make_article: MakeArticle) -> None:
    text = "Muškarac (38) ranjen je u petak iz pištolja u Nišu. Osumnjičeni je saslušan u ponedeljak, kaže tužilaštvo."
    [mention] = reader.read(make_article("Ranjen iz pištolja u Nišu", text, "RS")).mentions
    friday, monday = dt.date(2024, 5, 10), dt.date(2024, 5, 13)
    assert {mention.date, *mention.alternatives.date} >= {friday}
    assert mention.alternatives.date.keys() <= {friday, monday, dt.date(2024, 5, 15)}


def test_both_scripts_of_serbian_are_read_alike(reader: Reader, make_article: MakeArticle) -> None:
    latin, cyrillic = (reader.read(make_article(title, text, "RS")) for _, title, text, *_ in SHOOTINGS[:2])
    assert abs(latin.relevance - cyrillic.relevance) < 1e-6
    assert [m.confidence for m in latin.mentions] == [m.confidence for m in cyrillic.mentions]


def test_latin_letters_among_cyrillic_ones_hide_nothing(reader: Reader, make_article: MakeArticle) -> None:
    """As some portals write, perhaps so that no filter finds the words."""
    jurisdiction, title, text, *_ = SHOOTINGS[2]
    disguised = text.translate(str.maketrans("укрео", "ykpeo"))
    [plain] = reader.read(make_article(title, text, jurisdiction)).mentions
    [hidden] = reader.read(make_article(title, disguised, jurisdiction)).mentions
    assert (hidden.incident_type, hidden.place, hidden.weapons) == (plain.incident_type, plain.place, plain.weapons)
    assert (hidden.victims, hidden.perpetrators) == (plain.victims, plain.perpetrators)


def test_a_link_to_another_report_tells_nothing(reader: Reader, make_article: MakeArticle) -> None:
    link = "Pročitajte još: Trojica ubijena iz automatske puške u Kiseljaku"
    text = f"{link}\nMuškarac je ranjen iz pištolja u Nišu. Policija traga za napadačem."
    [mention] = reader.read(make_article("Pucnjava u Nišu", text, "RS")).mentions
    assert [victim.outcome for victim in mention.victims] == ["injured"]
    quoted = {(words.start, text[words.start : words.end]) for words in mention.evidence if words.part == "text"}
    assert "pištolja" in {words for _, words in quoted}
    assert min(quoted)[0] > len(link)


@pytest.mark.parametrize(("jurisdiction", "title", "text", "lang", "script", "place"), SHOOTINGS)
def test_evidence_points_at_the_words_of_the_article(
    reader: Reader,
    make_article: MakeArticle,
    jurisdiction: str,
    title: str,
    text: str,
    lang: str,
    script: str,
    place: str,
) -> None:
    article = make_article(title, text, jurisdiction)
    (mention,) = reader.read(article).mentions
    words = {e.field: getattr(article, e.part)[e.start : e.end] for e in mention.evidence}
    assert {"incident_type", "place", "date", "weapons[0]", "victims[0]"} <= set(words)
    assert all(words.values())
    assert words["weapons[0]"].lower()[:2] in ("pi", "пи")
    assert words["place"][0].isupper()


@pytest.mark.parametrize(
    ("jurisdiction", "title", "text"),
    [
        ("RS", "Niže cene goriva", "Od sutra su niže cene goriva na svim pumpama u Srbiji."),
        ("MK", "Буџетот е усвоен", "Советот на општина Битола го усвои буџетот."),
        ("AL", "Moti sot", "Sot do të bjerë shi në të gjithë vendin."),
        (None, "Weather", "Rain is expected tomorrow."),
    ],
)
def test_other_news_is_not_relevant(
    reader: Reader, make_article: MakeArticle, jurisdiction: str | None, title: str, text: str
) -> None:
    reading = reader.read(make_article(title, text, jurisdiction))
    assert (reading.relevant, reading.reason, reading.mentions) == (False, "no_firearm", ())


@pytest.mark.parametrize(("title", "text"), [("", ""), (" \n", "\t")])
def test_an_article_without_words_is_bad(reader: Reader, make_article: MakeArticle, title: str, text: str) -> None:
    with pytest.raises(BadArticle):
        reader.read(make_article(title, text))


def test_without_publication_relative_dates_stay_open(reader: Reader, make_article: MakeArticle) -> None:
    _, title, text, *_ = SHOOTINGS[0]
    (mention,) = reader.read(make_article(title, text, "RS", published=None)).mentions
    assert (mention.date, mention.date_precision) == (None, "unknown")


def test_a_round_up_gives_a_mention_an_item(reader: Reader, make_article: MakeArticle) -> None:
    text = (
        "SHKODËR – Një 30-vjeçar u plagos mbrëmë me pistoletë pas një sherri në Shkodër. Autori u arrestua.\n\n"
        "VLORË – Policia sekuestroi një kallashnikov dhe 60 fishekë gjatë një kontrolli në Vlorë. U arrestua pronari 45-vjeçar.\n\n"
        "FIER – Dy makina u përplasën në Fier, pa të lënduar.\n\n"
        "DURRËS – Një burrë vrau gruan me armë zjarri në Durrës dhe më pas vrau veten."
    )
    mentions = reader.read(make_article("Buletini i policisë: ngjarjet e 24 orëve", text, "AL")).mentions
    assert [mention.place for mention in mentions] == ["Shkodër", "Vlorë", "Durrës"]


def test_a_long_text_is_read_in_bounded_time(reader: Reader, make_article: MakeArticle) -> None:
    _, title, text, *_ = SHOOTINGS[0]
    reading = reader.read(make_article(title, text + " Мир wind. " * 200_000, "RS"))
    assert all(e.end <= READ_LIMIT for mention in reading.mentions for e in mention.evidence)


WORDS = st.sampled_from(
    ["pištolj", "пиштољ", "ранет", "plagos", "vrau", "shot", "împușcat", "выстрел", "(35)", "A. H.", "12", "\x00", "\u200b",
     "Shkodër", "Скопје", "Bălți", "sinoć", "\u0301", "\ud7ff", "🔫", "5. maja", "31.02.", "99999999999", "\r\n", "\t", "»"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXTS, text=TEXTS, jurisdiction=st.sampled_from(["RS", "MK", "AL", "MD", None]), dated=st.booleans())
def test_any_text_gives_a_reading_or_bad_article(
    reader: Reader, make_article: MakeArticle, title: str, text: str, jurisdiction: str | None, dated: bool
) -> None:
    article = make_article(title, text, jurisdiction, published="2024-05-15" if dated else None)
    try:
        reading = reader.read(article)
    except BadArticle:
        assert not title.strip() and not text.strip()
        return
    assert reading == reader.read(article)
    assert bool(reading.mentions) == reading.relevant
    for mention in reading.mentions:
        for evidence in mention.evidence:
            assert 0 <= evidence.start < evidence.end <= len(getattr(article, evidence.part))


def test_an_article_without_a_title_has_evidence_all_the_same(reader: Reader, make_article: MakeArticle) -> None:
    text = "Un bărbat a fost împușcat aseară la Bălți. PISTOL:SOR"
    for shortened in (text, "PISTOL:SOR", "Împușcat."):
        for mention in reader.read(make_article("", shortened, "MD")).mentions:
            assert all(e.part == "text" and shortened[e.start : e.end].strip() for e in mention.evidence)
            assert mention.evidence


HOSTILE = {
    "full stops": ".",
    "lines": "a\n",
    "brackets": "(",
    "emoji": "🔫👨‍👩‍👧‍👦",
    "digits": "1 23 456 ",
    "dates": "1.1.2026. 12.05. u 23.15 ",
    "accents on one letter": "\u0301",
    "an accent on each letter": "a\u0301",
    "an accent on each figure": "1\u0301",
    "soft hyphens between syllables": "pi\u00ad",
    "invisible characters in words": "p\u200bu\u200dc\u2060nj\ufeffava u N\u200bišu ",
    "direction marks": "\u202epucnjava\u202c u \u200fNišu ",
    "places": "Niš, Kragujevac, Novi Pazar, Kumanovo, ",
    "weapons without a full stop": "pištolj puška bomba municija ",
    "one weapon again and again": "pištolj ",
    "a word that many places begin with": "Novi ",
    "seizures": "zaplenjeno 3 pištolja i 200 metaka, ",
    "no spaces": "pucnjava",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_the_text_alone(reader: Reader, make_article: MakeArticle, unit: str) -> None:
    def seconds(length: int) -> float:
        article = make_article("Pucnjava u Nišu, ubijen muškarac", (unit * length)[:length], "RS")
        begun = time.process_time()
        reader.read(article)
        return time.process_time() - begun

    def grows_by() -> float:
        return seconds(READ_LIMIT) / max(seconds(READ_LIMIT // 4), 0.05)

    seconds(READ_LIMIT // 4)  # lexicons and names are loaded once
    # Four times the text takes four times as long; by the square it would be sixteen times. A busy machine disturbs one
    # measurement, not all.
    assert any(grows_by() < 9 for _ in range(4))


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("hours", [-12, 14])
def test_a_publication_at_the_ends_of_the_calendar_is_none(
    reader: Reader, make_article: MakeArticle, year: int, hours: int
) -> None:
    _, title, text, *_ = SHOOTINGS[0]
    day = (1, 1) if year == 1 else (12, 31)
    published = dt.datetime(year, *day, tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    broken = make_article(title, text, "RS").model_copy(update={"published": published})
    (mention,) = reader.read(broken).mentions
    assert (mention.date, mention.place) == (None, "Kragujevac")


@pytest.mark.parametrize(
    ("jurisdiction", "published", "told"),
    [
        ("RS", "2024-05-15T21:30+00:00", "2024-05-15"),
        ("RS", "2024-05-15T22:30+00:00", "2024-05-16"),
        ("RS", "2024-05-15T22:30", "2024-05-15"),
        ("MD", "2024-05-15T21:30+00:00", "2024-05-16"),
    ],
)
def test_the_day_of_publication_is_that_of_the_newsroom(
    reader: Reader, make_article: MakeArticle, jurisdiction: str, published: str, told: str
) -> None:
    town = {"RS": "Niš", "MD": "Bălți"}[jurisdiction]
    text = f"A man has been shot dead in {town}, police said. The gunman has been arrested."
    moment = {"published": dt.datetime.fromisoformat(published)}
    article = make_article(f"Shooting in {town}", text, jurisdiction).model_copy(update=moment)
    (mention,) = reader.read(article).mentions
    assert str(mention.date) == told
    assert not [one for one in candidates(parsed("en", "", text, article.published, jurisdiction)[:]) if one.found]


def test_a_title_alone_in_another_language_is_read_in_one_of_its_script(
    reader: Reader, make_article: MakeArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in: list[str] = []

    def noted(language: str, *given: Any) -> Doc:
        read_in.append(language)
        return parsed(language, *given)

    monkeypatch.setattr("classifiers.reader.parsed", noted)
    assert reader.read(make_article("Поліція вилучила автомат, є поранені", "")).lang == "other"
    assert read_in == ["mk"]


def test_a_model_of_an_earlier_program_says_what_to_do() -> None:
    model = Model({}, {"threshold": "0.5", "temperature": "1.0"}, "abc")
    with pytest.raises(BadInput, match=r"shift.*avmp train"):
        LearnedReader(model)
