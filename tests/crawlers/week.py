"""One outlet of the simulated week: it publishes every day, and has a trouble of its own (`week_troubles`).

A day lasts seconds: the crawler runs with intervals of seconds, its clock is the real one. What an outlet serves is a
function of the day; what ought to be known of it at the end is told by `Outlet.articles` and `Outlet.reasons`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from crawlers.identity.normal_form import normalised
from tests.crawlers.sites import Answer, Page, Site, page_html, rss, words

DAYS = 7
ILL = (2, 3)
XML = {"Content-Type": "application/rss+xml"}
WIRE = words(999)
MONDAY = dt.datetime(2024, 3, 4, 10, tzinfo=dt.UTC)
"""The first day, as pages with a date state it: the midnight of the machine's own clock changes nothing of them."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong with an outlet. `feed` is what its feed answers on a day, `dawn` what else happens when one begins.
    `met` is what the log of the feed says once the crawler has run into it; `dated`: the pages state their day."""

    feed: Callable[[Outlet], Page] = lambda one: one.usual()
    dawn: Callable[[Outlet], None] = lambda _: None
    kind: str = "rss"
    met: str = ""
    dated: bool = False


@dataclass
class Outlet:
    """One outlet, at `site`; `second` is a site that it may move to. `articles` maps every title to the text last
    published under it, `addresses` to where in normal form, `wordings` to how many there were, where several;
    `listed` are the addresses in the feed with their titles; `reasons` tell the outcome of what leads to no article."""

    number: int
    name: str
    trouble: Trouble
    site: Site
    second: Site
    home: Site = field(init=False)
    prefix: str = "/hronika"
    articles: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, set[str]] = field(default_factory=dict)
    wordings: dict[str, int] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, tuple[str, str]] = field(default_factory=dict)
    day: int = -1
    """As its pages state it."""

    def __post_init__(self) -> None:
        self.home = self.site

    @property
    def source(self) -> str:
        return self.site.base.split("//")[1].split(":")[0]

    @property
    def feed_path(self) -> str:
        return {"section": "/hronika", "page": "/bilten"}.get(self.trouble.kind, "/feed")

    @property
    def ill(self) -> bool:
        return self.day in ILL

    def dawn(self, day: int) -> None:
        """Begins a day: publishes, and serves as on that day."""
        self.day = day
        if self.trouble.kind != "page":
            self.publish(self.todays_path(), day)
            self.site.pages[self.feed_path] = self.trouble.feed(self)
        self.trouble.dawn(self)

    def publish(self, path: str, number: int) -> None:
        title = f"Policija zaplenila pušku u selu {self.number} dana {number}"
        text = WIRE if self.name == "wire" and number == 2 else words(self.number * 100 + number)
        self.write(path, title, text)
        self.listed[self.home.base + path] = title

    def write(self, path: str, title: str, text: str) -> None:
        """Puts an article, or a new wording of one, under an address."""
        self.articles[title] = text
        self.addresses.setdefault(title, set()).add(normalised(self.home.base + path))
        moment = (MONDAY + dt.timedelta(days=self.day)).isoformat()
        head = f'<meta property="article:published_time" content="{moment}">' if self.trouble.dated else ""
        self.home.pages[path] = Answer(page_html(title, text, head).encode())

    def lead_nowhere(self, path: str, page: Page, reason: tuple[str, str]) -> None:
        """Lists an address that leads to no article, for this reason."""
        url = self.home.base + path
        self.home.pages[path], self.reasons[normalised(url)] = page, reason
        self.listed[url] = f"Naslov bez članka {path}"

    def todays_path(self) -> str:
        return f"{self.prefix}/{self.day}"

    def todays(self) -> tuple[str, str, str]:
        """Where the day's article lies, its title and its text."""
        path = self.todays_path()
        title = self.listed[self.home.base + path]
        return path, title, self.articles[title]

    def rss(self) -> bytes:
        return rss("", self.listed)

    def usual(self) -> Page:
        """A feed with an entity tag that tells the truth."""
        tag, full = f'"{self.day}"', Answer(self.rss(), headers=XML | {"ETag": f'"{self.day}"'})
        return lambda asked: Answer(status=304) if asked.get("if-none-match") == tag else full


def while_ill(page: Page) -> Callable[[Outlet], Page]:
    """On the days of illness the feed answers this, on the others as it should."""
    return lambda one: page if one.ill else one.usual()
