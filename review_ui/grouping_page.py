"""Which reports tell one event: merge, split, move, not the same, and taking each back."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from codebook.errors import Conflict
from codebook.kosovo import jurisdiction_name
from review_ui.access import ConfirmedForm, Decider, Regroup, SignedIn, Store, number_of, text_of
from review_ui.item_view import item_page, not_done
from review_ui.position import At, Position
from review_ui.rendering import printed
from review_ui.translation.speaking import gettext, word
from review_ui.translation.written import day
from store import alike, grouping, ungrouping
from store.review_queue import item
from store.schema import Candidate

router = APIRouter()


@router.post("/item/{candidate_id}/merge")
def merge(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, relink: Regroup, candidate_id: str, at: At
) -> Response:
    """Make one item of two."""
    try:
        with store.session() as session:
            versions = _versions(session, form, candidate_id)
            done = grouping.merge(session, *versions, versions=versions, by=account.name, relink=relink)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not merged."), conflict)
    return _regrouped(at, done)


@router.post("/item/{candidate_id}/not-same")
def not_same(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, relink: Regroup, candidate_id: str, at: At
) -> Response:
    """Keep two items apart for good."""
    try:
        with store.session() as session:
            versions = _versions(session, form, candidate_id)
            done = grouping.not_same(session, *versions, versions=versions, by=account.name, relink=relink)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not done."), conflict)
    return _regrouped(at, done)


@router.post("/item/{candidate_id}/split")
def split(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, relink: Regroup, candidate_id: str, at: At
) -> Response:
    """Take reports out of an item: they become one of their own, or one of them moves to another item."""
    reports = [str(value) for value in form.getlist("report")]
    own_item = text_of(form, "other") in ("", "new")
    if not own_item and len(reports) != 1:
        line = gettext("Not split. Tick one report to move it to another item; several become an item of their own.")
        return item_page(request, account, store, candidate_id, at, line=line, status=422)
    try:
        with store.session() as session:
            if own_item:
                version = number_of(form)
                done = grouping.split(session, candidate_id, reports, version=version, by=account.name, relink=relink)
            else:
                versions = _versions(session, form, candidate_id)
                to = next(reversed(versions))
                done = grouping.move(session, reports[0], to, versions=versions, by=account.name, relink=relink)
            shown = candidate_id if item(session, candidate_id).reports else done.candidate
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not split."), conflict)
    return _regrouped(at, replace(done, candidate=shown))


@router.post("/item/{candidate_id}/regroup")
def undo(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, relink: Regroup, candidate_id: str, at: At
) -> Response:
    """Take a merge, split, move or "not the same" back."""
    try:
        with store.session() as session:
            ungrouping.undo(session, number_of(form, "decision"), by=account.name, relink=relink)
            here = grouping.redirect(session, candidate_id)
    except Conflict as conflict:
        return not_done(request, account, store, candidate_id, at, gettext("Not undone."), conflict)
    return RedirectResponse(at.item_url(here, regrouped="1"), 303)


@router.get("/item/{candidate_id}/others")
def others(account: SignedIn, store: Store, candidate_id: str, q: str = "") -> Response:  # noqa: ARG001  for people signed in
    """Other items by the beginning of their id or place, or words of a title; those of other jurisdictions say so."""
    with store.session() as session:
        found = alike.look_for(session, q.strip(), besides=candidate_id)
        here = session.get(Candidate, candidate_id)
        return JSONResponse([_suggested(each, here) for each in found if here])


def _regrouped(at: Position, done: grouping.Grouped) -> Response:
    return RedirectResponse(at.item_url(done.candidate, grouped=str(done.decision)), 303)


def _suggested(each: alike.Alike, here: Candidate) -> dict[str, str]:
    """A suggestion; with it `home`, in whose queue the two would be as one item, where they are in two."""
    told = {"value": each.candidate.id, "label": _label(each, here.jurisdiction)}
    home = grouping.home_together(here, each.candidate)
    if home is None or here.jurisdiction == each.candidate.jurisdiction:
        return told
    name = word("jurisdiction", jurisdiction_name(home))
    line = gettext("They lie in two jurisdictions. Queue of the merged item: %(jurisdiction)s.", jurisdiction=name)
    return told | {"home": line}


def _label(each: alike.Alike, here: str | None) -> str:
    facts, there = each.facts, each.candidate.jurisdiction
    what = [printed("incident_type", facts.incident_type), facts.place or gettext("place unknown"), day(facts.date)]
    if there != here:
        what.insert(0, word("jurisdiction", jurisdiction_name(there)) if there else gettext("jurisdiction unknown"))
    return " · ".join([*what, *each.titles[:1], *([gettext("approved")] if each.candidate.state == "approved" else [])])


def _versions(session: Session, form: ConfirmedForm, candidate_id: str) -> dict[str, int]:
    """The versions that the person saw, of the item and then of the other one they chose. One that was found by its id
    or by a search counts as it is now.

    Raises:
        Conflict: no other item is chosen, or none of that id can be.
    """
    chosen = text_of(form, "other")
    other = text_of(form, "find") if chosen in ("", "found") else chosen
    if not other:
        raise Conflict("choose the other item first")
    if other == candidate_id:
        raise Conflict("this is one item already: choose another one")
    seen = number_of(form, f"version.{other}")
    if not seen:
        found = alike.named(session, other)
        if found is None:
            raise Conflict("there is no open or approved item %(id)s: choose one of the suggestions", id=other)
        seen = session.get_one(Candidate, found.id).version
    return {candidate_id: number_of(form), other: seen}
