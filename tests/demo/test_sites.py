"""The demonstration's sites, asked over HTTP as a crawler asks them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import httpx
import pytest
import trafilatura
from lxml import etree

from avmp.demo.outlets import Feed, Outlet, articles, outlets
from avmp.demo.pages import article_path
from avmp.demo.sites import serve_sites
from avmp.demo.sources import write_registry
from codebook.errors import BadSettings
from crawlers.registry import load

OUTLETS = {outlet.id: outlet for outlet in outlets()}
FEEDS = [(outlet, feed) for outlet in outlets() for feed in outlet.feeds]
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

every_outlet = pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS)
every_feed = pytest.mark.parametrize(("outlet", "feed"), FEEDS, ids=[outlet.id for outlet, _ in FEEDS])


@pytest.fixture(scope="module")
def bases() -> Iterator[dict[str, str]]:
    with serve_sites() as urls:
        yield dict(zip(OUTLETS, urls, strict=True))


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as opened:
        yield opened


def links(response: httpx.Response, feed: Feed) -> list[str]:
    if feed.kind == "sitemap":
        found = etree.fromstring(response.content).findall("s:url/s:loc", SITEMAP)
        return [str(location.text) for location in found]
    parsed = feedparser.parse(response.content, response_headers=dict(response.headers))
    assert not parsed.bozo
    return [entry.link for entry in parsed.entries]


def article_pages(outlet: Outlet) -> list[str]:
    prefix = "/cir" if outlet.twins else ""
    return [prefix + article_path(outlet, article) for article in articles(outlet.id)]


@every_feed
def test_a_feed_lists_every_article_and_each_link_answers(
    bases: dict[str, str], client: httpx.Client, outlet: Outlet, feed: Feed
) -> None:
    url = bases[outlet.id] + feed.path
    found = links(client.get(url), feed)
    assert len(found) == len(articles(outlet.id))
    for link, article in zip(found, articles(outlet.id), strict=True):
        page = client.get(urljoin(url, link))
        assert page.status_code == 200
        assert "<h1" in page.content.decode(outlet.charset)
        assert article.paragraphs[-1].split()[0] in page.content.decode(outlet.charset)


@every_feed
def test_a_feed_answers_304_to_what_it_gave_out(
    bases: dict[str, str], client: httpx.Client, outlet: Outlet, feed: Feed
) -> None:
    url = bases[outlet.id] + feed.path
    first = client.get(url)
    by_tag = client.get(url, headers={"if-none-match": first.headers["etag"]})
    by_date = client.get(url, headers={"if-modified-since": first.headers["last-modified"]})
    stale = client.get(url, headers={"if-none-match": '"another"'})
    assert (by_tag.status_code, by_date.status_code, stale.status_code) == (304, 304, 200)
    assert by_tag.content == b""


@every_outlet
def test_the_page_yields_the_article_alone(bases: dict[str, str], client: httpx.Client, outlet: Outlet) -> None:
    for path, article in zip(article_pages(outlet), articles(outlet.id), strict=True):
        extracted = trafilatura.extract(
            client.get(bases[outlet.id] + path).content, include_comments=False, favor_precision=True
        )
        assert extracted is not None
        assert set(article.text.split()) <= set(extracted.split()), path


@pytest.mark.parametrize(("outlet_id", "declared"), [("pristan-sever", "header"), ("glasnik-dva-mosta", "meta")])
def test_old_charsets_round_trip(bases: dict[str, str], client: httpx.Client, outlet_id: str, declared: str) -> None:
    outlet = OUTLETS[outlet_id]
    page = client.get(bases[outlet_id] + article_pages(outlet)[0])
    assert ("charset" in page.headers["content-type"]) == (declared == "header")
    assert (b"charset=" + outlet.charset.encode() in page.content) == (declared == "meta")
    with pytest.raises(UnicodeDecodeError):
        page.content.decode("utf-8")
    assert articles(outlet_id)[0].title.split()[-1] in page.content.decode(outlet.charset)


@every_outlet
def test_robots_and_unknown_addresses(bases: dict[str, str], client: httpx.Client, outlet: Outlet) -> None:
    robots = client.get(bases[outlet.id] + "/robots.txt")
    assert robots.status_code == 200
    assert robots.text.startswith("User-agent: *")
    assert client.get(bases[outlet.id] + "/no/such/page").status_code == 404
    assert client.get(bases[outlet.id] + "/").status_code == 200


@every_outlet
def test_gzip_where_the_outlet_has_it(bases: dict[str, str], client: httpx.Client, outlet: Outlet) -> None:
    url = bases[outlet.id] + outlet.feeds[0].path
    packed = client.get(url, headers={"accept-encoding": "gzip"})
    plain = client.get(url, headers={"accept-encoding": "identity"})
    assert (packed.headers.get("content-encoding") == "gzip") == outlet.gzip
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def test_a_twin_shows_the_same_article_in_the_other_script(bases: dict[str, str], client: httpx.Client) -> None:
    base, article = bases["moravski-vidik"], articles("moravski-vidik")[-1]
    path = article_path(OUTLETS["moravski-vidik"], article)
    assert article.title in client.get(f"{base}/cir{path}").text
    latin = client.get(f"{base}/lat{path}").text
    assert "Kragujevac: u garaži pronađene dve automatske puške" in latin
    assert f'href="{base}/cir{path}"' in latin


def test_the_registry_of_the_sites_is_one_the_crawler_takes(bases: dict[str, str], tmp_path: Path) -> None:
    write_registry(tmp_path, list(bases.values()))
    registry = load(tmp_path)
    assert {source.id for source in registry.verified().sources} == set(OUTLETS)
    assert len(list(registry.feeds())) == len(FEEDS)


def test_a_taken_port_is_told_in_one_line(bases: dict[str, str]) -> None:
    port = int(bases["panonska-cesma"].rsplit(":", 1)[1])
    with pytest.raises(BadSettings, match="choose another port"), serve_sites(port):
        pass
