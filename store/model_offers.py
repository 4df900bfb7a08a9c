"""Models offered to an administrator, and the pointer to the one that reads. A model never begins to read by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store import audit
from store.curation import database_time
from store.database import Database
from store.schema import ModelInUse, ModelOffer, StoredArticle

TRAINING_LOCK = 0x7472616E
"""Key of the advisory lock ("tran") under which one process trains."""

LATELY = dt.timedelta(days=1)

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AtWork:
    """A reader that has read lately: its version, how many articles, the last one when, and the offer whose model it
    reads with, null for one that came with the program."""

    version: str
    articles: int
    last: dt.datetime
    offer: ModelOffer | None


@contextmanager
def training_alone(database: Database) -> Iterator[bool]:
    """Whether no other process of this database trains; none begins to within the block. The database frees the place
    when the process dies."""
    with database.engine.connect() as connection:
        free = bool(connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": TRAINING_LOCK}))
        connection.commit()
        try:
            yield free
        finally:
            connection.invalidate()  # closes the connection itself, and with it the lock


def offer(
    session: Session, folder: str, reader: str, *, made_at: dt.datetime, decisions: int, before: Figures, after: Figures
) -> ModelOffer:
    """Offer a model that broke no floor and is better than the one in use."""
    made = ModelOffer(folder=folder, reader=reader, state="offered")
    return _record(session, made, made_at, decisions, before, after)


def failed(
    session: Session,
    folder: str,
    why: str,
    *,
    made_at: dt.datetime,
    decisions: int,
    before: Figures | None = None,
    after: Figures | None = None,
) -> ModelOffer:
    """Record why a model is not offered; without figures, why none was made."""
    return _record(session, ModelOffer(folder=folder, state="failed", why=why), made_at, decisions, before, after)


def _record(
    session: Session,
    made: ModelOffer,
    made_at: dt.datetime,
    decisions: int,
    before: Figures | None,
    after: Figures | None,
) -> ModelOffer:
    made.made_at, made.decisions = made_at, decisions
    made.before = None if before is None else dict(before)
    made.after = None if after is None else dict(after)
    session.add(made)
    session.flush()
    return made


def last_measured(session: Session) -> dt.datetime | None:
    """When the decisions of the newest model were read that came to be measured: what failed before that is tried
    again."""
    return session.scalar(select(func.max(ModelOffer.made_at)).where(ModelOffer.after.is_not(None)))


def offers(session: Session, limit: int) -> Sequence[ModelOffer]:
    """The newest offers and failures."""
    return session.scalars(select(ModelOffer).order_by(ModelOffer.id.desc()).limit(limit)).all()


def one_offer(session: Session, offer_id: int) -> ModelOffer:
    """Raises `StoreError` when there is none of this id."""
    found = session.get(ModelOffer, offer_id)
    if found is None:
        raise StoreError("there is no model %(id)s: go back to the models", id=offer_id)
    return found


def in_use(session: Session) -> ModelOffer | None:
    """The offer whose model reads; null for the model that ships."""
    query = select(ModelOffer).join(ModelInUse, ModelInUse.offer_id == ModelOffer.id)
    return session.scalars(query).one_or_none()


def pointer(session: Session) -> ModelInUse | None:
    """Who said which model reads, and when; null while nobody has said anything."""
    return session.get(ModelInUse, 1)


def wanted(session: Session) -> Sequence[str]:
    """The folders of models that are in use or may be: those that are offered or were taken."""
    return session.scalars(select(ModelOffer.folder).where(ModelOffer.state.in_(("offered", "taken")))).all()


def take(session: Session, offer_id: int, *, by: str) -> None:
    """Let a model read from now on: one that is offered, or that was taken before.

    Raises:
        Conflict: it reads already, was declined, or failed.
        StoreError: there is none of this id.
    """
    chosen = _locked(session, offer_id)
    if chosen.state not in ("offered", "taken"):
        raise Conflict("this model was declined or has failed: it cannot be used")
    before = in_use(session)
    if before is not None and before.id == chosen.id:
        raise Conflict("this model reads already")
    chosen.state, chosen.by, chosen.at = "taken", by, database_time(session)
    _point(session, chosen.id, by, before)


def decline(session: Session, offer_id: int, *, by: str) -> None:
    """Decline an offer; the model's files go in the next night.

    Raises:
        Conflict: it is not offered any more.
        StoreError: there is none of this id.
    """
    chosen = _locked(session, offer_id)
    if chosen.state != "offered":
        raise Conflict("this model is not offered any more: there is nothing to decline")
    chosen.state, chosen.by, chosen.at = "declined", by, database_time(session)
    audit.record(session, by, "decline model", ("model", str(offer_id)), after={"folder": chosen.folder})


def use_shipped(session: Session, *, by: str) -> None:
    """Let the model read that ships with the program. Raises `Conflict` where it does already."""
    session.get(ModelInUse, 1, with_for_update=True)
    before = in_use(session)
    if before is None:
        raise Conflict("the model that ships reads already")
    _point(session, None, by, before)


def at_work(session: Session) -> list[AtWork]:
    """The readers that have read an article within the last day, the last one first."""
    last = func.max(StoredArticle.read_at)
    query = (
        select(StoredArticle.reader_version, func.count(), last)
        .where(StoredArticle.read_at > func.now() - LATELY, StoredArticle.reader_version.is_not(None))
        .group_by(StoredArticle.reader_version)
        .order_by(last.desc())
    )
    taken = session.scalars(select(ModelOffer).where(ModelOffer.state == "taken")).all()
    by_model = {_linear(made.reader or ""): made for made in taken}
    return [
        AtWork(version, number, moment, by_model.get(_linear(version)))
        for version, number, moment in session.execute(query)
        if version is not None and moment is not None
    ]


def _linear(version: str) -> str:
    """The part of a reader's version that names the linear model: later stages stand before it, or are switched off."""
    return version.rpartition("+")[2]


def _locked(session: Session, offer_id: int) -> ModelOffer:
    session.get(ModelInUse, 1, with_for_update=True)
    found = session.get(ModelOffer, offer_id, with_for_update=True, populate_existing=True)
    return found or one_offer(session, offer_id)


def _point(session: Session, offer_id: int | None, by: str, before: ModelOffer | None) -> None:
    chosen = {"offer_id": offer_id, "by": by, "at": func.now()}
    session.execute(insert(ModelInUse).values(id=1, **chosen).on_conflict_do_update(index_elements=["id"], set_=chosen))
    session.expire_all()
    audit.record(
        session,
        by,
        "use model",
        ("model", str(offer_id) if offer_id is not None else "shipped"),
        before={"model": before.id if before else None},
        after={"model": offer_id},
    )
