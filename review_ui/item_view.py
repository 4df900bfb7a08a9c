"""The page of an item, put together: what every action on an item shows when it does not lead elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from codebook.errors import Conflict
from codebook.records import Facts
from review_ui.changes import Change, changes
from review_ui.decided import decided
from review_ui.drafting import ShownDraft, shown_draft
from review_ui.form import FormErrors, FormValues, confidences, differs, persons_in, proposed
from review_ui.last_item import last_item, undoable
from review_ui.perhaps import others
from review_ui.position import Position
from review_ui.queue_page import counts
from review_ui.region_map import HEIGHT, WIDTH
from review_ui.rendering import page
from review_ui.reports import facts_told, is_hard_to_read, shown
from review_ui.told import disagreements
from review_ui.translation.lines import because, sentence
from review_ui.translation.speaking import gettext
from review_ui.typed_map import typed_map
from store.adjudication import agreed
from store.alike import Alike, possible_same
from store.curation import database_time
from store.database import Database
from store.grouping import decisions_in, home_together
from store.incidents import incident
from store.moved import came_here
from store.notes import answers_to, notes_of
from store.review_queue import LEASE, QueueItem, item
from store.schema import Candidate
from store.second_reading import readable_by
from store.users import Account

HEARTBEAT = LEASE / 10
"""How often an open page prolongs its lease: nine beats may be lost before a colleague gets the item."""

TOLD = (
    "approved", "rejected", "decided", "read", "disputed", "audited", "undone", "again", "noted", "asked", "grouped",
    "regrouped",
)  # fmt: skip
"""What an address may say of the action that led to it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An action that was not taken: what the person had typed, and why."""

    status: int
    line: str
    values: FormValues
    errors: FormErrors = field(default_factory=FormErrors)
    reason: str = ""
    rejection_comment: str = ""


def item_page(
    request: Request,
    account: Account,
    store: Database,
    candidate_id: str,
    at: Position,
    *,
    attempt: Attempt | None = None,
    line: str = "",
    status: int = 200,
    held_by_other: Conflict | None = None,
    pause: int = 0,
) -> Response:
    """The page of an item. `attempt` is a decision not taken, `line` says why something else was not done, and
    `held_by_other` who works on the item instead; `pause` is how long
    the person has read when it is time to stop."""
    with store.session() as session:
        found = item(session, candidate_id)
        now = database_time(session)
        candidate = found.candidate
        held = candidate.lease_until is not None and candidate.lease_until > now
        mine = held and candidate.lease_owner == account.name
        draft = shown_draft(session, account, candidate, wanted="draft" in request.query_params)
        decidable = readable_by(session, candidate, account.name) and account.may_decide and (mine or not held)
        facts, comment = _stands(session, found, account.name, decidable=decidable)
        values = _values(replace(proposed(facts), comment=comment), attempt, draft)
        everything = [facts, found.proposal, *facts_told(found.reports)]
        notes = notes_of(session, came_here(session, candidate_id))
        alike = possible_same(session, candidate_id)
        kept = attempt or (draft if draft and draft.filled else None)
        return page(
            request,
            "item.html",
            attempt.status if attempt else status,
            at=at,
            item=found,
            waiting=counts(request).facets(session, at.chosen, account.name).waiting,
            updates=_updates(session, found),
            reports=shown(found.reports, persons_in(values)),
            values=values,
            facts=facts,
            changed=differs(values, found.proposal),
            confidence=_confidence(facts, found),
            errors=attempt.errors.lines if attempt else {},
            line=_line(candidate.state, attempt, line, held_by_other),
            reason=kept.reason if kept else "",
            rejection_comment=kept.rejection_comment if kept else "",
            draft=None if attempt else draft,
            draft_turn=draft.turn if draft else 0,
            disagreements=disagreements(found.reports),
            perhaps=others(facts, found.reports) if decidable else {},
            covered=request.state.arrangement.cover and is_hard_to_read(everything),
            pause=pause,
            region=typed_map(values, facts),
            map_size=(WIDTH, HEIGHT),
            alike=alike,
            homes=_homes(candidate, alike),
            decisions=decisions_in(session, candidate_id),
            notes=notes,
            answers=answers_to(notes, account.name),
            decidable=decidable,
            readonly=not decidable and attempt is None,  # what could not be saved can still be copied
            heartbeat_seconds=int(HEARTBEAT.total_seconds()),
            done={k: v for k, v in request.query_params.items() if k in TOLD},
            last_item=last_item(session, request.query_params),
            undoable=undoable(request.query_params),
        )


def _stands(session: Session, found: QueueItem, user: str, *, decidable: bool) -> tuple[Facts, str]:
    """The facts and the comment that the form opens with."""
    if decidable and found.candidate.stage == "adjudication":
        return agreed(session, found.candidate), ""
    return (None if decidable else decided(session, found.candidate, user)) or (found.proposal, "")


def not_done(
    request: Request, account: Account, store: Database, candidate_id: str, at: Position, what: str, conflict: Conflict
) -> Response:
    """The page of an item when something other than a decision was refused: `what` says that it was not done."""
    return item_page(request, account, store, candidate_id, at, line=because(what, conflict), status=409)


def refused(conflict: Conflict, values: FormValues, reason: str = "", comment: str = "") -> Attempt:
    """A decision that somebody else's work stands in the way of."""
    line = " ".join([because(gettext("Nothing was saved."), conflict), gettext("What you entered is kept below.")])
    return Attempt(409, line, values, reason=reason, rejection_comment=comment)


def _values(stands: FormValues, attempt: Attempt | None, draft: ShownDraft | None) -> FormValues:
    if attempt:
        return attempt.values
    return draft.values if draft and draft.filled else stands


def _line(state: str, attempt: Attempt | None, line: str, held_by_other: Conflict | None) -> str:
    if attempt:
        return attempt.line
    if line:
        return sentence(line)
    return sentence(held_by_other) if held_by_other and state == "open" else ""


def _updates(session: Session, found: QueueItem) -> list[Change]:
    """What an update proposes to change of the approved incident."""
    approved = incident(session, found.candidate.incident_id or "") if found.candidate.kind == "update" else None
    if approved is None:
        return []
    return changes(approved.model_dump(mode="json"), found.proposal.model_dump(mode="json"))


def _homes(candidate: Candidate, alike: Sequence[Alike]) -> dict[str, str | None]:
    """In which jurisdiction's queue each of these, by its id, would lie with the candidate, where theirs are two."""
    others = [each.candidate for each in alike if each.candidate.jurisdiction != candidate.jurisdiction]
    return {other.id: home_together(candidate, other) for other in others}


def _confidence(facts: Facts, found: QueueItem) -> dict[str, float]:
    told = zip(facts_told(found.reports), (report.mention.confidence for report in found.reports), strict=True)
    return confidences(facts, told)
