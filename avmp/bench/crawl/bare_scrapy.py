"""A spider such as one writes in an hour: Scrapy's own settings, the feeds' links followed, trafilatura's precision
mode over every page, a JSON line an article. `python -m avmp.bench.crawl.bare_scrapy FILE`, the feeds as JSON
on standard input; prints when it began and ended on the machine's monotonic clock, and how many articles it wrote."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import trafilatura
from scrapy import Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

LINKS = "//*[local-name()='item']/*[local-name()='link']/text() | //*[local-name()='entry']/*[local-name()='link'][not(@rel) or @rel='alternate']/@href | //*[local-name()='url']/*[local-name()='loc']/text()"  # noqa: E501
"""The articles of RSS, Atom and sitemaps."""

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class BareSpider(Spider):
    """Follows the feeds it is given."""

    name = "bare"
    written = 0

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        for link in response.xpath(LINKS).getall():
            yield response.follow(link.strip(), self.parse_article)

    def parse_article(self, response: Response) -> Iterator[dict[str, Any]]:
        found = trafilatura.bare_extraction(
            response.body, url=response.url, favor_precision=True, include_comments=False, include_tables=False,
            with_metadata=True,
        )  # fmt: skip
        if found is not None and not isinstance(found, dict) and found.text:
            BareSpider.written += 1
            yield {"url": response.url, "title": found.title, "text": found.text, "date": found.date}


def cpu_seconds() -> float:
    """What this process and those it began have taken, their start included."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHO))


def main() -> None:
    """Crawls until every link was followed."""
    feeds = json.loads(sys.stdin.read())
    process = CrawlerProcess(
        {"FEEDS": {sys.argv[1]: {"format": "jsonlines"}}, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    )
    began = time.monotonic()
    process.crawl(BareSpider, start_urls=feeds)
    process.start()
    sys.stdout.write(
        json.dumps(
            {"began": began, "ended": time.monotonic(), "cpu_seconds": cpu_seconds(), "articles": BareSpider.written}
        )
    )


if __name__ == "__main__":
    main()
