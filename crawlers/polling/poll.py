"""One poll of one feed: ask, read, record. Whatever it meets, it ends with the moment of the next poll."""

from __future__ import annotations

import datetime as dt
import logging

from codebook.errors import StoreUnavailable
from crawlers.feeds.formats import NotAFeed
from crawlers.feeds.whole import Reading, fingerprint_of, read_feed
from crawlers.fetching.fetcher import Fetched, FetchFailed, SpentForToday
from crawlers.identity.normal_form import normalised
from crawlers.in_words import span
from crawlers.polling.conditions import Asking, asking, condition, is_to_be_tried, same_validators, validators
from crawlers.polling.freshness import fresh_for
from crawlers.polling.intervals import (
    CLASSES,
    HARD,
    Plan,
    backed_off,
    calmed,
    complaint,
    jittered,
    last_of_day,
    longest,
    planned,
    weight,
)
from crawlers.registry import Registry
from crawlers.run import Run
from languages.dates import timezone_of
from store import collecting
from store.collecting import SeenItem
from store.daily import PassedOver
from store.feeds import Validators, feed_at, record_failed_poll, record_poll
from store.polling import (
    changes_of,
    forget_lie,
    note,
    note_failure,
    note_lie,
    note_success,
    put_off,
    renew_lie,
    waiting_of,
)
from store.schema import Feed
from store.sitemap_children import note_named, note_nested, note_read

log = logging.getLogger(__name__)

DAY = dt.timedelta(days=1)

MOST_WAITING = 10
"""Times `max_items_per_feed` that items of one feed may wait to be fetched."""

NONE_KEPT = Validators(None, None, None)
"""Has the next poll read the feed whatever it says."""


class Poller:
    """Polls the feeds of a registry, one at a call."""

    def __init__(self, run: Run, registry: Registry) -> None:
        self._run = run
        self._entries = {feed.url: (source, feed) for source, feed in registry.feeds()}

    async def poll(self, url: str) -> dt.datetime:
        """Polls a feed and returns when to poll it next.

        Raises:
            StoreUnavailable: the database does not answer; nothing was recorded.
            SQLAlchemyError: it does not take what became of the poll.
        """
        source, entry = self._entries[url]
        known = await self._run.worker.do(self._feed, url, source.conditional)
        ask = asking(known, dt.datetime.now(dt.UTC), conditional=source.conditional)
        self._run.summary.count("polls")
        try:
            return await self._asked(known, ask)
        except (FetchFailed, NotAFeed) as failure:
            return await self._run.worker.do(self._record_failure, known, failure)
        except StoreUnavailable:
            raise
        except Exception as error:
            # The boundary of one feed: a defect that its document meets must not end its polling, nor the others'.
            log.exception("%s: polling failed unexpectedly", entry.url)
            return await self._run.worker.do(self._record_defect, known, error)

    async def _asked(self, known: Feed, ask: Asking) -> dt.datetime:
        entry = self._entries[known.url][1]
        page = await self._run.fetcher.get(known.url, ask.headers, declared=True)
        if page.status == 304 and not ask.headers:
            raise FetchFailed("server", "HTTP 304 although no condition was sent")
        if ask.probe:
            self._run.counters.add("probes", known.source_id)
        if page.status == 304:
            return (await self._run.worker.do(self._record, known, page, known.body_hash, None))[0]
        body_hash = await fingerprint_of(self._run, entry.kind, page)
        if body_hash == known.body_hash:
            return (await self._run.worker.do(self._record, known, page, body_hash, None))[0]
        reading = await read_feed(self._run, entry, page)
        if reading.note:
            log.info("%s: %s", known.url, reading.note)
        next_poll, brought = await self._run.worker.do(self._record, known, page, body_hash, reading)
        if brought:
            if known.lies_since is None:
                await self._doubt(known, ask, page)
            elif is_to_be_tried(known, dt.datetime.now(dt.UTC)):
                await self._try_again(known, page)
        return next_poll

    async def _try_again(self, known: Feed, page: Fetched) -> None:
        """Asks a server that lied, after a body that listed something unseen, whether it would withhold it still."""
        honest = False
        if not same_validators(known, page):
            try:
                again = await self._run.fetcher.get(known.url, condition(known), declared=True)
            except FetchFailed:
                return
            honest = again.status == 200
        await self._run.worker.do(self._record_trial, known, honest)

    async def _doubt(self, known: Feed, ask: Asking, page: Fetched) -> None:
        """Asks, after a body that listed something unseen, whether the server would have withheld it."""
        if same_validators(known, page):
            await self._run.worker.do(self._record_lie, known, "it gave a changed body the validators of the old one")
        elif ask.probe:
            try:
                again = await self._run.fetcher.get(known.url, condition(known), declared=True)
            except FetchFailed:
                return
            if again.status == 304:
                detail = f"asked without a condition ({ask.probe}) it listed what it still held for not modified"
                await self._run.worker.do(self._record_lie, known, detail)

    # -- in the worker thread

    def _feed(self, url: str, conditional: bool) -> Feed:  # noqa: FBT001  handed on by the worker, in order
        with self._run.database.session() as session:
            known = feed_at(session, url)
            if known.lies_since is not None and not conditional:
                forget_lie(session, url)
            return known

    def _record(
        self, known: Feed, page: Fetched, body_hash: str | None, reading: Reading | None
    ) -> tuple[dt.datetime, bool]:
        """Records a successful poll. `reading` is None where nothing changed. Returns when the next one is, and whether
        this one brought anything new; what failed before and is taken up again is not."""
        source, entry = self._entries[known.url]
        now = dt.datetime.now(dt.UTC)
        found = reading or Reading()
        recent = [item for item in found.items if self._is_recent(item, now)]
        stated = found.every if reading else _wished(known)
        with self._run.database.session() as session:
            found_now, waiting = collecting.unseen(session, recent), waiting_of(session, known.url)
            unseen, left = self._taken_up(known, found_now, waiting)
            new = [item for item in unseen if not item.again]
            if recent:
                collecting.hurry(session, recent)
            plan = self._plan(known, len(recent), len(new) + left, longest(fresh_for(page), stated), now)
            if entry.kind == "page":
                plan = calmed(plan, changes_of(session, normalised(known.url), now - DAY) + len(unseen))
            next_poll = now + jittered(plan.wait)
            if entry.kind == "page":
                next_poll = min(next_poll, last_of_day(now, timezone_of(source.jurisdiction)))
            listed_before = len(recent) - len(unseen) - left
            passed = PassedOver(known=listed_before, too_old=len(found.items) - len(recent), over_limit=left)
            kept = NONE_KEPT if left else _kept_validators(known, page, body_hash, found)
            said = reading.note if reading else known.note  # an unchanged document is as wrong as it was
            record_poll(session, known, unseen, kept, plan.interval, next_poll, found.passed + passed, said)
            note_success(session, known, not_modified=page.status == 304, brought=bool(new), wish=stated, now=now)
            if found.named:
                note_named(session, known.url, found.named)
            for read in found.children or ():
                brought = any(item.url in read.urls for item in unseen)
                note_read(session, known.url, read.child.url, read.child.lastmod, brought=brought)
                note_nested(session, known.url, read.nested)
            if round(plan.interval.total_seconds()) != known.interval_seconds:
                before = dt.timedelta(seconds=known.interval_seconds)
                detail = f"{span(before)} to {span(plan.interval)}: {plan.reason}"
                note(session, known.url, "interval", detail)
        self._count(known, page, reading, len(unseen))
        return next_poll, bool(new)

    def _taken_up(self, known: Feed, unseen: list[SeenItem], waiting: int) -> tuple[list[SeenItem], int]:
        """The items that become pending, and how many do not because too many of the feed are: a page that has other
        links each time lists more than its site may be asked for. The next poll sees them again."""
        room = max(0, self._run.settings.max_items_per_feed * MOST_WAITING - waiting)
        left = max(0, len(unseen) - room)
        if left:
            log.warning("%s: %d items of it wait; %d more are left for the next poll", known.url, waiting, left)
        return unseen[:room], left

    def _plan(self, known: Feed, listed: int, unseen: int, wish: dt.timedelta | None, now: dt.datetime) -> Plan:
        since = now - known.last_success if known.last_success is not None else None
        return planned(dt.timedelta(seconds=known.interval_seconds), listed, unseen, since, wish, self._run.settings)

    def _count(self, known: Feed, page: Fetched, reading: Reading | None, unseen: int) -> None:
        outcome = "not_modified" if page.status == 304 else "same_body" if reading is None else "read"
        self._run.counters.add("polls", known.source_id, outcome)
        self._run.summary.items_seen += unseen
        if reading is None:
            self._run.summary.count("polls_unchanged")

    def _is_recent(self, item: SeenItem, now: dt.datetime) -> bool:
        days, dated = self._run.settings.max_item_age_days, item.published or item.updated
        return days is None or dated is None or dated >= now - dt.timedelta(days=days)

    def _record_lie(self, known: Feed, detail: str) -> None:
        log.warning("%s: its 'not modified' is untrue: %s", known.url, detail)
        self._run.counters.add("lies", known.source_id)
        with self._run.database.session() as session:
            note_lie(session, known.url, f"no condition is sent any more: {detail}")

    def _record_trial(self, known: Feed, honest: bool) -> None:  # noqa: FBT001  handed on by the worker, in order
        with self._run.database.session() as session:
            if honest:
                forget_lie(session, known.url)
                note(session, known.url, "recovered", "conditions are sent again: it gave a changed body when asked")
            else:
                renew_lie(session, known.url)

    def _record_failure(self, known: Feed, failure: FetchFailed | NotAFeed) -> dt.datetime:
        if isinstance(failure, NotAFeed):
            return self._backed_off(known, complaint(failure), "not_a_feed", HARD, None)
        if not failure.asked:
            return self._put_off(known, failure)
        return self._backed_off(known, complaint(failure), failure.kind, weight(failure), failure.retry_after)

    def _put_off(self, known: Feed, failure: FetchFailed) -> dt.datetime:
        pause = failure.retry_after or dt.timedelta(seconds=known.interval_seconds)
        next_poll = dt.datetime.now(dt.UTC) + jittered(pause)
        with self._run.database.session() as session:
            put_off(session, known.url, next_poll)
            if isinstance(failure, SpentForToday):  # its own site did not ask for it: that is to be seen somewhere
                note(session, known.url, "failing", str(failure))
        self._run.counters.add("polls", known.source_id, "put_off")
        return next_poll

    def _record_defect(self, known: Feed, error: Exception) -> dt.datetime:
        reason = " ".join(f"unexpected {type(error).__name__}: {error}".split())
        told = f"{reason[:200]}: report it with the address of the feed"
        return self._backed_off(known, told, "defect", HARD, None)

    def _backed_off(
        self, known: Feed, told: str, kind: str, added: float, retry_after: dt.timedelta | None
    ) -> dt.datetime:
        log.warning("%s: %s", known.url, told)
        failures = known.failures + added
        interval = dt.timedelta(seconds=known.interval_seconds)
        wait = jittered(backed_off(interval, failures, retry_after, self._run.settings))
        next_poll = dt.datetime.now(dt.UTC) + wait
        detail = f"{told} ({CLASSES[added]} error; failures weigh {failures:g}); asked again in {span(wait)}"
        if retry_after is not None:
            detail += f", the site asked for {span(retry_after)}"
        with self._run.database.session() as session:
            record_failed_poll(session, known.url, told, failures, next_poll)
            note_failure(session, known, kind, detail, gone=kind == "gone")
        self._run.counters.add("polls", known.source_id, "defect" if kind == "defect" else "failed")
        self._run.counters.add("poll_failures", known.source_id, CLASSES[added])
        self._run.summary.count("polls_failed")
        return next_poll


def _wished(known: Feed) -> dt.timedelta | None:
    return dt.timedelta(seconds=known.wished_seconds) if known.wished_seconds is not None else None


def _kept_validators(known: Feed, page: Fetched, body_hash: str | None, found: Reading) -> Validators:
    """None for an index: it stays the same while the sitemaps it names change."""
    return NONE_KEPT if found.children is not None else validators(known, page, body_hash)
