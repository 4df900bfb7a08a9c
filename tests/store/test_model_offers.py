"""Models offered, taken, declined, gone back from; which of them is at work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from codebook.errors import Conflict, StoreError
from store import model_offers
from store.database import Database
from store.schema import AuditEntry, ModelOffer
from tests.store.test_audit_sample import screened

MADE = dt.datetime(2025, 3, 4, 1, 0, tzinfo=dt.UTC)
FIGURES = {"dev": {"overall": {"type": {"value": 0.8, "n": 10}}}}


def offered(session: Session, number: int = 1) -> ModelOffer:
    return model_offers.offer(
        session, f"m{number}", f"encoder-1-e+linear-1-{number}", made_at=MADE, decisions=40, before=FIGURES,
        after=FIGURES,
    )  # fmt: skip


def in_use(database: Database) -> str | None:
    with database.session() as session:
        found = model_offers.in_use(session)
        return found.folder if found else None


def test_a_model_reads_once_a_person_says_so_and_can_be_gone_back_from(database: Database) -> None:
    with database.session() as session:
        first, second = offered(session).id, offered(session, 2).id
    assert in_use(database) is None
    for chosen, folder in ((first, "m1"), (second, "m2"), (first, "m1")):
        with database.session() as session:
            model_offers.take(session, chosen, by="vera")
        assert in_use(database) == folder
    with database.session() as session:
        model_offers.use_shipped(session, by="ana")
    assert in_use(database) is None
    with database.session() as session:
        pointer = model_offers.pointer(session)
        assert pointer is not None
        assert pointer.by == "ana"
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "use model").order_by(AuditEntry.id)).all()
        assert [(e.actor, e.subject_id, e.before, e.after) for e in told] == [
            ("vera", str(first), {"model": None}, {"model": first}),
            ("vera", str(second), {"model": first}, {"model": second}),
            ("vera", str(first), {"model": second}, {"model": first}),
            ("ana", "shipped", {"model": first}, {"model": None}),
        ]


def test_what_cannot_be_done_is_one_line(database: Database) -> None:
    with database.session() as session:
        kept, gone, taken = offered(session).id, offered(session, 2).id, offered(session, 3).id
        bad = model_offers.failed(session, "m4", "below its floor", made_at=MADE, decisions=40).id
        model_offers.decline(session, gone, by="vera")
        model_offers.take(session, taken, by="vera")

    def refused(action: Callable[[Session], None], match: str) -> None:
        with pytest.raises((Conflict, StoreError), match=match), database.session() as session:
            action(session)

    refused(lambda session: model_offers.take(session, gone, by="ana"), "declined or has failed")
    refused(lambda session: model_offers.take(session, bad, by="ana"), "declined or has failed")
    refused(lambda session: model_offers.take(session, taken, by="ana"), "reads already")
    refused(lambda session: model_offers.decline(session, taken, by="ana"), "not offered any more")
    refused(lambda session: model_offers.decline(session, 99, by="ana"), "no model 99")
    with database.session() as session:
        model_offers.use_shipped(session, by="ana")
    refused(lambda session: model_offers.use_shipped(session, by="ana"), "reads already")
    with database.session() as session:
        assert session.get_one(ModelOffer, kept).state == "offered"
        assert sorted(model_offers.wanted(session)) == ["m1", "m3"]


def test_a_run_that_came_to_no_figures_is_made_again(database: Database) -> None:
    with database.session() as session:
        assert model_offers.last_measured(session) is None
        model_offers.failed(session, "m1", "no space on the disk", made_at=MADE, decisions=40)
        assert model_offers.last_measured(session) is None
        later = MADE + dt.timedelta(days=1)
        model_offers.failed(
            session, "m2", "below its floor", made_at=later, decisions=40, before=FIGURES, after=FIGURES
        )
        assert model_offers.last_measured(session) == later
        assert [made.folder for made in model_offers.offers(session, 1)] == ["m2"]


def test_one_process_trains_at_a_time(database: Database) -> None:
    with model_offers.training_alone(database) as first:
        assert first
        with model_offers.training_alone(database) as second:
            assert not second
        with model_offers.training_alone(database) as third:
            assert not third, "who was refused gives nothing free"
    with model_offers.training_alone(database) as again:
        assert again


def test_who_reads_is_told_by_what_was_read(database: Database) -> None:
    with database.session() as session:
        made = offered(session)
        model_offers.take(session, made.id, by="vera")
        versions = ["encoder-1-e+linear-1-1", "instruct-1-x+encoder-1-e+linear-1-1", "linear-1-0", "linear-1-0", None]
        for number, version in enumerate(versions):
            article = screened(session, number)
            article.reader_version = version
            article.read_at = session.scalar(select(func.now() - dt.timedelta(hours=number)))
        old = screened(session, 9)
        old.reader_version, old.read_at = "linear-1-1", session.scalar(select(func.now() - dt.timedelta(days=2)))
        session.flush()
        found = model_offers.at_work(session)
    assert [(one.version, one.articles, one.offer and one.offer.folder) for one in found] == [
        (versions[0], 1, "m1"),
        (versions[1], 1, "m1"),
        ("linear-1-0", 2, None),
    ]
