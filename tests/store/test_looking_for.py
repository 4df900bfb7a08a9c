"""Looking for another item by its place or words of a title, in a database of many articles and items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from store.alike import look_for
from store.database import Database
from tests.review_ui import seed

ARTICLES = """
insert into articles (id, source_id, source_jurisdiction, source_kind, url, title, text, text_truncated, fetched, content_hash)
select 'm' || i, 'hronika.example', 'RS', 'media', 'https://x/' || i, 'Vest dana broj ' || i, repeat('tekst ', 250),
       false, now(), 'v1'
from generate_series(1, 5000) i
"""
MENTIONS = """
insert into mentions (id, article_id, position, content_hash, reader_version, incident_type, facts, confidence, evidence)
select id || '-0', id, 0, 'v1', 'r1', 'other', '{}', '{}', '[]' from articles where id like 'm%'
"""

CANDIDATES = """
insert into candidates (id, jurisdiction, state, kind, proposal, priority, version)
select 'd' || i, 'RS', 'open', 'new', jsonb_build_object('incident_type', 'other', 'place', 'Mesto ' || i), 1, 1
from generate_series(1, 5000) i
"""


@contextmanager
def _statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield seen
    event.remove(session.get_bind(), "before_cursor_execute", note)


def _plan(session: Session, seen: list[tuple[str, Any]]) -> str:
    """How the database finds what was looked for."""
    [(statement, parameters)] = [each for each in seen if "UNION" in each[0]]
    return "\n".join(session.connection().exec_driver_sql(f"explain {statement}", parameters).scalars())


@pytest.mark.parametrize(
    ("words", "indexes"),
    [
        ("pucnjava kod", ("articles_title",)),
        ("sab", ("candidates_place", "articles_title")),
        ("ša", ("candidates_place",)),
    ],
)
def test_what_is_typed_is_found_by_indexes(database: Database, words: str, indexes: tuple[str, ...]) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        wanted = seed.candidate(session, "c2", facts=seed.DISPUTE.model_copy(update={"place": "Šabac"}))
        seed.report(session, wanted, "Sinoćna pucnjava kod pijace", "Tekst.")
        for statement in (ARTICLES, MENTIONS, CANDIDATES, "analyze articles", "analyze mentions", "analyze candidates"):
            session.execute(text(statement))
    with database.session() as session:
        with _statements(session) as seen:
            found = look_for(session, words, besides="c1")
        assert [each.candidate.id for each in found] == ["c2"]
        plan = _plan(session, seen)
    assert [name for name in indexes if f"ix_{name}" not in plan] == [], plan
    assert "Seq Scan on articles" not in plan, plan


def test_two_letters_do_not_find_the_titles_that_have_them(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        seed.simple(session, "c2")
    with database.session() as session:
        assert look_for(session, "mu", besides="c1") == []
        assert [each.candidate.id for each in look_for(session, "MUŠ", besides="c1")] == ["c2"]
