"""A person's own keys: seen, changed, reset."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from codebook.errors import BadInput
from review_ui.access import ConfirmedForm, SignedIn, Store, text_of
from review_ui.keymap import actions, keymap, own_keys
from review_ui.rendering import page
from review_ui.translation.lines import remedy
from review_ui.translation.speaking import gettext, word
from store.database import Database
from store.workplace import arrangement, set_keys

router = APIRouter()


@router.get("/keys")
def keys(request: Request, account: SignedIn, store: Store, done: str = "") -> Response:
    """Every action with its key."""
    return _page(request, _keys_of(store, account.name), done=done)


@router.post("/keys")
def change(request: Request, account: SignedIn, form: ConfirmedForm, store: Store) -> Response:
    """Keep the keys that were typed, or go back to the usual ones."""
    if "reset" in form:
        with store.session() as session:
            set_keys(session, account.name, {})
        return RedirectResponse("/keys?done=reset", 303)
    typed = {name: text_of(form, name) for name in actions()}
    try:
        own = own_keys(typed, _keys_of(store, account.name))
    except BadInput as wrong:
        line = gettext(
            "Nothing was changed. Key %(key)s for '%(action)s': %(remedy)s.",
            key=wrong.value,
            action=word("key", wrong.field),
            remedy=remedy(wrong),
        )
        return _page(request, typed, line=line, status=422)
    with store.session() as session:
        set_keys(session, account.name, own)
    return RedirectResponse("/keys?done=changed", 303)


def _keys_of(store: Database, name: str) -> dict[str, str]:
    with store.session() as session:
        return keymap(arrangement(session, name).keys)


def _page(request: Request, shown: Mapping[str, str], *, done: str = "", line: str = "", status: int = 200) -> Response:
    return page(request, "keys.html", status, actions=actions(), shown=shown, done=done, line=line)
