"""`trace`: everything that happened to one address."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from avmp.settings import load
from codebook.errors import BadInput

if TYPE_CHECKING:
    from store.near_addresses import Near
    from store.traces import Trace


WITHOUT_SCHEME = re.compile(r"(//)?[^\s/@:?#]+\.[^\s/@:?#]+(:\d+)?([/?#]|$)")
"""A host with a dot, where an address without its scheme begins."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(trace)


def trace(
    url: Annotated[str, typer.Argument(help="The address, in any spelling.", metavar="URL")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell everything that happened to one address, in the order of time: which feed listed it, attempts, identity,
    versions, archive, reading, mentions, candidate, decisions, incident. Or that it was never seen, and what was."""
    from avmp.wiring import wired
    from crawlers.identity.normal_form import article_id, host_of, normalised
    from store.near_addresses import near
    from store.traces import trace as traced

    address = _address(url)
    normal = normalised(address)
    with wired(load()) as wiring, wiring.database.session() as session:
        story = traced(session, normal, article_id(address))
        around = None if story else near(session, normal, host_of(normal))
    if as_json:
        typer.echo(json.dumps(_as_json(normal, story, around), ensure_ascii=False))
    elif story:
        _print(normal, story)
    elif around:
        _print_unseen(normal, around)


def _address(spelled: str) -> str:
    """The address that a person typed, or pasted from a mail or a page's source.

    Raises:
        BadInput: it is none.
    """
    from crawlers.identity.normal_form import NotAnAddress, host_of, normalised

    text = spelled.strip().strip("<>\"'").strip().replace("&amp;", "&")
    if WITHOUT_SCHEME.match(text):
        text = f"https://{text.removeprefix('//')}"
    host = ""
    with suppress(NotAnAddress):
        host = host_of(normalised(text))
    if "." not in host or re.search(r"\s", text):
        raise BadInput(
            "avmp trace", "URL", spelled, "write an http or https address, such as https://example.rs/news/1"
        )
    return text


def _as_json(normal: str, story: Trace | None, around: Near | None) -> dict[str, Any]:
    if story is None:
        assert around is not None
        known = asdict(around) | {"last_success": around.last_success.isoformat() if around.last_success else None}
        return {"url": normal, "seen": False, "near": known, "check": _advice(normal, around)}
    steps = [asdict(step) | {"at": step.at.isoformat()} for step in story.steps]
    return {"url": normal, "seen": True, "urls": story.urls, "articles": story.articles, "steps": steps}


def _print(normal: str, story: Trace) -> None:
    typer.echo(normal)
    for other in story.urls:
        if other != normal:
            typer.echo(f"  the same article as {other}")
    width = max(len(step.what) for step in story.steps)
    for step in story.steps:
        typer.echo(f"{step.at:%Y-%m-%d %H:%M:%S}Z  {step.what:{width}}  {step.line}")


def _print_unseen(normal: str, around: Near) -> None:
    typer.echo(f"{normal}: never seen")
    typer.echo(_advice(normal, around))
    for reason, number in around.passed.items():
        typer.echo(f"in the last 30 days, {number} entries of its feeds became no item: {reason}")
    if around.similar:
        typer.echo("most like it, of the same source:")
        for url in around.similar:
            typer.echo(f"  {url}")


def _advice(normal: str, around: Near) -> str:
    if around.feed_of is not None:
        return f"it is a feed of {around.feed_of}: `avmp sources check {around.feed_of}` asks it"
    if around.source_id is None:
        return f"no source of the registry has this host: `avmp sources add {normal}` looks for its feeds"
    check = f"`avmp sources check {around.source_id}` asks its feeds whether they list it"
    if around.last_success is None:
        why = "has not answered yet" if around.verified else "is not verified, and `avmp run` polls verified sources"
        return f"{around.source_id} {why}: {check}"
    return f"{around.source_id} last answered at {around.last_success:%Y-%m-%d %H:%M:%S}Z: {check}"
