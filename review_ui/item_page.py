"""One item of the queue: its reports, the form, the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from codebook.bounds import latest_day
from codebook.codes import code_list
from codebook.errors import Conflict
from codebook.records import Evidence, Facts
from review_ui.access import ConfirmedForm, Decider, SignedIn, Store, text_of
from review_ui.changes import Change, changes
from review_ui.form import LONGEST_TEXT, FormErrors, FormValues, confidences, differs, edited, proposed, read, typed
from review_ui.highlighting import Piece, group_of, latin_pieces, pieces
from review_ui.position import At, Position
from review_ui.queue_page import skip
from review_ui.rendering import page, problem, sentence
from store.curation import database_time
from store.database import Database
from store.decisions import approve, reject
from store.incidents import incident
from store.review_queue import LEASE, QueueItem, Report, item, lease, release, waiting_count
from store.users import Account

router = APIRouter()

VERSION_DIGITS = 10
"""More digits than any version has; what a stranger sends is no number then."""

STAGES = {"linear": "the linear models", "encoder": "the encoder", "instruct": "the instruction model"}
"""The stages of the reader as a person reads them."""

HEARTBEAT = LEASE / 10
"""How often an open page prolongs its lease: nine beats may be lost before a colleague gets the item."""


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report as the page shows it; `latin_*` are empty for a text in Latin script. `read_by` says who read it where
    that is not the usual, else it is empty."""

    report: Report
    read_by: str
    title: list[Piece]
    text: list[Piece]
    latin_title: list[Piece]
    latin_text: list[Piece]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A decision that was not taken: what the person had typed, and why."""

    status: int
    line: str
    values: FormValues
    errors: FormErrors = field(default_factory=FormErrors)
    reason: str = ""
    rejection_comment: str = ""


@router.get("/item/{candidate_id}")
def show(request: Request, account: SignedIn, store: Store, candidate_id: str, at: At) -> Response:
    """Show an item; a person who decides holds it from now on, if nobody else does."""
    held_by_other = None
    if account.may_decide:
        try:
            with store.session() as session:
                lease(session, candidate_id, account.name)
        except Conflict as conflict:
            held_by_other = str(conflict)
    return _page(request, account, store, candidate_id, at, line=held_by_other)


@router.post("/item/{candidate_id}/approve")
def approve_item(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    values = typed(form)
    with store.session() as session:
        proposal = item(session, candidate_id).proposal
    facts, errors = read(values, proposal, latest_day())
    if facts is None:
        line = "Not approved yet: " + ("one field needs" if len(errors.lines) == 1 else "some fields need") + " a look."
        return _page(request, account, store, candidate_id, at, Attempt(422, line, values, errors))
    try:
        with store.session() as session:
            approved = approve(
                session,
                candidate_id,
                version=_version(form),
                by=account.name,
                facts=facts,
                comment=values.comment or None,
            )
    except Conflict as conflict:
        return _page(request, account, store, candidate_id, at, _lost(conflict, values))
    return RedirectResponse(at.after(candidate_id).next_url(approved=approved.id), 303)


@router.post("/item/{candidate_id}/reject")
def reject_item(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    values, reason, comment = typed(form), text_of(form, "reason"), text_of(form, "rejection_comment")
    errors = FormErrors()
    if reason not in code_list("rejection_reason"):
        errors.add("reason", "Choose a reason.")
    elif reason == "other" and not comment:
        errors.add("reason", "Tell the other reason in the comment.")
    elif len(comment) > LONGEST_TEXT:
        errors.add("reason", f"Shorten the comment to {LONGEST_TEXT:,} characters; it has {len(comment):,}.")
    if errors:
        line = f"Not rejected yet: {errors.lines['reason']}"
        attempt = Attempt(422, line, values, errors, reason, comment)
        return _page(request, account, store, candidate_id, at, attempt)
    try:
        with store.session() as session:
            reject(
                session,
                candidate_id,
                version=_version(form),
                by=account.name,
                reason=reason,
                comment=comment or None,
            )
    except Conflict as conflict:
        return _page(request, account, store, candidate_id, at, _lost(conflict, values, reason, comment))
    return RedirectResponse(at.after(candidate_id).next_url(rejected=candidate_id), 303)


@router.post("/item/{candidate_id}/skip")
def skip_item(account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At) -> Response:  # noqa: ARG001
    with store.session() as session:
        return RedirectResponse(skip(session, candidate_id, account.name, at), 303)


@router.post("/item/{candidate_id}/form")
def edit_form(
    request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str, at: At
) -> Response:
    """A row of persons more or less, for browsers without scripts. Nothing is stored."""
    values = edited(typed(form), text_of(form, "edit"))
    attempt = Attempt(
        200, "", values, reason=text_of(form, "reason"), rejection_comment=text_of(form, "rejection_comment")
    )
    return _page(request, account, store, candidate_id, at, attempt)


@router.get("/item/{candidate_id}/{action}")
def reopened(candidate_id: str, action: Literal["approve", "reject", "skip", "form"], at: At) -> Response:  # noqa: ARG001
    """An address that a form was sent to, opened again from the browser's bar or history."""
    return RedirectResponse(at.item_url(candidate_id), 303)


@router.post("/item/{candidate_id}/lease")
def heartbeat(request: Request, account: Decider, form: ConfirmedForm, store: Store, candidate_id: str) -> Response:
    """A sign of life of an open page: the version it should be of, or a line that says who has the item now."""
    try:
        with store.session() as session:
            candidate = lease(session, candidate_id, account.name)
    except Conflict as conflict:
        return problem(request, 409, sentence(conflict))
    line = None
    if candidate.version != _version(form):
        line = "New reports changed this item: reload to see them. What you typed stays until you do."
    return JSONResponse({"line": line})


@router.post("/item/{candidate_id}/release")
def release_item(account: Decider, form: ConfirmedForm, store: Store, candidate_id: str) -> Response:  # noqa: ARG001
    """The page was left: a colleague may have the item at once."""
    with store.session() as session:
        release(session, candidate_id, account.name)
    return Response(status_code=204)


def _lost(conflict: Conflict, values: FormValues, reason: str = "", comment: str = "") -> Attempt:
    line = f"Nothing was saved. {sentence(conflict)} What you entered is kept below."
    return Attempt(409, line, values, reason=reason, rejection_comment=comment)


def _page(
    request: Request,
    account: Account,
    store: Database,
    candidate_id: str,
    at: Position,
    attempt: Attempt | None = None,
    line: str | None = None,
) -> Response:
    with store.session() as session:
        found = item(session, candidate_id)
        now = database_time(session)
        candidate = found.candidate
        held = candidate.lease_until is not None and candidate.lease_until > now
        mine = held and candidate.lease_owner == account.name
        values = attempt.values if attempt else proposed(found.proposal)
        return page(
            request,
            "item.html",
            attempt.status if attempt else 200,
            at=at,
            item=found,
            waiting=waiting_count(session, at.chosen),
            updates=_updates(session, found),
            reports=[_shown(report) for report in found.reports],
            values=values,
            changed=differs(values, found.proposal),
            confidence=_confidence(found),
            errors=attempt.errors.lines if attempt else {},
            line=attempt.line if attempt else line and candidate.state == "open" and sentence(line),
            reason=attempt.reason if attempt else "",
            rejection_comment=attempt.rejection_comment if attempt else "",
            decidable=candidate.state == "open" and account.may_decide and (mine or not held),
            heartbeat_seconds=int(HEARTBEAT.total_seconds()),
            done={k: v for k, v in request.query_params.items() if k in ("approved", "rejected", "again")},
            group_of=group_of,
        )


def _shown(report: Report) -> ShownReport:
    article = report.article
    evidence = [Evidence.model_validate(entry) for entry in report.mention.evidence]
    if report.mention.content_hash != article.content_hash:
        evidence = []
    title = [e for e in evidence if e.part == "title"]
    text = [e for e in evidence if e.part == "text"]
    cyrillic = article.script == "Cyrl"
    return ShownReport(
        report,
        _read_by(report),
        pieces(article.title, title),
        pieces(article.text, text),
        latin_pieces(article.title, title, article.lang) if cyrillic else [],
        latin_pieces(article.text, text, article.lang) if cyrillic else [],
    )


def _read_by(report: Report) -> str:
    """Who read a report, where it was the instruction model or where a later stage was to read it and did not; empty
    otherwise, and while the article has a newer reading than the one shown."""
    article, mention = report.article, report.mention
    shown = (mention.content_hash, mention.reader_version) == (article.read_hash, article.reader_version)
    if not shown or article.read_by not in STAGES or not (article.read_fallback or article.read_by == "instruct"):
        return ""
    return "; ".join(filter(None, (f"Read by {STAGES[article.read_by]}", article.read_fallback))) + "."


def _updates(session: Session, found: QueueItem) -> list[Change]:
    """What an update proposes to change of the approved incident."""
    approved = incident(session, found.candidate.incident_id or "") if found.candidate.kind == "update" else None
    if approved is None:
        return []
    return changes(approved.model_dump(mode="json"), found.proposal.model_dump(mode="json"))


def _confidence(found: QueueItem) -> dict[str, float]:
    told = [(Facts.model_validate(report.mention.facts), report.mention.confidence) for report in found.reports]
    return confidences(found.proposal, told)


def _version(form: ConfirmedForm) -> int:
    text = text_of(form, "version")
    return int(text) if text.isdecimal() and len(text) < VERSION_DIGITS else 0
