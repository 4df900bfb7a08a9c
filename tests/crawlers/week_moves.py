"""Outlets of the simulated week that move on its fourth day: their addresses, their feed, or to another site."""

from __future__ import annotations

from crawlers.identity.normal_form import normalised
from tests.crawlers.sites import Answer
from tests.crawlers.week import XML, Outlet, Trouble

MOVING_DAY = 3


def moved_to(address: str) -> Answer:
    return Answer(status=301, headers={"Location": address})


def new_addresses(outlet: Outlet, *, keeping_guids: bool) -> None:
    """All articles lie elsewhere from now on, and the old addresses lead there. `keeping_guids`: in the feed they have
    the guids that they had."""
    if outlet.day == MOVING_DAY:
        outlet.prefix = "/vesti/2024"
        for url in list(outlet.listed):
            old = url.removeprefix(outlet.site.base)
            _move(outlet, url, outlet.site.base + old.replace("/hronika", outlet.prefix))
    if outlet.day >= MOVING_DAY:
        text = outlet.rss()
        if keeping_guids:
            text = text.replace(f"<guid>{outlet.site.base}/vesti/2024/".encode(), b"<guid>/hronika/")
        outlet.site.pages[outlet.feed_path] = Answer(text, headers=XML)
    elif keeping_guids:
        text = outlet.rss().replace(f"<guid>{outlet.site.base}".encode(), b"<guid>")
        outlet.site.pages[outlet.feed_path] = Answer(text, headers=XML)


def _move(outlet: Outlet, old: str, new: str) -> None:
    """One article: its page lies at the new address, and the old one leads there."""
    title = outlet.listed.pop(old)
    outlet.listed[new] = title
    outlet.addresses[title].add(normalised(new))
    old_path, new_path = old.removeprefix(outlet.site.base), new.removeprefix(outlet.home.base)
    outlet.home.pages[new_path] = outlet.site.pages[old_path]
    outlet.site.pages[old_path] = moved_to(new)


def new_feed(outlet: Outlet) -> None:
    """The feed lies elsewhere, and its old address leads there."""
    if outlet.day >= MOVING_DAY:
        outlet.site.pages["/rss/sve.xml"] = outlet.usual()
        outlet.site.pages[outlet.feed_path] = moved_to("/rss/sve.xml")


def new_site(outlet: Outlet) -> None:
    """The whole outlet lies at another site, and every old address leads to its new one."""
    if outlet.day == MOVING_DAY - 1:
        outlet.home = outlet.second  # tomorrow's articles
    if outlet.day == MOVING_DAY:
        for url in [url for url in outlet.listed if url.startswith(outlet.site.base)]:
            _move(outlet, url, url.replace(outlet.site.base, outlet.second.base))
    if outlet.day >= MOVING_DAY:
        outlet.second.pages[outlet.feed_path] = outlet.usual()
        outlet.site.pages[outlet.feed_path] = moved_to(outlet.second.base + outlet.feed_path)


MOVES = {
    "new addresses": Trouble(dawn=lambda one: new_addresses(one, keeping_guids=False), dated=True),
    "new addresses, old guids": Trouble(dawn=lambda one: new_addresses(one, keeping_guids=True), dated=True),
    "new feed": Trouble(dawn=new_feed),
    "new site": Trouble(dawn=new_site, dated=True),
}
