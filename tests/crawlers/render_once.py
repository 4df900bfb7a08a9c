"""Renders addresses in a process of its own, as `fetch_once` fetches them; says how many processes it left behind."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import psutil

from crawlers.fetching.browser import Browser
from crawlers.fetching.fetcher import Fetcher, FetchFailed, run_with_fetcher
from crawlers.settings import CrawlSettings
from tests.crawlers.fetch_once import answered


def rendered(urls: Sequence[str], **settings: Any) -> dict[str, dict[str, Any]]:
    """What became of each address, one after another: `text`, or `kind` and `reason` of its failure."""
    return answered("tests.crawlers.render_once", {"urls": urls}, {"render_seconds": 20.0} | settings)


async def _all(fetcher: Fetcher, settings: CrawlSettings, urls: Sequence[str]) -> dict[str, dict[str, Any]]:
    browser = Browser(fetcher, settings)
    outcomes: dict[str, dict[str, Any]] = {}
    for url in urls:
        try:
            page = await browser.rendered(await fetcher.get(url))
            outcomes[url] = {"text": page.body.decode(), "type": page.content_type, "by": page.header("x-rendered")}
        except FetchFailed as failure:
            outcomes[url] = {"kind": failure.kind, "reason": failure.reason}
        outcomes[url]["left"] = len(psutil.Process().children(recursive=True))
    return outcomes


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    settings = CrawlSettings(**given["settings"])
    sys.stdout.write(json.dumps(run_with_fetcher(settings, lambda fetcher: _all(fetcher, settings, given["urls"]))))
