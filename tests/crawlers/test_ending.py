"""How a crawl ends: promptly, whatever the network does, and what it was at is there for the next one."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import func, select, text

from store.schema import Feed, OutboxMessage, PendingItem, StoredArticle
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

PROMPTLY = 45.0
"""Seconds: less than what hinders it takes, a minute, and enough for a busy machine. On an idle one it takes the grace
for fetches under way; a supervisor kills after 15."""


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A host that takes connections and never answers."""
    with socket.create_server(("127.0.2.71", 0)) as listening:
        listening.settimeout(120)
        yield listening


def address(host: socket.socket) -> str:
    return "http://{}:{}".format(*host.getsockname())


def pending(crawler: Crawler) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(PendingItem)).one()


def registered(crawler: Crawler) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(Feed)).one()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_promptly_while_hosts_are_silent(
    crawler: Crawler, silent: socket.socket, number: signal.Signals
) -> None:
    with serving("127.0.2.70") as [site]:
        site.feed("/feed", {f"/a/{n}": f"Naslov broj {n} o pucnjavi" for n in range(30)})
        for n in range(30):
            site.article(f"/a/{n}", f"Naslov broj {n} o pucnjavi", words(n))
        crawler.watch(site, [("/feed", "rss")])
        crawler.watch_address(address(silent), [("/feed", "rss")], jurisdiction="BA")
        process = crawler.start(until_idle=False, min_gap_seconds=0.3)
        wait_for(lambda: sum("/a/" in path for path in site.paths()) >= 3)
        began = time.monotonic()
        process.send_signal(number)
        summary = crawler.summary(process)
        took = time.monotonic() - began
    assert took < PROMPTLY
    assert summary["new"] >= 3
    assert summary["new"] + summary["pending"] == 30 == summary["items_seen"]
    assert pending(crawler) == summary["pending"]


def test_name_servers_that_are_silent_do_not_hold_it_up(crawler: Crawler) -> None:
    for n in range(40):
        crawler.watch_address(f"http://outlet-{n}.invalid", [("/feed", "rss")])
    process = crawler.start(until_idle=False, lookup_seconds=60.0)
    wait_for(lambda: registered(crawler) == 40)  # it has begun, however long its imports take
    time.sleep(4)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    crawler.summary(process)
    assert time.monotonic() - began < PROMPTLY


def test_a_second_signal_ends_it_at_once(crawler: Crawler, silent: socket.socket) -> None:
    with serving("127.0.2.72") as [site]:
        site.pages["/feed"] = Answer(rss(address(silent), {"/a": "Naslov članka o pucnjavi"}))
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(until_idle=False)
        connection, _ = silent.accept()  # a fetch is under way, for which it has a grace

        def ended() -> bool:
            process.send_signal(signal.SIGTERM)  # one that follows another at once may be one with it
            return process.poll() is not None

        with connection:
            wait_for(ended)
        assert process.wait() == -signal.SIGTERM, "it did not come to an end by itself"
    assert pending(crawler) == 1


def test_an_idle_crawl_ends_promptly(crawler: Crawler) -> None:
    with serving("127.0.2.73") as [site]:
        site.feed("/feed", {"/a": "Naslov članka o pucnjavi"})
        site.article("/a", "Naslov članka o pucnjavi", words(1))
        crawler.watch(site, [("/feed", "rss")])
        process = crawler.start()
        wait_for(lambda: "/a" in site.paths())
        began = time.monotonic()
        assert crawler.summary(process)["new"] == 1
        assert time.monotonic() - began < PROMPTLY


def test_a_database_that_goes_away_and_comes_back_costs_nothing(crawler: Crawler) -> None:
    ending = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    with serving("127.0.2.74", "127.0.2.75") as sites:
        for site in sites:
            site.feed("/feed", {f"/a/{n}": f"Naslov broj {n} o pucnjavi" for n in range(15)})
            for n in range(15):
                site.article(f"/a/{n}", f"Naslov broj {n} o pucnjavi", words(n))
            crawler.watch(site, [("/feed", "rss")])
        process = crawler.start(min_gap_seconds=0.1)
        for fetched in (2, 8, 14):
            wait_for(partial(has_asked, sites, fetched))
            with crawler.database.session() as session:
                session.execute(text(ending))
        assert crawler.summary(process)["pending"] == 0
    with crawler.database.session() as session:
        assert session.scalars(select(func.count()).select_from(StoredArticle)).one() == 30
        assert session.scalars(select(func.count()).select_from(OutboxMessage)).one() == 30


def has_asked(sites: list[Site], articles: int) -> bool:
    return sum("/a/" in path for site in sites for path in site.paths()) >= articles
