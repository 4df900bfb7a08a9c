"""Looking for another item by words of a title, in a database of many articles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


@contextmanager
def _statements(session: Session) -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield seen
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_words_of_a_title_are_found_by_an_index(database: Database) -> None:
    with database.session() as session:
        seed.simple(session, "c1")
        wanted = seed.candidate(session, "c2")
        seed.report(session, wanted, "Sinoćna pucnjava kod pijace", "Tekst.")
        for statement in (ARTICLES, MENTIONS, "analyze articles", "analyze mentions"):
            session.execute(text(statement))
    with database.session() as session:
        with _statements(session) as seen:
            found = look_for(session, "pucnjava kod", besides="c1")
        assert [each.candidate.id for each in found] == ["c2"]
        plans = [
            "\n".join(session.connection().exec_driver_sql(f"explain {statement}", parameters).scalars())
            for statement, parameters in seen
            if "ILIKE" in statement
        ]
    assert len(plans) == 1
    assert "ix_articles_title" in plans[0], plans[0]
