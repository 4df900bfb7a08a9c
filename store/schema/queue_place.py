"""Where a candidate stands in the queue, and how many people have to read it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

OPEN = text("state = 'open'")
"""The queue's indexes hold what waits alone: what was decided grows without end."""

NOT_FIRST = text("state = 'open' and stage <> 'first'")


class QueuePlace:
    """Columns of a candidate by which the queue is ordered and filtered.

    The database keeps all but the last two itself, by triggers of migrations 0010 and 0013, whoever changes a candidate
    or its mentions: ten places do, and a queue that one of them forgot would hide an item.

    Attributes:
        incident_type: that of the proposal.
        turn: the lowest comes first: `-(priority + 2 × (1 - certainty) + days)`. `priority` is the linker's (ten
            points for a person killed); doubt brings an item forward, for the model learns most from it; `days` are
            those from 2000 to the item's day, so that one day counts as one point: the earliest of its entering the
            queue, `reported`, and for a new event its date. It never changes with time alone, so an index holds it.
        reported: the day of the newest report, of one without a date the day it was fetched.
        certainty: of the surest report: the lower of its probability of telling an incident and that of its type.
        official: whether an official source is among the reports'.
        langs, source_ids: those of the reports.
        stage: who is to read it: the `first` reader, a `second` one, or a validator (`adjudication`).
        first_reader: who read it first; null at stage `first`.
    """

    incident_type: Mapped[str | None]
    turn: Mapped[float] = mapped_column(server_default="0")
    reported: Mapped[dt.date | None]
    certainty: Mapped[float] = mapped_column(server_default="1")
    official: Mapped[bool] = mapped_column(server_default="false")
    langs: Mapped[list[str]] = mapped_column(server_default="{}")
    source_ids: Mapped[list[str]] = mapped_column(server_default="{}")
    stage: Mapped[str] = mapped_column(server_default="first")
    first_reader: Mapped[str | None]
