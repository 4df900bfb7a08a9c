"""Curated incidents from a file, taken in on a validator's word."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from codebook.errors import BadInput
from codebook.jsonlines import records
from codebook.records import Incident, facts_of
from store import audit
from store.curation import curate
from store.incidents import incident
from store.schema import StoredArticle, User

MAY_IMPORT = ("validator", "administrator")


def import_incidents(session: Session, file: Path, by: str) -> tuple[int, int]:
    """Take in the incidents of a JSON Lines file of `codebook.records.Incident`; returns how many were written and how
    many said what the database says already. In the caller's transaction: all or none.

    An incident under a known id becomes a new revision of it. Articles that this database does not have are left out.

    Raises:
        BadInput: nobody of that name may import, or a line is no incident; names file, line, field and remedy.
    """
    user = session.get(User, by)
    if user is None or user.role not in MAY_IMPORT or user.disabled_at is not None:
        raise BadInput("avmp import", "--as", by, "name an active validator or administrator (`avmp user add`)")
    taken = unchanged = 0
    for given in records(file, Incident, "incidents"):
        if _import_one(session, given, by, file.name):
            taken += 1
        else:
            unchanged += 1
    return taken, unchanged


def _import_one(session: Session, given: Incident, by: str, file: str) -> bool:
    known = incident(session, given.id)
    if known is not None and facts_of(known) == facts_of(given):
        return False
    articles = [article for article in given.articles if session.get(StoredArticle, article) is not None]
    written = curate(session, given.id, facts_of(given), articles, by=by, why=f"imported from {file}")
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
