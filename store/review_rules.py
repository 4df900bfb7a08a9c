"""The rules of review: what is drawn for an audit, and which items two people read.

They lie in the database, not in a process's settings: what has to be read twice must not depend on which web process
a monitor meets.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from codebook.codes import code_list
from codebook.errors import BadInput
from codebook.records import Facts
from store import audit
from store.schema import ReviewRules

WHERE = "rules of review"


@dataclass(frozen=True, slots=True)
class Rules:
    """Shares are from 0 to 1.

    Attributes:
        audit_share: of the screened-out articles, for the audit of the reader.
        second_share: of all items, for a second reader.
        second_types: types whose items always have a second reader.
        second_fatal: whether items with a person killed always have one.
    """

    audit_share: float = 0.01
    second_share: float = 0.0
    second_types: tuple[str, ...] = ()
    second_fatal: bool = False

    def __post_init__(self) -> None:
        for name in ("audit_share", "second_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadInput(WHERE, name, getattr(self, name), "give a share from 0 to 1")
        for code in self.second_types:
            code_list("incident_type").require(code, WHERE, "second_types")

    def ask_for_second(self, candidate_id: str, *told: Facts) -> bool:
        """Whether two people read this item, by what is proposed and by what its first reader made of it."""
        return (
            drawn(f"second:{candidate_id}", self.second_share)
            or any(facts.incident_type in self.second_types for facts in told)
            or (self.second_fatal and any(map(fatal, told)))
        )


def rules(session: Session) -> Rules:
    """The rules as they are."""
    row = session.get(ReviewRules, 1)
    if row is None:
        return Rules()
    return Rules(row.audit_share, row.second_share, tuple(row.second_types), row.second_fatal)


def set_rules(session: Session, new: Rules, *, by: str) -> None:
    """Change the rules, from the next decision on. What waits for a second reader goes on waiting for one."""
    row = session.get(ReviewRules, 1, with_for_update=True)
    before = rules(session)
    if row is None:
        row = ReviewRules(id=1)
        session.add(row)
    row.audit_share, row.second_share = new.audit_share, new.second_share
    row.second_types, row.second_fatal = list(new.second_types), new.second_fatal
    session.flush()
    audit.record(
        session,
        by,
        "set review rules",
        ("rules", "review"),
        before=dataclasses.asdict(before),
        after=dataclasses.asdict(new),
    )


def fatal(facts: Facts) -> bool:
    """Whether a person died, by another's hand or their own."""
    return any(victim.outcome in ("killed", "suicide") for victim in facts.victims)


def drawn(key: str, share: float) -> bool:
    """Whether a key belongs to a share of all keys: the same answer whenever and wherever it is asked, so that a
    replay draws the same. What is in a smaller share is in every larger one."""
    return digest(key) < threshold(share)


def digest(key: str) -> str:
    """As PostgreSQL's `md5(key)`, so that a share of millions of rows can be found by an index."""
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


def threshold(share: float) -> str:
    """The digest that the drawn ones lie below."""
    return "g" if share >= 1 else f"{int(share * 2**64):016x}"  # every digest lies below a letter after f
