"""Forty outlets through one week: each publishes every day, and each has a trouble of its own.

A day lasts seconds: the crawler runs with intervals of fractions of a second, its clock is the real one. What an outlet
serves is a function of the day; what ought to be known of it at the end is told by `Outlet.published` and
`Outlet.reasons`.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.crawlers.sites import Answer, Site, page_html, rss, words

DAYS = 7
XML = {"Content-Type": "application/rss+xml"}
HTML_PAGE = Answer(b"<!doctype html><html><body><h1>Odr\xc5\xbeavanje</h1></body></html>")
WIRE = words(999)


@dataclass
class Outlet:
    """One outlet. `published` maps a path to the title and text last published there; `reasons` what leads to no
    article to the outcome and the reason; `wordings` counts the versions of an article that has several."""

    site: Site
    number: int
    trouble: str
    published: dict[str, tuple[str, str]] = field(default_factory=dict)
    reasons: dict[str, tuple[str, str]] = field(default_factory=dict)
    wordings: dict[str, int] = field(default_factory=dict)
    day: int = -1

    @property
    def kind(self) -> str:
        return {"index": "sitemap", "sitemap": "sitemap", "section": "section", "bulletin": "page"}.get(
            self.trouble, "rss"
        )

    @property
    def feed_path(self) -> str:
        return "/hronika" if self.kind == "section" else "/bilten" if self.kind == "page" else "/feed"

    def dawn(self, day: int) -> None:
        """Begins a day: publishes, and serves as on that day."""
        self.day = day
        if self.trouble == "bulletin":
            self._issue_bulletin()
            return
        if day < DAYS:
            for part in range(2):
                self._publish(f"/hronika/{day}-{part}", day * 10 + part)
        self.site.pages[self.feed_path] = SERVED.get(self.trouble, Outlet.usual)(self)
        TROUBLES.get(self.trouble, lambda _: None)(self)

    def _publish(self, path: str, number: int) -> None:
        title = f"Policija zaplenila pušku u selu {self.number} dana {number}"
        text = WIRE if self.trouble == "wire" and number == 20 else words(self.number * 100 + number)
        self.published[path] = (title, text)
        if self.trouble == "layout" and self.day >= 3:
            paragraphs = "".join(f"<div class='para'><p>{part}</p></div>" for part in text.split("\n\n"))
            page = f"<html><head><title>{title}</title></head><body><div id='nova'><h2>{title}</h2>{paragraphs}</div></body></html>"
            self.site.pages[path] = Answer(page.encode())
        else:
            self.site.pages[path] = Answer(page_html(title, text).encode())

    def _issue_bulletin(self) -> None:
        if self.day in (0, 2, 5):
            title, text = "Dnevni bilten policijske uprave", words(5000 + self.number * 10 + self.day)
            self.published[self.feed_path] = (title, text)
            self.wordings[self.feed_path] = self.wordings.get(self.feed_path, 0) + 1
            self.site.pages[self.feed_path] = Answer(page_html(title, text).encode())

    def listed(self) -> dict[str, str]:
        return {path: title for path, (title, _) in self.published.items()} | dict.fromkeys(
            self.reasons, "Naslov bez članka"
        )

    def rss(self) -> bytes:
        return rss(self.site.base, self.listed())

    def usual(self) -> Answer | Callable[[Mapping[str, str]], Answer]:
        """A feed with an entity tag that tells the truth."""
        tag, body = f'"{self.day}"', self.rss()
        full = Answer(body, headers=XML | {"ETag": tag})
        return lambda asked: Answer(status=304) if asked.get("if-none-match") == tag else full

    def ill(self) -> bool:
        return self.day in (2, 3)

    def old_tag(self) -> Answer:
        return Answer(self.rss(), headers=XML | {"ETag": '"for ever"'})

    def lying(self) -> Callable[[Mapping[str, str]], Answer]:
        """From the second day on "not modified", whatever was published since."""
        full = Answer(self.rss(), headers=XML | {"ETag": '"for ever"'})
        return lambda asked: Answer(self.rss(), 304) if asked.get("if-none-match") else full

    def malformed(self) -> Answer:
        text = self.rss()
        spoilt = (
            b"<br />\n<b>Warning</b>: mysql_connect()\n" + text,
            codecs.BOM_UTF8 + text.replace(b"Policija", b"Policija & \x00"),
            text.decode().replace('"UTF-8"', '"utf-16"').encode("utf-16"),
            text.replace("š".encode(), "š".encode("windows-1250")),
            text[:-20],
        )
        return Answer(spoilt[self.day % len(spoilt)], headers=XML)

    def same_guid(self) -> Answer:
        text = self.rss()
        for path in self.listed():
            text = text.replace(f"<guid>{path}<".encode(), b"<guid>1<")
        return Answer(text, headers=XML)

    def twice(self) -> Answer:
        """Every item in several spellings of its address."""
        spelt = {
            path + tail: title
            for path, title in self.listed().items()
            for tail in ("", "?utm_source=rss", "?fbclid=1", "/amp")
        }
        for path in [path for path in spelt if path.endswith("/amp")]:
            self.site.pages[path] = self.site.pages[path.removesuffix("/amp")]
        for path in [path for path in spelt if "?" in path]:
            self.site.pages[path] = self.site.pages[path.split("?")[0]]
        return Answer(rss(self.site.base, spelt), headers=XML)

    def urlset(self) -> bytes:
        return f"<urlset>{''.join(f'<url><loc>{self.site.base}{path}</loc></url>' for path in self.listed())}</urlset>".encode()

    def sitemap(self) -> Answer:
        return Answer(self.urlset(), headers=XML)

    def index(self) -> Answer:
        self.site.pages["/posts.xml"] = Answer(self.urlset(), headers=XML)
        return Answer(b"<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap></sitemapindex>", headers=XML)

    def section(self) -> Answer:
        links = "".join(f"<h3><a href='{path}'>{title}</a></h3>" for path, title in self.listed().items())
        return Answer(f"<html><body>{links}</body></html>".encode())

    def while_ill(self, answer: Answer) -> Callable[[], Answer | Callable[[Mapping[str, str]], Answer]]:
        return lambda: answer if self.ill() else self.usual()

    def bad_pages(self) -> None:
        if self.day:
            return
        pages = {
            "/hronika/gone": (Answer(status=410), ("failed", "HTTP 410")),
            "/hronika/never": (Answer(status=404), ("failed", "HTTP 404")),
            "/hronika/pdf": (Answer(b"%PDF", headers={"Content-Type": "application/pdf"}), ("unusable", "application/pdf is no page")),
            "/hronika/loop": (Answer(status=302, headers={"Location": "/hronika/loop"}), ("failed", "redirect")),
            "/hronika/inside": (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), ("refused", "is not public")),
            "/zabranjeno/1": (Answer(b"secret"), ("refused", "robots.txt disallows it")),
        }  # fmt: skip
        self.site.pages["/robots.txt"] = Answer(
            b"User-agent: *\nDisallow: /zabranjeno", headers={"Content-Type": "text/plain"}
        )
        for path, (answer, reason) in pages.items():
            self.site.pages[path], self.reasons[path] = answer, reason
        self.site.pages[self.feed_path] = self.usual()

    def late_pages(self) -> None:
        """The pages of the day answer 503 at first, as under load, and then are there."""
        for path in [path for path in self.published if path.startswith(f"/hronika/{self.day}-")]:
            page = self.site.pages[path]
            answers = iter([Answer(status=503, headers={"Retry-After": "1"})])
            self.site.pages[path] = lambda _, answers=answers, page=page: next(answers, page)


SERVED: dict[str, Callable[[Outlet], Answer | Callable[[Mapping[str, str]], Answer]]] = {
    "dead": lambda one: one.while_ill(Answer(status=500))(),
    "not found": lambda one: one.while_ill(Answer(status=404))(),
    "gone and back": lambda one: one.while_ill(Answer(status=410))(),
    "a page instead": lambda one: one.while_ill(HTML_PAGE)(),
    "empty": lambda one: one.while_ill(Answer(b""))(),
    "throttling": lambda one: one.while_ill(Answer(status=429, headers={"Retry-After": "1"}))(),
    "barred": lambda one: one.while_ill(Answer(status=403))(),
    "old tag": Outlet.old_tag,
    "lying": Outlet.lying,
    "malformed": Outlet.malformed,
    "same guid": Outlet.same_guid,
    "twice": Outlet.twice,
    "sitemap": Outlet.sitemap,
    "index": Outlet.index,
    "section": Outlet.section,
}  # fmt: skip
TROUBLES: dict[str, Callable[[Outlet], None]] = {"bad pages": Outlet.bad_pages, "late pages": Outlet.late_pages}

KINDS = [*SERVED, *TROUBLES, "wire", "layout", "bulletin"]
