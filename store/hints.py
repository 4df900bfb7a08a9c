"""Hints of mentions: the key they are hashed under, and their end with a person's decision."""

from __future__ import annotations

import secrets

from sqlalchemy import null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.schema import Candidate, HintKey, StoredMention

KEY_BYTES = 32
_SECRET = select(HintKey.secret)


def hint_key(session: Session) -> bytes:
    """The secret of this database, made at first use. It never leaves the database but for hashing."""
    if (secret := session.scalar(_SECRET)) is None:
        made = insert(HintKey).values(id=1, secret=secrets.token_bytes(KEY_BYTES))
        session.execute(made.on_conflict_do_nothing())
        secret = session.scalars(_SECRET).one()
    return secret


def forget_hints(session: Session, candidate: Candidate) -> None:
    """Nothing of the hints outlives a decision: they stand for names of persons. Does not flush a candidate that is
    not yet whole."""
    mentions = StoredMention.candidate_id == candidate.id
    with session.no_autoflush:
        session.execute(update(StoredMention).where(mentions).values(hints=null()))
