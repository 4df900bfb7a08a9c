"""From the bytes of a page to its article, or to what the page is instead."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codebook.records import Archived
from crawlers.extraction.extract import Taken, Unusable, article_of
from crawlers.extraction.methods import Selected, selected
from crawlers.fetching.fetcher import Fetched
from crawlers.registry import Selectors, SourceEntry
from store.schema import PendingItem
from tests.crawlers.sites import page_html, words

ARCHIVED = Archived(path="x", offset=0, length=1, sha256="0")
URL = "https://example.rs/vest/1"
AT = dt.datetime(2024, 3, 15, 9, 0, tzinfo=dt.UTC)
SOURCE = SourceEntry(
    id="example.rs", name="Example", url="https://example.rs/", jurisdiction="RS", kind="media", languages=("sr",)
)
TEXT = "\n\n".join(part.strip() for part in words(1).split("\n\n"))
OTHER = "Pronađeno telo muškarca u reci kod mosta"


def taken(
    body: bytes | str, *, content_type: str = "text/html", url: str = URL, selectors: Selectors | None = None
) -> Taken:
    raw = body.encode() if isinstance(body, str) else body
    page = Fetched(URL, url, 200, (("Content-Type", content_type),), raw, AT)
    item = PendingItem(url=URL, source_id="example.rs", link=URL, title=None, published=None, fresh=False)
    return article_of(page, item, SOURCE.model_copy(update={"selectors": selectors}), ARCHIVED, 80)


def why_not(body: bytes | str, **how: str) -> str:
    with pytest.raises(Unusable) as raised:
        taken(body, **how)  # type: ignore[arg-type]
    return raised.value.reason


def article(text: str, head: str = "", title: str = "Naslov članka o puškama") -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    return f"<html><head><title>{title} | Portal</title>{head}</head><body><div class='x'><h1>{title}</h1>{paragraphs}</div></body></html>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (article("Tražena stranica je možda premeštena ili obrisana. Vratite se na naslovnu.", title="404 - Stranica nije pronađena"),
         "a page that says the article is not there (with status 200)"),
        (article("Na žalost, faqja që kërkoni nuk gjendet më në këtë adresë, provoni kërkimin tonë.", title="Faqja nuk u gjet"),
         "a page that says the article is not there (with status 200)"),
        (article("Kratak početak teksta koji svako može da pročita bez plaćanja bilo čega.\n\nPretplatite se da biste čitali dalje."),
         "behind a paywall: the text goes on for subscribers only"),
        (article("Kratak početak teksta koji svako može da pročita bez plaćanja bilo čega, a zatim kraj.",
                 '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'),
         "behind a paywall: the text goes on for subscribers only"),
        ("<html><head><title>Portal</title></head><frameset cols='20%,80%'><frame src='a'><frame src='b'></frameset></html>",
         "the page is made of frames"),
        ("<html><head><title>Portal vesti</title></head><body><iframe src='https://example.com/'></iframe></body></html>",
         "the page is made of frames"),
        ("<html><head><title>Portal vesti</title></head><body><div id='root'></div><script src='a.js'></script></body></html>",
         "the page shows its text by script alone: set render = true for the source"),
        ("<html><head><title>Portal</title></head><body><noscript>Omogućite JavaScript.</noscript><p>…</p></body></html>",
         "the page shows its text by script alone: set render = true for the source"),
        (article("Ovaj sajt koristi kolačiće radi boljeg iskustva. Nastavkom prihvatate uslove privatnosti i obradu podataka."),
         "a consent wall: it shows its text to who accepts cookies"),
        ("<html><head><title>Just a moment...</title></head><body><h1>example.rs</h1><p>Checking your browser before accessing example.rs, this takes some seconds.</p></body></html>",
         "a page that asks whether a person reads it"),
        ("<html><head><title>Preusmeravanje</title><meta http-equiv='refresh' content='0; url=/novo'></head><body></body></html>",
         "the page only sends browsers on to another address"),
        ("", "the page is empty"),
        ("samo tekst", "no HTML page"),
        ("<html><body><img src='x'></body></html>", "no article text: 0 characters"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_said_in_plain_words(body: str, reason: str) -> None:
    assert why_not(body) == reason


def test_a_redirect_to_the_front_page_is_no_article() -> None:
    front = "the address leads to the site's front page"
    assert why_not(article(TEXT), url="https://example.rs/") == front
    assert why_not(article(TEXT), url="https://example.rs/lat/index.php") == front
    assert taken(article(TEXT), url="https://example.rs/?p=12").article.title


@pytest.mark.parametrize(
    "wrapped",
    ["<article><h2>{0}</h2><p>{1}</p></article>", "<div><h3>{0}</h3><div>{1}</div></div>", "{0}<br>{1}<br><br>"],
)
def test_a_list_of_articles_is_no_article(wrapped: str) -> None:
    summaries = [f"Policija je juče u mestu broj {n} uhapsila više osoba zbog oružja, saopšteno je." for n in range(8)]
    rows = "".join(
        wrapped.format(f"<a href='/v/{n}'>Naslov vesti pod brojem {n} danas</a>", text)
        for n, text in enumerate(summaries)
    )
    body = f"<html><head><title>Hronika | Portal</title></head><body><div class='list'>{rows}</div></body></html>"
    assert why_not(body) in ("a list of articles, not one", "no article text: 0 characters")


@pytest.mark.parametrize(
    "text",
    [
        "Za pretplatnike mobilne mreže važi novo. " * 30,
        "Kolačići su sajt privatnosti, kaže. " * 40,
        "404 naoružana čoveka. " * 50,
    ],
)
def test_a_long_text_is_an_article_whatever_it_speaks_of(text: str) -> None:
    body = "\n\n".join(f"{n}. {text}" for n in range(2))
    assert len(taken(article(body, title="404 kolačića za pretplatnike")).article.text) > 700


def test_other_news_does_not_get_into_the_text() -> None:
    first, second, third = TEXT.split("\n\n")
    body = (
        f"<html><head><title>Naslov članka | P</title></head><body><div><h1>Naslov članka</h1><p>Naslov članka</p><p>{first}</p>"
        f"<p>Pročitajte još: <a href='/2'>{OTHER}</a></p><p>{second}</p><p>{second}</p>"
        f"<h3><a href='/3'>Ubistvo u centru grada, napadač u bekstvu</a></h3><p>{third}</p>"
        f"<p>Povezane vesti:</p><p>{OTHER}</p><p>Ranjen mladić ispred kafića</p>"
        "<p>Ovaj sajt koristi kolačiće. Prihvatam uslove.</p><p>Facebook Twitter Viber</p><p>Foto: Arhiva</p>"
        "<p>Sva prava zadržana.</p></div></body></html>"
    )
    assert taken(body).article.text == "\n".join((first, second, third))


def test_a_sentence_that_only_begins_like_a_block_stays() -> None:
    spoken = "Najnovije saznanje istrage jeste da je oružje nabavljeno u inostranstvu, rekao je tužilac."
    assert spoken in taken(article(f"{TEXT}\n\n{spoken}\n\n{words(2)}")).article.text


LEAD = "Dvoje ljudi ranjeno je u pucnjavi u selu kod grada u subotu uveče, potvrdila je policija."


def test_a_lead_set_apart_belongs_to_the_text() -> None:
    body = article(TEXT).replace(
        "</h1>", f"</h1><div class='podnaslov'><b>{LEAD}</b></div><ul class='side'><li>a</li></ul>"
    )
    assert taken(body).article.text.count(LEAD) == 1


def test_author_and_lead_are_kept_in_the_store_alone() -> None:
    head = '<meta name="author" content="Piše: Redakcija hronike"><meta name="description" content="Kratak sadržaj onoga što se desilo u gradu.">'
    done = taken(article(TEXT, head))
    assert done.facts.author == "Redakcija hronike"
    assert done.facts.lead == "Kratak sadržaj onoga što se desilo u gradu."
    assert done.facts.extraction == "precision"
    assert "Redakcija" not in done.article.model_dump_json()


def ld(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


def test_json_ld_where_it_is_whole() -> None:
    whole = taken(article("Kratko.", ld(articleBody=TEXT)))
    assert (whole.facts.extraction, whole.article.text.split("\n")) == ("json_ld", TEXT.split("\n\n"))
    cut = taken(article(TEXT, ld(articleBody=TEXT[:200] + "…")))
    assert (cut.facts.extraction, cut.article.text.split("\n")) == ("precision", TEXT.split("\n\n"))
    several = taken(article(TEXT, ld(articleBody=words(5)) + ld(articleBody=words(6))))
    assert several.facts.extraction == "precision"
    run_on = f"<html><head><title>Naslov članka o puškama</title>{ld(articleBody=TEXT.replace(chr(10), ' '))}</head><body><div id='app'></div></body></html>"
    assert taken(run_on).facts.extraction == "json_ld_line"


def test_a_sources_selectors_come_first() -> None:
    body = f"<html><body><b class='t'>Naslov po izboru</b><i class='d'>12.03.2024. 12:30</i><i class='a'>Desk</i><div class='y'><p>{TEXT}</p><p class='ad'>Reklama</p></div><p>{words(7)}</p></body></html>"
    done = taken(body, selectors=Selectors(title=".t", text=".y", date=".d", author=".a", drop=(".ad",)))
    assert (done.article.title, done.article.text, done.facts.author) == (
        "Naslov po izboru",
        " ".join(TEXT.split()),
        "Desk",
    )
    assert done.article.published == dt.datetime(2024, 3, 12, 11, 30, tzinfo=dt.UTC)
    assert done.facts.extraction == "selectors"
    assert taken(article(TEXT), selectors=Selectors(text=".nothing")).facts.extraction == "precision"


def test_lines_parted_by_breaks_in_a_table() -> None:
    cells = f"<table><tr><td>{'<br><br>'.join(TEXT.split(chr(10) * 2))}<br>Pročitajte još: <a href='/2'>{OTHER}</a></td></tr></table>"
    done = taken(f"<html><head><title>Naslov članka o puškama</title></head><body>{cells}</body></html>")
    assert done.article.text.split("\n") == TEXT.split("\n\n")


TAGS = [
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<table><tr><td>",
    "<br>",
    "<a href='/x'>",
    "</a>",
    "<h1>",
    "<script>",
    "<!--",
    "<![CDATA[",
    "<frameset>",
    "<article class='related'>",
    "<form>",
    "&#0;",
    "&#xD800;",
    "<meta charset=utf-16>",
    "<svg><style>",
    "<time datetime='9999-99-99'>",
    '<script type="application/ld+json">[[[[{"@type":"Article","articleBody":',
    "tekst vesti o pušci i policiji u gradu. ",
    "\x00",
    "\ud800",
]


def bounded(body: bytes, content_type: str, seconds: float) -> None:
    began = time.monotonic()
    try:
        text = taken(body, content_type=content_type).article.text
    except Unusable as unusable:
        text = unusable.reason
    assert text.strip()
    assert "\x00" not in text
    assert time.monotonic() - began < seconds


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(TAGS), max_size=120),
    st.sampled_from(["text/html", "", "text/html; charset=windows-1250", "text/html; charset=x-nonsense"]),
)
@example(["<div>"] * 5, "text/html")
def test_whatever_markup_comes_ends_in_an_article_or_a_reason(pieces: list[str], content_type: str) -> None:
    bounded("".join(pieces).encode("utf-8", "surrogatepass"), content_type, 20)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([b"", b"<p>", b"\xef\xbb\xbf<html>", b"\xff\xfe<\x00p\x00>\x00"]))
def test_whatever_bytes_come_end_in_an_article_or_a_reason(body: bytes, before: bytes) -> None:
    bounded(before + body, "text/html", 20)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_page_ends_in_an_article_or_a_reason(data: st.DataObject) -> None:
    body = bytearray(page_html("Naslov članka", TEXT, ld(articleBody=TEXT)).encode())
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6))
    bounded(bytes(body), "text/html", 20)


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 50_000 + TEXT,
        "<p>" + "a " * 1_000_000,
        "<p>tekst</p>" * 200_000,
        "<a href='/x'>naslov druge vesti ovde</a> " * 50_000,
        "<table>" * 3_000 + TEXT,
        f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{TEXT}</p>",
        "<p>" + "Å¡" * 500_000,
        "<p>" + "12.03. u " * 200_000,
        "<div class='" + "related " * 100_000 + "'>" + TEXT,
    ],
    ids=["deep", "one line", "many lines", "many links", "tables", "json", "mojibake", "dates", "names"],
)  # fmt: skip
def test_large_and_hostile_pages_take_bounded_time(body: str) -> None:
    bounded(body.encode(), "text/html", 60)


def test_nothing_of_a_page_speaks_to_a_terminal_or_turns_its_direction() -> None:
    title = "Pucnjava \u009b31m\u202eu selu Donje\u2066"
    assert taken(article(TEXT, title=title)).article.title == "Pucnjava 31mu selu Donje"
    assert why_not(b"x", content_type="text/\x1b[31mred") == r"text/\x1b[31mred is no page"


def test_selectors_look_for_nothing_in_a_page_nested_too_deep_for_their_parser() -> None:
    deep = "<div>" * 100_000
    began = time.monotonic()
    found = selected(f"<html><body><h1 class=t>Naslov</h1>{deep}", Selectors(title=".t"))
    assert found == Selected()
    assert time.monotonic() - began < 15, "the parser takes half a minute over it"
