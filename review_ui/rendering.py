"""Pages from templates, and the words that templates print."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.responses import HTMLResponse, JSONResponse, Response

from codebook.codes import Code, code_list, printed
from codebook.kosovo import jurisdiction_footnotes, jurisdiction_name

HERE = Path(__file__).parent


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of the application."""
    request.state.printed_jurisdictions = set()
    account = getattr(request.state, "account", None)
    return _templates().TemplateResponse(request, template, {"account": account, **context}, status)


def problem(request: Request, status: int, line: str) -> Response:
    """A page, or for a script a JSON object, that says in one line what is wrong and what to do."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"line": line}, status)
    return page(request, "problem.html", status, line=line)


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
        "printed": printed,
        "codes": codes,
        "code_list": code_list,
        "language": language_name,
        "languages": language_names(),
    }
    environment.filters |= {"day": day, "moment": moment, "clock": clock}
    return Jinja2Templates(env=environment)


@pass_context
def _jurisdiction(context: Context, code: str) -> str:
    """The printed name of a jurisdiction; the page's foot will carry its footnote."""
    context["request"].state.printed_jurisdictions.add(code)
    return jurisdiction_name(code)


@pass_context
def _footnotes(context: Context) -> tuple[str, ...]:
    """The footnotes of what the page has printed so far."""
    return jurisdiction_footnotes(context["request"].state.printed_jurisdictions)


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


def day(date: dt.date | None) -> str:
    """`4 March 2025`; a dash for none."""
    return f"{date.day} {date:%B %Y}" if date else "–"


def moment(time: dt.datetime | None) -> str:
    """`4 March 2025, 18:05 UTC`; a dash for none."""
    if time is None:
        return "–"
    utc = time.astimezone(dt.UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


def clock(time: dt.datetime) -> str:
    """`18:05 UTC`."""
    return f"{time.astimezone(dt.UTC):%H:%M} UTC"
