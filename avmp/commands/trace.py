"""`trace`: everything that happened to one address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from avmp.settings import Settings, load
from codebook.errors import BadInput
from crawlers.in_words import counted

if TYPE_CHECKING:
    from store.near_addresses import Near
    from store.traces import Trace


WITHOUT_SCHEME = re.compile(r"(//)?[^\s/@:?#]+\.[^\s/@:?#]+(:\d+)?([/?#]|$)")
"""A host with a dot, where an address without its scheme begins."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: avmp trace https://example.rs/news/1")(trace)


def trace(
    url: Annotated[str, typer.Argument(help="The address, in any spelling.", metavar="URL")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell everything that happened to one address, in the order of time.

    Which feed listed it, why it waits, attempts, versions, archive, reading,
    mentions, candidate, decisions, incident. Or that it was never seen, and
    what is like it.
    """
    from avmp.wiring import wired
    from crawlers.identity.normal_form import article_id, host_of, normalised
    from store.crawler_place import crawler_is_running
    from store.near_addresses import near
    from store.traces import trace as traced

    address = _address(url)
    normal = normalised(address)
    settings = load()
    with wired(settings, existing=True) as wiring:
        with wiring.database.session() as session:
            story = traced(session, normal, article_id(address))
            around = None if story else near(session, normal, host_of(normal))
        crawling = crawler_is_running(wiring.database)
    if story:
        _tell(normal, story, _held_up(settings, story, crawling=crawling), as_json=as_json)
    elif around:
        # Nobody has seen it: its scheme is the one that was typed, else that of its source
        like = address if "://" in url else around.source_url or address
        _tell_unseen(normal, like, around, as_json=as_json)


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


def _tell(normal: str, story: Trace, held_up: str | None, *, as_json: bool) -> None:
    spelled = _schemes(story)
    if as_json:
        steps = [asdict(step) | {"at": step.at.isoformat()} for step in story.steps]
        told = {"url": normal, "address": spelled(normal), "seen": True, "urls": story.urls}
        told |= {"articles": story.articles, "steps": steps, "held_up": held_up}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(spelled(normal))
    for other in story.urls:
        if other != normal:
            typer.echo(f"  the same article as {spelled(other)}")
    width = max(len(step.what) for step in story.steps)
    for step in story.steps:
        typer.echo(f"{step.at:%Y-%m-%d %H:%M:%S}Z  {step.what:{width}}  {step.line}")
    if held_up is not None:
        typer.echo(held_up)


def _schemes(story: Trace) -> Callable[[str], str]:
    """How to write a normal form, which always begins with https: with the scheme under which it was last seen."""
    from crawlers.identity.normal_form import normalised

    seen: dict[str, str] = {}
    for step in story.steps:
        names = ("address", "link", "url") if step.what == "article" else ("address", "link")
        for address in (step.facts[name] for name in names if name in step.facts):
            seen[normalised(address)] = address
    return lambda normal: _like(normal, seen.get(normal, normal))


def _like(normal: str, address: str) -> str:
    """A normal form with the scheme of an address."""
    return f"{address.partition('://')[0]}://{normal.partition('://')[2]}"


def _held_up(settings: Settings, story: Trace, *, crawling: bool) -> str | None:
    """What keeps all that waits, not this address alone."""
    if not any(step.what == "pending" for step in story.steps):
        return None
    if not crawling:
        return "no crawler is running: `avmp crawl` or `avmp run` fetches what waits"
    from crawlers.archive import complaint

    folder = settings.crawl.archive_dir
    if settings.database is not None and not folder.is_dir():
        return None  # the crawler and its archive are on another machine
    away = complaint(folder)
    return f"nothing is fetched while the archive is away: {away}" if away else None


def _tell_unseen(normal: str, like: str, around: Near, *, as_json: bool) -> None:
    address = _like(normal, like)
    advice = _advice(address, around)
    if as_json:
        known = asdict(around) | {"last_success": around.last_success.isoformat() if around.last_success else None}
        told = {"url": normal, "address": address, "seen": False, "near": known, "check": advice}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"{address}: never seen")
    typer.echo(advice)
    for reason, number in around.passed.items():
        typer.echo(f"in the last 30 days, {counted(number, 'entry', 'entries')} of its feeds became no item: {reason}")
    if around.similar:
        typer.echo("most like it, of the same source:")
        for url in around.similar:
            typer.echo(f"  {_like(url, around.source_url or like)}")


def _advice(address: str, around: Near) -> str:
    if around.feed_of is not None:
        return f"it is a feed of {around.feed_of}: `avmp sources check {around.feed_of}` asks it"
    if around.source_id is None:
        return f"no source of the registry has this host: `avmp sources add {address}` looks for its feeds"
    check = f"`avmp sources check {around.source_id}` asks its feeds whether they list it"
    if around.last_success is None:
        why = "has not answered yet" if around.verified else "is not verified, and `avmp run` polls verified sources"
        return f"{around.source_id} {why}: {check}"
    return f"{around.source_id} last answered at {around.last_success:%Y-%m-%d %H:%M:%S}Z: {check}"
