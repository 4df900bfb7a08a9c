"""What the crawler reads and writes: sources, feeds, pending items, articles and outcomes.

An item seen in a feed is a `PendingItem` until its outcome is final; then it is one `FetchOutcome`. Every function
works in the transaction of the session it is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, aliased

from codebook.events import ArticleFetched
from codebook.records import Article
from store import identities
from store.articles import NOTHING_KNOWN, PageFacts, Stored, store_article
from store.daily import NOTHING_PASSED, PassedOver, count, note_attempt, note_listed
from store.gathered import Row, write
from store.outbox import send
from store.schema import Feed, FetchOutcome, PendingItem, Source

TITLE_LIMIT = 1000
"""Characters of a title that are kept."""

ROWS_AT_ONCE = 1000
"""Rows that one statement writes."""

REVISIT_AFTER = dt.timedelta(hours=6)
"""A page whose feed entry claims an update is fetched again no sooner than this: some feeds date every entry now."""

FinalOutcome = Literal["fetched", "failed", "refused", "unusable"]


@dataclass(frozen=True, slots=True)
class SeenItem:
    """One entry of a feed. `url` is the normal form of `link`. `changed`: the page is known to have changed, so that
    it is fetched again whenever it was fetched."""

    url: str
    link: str
    host: str
    guid: str | None = None
    title: str | None = None
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets the next poll of a feed find out that nothing changed."""

    etag: str | None
    last_modified: str | None
    body_hash: str | None


def register(session: Session, sources: Sequence[Source], feeds: Sequence[Feed], interval_seconds: int) -> None:
    """Brings the registry's sources and feeds into the tables. What is known of a feed's polling stays; nothing is
    deleted, since articles refer to it."""
    for source in sources:
        values: dict[str, Any] = {
            name: getattr(source, name) for name in ("name", "url", "jurisdiction", "kind", "languages")
        }
        values["verified"] = bool(source.verified)  # unverified unless stated: these rows see no column's default
        session.execute(
            insert(Source).values(id=source.id, **values).on_conflict_do_update(index_elements=[Source.id], set_=values)
        )
    for feed in feeds:
        changed = {"source_id": feed.source_id, "kind": feed.kind}
        session.execute(
            insert(Feed)
            .values(url=feed.url, **changed, interval_seconds=interval_seconds, failures=0.0)
            .on_conflict_do_update(index_elements=[Feed.url], set_=changed)
        )


def feed(session: Session, url: str) -> Feed:
    """One feed's row."""
    return session.execute(select(Feed).where(Feed.url == url)).scalar_one()


def next_polls(session: Session) -> dict[str, dt.datetime | None]:
    """When each feed is to be polled next; null for one never polled."""
    return dict(session.execute(select(Feed.url, Feed.next_poll)).all())


def unseen(session: Session, items: Sequence[SeenItem]) -> list[SeenItem]:
    """The items that are neither pending nor have an outcome, each once, and those that have changed or whose feed
    entry claims an update since they were fetched. A guid that the feed gives to several is no guid."""
    items = _without_shared_guids(items)
    urls = [item.url for item in items]
    pending = set(session.scalars(select(PendingItem.url).where(PendingItem.url.in_(urls))))
    # An address whose form was another one under earlier rules has no outcome, but its article is known
    outcomes: dict[str, tuple[str, dt.datetime]] = {
        url: ("fetched", at) for url, at in identities.fetched_at(session, urls).items()
    }
    outcomes |= {
        url: (outcome, at)
        for url, outcome, at in session.execute(
            select(FetchOutcome.url, FetchOutcome.outcome, FetchOutcome.at).where(FetchOutcome.url.in_(urls))
        )
    }
    fresh: dict[str, SeenItem] = {}
    for item in items:
        if item.url in pending or item.url in fresh:
            continue
        outcome, at = outcomes.get(item.url, (None, None))
        if at is None or item.changed or (outcome == "fetched" and _is_revisit(item, at)):
            fresh[item.url] = item
    return list(fresh.values())


def _without_shared_guids(items: Sequence[SeenItem]) -> list[SeenItem]:
    urls: dict[str, set[str]] = {}
    for item in items:
        if item.guid:
            urls.setdefault(item.guid, set()).add(item.url)
    return [replace(item, guid=None) if item.guid and len(urls[item.guid]) > 1 else item for item in items]


def _is_revisit(item: SeenItem, fetched: dt.datetime) -> bool:
    now = dt.datetime.now(dt.UTC)
    return item.updated is not None and fetched < item.updated <= now and now - fetched > REVISIT_AFTER


def record_poll(
    session: Session,
    polled: Feed,
    items: Sequence[SeenItem],
    validators: Validators,
    interval: dt.timedelta,
    next_poll: dt.datetime,
    passed: PassedOver = NOTHING_PASSED,
) -> None:
    """Records a successful poll: the items to fetch and, in the same transaction, the validators that keep the
    next poll from seeing them again. `passed` counts the other entries that the feed listed."""
    count(session, polled.source_id, polls=1, listed=passed.total, **asdict(passed))
    add_pending(session, polled, items, fresh=polled.last_success is not None)
    session.execute(
        update(Feed)
        .where(Feed.url == polled.url)
        .values(
            etag=validators.etag,
            last_modified=validators.last_modified,
            body_hash=validators.body_hash,
            interval_seconds=round(interval.total_seconds()),
            last_polled=func.now(),
            last_success=func.now(),
            last_new_item=func.now() if items else Feed.last_new_item,
            next_poll=next_poll,
            failures=0.0,
            last_error=None,
            failing_since=None,
        )
    )


def add_backfilled(session: Session, feed: Feed, items: Sequence[SeenItem], passed: PassedOver) -> None:
    """Makes items pending that a back-fill found in the archive of a feed: they give way to all others. `passed`
    counts the other entries of the archive's page."""
    count(session, feed.source_id, listed=passed.total, **asdict(passed))
    for first in range(0, len(items), ROWS_AT_ONCE):
        add_pending(session, feed, items[first : first + ROWS_AT_ONCE], fresh=False, backfill=True)


def hurry(session: Session, items: Sequence[SeenItem]) -> None:
    """Lets items go first that a back-fill found and that a feed lists now."""
    urls = [item.url for item in items]
    session.execute(update(PendingItem).where(PendingItem.url.in_(urls), PendingItem.backfill).values(backfill=False))


def add_pending(
    session: Session, polled: Feed, items: Sequence[SeenItem], *, fresh: bool, backfill: bool = False
) -> None:
    """Makes items pending and counts them as listed and seen; one that is pending already is counted as known."""
    if not items:
        return
    rows = [
        {
            "url": item.url,
            "source_id": polled.source_id,
            "feed_url": polled.url,
            "link": item.link,
            "host": item.host,
            "guid": item.guid,
            "title": item.title,
            "published": item.published,
            "fresh": fresh,
            "backfill": backfill,
            "attempts": 0,
        }
        for item in items
    ]
    adding = insert(PendingItem).on_conflict_do_nothing().returning(PendingItem.url)
    added = session.scalars(adding, rows).all()
    known = len(items) - len(added)
    backfilled = len(added) if backfill else 0
    count(session, polled.source_id, listed=len(items), seen=len(added), known=known, backfilled=backfilled)
    links = {item.url: item.link for item in items}
    note_listed(session, polled.url, [(url, links[url]) for url in added])


def record_failed_poll(session: Session, url: str, error: str, failures: float, next_poll: dt.datetime) -> None:
    """Records a poll that brought nothing. `failures` is the new weighted sum."""
    source_id = session.scalars(
        update(Feed)
        .where(Feed.url == url)
        .values(
            last_polled=func.now(),
            next_poll=next_poll,
            failures=failures,
            last_error=error,
            failing_since=func.coalesce(Feed.failing_since, func.now()),
        )
        .returning(Feed.source_id)
    ).one()
    count(session, source_id, polls=1, polls_failed=1)


def due_items(session: Session, sources: Collection[str], busy_hosts: Collection[str], limit: int) -> list[PendingItem]:
    """Items to fetch now, the longest due of every host that is not busy; those of a back-fill after all others, and
    before them those that the feed of another site listed: it must not keep a site's own news waiting."""
    foreign = ~PendingItem.host.endswith(PendingItem.source_id)  # an id is the domain
    first_of_host = (
        select(PendingItem)
        .where(
            PendingItem.due_at <= func.now(),
            PendingItem.source_id.in_(sources),
            PendingItem.host.not_in(busy_hosts),
        )
        .ext(distinct_on(PendingItem.host))
        .order_by(PendingItem.host, PendingItem.backfill, foreign, PendingItem.due_at, PendingItem.url)
    )
    first = aliased(PendingItem, first_of_host.subquery())
    return list(session.scalars(select(first).order_by(first.backfill, first.due_at, first.url).limit(limit)))


def pending_count(session: Session, sources: Collection[str]) -> int:
    """How many items of these sources have no final outcome yet."""
    counted = select(func.count()).select_from(PendingItem).where(PendingItem.source_id.in_(sources))
    return session.execute(counted).scalar_one()


def record_article(session: Session, item: PendingItem, article: Article, facts: PageFacts = NOTHING_KNOWN) -> Stored:
    """Stores the article an item led to, its outcome, and the event for the bus when it is new or changed. An older
    wording goes to the versions."""
    own = item.source_id == article.source_id
    stored = store_article(session, article, item.guid if own else None, facts)  # another source's guid tells nothing
    _settle(session, item, "fetched", None, article.id)
    count(session, item.source_id, **{stored: 1}, characters=len(article.text))
    note_attempt(session, item, "fetched", None, article_id=article.id, address=article.url, stored=stored)
    if stored != "unchanged":
        send(session, ArticleFetched.of(article))
    return stored


def record_outcome(
    session: Session, item: PendingItem, outcome: Literal["failed", "refused", "unusable"], reason: str
) -> None:
    """Records that an item led to no article, finally, and why."""
    _settle(session, item, outcome, reason, None)
    count(session, item.source_id, **{outcome: 1})
    note_attempt(session, item, outcome, reason)


def postpone(session: Session, item: PendingItem, reason: str, wait: dt.timedelta) -> None:
    """Records an attempt that brought no article and leaves the item pending for another one after `wait`."""
    note_attempt(session, item, "postponed", reason)
    session.execute(
        update(PendingItem)
        .where(PendingItem.url == item.url)
        .values(attempts=item.attempts + 1, reason=reason, due_at=func.now() + wait)
    )


def _settle(
    session: Session, item: PendingItem, outcome: FinalOutcome, reason: str | None, article_id: str | None
) -> None:
    row = {
        "url": item.url,
        "source_id": item.source_id,
        "article_id": article_id,
        "outcome": outcome,
        "reason": reason,
        "attempts": item.attempts + 1,
    }
    write(session, _write_outcomes, row)


def _write_outcomes(session: Session, rows: list[Row]) -> None:
    added = insert(FetchOutcome)
    changed: dict[str, Any] = {name: added.excluded[name] for name in ("source_id", "outcome", "reason", "attempts")}
    # A page that once was an article and now is not keeps its article
    changed["article_id"] = func.coalesce(added.excluded.article_id, FetchOutcome.article_id)
    session.execute(
        added.on_conflict_do_update(index_elements=[FetchOutcome.url], set_=changed | {"at": func.now()}), rows
    )
    session.execute(delete(PendingItem).where(PendingItem.url.in_([row["url"] for row in rows])))
