"""What a person had entered on an item that opens again: it becomes their draft."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from codebook.records import Facts
from review_ui.drafting import content
from review_ui.form import differs, proposed
from store import drafts
from store.schema import Candidate
from store.second_reading import Verdict


def keep_entered(session: Session, candidate_id: str, name: str, made: Verdict, *, version: int) -> None:
    """Make a draft of a verdict on this version of an item, where it says more than the proposal of one that is open:
    the reports may have gone to one that somebody has approved since."""
    candidate = session.get_one(Candidate, candidate_id)
    if candidate.state != "open":
        return
    proposal = Facts.model_validate(candidate.proposal)
    comment = made.comment or ""
    entered = replace(proposed(made.facts or proposal), comment="" if made.reason else comment)
    rejection = {"reason": made.reason, "rejection_comment": comment} if made.reason else {}
    if not (differs(entered, proposal) or entered.comment or rejection):
        return
    before = drafts.draft_of(session, candidate_id, name)
    turn = before.turn if before else 0
    drafts.save(session, candidate_id, name, version=version, turn=turn, content=content(entered) | rejection)
