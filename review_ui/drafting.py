"""What a person types is kept in the database as they type, and is there again when the page is opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from codebook.errors import Conflict
from codebook.records import Facts
from review_ui.access import ConfirmedForm, Decider, Store, number_of, text_of
from review_ui.form import PERSONS, PLAIN, FormValues, differs, proposed, typed
from review_ui.position import At
from review_ui.rendering import problem
from review_ui.translation.lines import sentence
from review_ui.translation.speaking import gettext
from store import drafts
from store.clock import clock
from store.review_queue import item
from store.schema import Candidate
from store.users import Account

router = APIRouter()

REJECTION = ("reason", "rejection_comment")
"""What the dialog of a rejection asks."""


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """A person's draft of the item they open. `filled` when the form shows it: one that was typed on an older version
    of the item is offered first, since the reports say more by now."""

    values: FormValues
    turn: int
    saved_at: dt.datetime
    older: bool
    filled: bool
    reason: str = ""
    rejection_comment: str = ""


@router.post("/item/{candidate_id}/draft")
def keep_draft(request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str) -> Response:
    """Keep what stands in the form. What says no more than the proposal needs no draft."""
    values, rejection = typed(form), {name: text_of(form, name) for name in REJECTION}
    turn, draft, line = number_of(form, "draft_turn"), None, ""
    try:
        with store.session() as session:
            found = item(session, candidate_id)
            if differs(values, found.proposal) or values.comment or any(rejection.values()):
                draft = drafts.save(
                    session,
                    candidate_id,
                    account.name,
                    version=number_of(form),
                    turn=turn,
                    content=content(values) | rejection,
                )
            else:
                drafts.discard(session, candidate_id, account.name, turn=turn)
            if draft is not None:
                line = gettext("Draft kept, %(time)s", time=clock(draft.saved_at, found.candidate.jurisdiction))
    except Conflict as conflict:
        return problem(request, 409, sentence(conflict))
    return JSONResponse({"turn": draft.turn if draft else 0, "line": line})


@router.post("/item/{candidate_id}/discard")
def discard_draft(account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At) -> Response:
    """Throw the draft away: the item opens with what the reports say. One that the person has typed since in another
    window is shown instead."""
    try:
        with store.session() as session:
            drafts.discard(session, candidate_id, account.name, turn=number_of(form, "draft_turn"))
    except Conflict:
        return RedirectResponse(at.item_url(candidate_id, draft="use"), 303)
    return RedirectResponse(at.item_url(candidate_id), 303)


def shown_draft(session: Session, account: Account, candidate: Candidate, *, wanted: bool) -> ShownDraft | None:
    """The draft that a person has of an open item; `wanted` fills in an older one too."""
    if candidate.state != "open" or not account.may_decide:
        return None
    draft = drafts.draft_of(session, candidate.id, account.name)
    if draft is None:
        return None
    older = (draft.candidate, draft.version) != (candidate.id, candidate.version)
    values = restored(draft.content, Facts.model_validate(candidate.proposal))
    rejection = {name: str(draft.content.get(name, "")) for name in REJECTION}
    return ShownDraft(values, draft.turn, draft.saved_at, older, wanted or not older, **rejection)


def content(values: FormValues) -> dict[str, Any]:
    """A filled form as JSON."""
    return asdict(values)


def restored(kept: Mapping[str, Any], proposal: Facts) -> FormValues:
    """A filled form from JSON; what an older release did not know of is as proposed."""
    usual = content(proposed(proposal))
    known = usual | {name: kept[name] for name in usual if name in kept}
    return FormValues(
        plain={name: str((usual["plain"] | known["plain"]).get(name, "")) for name in PLAIN},
        weapons=tuple(known["weapons"]),
        persons={
            kind: tuple({name: str(row.get(name, "")) for name in fields} for row in known["persons"].get(kind, ()))
            for kind, fields in PERSONS.items()
        },
        seized=bool(known["seized"]),
        comment=str(known["comment"]),
    )
