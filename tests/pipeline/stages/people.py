"""What people do with the queue of a line, and its whole state, row by row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, text

from pipeline.stages.requeue import relink
from store import grouping, undoing, ungrouping
from store.database import Database
from store.schema import Candidate, Revision, StoredMention
from tests.pipeline.stages.line import Line

COUNTED_ON = {"version", "updated_at"}
"""What counts on or tells the time of a change: undoing does not turn these back. The lease belongs to who undoes."""
LEASE = {"lease_owner", "lease_until", "lease_from"}


def version(line: Line, candidate: str) -> int:
    with line.database.session() as session:
        return session.get_one(Candidate, candidate).version


def place(line: Line, mention: str) -> str:
    """The candidate a mention is in."""
    with line.database.session() as session:
        found = session.scalar(select(StoredMention.candidate_id).where(StoredMention.id == mention))
    assert found is not None
    return found


def merge(line: Line, into: str, other: str, by: str = "ana") -> grouping.Grouped:
    versions = {id_: version(line, id_) for id_ in (into, other)}
    with line.database.session() as session:
        return grouping.merge(session, into, other, versions=versions, by=by, relink=relink)


def split(line: Line, candidate: str, mentions: Collection[str], by: str = "ana") -> grouping.Grouped:
    seen = version(line, candidate)
    with line.database.session() as session:
        return grouping.split(session, candidate, mentions, version=seen, by=by, relink=relink)


def move(line: Line, mention: str, to: str, by: str = "ana") -> grouping.Grouped:
    versions = {id_: version(line, id_) for id_ in (place(line, mention), to)}
    with line.database.session() as session:
        return grouping.move(session, mention, to, versions=versions, by=by, relink=relink)


def not_same(line: Line, a: str, b: str, by: str = "ana") -> grouping.Grouped:
    versions = {id_: version(line, id_) for id_ in (a, b)}
    with line.database.session() as session:
        return grouping.not_same(session, a, b, versions=versions, by=by, relink=relink)


def undo(line: Line, decision: int, by: str = "ana") -> grouping.Grouped:
    with line.database.session() as session:
        return ungrouping.undo(session, decision, by=by, relink=relink)


def undo_decision(line: Line, candidate: str, by: str = "ana") -> str:
    with line.database.session() as session:
        return undoing.undo_decision(session, candidate, by=by, relink=relink)


def state(line: Line, *, leases: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Whole rows of what is in the queue and in the curated database, but for `COUNTED_ON`. Candidates that were
    superseded lead to others and are no part of it."""
    hidden = COUNTED_ON | (set() if leases else LEASE)
    queries = {
        "mentions": "select to_jsonb(t) from mentions t order by id",
        "candidates": "select to_jsonb(t) from candidates t where state <> 'superseded' order by id",
        "links": "select to_jsonb(t) from candidate_links t order by a, b",
    }
    with line.database.session() as session:
        return {
            name: [{k: v for k, v in row.items() if k not in hidden} for row in session.scalars(text(query))]
            for name, query in queries.items()
        }


def curated(line: Line) -> list[dict[str, Any]]:
    """Whole rows of the approved incidents with all that belongs to them, but for revision and approval."""
    parts = ("weapons", "persons", "seizures", "articles")
    columns = ", ".join(
        f"(select jsonb_agg(to_jsonb(p) order by to_jsonb(p)::text) from incident_{part} p where p.incident_id = i.id)"
        for part in parts
    )
    query = f"select to_jsonb(i) - '{{revision,approved_by,approved_at}}'::text[], {columns} from incidents i"
    with line.database.session() as session:
        return [dict(zip(("incident", *parts), row, strict=True)) for row in session.execute(
            text(f"{query} where state = 'approved' order by id"))]  # fmt: skip


def whereabouts(database: Database) -> dict[str, list[str]]:
    """Where each candidate's mentions are; fails when one is nowhere, in a superseded candidate or in another
    jurisdiction's, or when an open candidate has none."""
    with database.session() as session:
        states = {c.id: c for c in session.scalars(select(Candidate))}
        found: dict[str, list[str]] = {}
        for mention in session.scalars(select(StoredMention).order_by(StoredMention.id)):
            assert mention.candidate_id in states, f"{mention.id} is nowhere"
            candidate = states[mention.candidate_id]
            assert candidate.state != "superseded", f"{mention.id} is in {candidate.id}, which is superseded"
            assert candidate.jurisdiction == mention.jurisdiction
            found.setdefault(candidate.id, []).append(mention.id)
        for candidate in states.values():
            if candidate.state == "open":
                assert candidate.id in found, f"{candidate.id} is open and empty"
            end = states[grouping.redirect(session, candidate.id)]
            assert end.state != "superseded" or end.superseded_by is None  # then nothing tells of it any more
    return found


def chains_are_whole(database: Database) -> None:
    """Every incident's revisions follow on one another without a gap, and the last says what the incident says."""
    with database.session() as session:
        by_incident: dict[str, list[Revision]] = {}
        for revision in session.scalars(select(Revision).order_by(Revision.incident_id, Revision.number)):
            by_incident.setdefault(revision.incident_id, []).append(revision)
        query = text("select id, state || ' ' || revision as state from incidents")
        rows: dict[str, str] = {row.id: row.state for row in session.execute(query)}
        assert rows.keys() == by_incident.keys()
        for incident, revisions in by_incident.items():
            assert [r.number for r in revisions] == list(range(1, len(revisions) + 1))
            assert [r.before for r in revisions] == [None, *(r.after for r in revisions[:-1])]
            last = revisions[-1]
            assert rows[incident] == f"{'approved' if last.after else 'withdrawn'} {last.number}"
