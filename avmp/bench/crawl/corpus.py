"""The pages that crawlers are measured on: hosts on loopback, each in the manner of one of the demonstration's outlets,
with articles put together anew from the paragraphs that the demonstration has in the same language and script."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from avmp.bench.crawl.weight import weighed
from avmp.demo.outlets import DemoArticle, Outlet, articles, outlets
from avmp.demo.pages import Page, pages

NETWORK = "127.0.5.0"
"""Where the hosts' addresses begin: apart from the demonstration's, which may be running."""
PARAGRAPHS = (4, 10)
"""How many paragraphs an article has: some 700 to 2,000 characters, as news does."""


@dataclass(frozen=True, slots=True)
class Host:
    """One host: its address, the outlet that it is like, and its pages by request target."""

    address: str
    outlet: Outlet
    pages: dict[str, Page]

    @property
    def feed(self) -> str:
        """The request target of the feed that lists every article."""
        return self.outlet.feeds[0].path


def addresses(count: int) -> list[str]:
    """Loopback addresses for so many hosts."""
    first, second, third, _ = NETWORK.split(".")
    return [f"{first}.{second}.{int(third) + n // 250}.{n % 250 + 1}" for n in range(count)]


def hosts(count: int, articles_each: int, port: int) -> Iterator[Host]:
    """So many hosts with so many articles each; the same numbers give the same pages, but for the port in their
    links."""
    for number, address in enumerate(addresses(count)):
        outlet = replace(outlets()[number % len(outlets())], address=address, twins=False)
        chance = random.Random(f"{number} of the measured hosts")  # noqa: S311  the same pages each time
        shown = [_article(outlet, one + 1, chance) for one in range(articles_each)]
        shown.sort(key=lambda article: article.published, reverse=True)
        rendered = pages(outlet, f"http://{address}:{port}", tuple(shown))
        yield Host(address, outlet, {target: _weighed(outlet, page, chance) for target, page in rendered.items()})


def _article(outlet: Outlet, number: int, chance: random.Random) -> DemoArticle:
    """One article: told like one of the outlet's, with paragraphs of others behind its own."""
    told = chance.choice(articles(outlet.id))
    known = _paragraphs(outlet.interface)
    text = [told.paragraphs[0], *chance.sample(known, min(chance.randint(*PARAGRAPHS), len(known)))]
    return replace(
        told,
        number=number,
        slug=f"{told.slug}-{number}",
        title=f"{told.title} ({number})",
        text="\n\n".join(text),
    )


def _weighed(outlet: Outlet, page: Page, chance: random.Random) -> Page:
    if "html" not in page.content_type:
        return page
    text = weighed(page.body.decode(outlet.charset), _paragraphs(outlet.interface), chance)
    return replace(page, body=text.encode(outlet.charset))


@cache
def _paragraphs(interface: str) -> list[str]:
    """The paragraphs of every outlet with these interface words, hence of one language and script."""
    alike = (outlet for outlet in outlets() if outlet.interface == interface)
    return [paragraph for outlet in alike for article in articles(outlet.id) for paragraph in article.paragraphs]
