"""Pages read again while other things happen: killed in the middle, and beside a crawl."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select, text, update

from store.schema import ArticleVersion, OutboxMessage, StoredArticle
from tests.crawlers.conftest import ROOT, Crawler
from tests.crawlers.sites import Answer, Site, rss, serving, wait_for, words

PAGES = 8
STALE = "Tako je ovaj tekst čitalo jučerašnje izdanje programa."


@dataclass(frozen=True)
class State:
    """What a crawl and its replays left: the text of every article, its versions, and its events."""

    texts: dict[str, str]
    versions: Counter[str]
    events: Counter[str]


def test_a_replay_killed_and_begun_again_ends_as_one_that_was_not(crawler: Crawler) -> None:
    with serving("127.0.11.1") as [site]:
        publish(site, range(PAGES))
        crawler.watch(site, [("/feed", "rss")])
        crawler.crawl()
    before = state(crawler)
    make_stale(crawler)
    for _ in range(2):
        replay = start(crawler)
        assert replay.stdout is not None
        assert [replay.stdout.readline() for _ in range(4)], "it is under way"
        replay.kill()
        replay.wait()
        replay.stdout.close()
    finish(start(crawler))
    after = state(crawler)
    assert after.texts == before.texts
    assert after.versions == dict.fromkeys(before.texts, 1), "the stale wording, kept once"
    assert after.events == dict.fromkeys(before.texts, 2), "sent when it was fetched, and once when it was read again"


def test_a_replay_beside_a_crawl_leaves_the_newest_wording(crawler: Crawler) -> None:
    with serving("127.0.11.1") as [site]:
        publish(site, range(PAGES))
        crawler.declare(site.base, [f'{{ url = "{site.base}/{n}", kind = "page" }}' for n in range(PAGES)])
        crawling = crawler.start(until_idle=False, max_item_age_days=None)
        wait_for(lambda: len(state(crawler).texts) == PAGES)
        for round_ in range(1, 3):
            replay = start(crawler)
            for number in range(PAGES):  # each drops nothing, and so is a version
                body = "\n\n".join([words(number), *(words(1000 * r + number) for r in range(1, round_ + 1))])
                site.article(f"/{number}", f"Naslov članka broj {number}", body)
            finish(replay)
            wait_for(lambda: shown(crawler, f"{1000 * round_}") == PAGES)  # noqa: B023  called before the next round
            finish(start(crawler))
            assert shown(crawler, f"{1000 * round_}") == PAGES, "no page read again replaces one fetched later"
        crawling.terminate()
        crawler.summary(crawling)
    left = state(crawler)
    assert len(left.texts) == PAGES
    assert all(events == left.versions[id_] + 1 for id_, events in left.events.items()), "an event for each wording"


def publish(site: Site, numbers: range) -> None:
    titles = {f"/{number}": f"Naslov članka broj {number}" for number in numbers}
    for number in numbers:
        site.article(f"/{number}", titles[f"/{number}"], words(number))
    site.pages["/feed"] = Answer(rss(site.base, titles))


def start(crawler: Crawler) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crawlers.replay_once", crawler.database.url, str(crawler.archive)]
    return subprocess.Popen([*command, str(crawler.sources)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(replay: subprocess.Popen[str]) -> str:
    printed, _ = replay.communicate()
    assert replay.returncode == 0
    return printed


def make_stale(crawler: Crawler) -> None:
    with crawler.database.session() as session:
        session.execute(update(StoredArticle).values(text=STALE, content_hash=func.concat("stale ", StoredArticle.id)))


def shown(crawler: Crawler, number: str) -> int:
    """How many articles tell of a village of this thousand."""
    with crawler.database.session() as session:
        query = text("select count(*) from articles where text ~ :pattern")
        return int(session.execute(query, {"pattern": f"selu broj {number[:-2]}[0-9]{{2}}-"}).scalar_one())


def state(crawler: Crawler) -> State:
    with crawler.database.session() as session:
        texts = dict(session.execute(select(StoredArticle.id, StoredArticle.text)).all())
        versions = Counter(session.scalars(select(ArticleVersion.article_id)))
        events = Counter(session.scalars(select(OutboxMessage.key)))
    return State({str(id_): str(text_) for id_, text_ in texts.items()}, versions, Counter(map(str, events.elements())))
