"""A database of an earlier revision comes with its history: the equations hold for what was collected before."""

from __future__ import annotations

from sqlalchemy import text

from store.conservation import conservation
from store.database import Database
from store.migrations import downgrade, upgrade

BEFORE = """
insert into sources (id, name, url, jurisdiction, kind, languages, verified)
values ('a.rs', 'A', 'https://a.rs/', 'RS', 'media', '{sr}', true);
insert into feeds (url, source_id, kind, interval_seconds, failures) values ('https://a.rs/feed', 'a.rs', 'rss', 900, 0);
insert into pending_items (url, source_id, feed_url, link, host, fresh, attempts, seen_at)
values ('https://a.rs/5', 'a.rs', 'https://a.rs/feed', 'https://a.rs/5', 'a.rs', true, 0, '2026-03-02 10:00Z');
insert into articles (id, source_id, source_kind, url, title, text, text_truncated, fetched, content_hash)
values ('a1', 'a.rs', 'media', 'https://a.rs/1', 't', 'twelve chars', false, '2026-03-02 10:00Z', 'h2'),
       ('a2', 'a.rs', 'media', 'https://a.rs/2', 't', 'x', false, '2026-03-01 23:59Z', 'h');
insert into fetch_outcomes (url, source_id, article_id, outcome, reason, attempts, at)
values ('https://a.rs/1', 'a.rs', 'a1', 'fetched', null, 1, '2026-03-02 10:00Z'),
       ('https://a.rs/2', 'a.rs', 'a2', 'fetched', null, 1, '2026-03-01 23:59Z'),
       ('https://a.rs/3', 'a.rs', 'a2', 'fetched', null, 1, '2026-03-02 01:00Z'),
       ('https://a.rs/4', 'a.rs', null, 'unusable', 'no text', 4, '2026-03-02 02:00Z');
insert into outbox (event_id, topic, key, created_at, published_at)
values ('a2:h', 'avmp.articles.fetched', 'a2', '2026-03-01 23:59Z', now()),
       ('a1:h1', 'avmp.articles.fetched', 'a1', '2026-03-01 10:00Z', now()),
       ('a1:h2', 'avmp.articles.fetched', 'a1', '2026-03-02 10:00Z', null),
       ('i1', 'avmp.incidents.published', 'i1', now(), null);
"""
"""One article changed once, one was listed under two addresses, one page was none, one item waits."""


def test_what_was_collected_before_is_counted(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "0002")
    database = Database(empty_database_url)
    with database.session() as session:
        session.execute(text(BEFORE))
    upgrade(empty_database_url)
    with database.session() as session:
        days = session.execute(
            text(
                "select day::text, seen, new, changed, unchanged, unusable, polls, characters from source_days order by 1"
            )
        ).all()
        listed, items, bus = conservation(session)
    database.close()
    assert [tuple(day) for day in days] == [
        ("2026-03-01", 2, 2, 0, 0, 0, 0, 1),
        ("2026-03-02", 4, 0, 1, 1, 1, 0, 12),
    ]
    assert listed.holds and items.holds and bus.holds
    assert bus.outputs == {"on the bus": 2, "waiting to be sent": 1, "refused by the bus": 0}
