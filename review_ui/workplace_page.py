"""How a person has the pages: light or dark, what is covered, when a pause is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from review_ui.access import ConfirmedForm, SignedIn, Store, text_of
from review_ui.position import At
from review_ui.rendering import page
from review_ui.translation.catalogues import offered
from review_ui.translation.speaking import gettext
from store.workplace import LONGEST_REMINDER, SHORTEST_REMINDER, THEMES, arrange, spell_ended

router = APIRouter()

MINUTES = range(SHORTEST_REMINDER, LONGEST_REMINDER + 1)
"""After how many of reading a pause may be proposed."""


@router.get("/workplace")
def workplace(request: Request, account: SignedIn, done: str = "") -> Response:  # noqa: ARG001  for people signed in
    return _page(request, done=done)


@router.post("/workplace")
def change(request: Request, account: SignedIn, form: ConfirmedForm, store: Store) -> Response:
    """Keep what was chosen, all of it or nothing."""
    theme, minutes = text_of(form, "theme"), text_of(form, "remind_after")
    if theme not in THEMES:
        raise HTTPException(400, gettext("Choose one of the colours."))
    language = text_of(form, "language")
    if language and language not in offered():
        raise HTTPException(400, gettext("Choose one of the languages."))
    chosen = {"theme": theme, "language": language, "cover": "cover" in form}
    if minutes and not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 6 and int(minutes) in MINUTES):
        line = gettext(
            "Nothing was changed. Write %(first)s to %(last)s minutes, or nothing for no reminder.",
            first=SHORTEST_REMINDER,
            last=LONGEST_REMINDER,
        )
        return _page(request, line=line, typed=chosen | {"remind_after": minutes}, status=422)
    with store.session() as session:
        remind_after = int(minutes) if minutes else None
        arrange(
            session,
            account.name,
            theme=theme,
            cover="cover" in form,
            remind_after=remind_after,
            language=language or None,
        )
    return RedirectResponse("/workplace?done=changed", 303)


@router.post("/item/{candidate_id}/noted")
def noted(account: SignedIn, form: ConfirmedForm, store: Store, candidate_id: str, at: At) -> Response:  # noqa: ARG001
    """The person has seen that it is time for a pause: the minutes count anew."""
    with store.session() as session:
        spell_ended(session, account.name)
    return RedirectResponse(at.item_url(candidate_id), 303)


def _page(
    request: Request, *, done: str = "", line: str = "", typed: Mapping[str, object] | None = None, status: int = 200
) -> Response:
    """The form with what is kept, or with what was typed where that could not be."""
    chosen = typed or asdict(request.state.arrangement)
    return page(
        request,
        "workplace.html",
        status,
        done=done,
        line=line,
        chosen=chosen,
        themes=THEMES,
        speaks=offered(),
        minutes=MINUTES,
    )
