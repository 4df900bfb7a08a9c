"""The conservation of items: from an entry that a feed lists to an article on the bus, or a stated reason why not.

    listed                   = known + too old + over the limit + no address + seen
    seen                     = new + changed + unchanged + failed + refused + unusable + pending
    new + changed + replayed = on the bus + waiting to be sent + refused by the bus

The left sides, and the outcomes, are counted by collecting in the transactions of their effects (`store.daily`);
what is pending and what was sent is counted where it lies, so that the two sides can disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from codebook.events import ArticleFetched
from store import outbox
from store.schema import OutboxForgotten, OutboxMessage, PendingItem, SourceDay

COUNTED = (
    "listed", "known", "too_old", "over_limit", "no_address", "seen",
    "new", "changed", "unchanged", "failed", "refused", "unusable", "replayed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Equation:
    """What went in, and where it is now: two sums that are equal when nothing was lost or counted twice."""

    inputs: Mapping[str, int]
    outputs: Mapping[str, int]

    @property
    def holds(self) -> bool:
        return sum(self.inputs.values()) == sum(self.outputs.values())

    def __str__(self) -> str:
        left, right = (
            " + ".join(f"{name} {number:,}" for name, number in side.items()) for side in (self.inputs, self.outputs)
        )
        return f"{left} {'=' if self.holds else '≠'} {right}"


def conservation(session: Session, source_id: str | None = None) -> tuple[Equation, ...]:
    """The three equations over all sources; of one source the first two, since a message does not name its source.

    All counts are taken by one statement, and so at one moment: collecting may go on meanwhile.
    """
    days = SourceDay.__table__
    waiting = select(func.count()).select_from(PendingItem)
    figures = select(*(func.coalesce(func.sum(days.c[name]), 0).label(name) for name in COUNTED))
    forgotten = select(func.coalesce(func.sum(OutboxForgotten.messages), 0)).where(
        OutboxForgotten.topic == ArticleFetched.topic
    )
    sent = select(
        (func.count().filter(OutboxMessage.published_at.is_not(None)) + forgotten.scalar_subquery()).label("on_bus"),
        func.count().filter(outbox.WAITING).label("waiting"),
        func.count().filter(OutboxMessage.refused.is_not(None)).label("bus_refused"),
    ).where(OutboxMessage.topic == ArticleFetched.topic)
    if source_id is not None:
        figures = figures.where(days.c.source_id == source_id)
        waiting = waiting.where(PendingItem.source_id == source_id)
        sent = sent.where(OutboxMessage.id < 0)  # none: the third equation is left out
    counted, messages = figures.subquery(), sent.subquery()
    query = select(counted, waiting.scalar_subquery().label("pending"), messages).join(messages, true())
    row = session.execute(query).mappings().one()
    number = {name: int(value) for name, value in row.items()}
    return _equations(number)[: 2 if source_id is not None else 3]


def _equations(n: Mapping[str, int]) -> tuple[Equation, ...]:
    return (
        Equation(
            {"listed": n["listed"]},
            {
                "known": n["known"],
                "too old": n["too_old"],
                "over the limit": n["over_limit"],
                "no address": n["no_address"],
                "seen": n["seen"],
            },
        ),
        Equation(
            {"seen": n["seen"]},
            {name: n[name] for name in ("new", "changed", "unchanged", "failed", "refused", "unusable", "pending")},
        ),
        Equation(
            {name: n[name] for name in ("new", "changed", "replayed")},
            {"on the bus": n["on_bus"], "waiting to be sent": n["waiting"], "refused by the bus": n["bus_refused"]},
        ),
    )
