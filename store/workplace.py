"""How a person has arranged the application for themselves: keys, colours, what is covered, when to pause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from store.curation import database_time
from store.schema import Workplace

THEMES = ("system", "light", "dark")
SHORTEST_REMINDER, LONGEST_REMINDER = 5, 600
"""Minutes."""

PAUSE = dt.timedelta(minutes=15)
"""Who opens no item for so long has paused: the next one begins a new spell."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`keys` holds the keys that differ from the usual, by action. `cover` blurs the reports of suicides and of
    children harmed until a key is pressed. `remind_after` is the minutes of reading after which a pause is proposed,
    null for never. `language` is that of the pages, null for what the browser asks for."""

    keys: Mapping[str, str] = field(default_factory=dict)
    theme: str = "system"
    cover: bool = False
    remind_after: int | None = None
    language: str | None = None


def arrangement(session: Session, user: str) -> Arrangement:
    """A person's arrangement; the usual for who has none."""
    row = session.get(Workplace, user)
    return Arrangement(row.keys, row.theme, row.cover, row.remind_after, row.language) if row else Arrangement()


def set_keys(session: Session, user: str, keys: Mapping[str, str]) -> None:
    """Keep the keys that differ from the usual."""
    _own(session, user).keys = dict(keys)


def arrange(
    session: Session, user: str, *, theme: str, cover: bool, remind_after: int | None, language: str | None
) -> None:
    """Keep everything else of a person's arrangement."""
    row = _own(session, user)
    row.theme, row.cover, row.remind_after, row.language = theme, cover, remind_after, language


def item_opened(session: Session, user: str) -> dt.timedelta | None:
    """Note that a person opened an item; how long they have read without a pause when it is time for one, else null."""
    row, now = _own(session, user), database_time(session)
    if row.working_since is None or row.last_item_at is None or now - row.last_item_at > PAUSE:
        row.working_since = now
    row.last_item_at = now
    spell = now - row.working_since
    due = row.remind_after is not None and spell >= dt.timedelta(minutes=row.remind_after)
    return spell if due else None


def spell_ended(session: Session, user: str) -> None:
    """Begin to count anew: the person has seen the reminder."""
    _own(session, user).working_since = None


def _own(session: Session, user: str) -> Workplace:
    session.execute(insert(Workplace).values(user_name=user).on_conflict_do_nothing())
    return session.get_one(Workplace, user, with_for_update=True)
