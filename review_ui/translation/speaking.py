"""The texts of a page in the language of its request.

The language is that of the browser until the request turns out to be of a person who chose one. It is kept where every
function that makes words finds it, also those that know no request; what runs outside of one speaks English.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from review_ui.translation.catalogues import offered, translations
from review_ui.translation.locales import ENGLISH, asked_for


@dataclass(slots=True)
class _Spoken:
    """A request's language. It is changed, not replaced: handlers run in threads with copies of the context."""

    name: str


_spoken: ContextVar[_Spoken | None] = ContextVar("spoken", default=None)


class Speaking:
    """ASGI middleware: every request speaks the language its browser asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            begin(asked_for(Headers(scope=scope).get("accept-language", ""), offered()))
        await self._app(scope, receive, send)


def begin(name: str) -> None:
    """From here on, within this request alone, this language is spoken."""
    _spoken.set(_Spoken(name))


def prefer(name: str) -> None:
    """The person of the request has chosen this language; nothing changes for one that is not offered."""
    spoken = _spoken.get()
    if spoken is not None and name in offered():
        spoken.name = name


def spoken() -> str:
    """The language of the request."""
    found = _spoken.get()
    return found.name if found else ENGLISH


def gettext(text: str, /, **values: object) -> str:
    """A text in the language of the request, with its `%(name)s` filled in; a per cent sign of its own is doubled."""
    return translated(text) % values


def ngettext(one: str, more: str, number: int, /, **values: object) -> str:
    """The form of a text that fits a number."""
    found: str = translations(spoken()).ngettext(one, more, number)
    return found % values


def pgettext(context: str, text: str, /, **values: object) -> str:
    """A text that means something else elsewhere: `context` says where it stands."""
    return word(context, text) % values


def translated(text: str) -> str:
    """A text with nothing filled in; one that no file knows stays as it is."""
    found: str = translations(spoken()).gettext(text)
    return found


def word(context: str, text: str) -> str:
    """A text of a data file, which holds nothing to fill in."""
    found: str = translations(spoken()).pgettext(context, text)  # type: ignore[assignment]  # typed as object
    return found


def N_(text: str) -> str:  # noqa: N802  the name every tool knows
    """Marks a text to be translated later, where it is printed."""
    return text
