"""Pages from templates, and the words that templates print."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from codebook.codes import Code, code_list
from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name
from review_ui.highlighting import name_of
from review_ui.keymap import Action, actions, keymap
from review_ui.translation.catalogues import translations
from review_ui.translation.locales import ENGLISH, LANGUAGES
from review_ui.translation.reasons import reason
from review_ui.translation.speaking import N_, gettext, spoken, word
from review_ui.translation.written import day, days_written, local_day, moment, number, percent
from store import clock
from store.schema import Candidate
from store.workplace import Arrangement

HERE = Path(__file__).parent

HEADINGS = {401: N_("You are signed out"), 403: N_("Not allowed"), 404: N_("Not found")}

ROLES = {
    "monitor": N_("monitor"),
    "validator": N_("validator"),
    "analyst": N_("analyst"),
    "administrator": N_("administrator"),
}
"""What the roles of accounts are called."""

PAGE_NAMES = {
    "everywhere": N_("everywhere"), "queue": N_("queue"), "item": N_("item"), "audit": N_("audit"),
    "adjudication": N_("adjudication"), "quality": N_("quality"), "incident": N_("incident"),
}  # fmt: skip
"""What the pages that a key works on are called."""


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of the application."""
    request.state.printed_jurisdictions = set()
    account = getattr(request.state, "account", None)
    own = getattr(request.state, "arrangement", Arrangement())
    more = {"account": account, "own": own, "keys": keymap(own.keys)}
    return _templates().TemplateResponse(request, template, {**more, **context}, status)


def problem(request: Request, status: int, line: str) -> Response:
    """A page, or for a script a JSON object, that says in one line what is wrong and what to do."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"line": line}, status)
    heading = gettext(HEADINGS[status]) if status in HEADINGS else gettext("Not done")
    return page(request, "problem.html", status, signed_out=status == 401, heading=heading, line=line)


def by_request(name: str) -> Callable[..., str]:
    """A function of gettext that speaks the language of the request."""
    return lambda *texts: cast("str", getattr(translations(spoken()), name)(*texts))


@cache
def _templates() -> Jinja2Templates:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    known = by_request
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        known("gettext"), known("ngettext"), newstyle=True, pgettext=known("pgettext"), npgettext=known("npgettext")
    )
    environment.globals |= {
        "jurisdiction": _jurisdiction,
        "footnotes": _footnotes,
        "keyed": _keyed,
        "cap": _cap,
        "printed": printed,
        "what": what,
        "codes": codes,
        "code_list": code_list,
        "title_of": lambda name: word(name, code_list(name).title),
        "define_list": lambda name: word(name, code_list(name).definition),
        "does": does,
        "days_written": days_written,
        "role_name": role_name,
        "page_language": lambda: LANGUAGES[spoken()].tag,
        "spoken_languages": LANGUAGES,
        "language": language_name,
        "field_name": name_of,
        "languages": language_names(),
    }
    environment.filters |= {
        "day": day,
        "iso_day": lambda text: day(dt.date.fromisoformat(text)),
        "local_day": local_day,
        "moment": moment,
        "number": number,
        "percent": percent,
        "reason": reason,
        "english": english,
        "page_name": lambda name: gettext(PAGE_NAMES[name]),
        "web_link": web_link,
        "clock": clock.clock,
    }
    return Jinja2Templates(env=environment)


def web_link(address: str) -> str | None:
    """The address, if following it leads to the web: a feed can name any scheme, `javascript:` too."""
    return address if urlsplit(address).scheme in ("http", "https") else None


@pass_context
def _jurisdiction(context: Context, code: str) -> str:
    """The printed name of a jurisdiction; the page's foot will carry its footnote."""
    context["request"].state.printed_jurisdictions.add(code)
    return word("jurisdiction", jurisdiction_name(code))


@pass_context
def _footnotes(context: Context) -> tuple[str, ...]:
    """The footnotes of what the page has printed so far."""
    notes = jurisdiction_footnotes(context["request"].state.printed_jurisdictions)
    return tuple(word("footnote", note) for note in notes)


@pass_context
def _keyed(context: Context, action: str, said: str | None = None) -> Markup:
    """The attributes of a control that an action's key presses; `said` tells it more exactly for this page."""
    key = context["keys"][action]
    return Markup('data-key="{}" data-help="{}" aria-keyshortcuts="{}"').format(
        key, said or does(actions()[action]), key
    )


@pass_context
def _cap(context: Context, action: str) -> Markup:
    """An action's key as it stands on its button."""
    return Markup("<kbd>{}</kbd>").format(context["keys"][action])


def codes(list_name: str) -> list[Code]:
    """The codes of a list in printed order, with the names and definitions of the request's language."""
    return [
        replace(code, name=word(list_name, code.name), definition=word(list_name, code.definition))
        for code in code_list(list_name).codes.values()
    ]


def printed(list_name: str, code: str) -> str:
    """The name of a code in the request's language."""
    return word(list_name, code_list(list_name).codes[code].name)


def what(candidate: Candidate) -> str:
    """The type and the place of an item, as its heading says them."""
    kind = printed("incident_type", candidate.proposal["incident_type"])
    return ", ".join(filter(None, (kind, candidate.proposal.get("place"))))


def does(action: Action) -> str:
    """What an action does, in the request's language."""
    return word("key", action.does)


def english(text: object) -> str:
    """A line that the program keeps in English alone, marked as such on a page in another language."""
    return str(text) if spoken() == ENGLISH else Markup('<span lang="en">{}</span>').format(text)


def role_name(role: str) -> str:
    """What the role of an account is called."""
    return gettext(ROLES[role])


@cache
def language_names() -> dict[str, str]:
    """English names by language code."""
    names: dict[str, str] = tomllib.loads((HERE / "data" / "languages.toml").read_text(encoding="utf-8"))
    return names


def language_name(code: str) -> str:
    return word("language", language_names()[code]) if code in language_names() else code
