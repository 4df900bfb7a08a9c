"""Pages that show their text by script alone, rendered in a browser that has no network of its own.

Every request of the page comes to us and is made by the fetcher or not at all: so addresses, robots.txt, turns and
limits are the same as for any page. What does not come to us, a socket or a look-up, leads nowhere: the browser can
resolve no name and knows no proxy that exists. Each page has a browser of its own, which ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import importlib.util
import os
import shutil
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from crawlers.fetching.answers import Fetched, FetchFailed, one_line
from crawlers.fetching.fetcher import Fetcher, Rank
from crawlers.fetching.politeness import site_of
from crawlers.settings import CrawlSettings

if TYPE_CHECKING:
    from playwright.async_api import Page, Playwright, Route

NEEDS_BROWSER = "the page needs a browser: set crawl.render = true"
"""Of a page without text, where its source says `render = true` and the setting does not."""

MAX_REQUESTS = 40
"""Scripts and data that one page may ask for; at one request in five seconds that is long enough."""

MAX_KEPT_SCRIPTS = 100
SCRIPT_TTL = dt.timedelta(hours=1)
"""A site's scripts are the same from page to page, so that most pages cost two requests."""

SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome")

CLOSING_SECONDS = 15.0
"""For reading the page and ending the browser, after the page's own time."""

SERVED = frozenset({"script", "xhr", "fetch"})
"""Types of request that are made. Pictures, media, fonts, frames, beacons and sockets are not; styles are empty."""

ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:9",
    "--proxy-bypass-list=<-loopback>",  # loopback too goes to that proxy
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",  # MiB
    "--disable-gpu",
)

NO_PEERS = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[name];"

PASSED_HEADERS = frozenset({"content-type", "access-control-allow-origin", "access-control-allow-credentials"})


@dataclass
class _Visit:
    """One page on its way: what its scripts may still ask for."""

    page: Fetched
    requests_left: int = MAX_REQUESTS
    bytes_left: int = 0
    shown: bool = False
    site: str = field(init=False)

    def __post_init__(self) -> None:
        self.site = _site(self.page.url)


class Browser:
    """Renders one page at a time. It needs the extra `render` and a Chromium: that of the settings, the system's or
    playwright's."""

    def __init__(self, fetcher: Fetcher, settings: CrawlSettings) -> None:
        self._fetcher, self._settings = fetcher, settings
        self._one_at_a_time = asyncio.Lock()
        self._scripts: OrderedDict[str, Fetched] = OrderedDict()

    async def rendered(self, page: Fetched) -> Fetched:
        """The page as it stands after its scripts have run, in UTF-8.

        Raises:
            FetchFailed: no browser, a page that does not end, or one that is too large.
        """
        if importlib.util.find_spec("playwright") is None:
            raise FetchFailed("refused", "the page needs a browser: install the extra `render`")
        limit = self._settings.render_seconds + CLOSING_SECONDS
        async with self._one_at_a_time:
            try:
                text = await asyncio.wait_for(self._text(_Visit(page)), limit)
            except TimeoutError:
                raise FetchFailed("network", f"its scripts did not end within {limit:g} seconds") from None
        return Fetched(page.asked, page.url, page.status, _headers(page), text.encode(), page.at)

    async def _text(self, visit: _Visit) -> str:
        from playwright.async_api import Error, async_playwright

        visit.bytes_left = 4 * self._settings.max_body_bytes
        try:
            async with async_playwright() as playwright:
                return await self._shown(playwright, visit)
        except Error as error:
            raise FetchFailed("server", f"the browser failed: {one_line(error)}") from None

    async def _shown(self, playwright: Playwright, visit: _Visit) -> str:
        browser = await playwright.chromium.launch(
            executable_path=self._executable(),
            args=list(ARGUMENTS),
            chromium_sandbox=os.geteuid() != 0,  # as root Chromium does not start in its sandbox
        )
        context = await browser.new_context(
            user_agent=self._settings.agent, service_workers="block", accept_downloads=False
        )
        await context.add_init_script(NO_PEERS)
        await context.route("**/*", lambda route: self._serve(route, visit))
        shown = await context.new_page()
        await self._settle(shown, visit.page.url)
        limit = self._settings.max_body_bytes
        if await shown.evaluate("document.documentElement.outerHTML.length") > limit:
            raise FetchFailed("too_large", f"as rendered it is larger than {limit} characters")
        return await shown.content()

    def _executable(self) -> str | None:
        if self._settings.browser is not None:
            return str(self._settings.browser)
        return next(filter(None, map(shutil.which, SYSTEM_BROWSERS)), None)

    async def _settle(self, shown: Page, url: str) -> None:
        """Loads the page and waits until it asks for nothing more; one that always does is taken as it then stands."""
        from playwright.async_api import TimeoutError as TooLate

        milliseconds = self._settings.render_seconds * 1000
        with contextlib.suppress(TooLate):
            await shown.goto(url, wait_until="networkidle", timeout=milliseconds)

    async def _serve(self, route: Route, visit: _Visit) -> None:
        """Answers one request of the page: with the page itself, with what the fetcher brings, or not at all."""
        request = route.request
        kind, url = request.resource_type, urldefrag(request.url)[0]
        if request.is_navigation_request():
            await self._navigate(route, url, visit)
        elif kind == "stylesheet":
            await route.fulfill(headers={"content-type": "text/css"}, body="")
        elif request.method != "GET" or kind not in SERVED or _site(url) != visit.site:
            await route.abort()
        else:
            await self._fetch(route, url, kind, visit)

    async def _navigate(self, route: Route, url: str, visit: _Visit) -> None:
        """The page itself, once. Frames, pop-ups and ways to elsewhere get a 204, which leaves the page as it is;
        refused, they would put an error page in its place."""
        if visit.shown or url != urldefrag(visit.page.url)[0]:
            await route.fulfill(status=204)
            return
        visit.shown = True
        await route.fulfill(headers=_passed(visit.page), body=visit.page.body)

    async def _fetch(self, route: Route, url: str, kind: str, visit: _Visit) -> None:
        try:
            brought = await self._script(url, visit) if kind == "script" else await self._brought(url, visit)
        except FetchFailed:
            await route.abort()
            return
        await route.fulfill(status=brought.status, headers=_passed(brought), body=brought.body)

    async def _script(self, url: str, visit: _Visit) -> Fetched:
        kept = self._scripts.get(url)
        if kept is None or kept.at < dt.datetime.now(dt.UTC) - SCRIPT_TTL:
            kept = self._scripts[url] = await self._brought(url, visit)
        self._scripts.move_to_end(url)
        while len(self._scripts) > MAX_KEPT_SCRIPTS:
            self._scripts.popitem(last=False)
        return kept

    async def _brought(self, url: str, visit: _Visit) -> Fetched:
        if visit.requests_left <= 0 or visit.bytes_left <= 0:
            raise FetchFailed("too_large", "the page asks for too much")
        visit.requests_left -= 1
        brought = await self._fetcher.get(url, rank=Rank.ARTICLE)
        visit.bytes_left -= len(brought.body)
        return brought


def _site(url: str) -> str:
    return site_of(urlsplit(url).hostname or "")


def _passed(page: Fetched) -> dict[str, str]:
    return {name.lower(): value for name, value in page.headers if name.lower() in PASSED_HEADERS}


def _headers(page: Fetched) -> tuple[tuple[str, str], ...]:
    kept = [(name, value) for name, value in page.headers if name.lower() not in ("content-type", "content-length")]
    return (*kept, ("Content-Type", "text/html; charset=utf-8"), ("X-Rendered", "chromium"))
