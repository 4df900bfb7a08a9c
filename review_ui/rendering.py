"""Pages from templates, and the words that templates print."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from codebook.codes import Code, code_list, printed
from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name
from review_ui.highlighting import name_of
from review_ui.keymap import actions, keymap
from store import clock
from store.workplace import Arrangement

HERE = Path(__file__).parent

HEADINGS = {401: "You are signed out", 403: "Not allowed", 404: "Not found"}


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
    return page(
        request, "problem.html", status, signed_out=status == 401, heading=HEADINGS.get(status, "Not done"), line=line
    )


@cache
def _templates() -> Jinja2Templates:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "jurisdiction": _jurisdiction,
        "footnotes": _footnotes,
        "keyed": _keyed,
        "cap": _cap,
        "printed": printed,
        "codes": codes,
        "code_list": code_list,
        "language": language_name,
        "field_name": name_of,
        "languages": language_names(),
    }
    environment.filters |= {
        "day": day,
        "iso_day": lambda text: day(dt.date.fromisoformat(text)),
        "moment": moment,
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
    return jurisdiction_name(code)


@pass_context
def _footnotes(context: Context) -> tuple[str, ...]:
    """The footnotes of what the page has printed so far."""
    return jurisdiction_footnotes(context["request"].state.printed_jurisdictions)


@pass_context
def _keyed(context: Context, action: str, does: str | None = None) -> Markup:
    """The attributes of a control that an action's key presses; `does` says it more exactly for this page."""
    key = context["keys"][action]
    return Markup('data-key="{}" data-help="{}" aria-keyshortcuts="{}"').format(
        key, does or actions()[action].does, key
    )


@pass_context
def _cap(context: Context, action: str) -> Markup:
    """An action's key as it stands on its button."""
    return Markup("<kbd>{}</kbd>").format(context["keys"][action])


def codes(list_name: str) -> list[Code]:
    """The codes of a list in printed order."""
    return list(code_list(list_name).codes.values())


@cache
def language_names() -> dict[str, str]:
    """English names by language code."""
    names: dict[str, str] = tomllib.loads((HERE / "data" / "languages.toml").read_text(encoding="utf-8"))
    return names


def language_name(code: str) -> str:
    return language_names().get(code, code)


def sentence(error: object) -> str:
    """The line of an error as a sentence of a page."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def day(date: dt.date | None) -> str:
    """`4 March 2025`; a dash for none."""
    return f"{date.day} {date:%B %Y}" if date else "–"


def moment(time: dt.datetime | None, jurisdiction: str | None = None) -> str:
    """`4 March 2025, 19:05 CET` on the clock of a jurisdiction; a dash for none."""
    return "–" if time is None else clock.moment(time, jurisdiction)
