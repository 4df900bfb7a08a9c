"""A site that is slow keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from tests.crawlers.conftest import Crawler
from tests.crawlers.sites import Answer, rss, serving

PATIENCE = 50.0
"""Seconds that the slow site withholds its answer, at the longest, until all others have been asked."""


def test_forty_feeds_of_a_slow_site_leave_the_slots_to_others(crawler: Crawler) -> None:
    """Each answer of the slow site comes when all the others have been asked: with all slots taken by feeds that wait
    for their turn there, that would be never."""
    left = {f"127.0.10.{number}" for number in range(2, 12)}
    all_asked, in_time = threading.Event(), list[bool]()

    def slowly(_: Mapping[str, str]) -> Answer:
        in_time.append(all_asked.wait(PATIENCE if all(in_time) else 0))
        return Answer(rss("http://127.0.10.1", {}))

    def telling(address: str) -> Callable[[Mapping[str, str]], Answer]:
        def answer(_: Mapping[str, str]) -> Answer:
            left.discard(address)
            if not left:
                all_asked.set()
            return Answer(rss(f"http://{address}", {}))

        return answer

    with serving("127.0.10.1", *sorted(left)) as (slow, *others):
        paths = [f"/feed{number}" for number in range(40)]
        slow.pages |= dict.fromkeys(paths, slowly)
        crawler.watch(slow, [(path, "rss") for path in paths])
        for site in others:
            site.pages["/feed"] = telling(site.base.split("//")[1].split(":")[0])
            crawler.watch(site, [("/feed", "rss")])
        summary = crawler.crawl(max_concurrent=4, min_gap_seconds=0.0, timeout_seconds=60.0)
    assert summary["polls"] == 50
    assert in_time == [True] * 40
