"""Whatever a page holds, the reader gives a reading or refuses it as `BadArticle`, in bounded time and memory, and what
it says rests on words that stand in the article. Growth of time with length: tests/classifiers/test_reader.py."""

from __future__ import annotations

import time
import tracemalloc
import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.labelled import load
from classifiers.pipelines import READ_LIMIT
from classifiers.reader import Reader
from classifiers.training import CORPUS
from codebook.errors import BadArticle
from codebook.records import Article, Reading
from languages.canonical import folded
from languages.serbian_cyrillic import in_serbian_cyrillic
from tests.classifiers.conftest import MakeArticle

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SECONDS = 20.0
"""For the longest article on a busy machine: it takes two."""

TITLE = "Pucnjava u Nišu, ranjen mladić"
TEXT = (
    "Mladić (24) ranjen je sinoć iz pištolja u Nišu nakon svađe. Osumnjičeni (31) je uhapšen, a policija je našla "
    "pištolj i 12 metaka."
)
HEADLINES = (
    "Pucnjava u Nišu, ranjen mladić", "Vlada usvojila budžet", "Partizan bolji od gostiju", "Sutra kiša", "Ubijen muškarac u Čačku pištoljem",
    "Cene goriva niže", "Zaplenjene dve puške u Pirotu", "Festival počinje u petak", "Sudar kod Kraljeva", "Eksplozija bombe u Novom Sadu",
)  # fmt: skip


@cache
def _incidents() -> list[Article]:
    return [one.article for one in load(CORPUS / "dev.jsonl") if one.relevant]


@cache
def _serbian() -> list[Article]:
    return [
        one.article
        for one in load(CORPUS / "dev.jsonl")
        if (one.lang, one.script, one.relevant) == ("sr", "Latn", True)
    ]


NUMBERS = st.integers(0, 164)
"""An incident by its number: what fails is printed short."""


def _sound(article: Article, reading: Reading) -> None:
    """Every span lies in the article and holds letters or digits."""
    assert bool(reading.mentions) == reading.relevant
    for mention in reading.mentions:
        for evidence in mention.evidence:
            part = article.title if evidence.part == "title" else article.text
            assert 0 <= evidence.start < evidence.end <= len(part)
            assert any(ch.isalnum() for ch in part[evidence.start : evidence.end])


def _words(article: Article, reading: Reading) -> list[tuple[str, str]]:
    """Field and words of each span, as search keys: the same whatever the script, composition or hidden characters."""
    parts = {"title": article.title, "text": article.text}
    return [(e.field, folded(parts[e.part][e.start : e.end])) for m in reading.mentions for e in m.evidence]


def _facts(reading: Reading) -> list[object]:
    hidden = {"id", "article_id", "content_hash", "reader_version", "evidence", "confidence", "alternatives"}
    hidden |= {"place_id", "latitude", "longitude"}  # a city and its municipality bear one name
    return [mention.model_dump(exclude=hidden) for mention in reading.mentions]


def _changed(article: Article, title: str, text: str) -> Article:
    return article.model_copy(update={"title": title, "text": text})


@settings(max_examples=40, deadline=None)
@given(number=NUMBERS, data=st.data())
def test_hidden_characters_change_no_value_and_no_word(reader: Reader, number: int, data: st.DataObject) -> None:
    """Soft hyphens, zero-width and direction marks inside words: what outlets leave behind when they break lines."""
    article = _incidents()[number]
    places = data.draw(st.lists(st.integers(0, max(len(article.text) - 2, 0)), max_size=25))
    mark = data.draw(st.sampled_from(INVISIBLE))
    inside = {at for at in places if article.text[at : at + 2].isalpha()}
    text = "".join(ch + mark * (at in inside) for at, ch in enumerate(article.text))
    plain, hidden = reader.read(article), reader.read(_changed(article, article.title, text))
    _sound(_changed(article, article.title, text), hidden)
    assert _facts(hidden) == _facts(plain)
    assert _words(_changed(article, article.title, text), hidden) == _words(article, plain)


@settings(max_examples=25, deadline=None)
@given(number=NUMBERS)
def test_decomposed_letters_change_no_value_and_no_word(reader: Reader, number: int) -> None:
    article = _incidents()[number]
    taken_apart = _changed(article, *(unicodedata.normalize("NFD", part) for part in (article.title, article.text)))
    plain, apart = reader.read(article), reader.read(taken_apart)
    _sound(taken_apart, apart)
    assert _facts(apart) == _facts(plain)
    assert _words(taken_apart, apart) == _words(article, plain)


@settings(max_examples=25, deadline=None)
@given(number=NUMBERS)
def test_serbian_in_cyrillic_says_the_same(reader: Reader, number: int) -> None:
    latin = _serbian()[number % len(_serbian())]
    cyrillic = _changed(latin, in_serbian_cyrillic(latin.title), in_serbian_cyrillic(latin.text))
    assert reader.read(cyrillic).script == "Cyrl"
    _sound(cyrillic, reader.read(cyrillic))
    assert _facts(reader.read(cyrillic)) == _facts(reader.read(latin))


@settings(max_examples=40, deadline=None)
@given(number=NUMBERS, data=st.data())
def test_broken_articles_are_read(reader: Reader, number: int, data: st.DataObject) -> None:
    """Real articles of two languages run together, cut anywhere, in wrong charsets, shouted, without spaces."""
    one, other = _incidents()[number], _incidents()[data.draw(NUMBERS)]
    cut = data.draw(st.integers(0, len(one.text)))
    text = data.draw(st.sampled_from(BREAKERS))(one.text[:cut] + other.text)
    title = data.draw(st.sampled_from(BREAKERS))(one.title)
    broken = _changed(one, title, text)
    try:
        reading = reader.read(broken)
    except BadArticle:
        assert not title.strip() and not text.strip()
        return
    _sound(broken, reading)
    assert reader.read(broken) == reading


BREAKERS = [
    str,
    str.upper,
    lambda text: text.encode().decode("cp1252", errors="replace"),
    lambda text: text.encode().decode("latin-1"),
    lambda text: text.encode("cp1250", errors="replace").decode("cp1252", errors="replace"),
    lambda text: text.encode("cp1251", errors="replace").decode("koi8-r"),
    lambda text: text.encode().decode("ascii", errors="replace"),
    lambda text: text.replace(" ", ""),
    lambda text: text.replace(" ", "\n"),
    lambda text: text.replace("a", "а").replace("о", "o"),
    lambda text: "\u202e" + text[::-1] + "\u202c",
    lambda text: text.replace("&", "&amp;").replace('"', "&quot;").replace("š", "&#353;"),
    lambda text: "".join(f"<p>{line}</p>" for line in text.splitlines()),
]


@pytest.mark.parametrize("word", ["pištolj", "Пуцњава", "x", "🔫", "1", ".", "\u200b", "\u0301", "\udc80"])
def test_one_word_is_read(reader: Reader, make_article: MakeArticle, word: str) -> None:
    for title, text in ((word, ""), ("", word), (word, word)):
        article = make_article(title, text, "RS")
        _sound(article, reader.read(article))


def test_half_a_surrogate_pair_inside_a_report_changes_no_value(reader: Reader, make_article: MakeArticle) -> None:
    """JSON may hold half a pair, and a page's script may cut a pair in two."""
    article = make_article(TITLE, TEXT + " \ud83d", "RS")
    _sound(article, reader.read(article))
    assert _facts(reader.read(article)) == _facts(reader.read(make_article(TITLE, TEXT + " \ufffd", "RS")))
    inside = make_article(TITLE, TEXT.replace("pištolja", "pištolja\udc80"), "RS")
    _sound(inside, reader.read(inside))


@pytest.mark.parametrize(
    "text",
    [
        "Ein Mann ist am Freitag in Leipzig mit einer Pistole angeschossen worden, der Täter floh zu Fuß.",
        "Una pistola è stata sequestrata ieri a Bari durante un controllo, arrestato un uomo di 40 anni.",
        "Τρεις πυροβολισμοί ακούστηκαν χθες στο κέντρο της Θεσσαλονίκης, χωρίς τραυματίες.",
        "东京警方昨日逮捕一名男子，搜出手枪一支。",
        "اعتقلت الشرطة رجلا وبحوزته مسدس في العاصمة أمس",
        "İstanbul'da dün akşam silahlı kavga çıktı, iki kişi tabancayla yaralandı.",
    ],
)
def test_another_language_is_read_or_screened_out(reader: Reader, make_article: MakeArticle, text: str) -> None:
    for jurisdiction in ("RS", None):
        article = make_article("", text, jurisdiction)
        reading = reader.read(article)
        _sound(article, reading)
        assert reading.relevant or reading.reason is not None


def test_two_megabytes_take_bounded_time_and_memory(reader: Reader, make_article: MakeArticle) -> None:
    """What lies beyond `READ_LIMIT` costs nothing but the gate's look and is not read."""
    longest = make_article(TITLE, (TEXT + " ") * (2_000_000 // len(TEXT)), "RS")
    limit = make_article(TITLE, longest.text[:READ_LIMIT], "RS")
    reader.read(limit)
    tracemalloc.start()
    try:
        begun = time.process_time()
        reading = reader.read(longest)
        took, (_, most) = time.process_time() - begun, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    _sound(longest, reading)
    assert _facts(reading) == _facts(reader.read(limit))
    assert took < SECONDS * 2  # counting the memory doubles it
    assert most < 400_000_000


def test_a_weapon_named_some_thousand_times_takes_bounded_memory(reader: Reader, make_article: MakeArticle) -> None:
    """What is kept of each of them does not grow with the others of its sentence."""

    def most(length: int) -> int:
        article = make_article(TITLE, ("pištolj " * length)[:length], "RS")
        tracemalloc.start()
        try:
            reader.read(article)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    reader.read(make_article(TITLE, "pištolj " * 100, "RS"))  # lexicons and names are loaded once
    assert most(READ_LIMIT // 4) < 50_000_000


@pytest.mark.parametrize("joined_by", ["\n", "\n\n", " | ", " ", "\n• "])
def test_a_list_of_two_hundred_headlines_is_read(reader: Reader, make_article: MakeArticle, joined_by: str) -> None:
    article = make_article("Najnovije vesti", joined_by.join(HEADLINES * 20), "RS")
    begun = time.process_time()
    reading = reader.read(article)
    assert time.process_time() - begun < SECONDS
    _sound(article, reading)
    places = {mention.place for mention in reading.mentions}
    assert places <= {"Niš", "Čačak", "Pirot", "Novi Sad", "Kraljevo", None}


@settings(max_examples=100, deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from("ščćžđŠ" + INVISIBLE)), max_size=300))
def test_any_characters_around_a_plain_report_keep_its_words(
    reader: Reader, make_article: MakeArticle, noise: str
) -> None:
    article = make_article(TITLE, f"{TEXT}\n\n{noise}", "RS")
    reading = reader.read(article)
    _sound(article, reading)
    assert all(e.end <= READ_LIMIT for mention in reading.mentions for e in mention.evidence)
