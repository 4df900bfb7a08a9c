"""Sites that belong to no source: how often they may be asked in a day.

A feed says where the crawler goes, and may name any site: ten thousand links of one feed to a stranger's site would
make us the attack. So the requests to every such site are counted, over restarts too, and those over the limit wait
for another day. A day is one of UTC.
"""

from __future__ import annotations

import datetime as dt

from crawlers.fetching.fetcher import SpentForToday
from crawlers.fetching.politeness import site_at, site_of
from crawlers.identity.normal_form import NotAnAddress, host_of, normalised
from crawlers.registry import Registry
from crawlers.run import Worker
from store.database import Database
from store.strangers import add_request, requests_of


class Strangers:
    """The allowance of one crawl (`crawlers.fetching.fetcher.Allowance`): `most` requests a day to each site that is
    no source's. Sources' own sites are those of their address, their id and their feeds."""

    def __init__(self, registry: Registry, database: Database, worker: Worker, most: int) -> None:
        self._database, self._worker, self._most = database, worker, most
        self._own = {site_of(source.id) for source in registry.sources}
        self._own |= {site_at(source.url) for source in registry.sources}
        self._own |= {site_at(feed.url) for _, feed in registry.feeds()}
        self._day, self._asked = dt.date.min, dict[str, int]()

    async def require(self, url: str) -> None:
        """Checks that the site of an address may be asked for another page today.

        Raises:
            SpentForToday: it may not.
            StoreUnavailable: the database does not answer, and how often it was asked is not known.
        """
        if self._is_own(url):
            return
        site, now = site_at(url), dt.datetime.now(dt.UTC)
        if await self._requests(site, now.date()) >= self._most:
            tomorrow = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), dt.UTC)
            told = f"{site} is no source: it is asked at most {self._most} times a day; declare it, or it waits"
            raise SpentForToday(site, told, tomorrow - now)

    async def spend(self, url: str) -> None:
        """Counts a request to the site of an address, before it is made.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        if not self._is_own(url):
            site, day = site_at(url), dt.datetime.now(dt.UTC).date()
            asked = await self._worker.do(self._add, site, day)
            self._of(day)[site] = asked

    async def _requests(self, site: str, day: dt.date) -> int:
        known = self._of(day)
        if site not in known:
            known[site] = await self._worker.do(self._read, site, day)
        return known[site]

    def _of(self, day: dt.date) -> dict[str, int]:
        if day != self._day:
            self._day, self._asked = day, {}
        return self._asked

    def _is_own(self, url: str) -> bool:
        return site_at(url) in self._own or _site_as_known(url) in self._own

    # -- in the worker thread

    def _read(self, site: str, day: dt.date) -> int:
        with self._database.session() as session:
            return requests_of(session, site, day)

    def _add(self, site: str, day: dt.date) -> int:
        with self._database.session() as session:
            return add_request(session, site, day)


def _site_as_known(url: str) -> str | None:
    """The site of an address's normal form: a mirror on another domain is its outlet's."""
    try:
        return site_of(host_of(normalised(url)))
    except NotAnAddress:
        return None
