"""A process that dies by SIGKILL in the middle of a person's action, when all is written and nothing committed.

python dying.py ADDRESS merge INTO OTHER | undo DECISION | undo_decision CANDIDATE
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from sqlalchemy.orm import Session

from pipeline.stages.requeue import relink
from store import grouping, undoing, ungrouping
from store.database import Database
from store.schema import Candidate


def relink_and_die(
    session: Session, jurisdiction: str | None, mentions: Collection[str], left: Collection[str] = ()
) -> None:
    relink(session, jurisdiction, mentions, left)
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def main(address: str, what: str, *ids: str) -> None:
    with Database(address).session() as session:
        if what == "undo":
            ungrouping.undo(session, int(ids[0]), by="ana", relink=relink_and_die)
        elif what == "undo_decision":
            undoing.undo_decision(session, ids[0], by="ana", relink=relink_and_die)
        else:
            versions = {id_: session.get_one(Candidate, id_).version for id_ in ids}
            into, other = ids
            grouping.merge(session, into, other, versions=versions, by="ana", relink=relink_and_die)


main(*sys.argv[1:])
