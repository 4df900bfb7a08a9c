"""Curated incidents from a file, taken in on a validator's word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from codebook.bounds import LARGEST_COUNT, MOST_PERSONS, latest_day
from codebook.errors import BadInput
from codebook.jsonlines import records
from codebook.records import Incident, Perpetrator, Seizure, Victim, facts_of
from store import audit
from store.among import among
from store.curation import curate
from store.homes import follow, hold_to_move
from store.records import to_incident
from store.schema import CuratedIncident, StoredArticle, User

MAY_IMPORT = ("validator", "administrator")

EARLIEST = dt.date(1900, 1, 1)
"""Earlier than the form takes: an archive that is taken in may reach back."""


class _Given(Incident):
    """An incident that database and pages can hold. Its revision and verification are the other database's."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    place: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")] | None = None
    place_id: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")] | None = None
    victims: Annotated[tuple[Victim, ...], Field(max_length=MOST_PERSONS)] = ()
    perpetrators: Annotated[tuple[Perpetrator, ...], Field(max_length=MOST_PERSONS)] = ()

    @field_validator("seizure")
    @classmethod
    def _is_countable(cls, seizure: Seizure | None) -> Seizure | None:
        counts = (seizure.firearms, seizure.rounds, seizure.explosives) if seizure else ()
        if any(count is not None and count > LARGEST_COUNT for count in counts):
            raise ValueError(f"give at most {LARGEST_COUNT:,} pieces")
        return seizure

    @field_validator("date")
    @classmethod
    def _lies_in_the_past(cls, date: dt.date | None) -> dt.date | None:
        if date is not None and not EARLIEST <= date <= latest_day():
            raise ValueError(f"give a day from {EARLIEST.year} until today")
        return date


def import_incidents(session: Session, file: Path, by: str) -> tuple[int, int]:
    """Take in the incidents of a JSON Lines file of `codebook.records.Incident`; returns how many were written and how
    many said what the database says already. In the caller's transaction: all or none.

    An incident under a known id becomes a new revision of it, with its reports where it lies now; one that was
    withdrawn is back. Articles that this database does not have are left out.

    Raises:
        BadInput: nobody of that name may import, or a line is no incident; names file, line, field and remedy.
    """
    user = session.get(User, by)
    if user is None or user.role not in MAY_IMPORT or user.disabled_at is not None:
        raise BadInput("avmp import", "--as", by, "name an active validator or administrator (`avmp user add`)")
    taken = unchanged = 0
    told = list(records(file, _Given, "incidents"))
    hold_to_move(session, lambda: _moving(session, told))
    for given in told:
        if _import_one(session, given, by, file.name):
            taken += 1
        else:
            unchanged += 1
    return taken, unchanged


def _moving(session: Session, told: Iterable[Incident]) -> list[tuple[str, str | None]]:
    """The known incidents that the file puts into another jurisdiction, with all that it tells of each."""
    known = select(CuratedIncident.id, CuratedIncident.jurisdiction).where(
        among(CuratedIncident.id, {given.id for given in told})
    )
    here = {row.id: row.jurisdiction for row in session.execute(known)}
    elsewhere = {given.id for given in told if here.get(given.id, given.jurisdiction) != given.jurisdiction}
    return [(given.id, given.jurisdiction) for given in told if given.id in elsewhere]


def _import_one(session: Session, given: Incident, by: str, file: str) -> bool:
    row = session.get(CuratedIncident, given.id)
    known = to_incident(row) if row is not None and row.state == "approved" else None
    if known is not None and facts_of(known) == facts_of(given):
        return False
    articles = [article for article in given.articles if session.get(StoredArticle, article) is not None]
    written = curate(session, given.id, facts_of(given), articles, by=by, why=f"imported from {file}")
    if known is not None and known.jurisdiction != written.jurisdiction:
        follow(session, written.id, written.jurisdiction)
    audit.record(
        session,
        by,
        "import",
        ("incident", given.id),
        why=f"imported from {file}",
        before=known.model_dump(mode="json") if known else None,
        after=written.model_dump(mode="json"),
    )
    return True
