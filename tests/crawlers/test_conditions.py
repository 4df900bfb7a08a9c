"""Conditional requests, and servers whose "not modified" is untrue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select, update

from crawlers.polling.conditions import PROBE_AFTER, PROBE_WHEN_SILENT_AFTER, TRIED_AFTER, asking
from store.polling import feed_log
from store.schema import Feed, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
OFTEN: dict[str, Any] = {"interval_seconds": 0.2, "max_interval_seconds": 0.3}


def known(**columns: object) -> Feed:
    plain = {"etag": '"1"', "last_modified": "a day", "not_modified": 0, "interval_seconds": 900}
    return Feed(url="https://example.rs/feed", **plain | columns)


def test_the_entity_tag_goes_before_the_date() -> None:
    assert asking(known(), NOW, conditional=True).headers == {"If-None-Match": '"1"'}
    assert asking(known(etag=None), NOW, conditional=True).headers == {"If-Modified-Since": "a day"}
    assert asking(known(etag=None, last_modified=None), NOW, conditional=True).headers == {}


def test_no_condition_where_it_is_switched_off_or_was_answered_untruly() -> None:
    assert asking(known(), NOW, conditional=False).headers == {}
    lying = asking(known(lies_since=NOW, not_modified=99), NOW, conditional=True)
    assert (lying.headers, lying.probe) == ({}, None)


def test_probes_after_so_many_answers_and_earlier_in_silence() -> None:
    assert asking(known(not_modified=PROBE_AFTER - 1), NOW, conditional=True).probe is None
    assert asking(known(not_modified=PROBE_AFTER), NOW, conditional=True).probe
    lively = {"usual_gap_seconds": 3600, "not_modified": PROBE_WHEN_SILENT_AFTER}
    for hours, probed in ((1, False), (3, True)):
        row = known(last_new_item=NOW - dt.timedelta(hours=hours), **lively)
        assert bool(asking(row, NOW, conditional=True).probe) is probed
    never_seen_two = known(last_new_item=NOW - dt.timedelta(days=9), not_modified=PROBE_WHEN_SILENT_AFTER)
    assert asking(never_seen_two, NOW, conditional=True).probe is None


def the_feed(crawler: Crawler) -> Feed:
    with crawler.database.session() as session:
        return session.scalars(select(Feed)).one()


def log_of(crawler: Crawler) -> list[tuple[str, str]]:
    with crawler.database.session() as session:
        return [(entry.event, entry.detail) for entry in feed_log(session, the_feed(crawler).url)]


def conditions_sent(site: Site) -> list[bool]:
    return ["if-none-match" in asked.headers for asked in site.asked if asked.path == "/feed"]


def always_unmodified(body: Callable[[], bytes], etag: Callable[[], str]) -> Callable[[Mapping[str, str]], Answer]:
    """A server that answers 304 to whatever condition."""
    return lambda asked: Answer(status=304) if "if-none-match" in asked else Answer(body(), headers={"ETag": etag()})


@pytest.mark.parametrize("changes_its_tag", [False, True])
def test_a_server_that_answers_304_for_ever_is_found_out(crawler: Crawler, changes_its_tag: bool) -> None:
    with serving("127.0.3.10") as [site]:
        titles = {"/a": "Naslov prvog članka"}
        site.article("/a", "Naslov prvog članka", words(1))
        site.article("/b", "Naslov drugog članka", words(2))
        site.article("/c", "Naslov trećeg članka", words(3))
        site.pages["/feed"] = always_unmodified(
            lambda: rss(site.base, titles), lambda: f'"{len(titles) if changes_its_tag else 0}"'
        )
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(until_idle=False, **OFTEN)
        wait_for(lambda: "/a" in site.paths())
        titles["/b"] = "Naslov drugog članka"
        wait_for(lambda: "/b" in site.paths())
        wait_for(lambda: the_feed(crawler).lies_since is not None)
        found_out = len(conditions_sent(site))
        titles["/c"] = "Naslov trećeg članka"
        wait_for(lambda: "/c" in site.paths())
        process.terminate()
        crawler.summary(process)
        sent = conditions_sent(site)
    assert sum(sent) >= PROBE_WHEN_SILENT_AFTER, "it was believed at first"
    assert not any(sent[found_out:])
    [lie] = [detail for event, detail in log_of(crawler) if event == "lies"]
    assert lie.startswith("no condition is sent any more: ")
    crawler_again = crawler.crawl()
    assert crawler_again["polls_failed"] == 1, "the site is gone"
    assert the_feed(crawler).lies_since is not None, "it is remembered"


def test_a_new_body_under_the_old_tag_is_read_and_no_condition_sent_again(crawler: Crawler) -> None:
    with serving("127.0.3.11") as [site]:
        for path in ("/a", "/b"):
            site.article(path, f"Naslov članka {path}", words(ord(path[1])))
        site.pages["/feed"] = Answer(rss(site.base, {"/a": "Naslov članka /a"}), headers={"ETag": '"old"'})
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl()
        assert the_feed(crawler).lies_since is None
        both = {"/a": "Naslov članka /a", "/b": "Naslov članka /b"}
        site.pages["/feed"] = Answer(rss(site.base, both), headers={"ETag": '"old"'})
        assert crawler.crawl()["new"] == 1
        crawler.crawl()
        assert conditions_sent(site) == [False, True, False]
    assert the_feed(crawler).lies_since is not None


@pytest.mark.parametrize("mended", [True, False])
def test_a_server_that_lied_is_tried_again_after_a_while(crawler: Crawler, mended: bool) -> None:
    with serving("127.0.3.16") as [site]:
        titles: dict[str, str] = {}

        def feed(asked: Mapping[str, str]) -> Answer:
            tag = f'"{len(titles)}"'
            sent = asked.get("if-none-match")
            if sent is not None and (not mended or sent == tag):
                return Answer(status=304)
            return Answer(rss(site.base, titles), headers={"ETag": tag})

        def another() -> None:
            number = len(titles)
            titles[f"/{number}"] = f"Naslov članka {number}"
            site.article(f"/{number}", f"Naslov članka {number}", words(number))

        site.pages["/feed"] = feed
        crawler.watch(site, [("/feed", "rss")])
        another()
        crawler.crawl()
        for age, tried in ((TRIED_AFTER / 2, False), (TRIED_AFTER, True)):
            found_out = dt.datetime.now(dt.UTC) - age
            with crawler.database.session() as session:
                session.execute(update(Feed).values(lies_since=found_out))
            before = len(conditions_sent(site))
            another()
            assert crawler.crawl()["new"] == 1, "what it lists is read in any case"
            assert conditions_sent(site)[before:] == [False, True][: 1 + tried]
        lies_since = the_feed(crawler).lies_since
    if mended:
        assert lies_since is None
        assert ("recovered", "conditions are sent again: it gave a changed body when asked") in log_of(crawler)
    else:
        assert lies_since is not None
        assert lies_since > found_out + TRIED_AFTER / 2, "it is tried no sooner than after another while"


def test_an_honest_server_is_probed_and_believed(crawler: Crawler) -> None:
    with serving("127.0.3.12") as [site]:
        titles = {"/a": "Naslov prvog članka"}
        site.article("/a", "Naslov prvog članka", words(1))
        site.article("/b", "Naslov drugog članka", words(2))

        def honest(asked: Mapping[str, str]) -> Answer:
            tag = f'"{len(titles)}"'
            return (
                Answer(status=304)
                if asked.get("if-none-match") == tag
                else Answer(rss(site.base, titles), headers={"ETag": tag})
            )

        site.pages["/feed"] = honest
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(until_idle=False, **OFTEN)
        wait_for(lambda: conditions_sent(site).count(False) >= 2)  # the first poll and a probe
        titles["/b"] = "Naslov drugog članka"
        wait_for(lambda: "/b" in site.paths())
        polled = len(conditions_sent(site))
        wait_for(lambda: len(conditions_sent(site)) >= polled + 2)
        process.terminate()
        crawler.summary(process)
        assert conditions_sent(site)[-1]
    assert the_feed(crawler).lies_since is None


def test_the_switch_of_the_source_sends_no_condition(crawler: Crawler) -> None:
    with serving("127.0.3.13") as [site]:
        site.pages["/feed"] = Answer(rss(site.base, {}), headers={"ETag": '"1"', "Last-Modified": "x"})
        crawler.declare(site.base, [f'{{ url = "{site.base}/feed", kind = "rss" }}'], "conditional = false")
        crawler.crawl()
        with crawler.database.session() as session:
            session.execute(update(Feed).values(lies_since=NOW))
        assert crawler.crawl()["polls_unchanged"] == 1, "by the hash of the body"
        for asked in site.asked:
            assert not {"if-none-match", "if-modified-since"} & set(asked.headers)
    assert the_feed(crawler).lies_since is None, "that is settled by the switch"


def test_304_with_a_body_is_no_error_and_does_not_spoil_what_follows(crawler: Crawler) -> None:
    with serving("127.0.3.14") as [site]:
        site.article("/a", "Naslov prvog članka", words(1))
        body = rss(site.base, {"/a": "Naslov prvog članka"})
        site.pages["/feed"] = lambda asked: Answer(body, 304 if "if-none-match" in asked else 200, {"ETag": '"1"'})
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(until_idle=False, **OFTEN)
        wait_for(lambda: conditions_sent(site).count(True) >= 4)
        process.terminate()
        summary = crawler.summary(process)
    assert summary["polls_failed"] == 0
    assert summary["polls_unchanged"] >= 3
    with crawler.database.session() as session:
        assert len(session.scalars(select(StoredArticle)).all()) == 1


def test_304_to_a_request_without_a_condition_is_a_failure(crawler: Crawler) -> None:
    with serving("127.0.3.15") as [site]:
        site.pages["/feed"] = Answer(status=304)
        crawler.watch(site, [("/feed", "rss")])
        assert crawler.crawl()["polls_failed"] == 1
    feed = the_feed(crawler)
    assert feed.last_error == "HTTP 304 although no condition was sent"
    assert (feed.failures, feed.last_error_kind, feed.last_success) == (0.25, "server", None)
