"""The crawler's rows of `avmp bench`."""

from __future__ import annotations

from avmp.bench.crawl.child import Account
from avmp.bench.crawl.extraction import extraction_figures
from avmp.bench.crawl.ours import crawled
from avmp.bench.crawl.peers import PeerAccount, bare_scrapy, news_please
from avmp.bench.crawl.serving import most_connections, served, shortest_gap

HOSTS, ARTICLES_EACH = 40, 50
"""The 2,000 pages that the crawlers race over."""

POLITE_HOSTS, POLITE_ARTICLES, POLITE_GAP = 40, 5, 0.5
"""What the crawler's manners are measured on, the gap in seconds."""

MANY_HOSTS, MANY_ARTICLES = 1000, 2
"""What its memory is measured on."""


def crawl_figures() -> dict[str, float]:
    """Pages a second and milliseconds of processor time a page of our crawler without a gap between requests, of a bare
    Scrapy spider and of news-please; the manners that the hosts' log shows when a gap is set; megabytes of memory with
    a thousand sources; the extraction's F1."""
    return race_figures() | manners_figures() | memory_figures() | extraction_figures()


def race_figures() -> dict[str, float]:
    """The three crawlers over the same pages, one after the other. An article that did not come out does not count."""
    with served(HOSTS, ARTICLES_EACH) as serving:
        ours = crawled(serving.offer.registry, min_gap_seconds=0)
    with served(HOSTS, ARTICLES_EACH) as serving:
        scrapy, peer = bare_scrapy(serving.offer), news_please(serving.offer)
    figures = _row("crawl", _as_peer(ours)) | _row("crawl_bare_scrapy", scrapy)
    figures["crawl_to_bare_scrapy"] = round(_as_peer(ours).rate / scrapy.rate, 2)
    if peer is not None:
        figures |= _row("crawl_news_please", peer.together) | _row("crawl_news_please_one_by_one", peer.one_by_one)
        figures["crawl_to_news_please"] = round(_as_peer(ours).rate / peer.together.rate, 2)
        figures["crawl_to_news_please_one_by_one"] = round(_as_peer(ours).rate / peer.one_by_one.rate, 2)
    return figures


def manners_figures() -> dict[str, float]:
    """What the hosts saw of a crawl with a gap: the most connections one of them had at once, the seconds of the gap
    and of the shortest one kept."""
    with served(POLITE_HOSTS, POLITE_ARTICLES) as serving:
        crawled(serving.offer.registry, min_gap_seconds=POLITE_GAP)
    return {
        "crawl_polite_connections_at_once": most_connections(serving.log),
        "crawl_polite_gap_s": POLITE_GAP,
        "crawl_polite_shortest_gap_s": round(shortest_gap(serving.log), 3),
    }


def memory_figures() -> dict[str, float]:
    """The most memory of a crawl of many sources."""
    with served(MANY_HOSTS, MANY_ARTICLES) as serving:
        account = crawled(serving.offer.registry, min_gap_seconds=0)
    return {
        "crawl_many_sources": account.summary.polls,
        "crawl_many_sources_pages": account.summary.new,
        "crawl_many_sources_memory_mb": round(account.memory_mb, 1),
    }


def _as_peer(account: Account) -> PeerAccount:
    return PeerAccount(
        began=account.began, ended=account.ended, cpu_seconds=account.cpu_seconds, articles=account.summary.new
    )


def _row(name: str, account: PeerAccount) -> dict[str, float]:
    return {
        f"{name}_per_second": round(account.rate, 1),
        f"{name}_cpu_ms_per_page": round(1000 * account.cpu_seconds / account.articles, 1),
    }
