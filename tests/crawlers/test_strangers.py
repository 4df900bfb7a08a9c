"""Sites of no source: a feed that links to one cannot make us its attacker."""

from __future__ import annotations

import datetime as dt
import subprocess
import time

from sqlalchemy import func, select, text, update

from store.schema import FetchOutcome, PendingItem, StrangerRequests
from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

MOST = 5
LINKS = 12
DAY = dt.timedelta(days=1)


def test_a_site_of_no_source_is_asked_so_often_a_day_over_all_starts(crawler: Crawler) -> None:
    not_near_midnight()
    with serving("127.0.9.1", "127.0.9.2") as (own, stranger):
        crawler.watch(own, [("/feed", "rss")])
        listing_a_stranger(own, stranger)
        crawling = crawler.start(until_idle=False, max_requests_to_strangers=MOST)
        wait_for(lambda: len(put_off(crawler)) == LINKS - MOST + 1 + 1)  # robots.txt was one
        assert len(stranger.asked) == MOST
        assert all("is no source: it is asked at most 5 times a day" in reason for reason in put_off(crawler))
        kill(crawling)

        own.article("/later", "Sledeći dan", words(99))
        own.pages["/feed"] = Answer(rss(own.base, {"/later": "Sledeći dan"}))
        make_due(crawler)
        crawling = crawler.start(until_idle=False, max_requests_to_strangers=MOST)
        wait_for(lambda: outcomes(crawler).get(f"{own.base}/later".removeprefix("http://")) == "fetched")
        wait_for(lambda: len(put_off(crawler)) == LINKS - MOST + 1 + 1)
        assert len(stranger.asked) == MOST, "what was asked before the start counts"
        assert len({path for path in own.paths() if path.startswith("/own")}) == LINKS, "its own site has no limit"
        kill(crawling)

        a_day_passes(crawler)
        crawling = crawler.start(until_idle=False, max_requests_to_strangers=MOST)
        wait_for(lambda: len(stranger.asked) == 2 * MOST)
        kill(crawling)

        with crawler.database.session() as session:
            session.execute(update(PendingItem).values(seen_at=func.now() - 8 * DAY, due_at=func.now()))
        crawling = crawler.start(until_idle=False, max_requests_to_strangers=MOST)
        wait_for(lambda: pending(crawler) == 0)
        kill(crawling)
        reasons = failed(crawler)
        assert len(reasons) >= LINKS - 2 * MOST + 1 + 1
        assert all("so it has been for 7 days" in reason for reason in reasons), "each ends with a stated reason"
        assert len(stranger.asked) == 2 * MOST


def test_a_feed_that_moved_to_a_site_of_no_source_is_read_as_before(crawler: Crawler) -> None:
    with serving("127.0.9.1", "127.0.9.2") as (own, moved):
        crawler.watch(own, [("/feed", "rss")])
        own.pages["/feed"] = Answer(status=301, headers={"Location": f"{moved.base}/feed"})
        moved.pages["/feed"] = Answer(rss(own.base, {"/1": "Naslov prvog"}))
        own.article("/1", "Naslov prvog", words(1))
        assert crawler.crawl(max_requests_to_strangers=0)["new"] == 1
        with crawler.database.session() as session:
            asked = session.scalars(select(StrangerRequests.requests)).all()
            assert asked == [1], "its robots.txt"


def listing_a_stranger(own: Site, stranger: Site) -> None:
    for number in range(LINKS):
        stranger.article(f"/{number}", f"Naslov strani {number}", words(number))
        own.article(f"/own{number}", f"Naslov domaći {number}", words(100 + number))
    stranger.article("/hidden", "Naslov skrivene strane", words(50))
    own.pages["/go"] = Answer(status=302, headers={"Location": f"{stranger.base}/hidden"})
    links = [f"{stranger.base}/{number}" for number in range(LINKS)]
    links += [f"{own.base}/own{number}" for number in range(LINKS)]
    items = "".join(f"<item><title>Naslov {n}</title><link>{link}</link></item>" for n, link in enumerate(links))
    last = f"<item><title>Naslov</title><link>{own.base}/go</link></item>"
    own.pages["/feed"] = Answer(f'<rss version="2.0"><channel><title>t</title>{items}{last}</channel></rss>'.encode())


def not_near_midnight() -> None:
    """Waits where a day of UTC is about to end."""
    while dt.datetime.now(dt.UTC).time() > dt.time(23, 55):
        time.sleep(5)


def put_off(crawler: Crawler) -> list[str]:
    with crawler.database.session() as session:
        waiting = select(PendingItem.reason).where(PendingItem.due_at > func.now() + dt.timedelta(minutes=4))
        return [reason or "" for reason in session.scalars(waiting)]


def make_due(crawler: Crawler) -> None:
    with crawler.database.session() as session:
        session.execute(update(PendingItem).values(due_at=func.now()))


def a_day_passes(crawler: Crawler) -> None:
    with crawler.database.session() as session:
        session.execute(text("update stranger_requests set day = day - 1"))
    make_due(crawler)


def pending(crawler: Crawler) -> int:
    with crawler.database.session() as session:
        return session.scalars(select(func.count()).select_from(PendingItem)).one()


def outcomes(crawler: Crawler) -> dict[str, str]:
    with crawler.database.session() as session:
        found = session.execute(select(FetchOutcome.url, FetchOutcome.outcome)).all()
        return {url.split("//")[-1]: outcome for url, outcome in found}


def failed(crawler: Crawler) -> list[str]:
    with crawler.database.session() as session:
        found = session.scalars(select(FetchOutcome.reason).where(FetchOutcome.outcome == "failed"))
        return [reason or "" for reason in found]


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
