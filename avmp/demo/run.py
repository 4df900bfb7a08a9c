"""The demonstration: the whole system over bundled outlets served on loopback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from avmp.children import Child
from avmp.demo.sites import serve_sites
from avmp.demo.sources import write_registry
from avmp.demo.summary import is_settled, summary
from avmp.settings import FILE_VARIABLE, Settings
from avmp.signals import stop_event
from avmp.supervisor import WATCH_SECONDS, addresses, answers, listenable, metrics_port, watched
from avmp.terminal import notes
from avmp.wiring import Wiring, wired
from codebook.errors import AvmpError, BadSettings
from store.database import Database
from store.embedded import remove
from store.schema import User
from store.users import add_user, create_sign_in_link

USER = "demo"

CRAWL = {
    "allow_loopback": True,
    "min_gap_seconds": 0.02,
    "interval_seconds": 300.0,
    "max_item_age_days": 36_500,
    "retry_delays_seconds": [1.0, 2.0],
}
"""Outlets on this machine need no rest, their articles are of a fixed fortnight, and a page that fails three times
fails for good."""


def run_demo(settings: Settings, *, until_idle: bool, fresh: bool, as_json: bool, echo: Callable[[str], None]) -> None:
    """Run until Ctrl-C, or `until_idle`: until the last article has reached the queue.

    A second run resumes; `fresh` begins anew. `echo` gets the summary, as JSON or as lines for people.
    """
    home = settings.home / "demo"
    if fresh:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    settings = settings.model_copy(update={"home": home})
    stopping = stop_event()
    with _outlets(home) as bases, wired(settings) as wiring:
        if not until_idle:
            settings = listenable(settings, wiring.database)
        write_registry(home / "sources", bases)
        children = _children(settings, wiring, home, until_idle=until_idle)
        announced, settled = until_idle, False
        with watched(children):
            while not stopping.wait(WATCH_SECONDS):
                for child in children:
                    child.watch()
                if not announced and answers(settings.web):
                    _announce(settings, wiring.database)
                    announced = True
                if until_idle and children[0].done and _settled(wiring):
                    settled = True
                    break
        if until_idle and not settled:
            raise AvmpError(
                "stopped before the last article reached the queue: start it again, it goes on where it stopped"
            )
        if until_idle:
            with wiring.database.session() as session:
                state = summary(session)
            echo(json.dumps(state) if as_json else "\n".join(f"{name}: {value}" for name, value in state.items()))


@contextmanager
def _outlets(home: Path) -> Iterator[list[str]]:
    """The outlets on the port of the first run: an article's identity is its address, and a resumed run must meet
    the same ones."""
    remembered = home / "port"
    port = _port(remembered)
    try:
        with serve_sites(port) as bases:
            if not port:
                whole = remembered.with_suffix(".new")  # a number cut short by a full disk would be another
                whole.write_text(bases[0].rsplit(":", 1)[1])
                whole.replace(remembered)
            yield bases
    except BadSettings:
        remedy = f"stop what listens on port {port} (perhaps a running demonstration), or begin anew with --fresh"
        raise BadSettings(str(remembered), "port", port, remedy) from None


def _port(remembered: Path) -> int:
    if not remembered.exists():
        return 0
    text = remembered.read_text(errors="replace").strip()
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise BadSettings(str(remembered), "port", text, "the file is damaged: begin anew with --fresh")
    return int(text)


def _children(settings: Settings, wiring: Wiring, home: Path, *, until_idle: bool) -> list[Child]:
    environment = {
        **addresses(wiring.database.url, settings),
        FILE_VARIABLE: str(_settings_file(home, settings)),
    }
    crawl: Sequence[str] = ["crawl", "--until-idle"] if until_idle else ["crawl"]
    children = [
        Child(crawl, environment | metrics_port(settings, 2), once=until_idle),
        Child(["work", "read", "link", "publish"], environment),
    ]
    return children if until_idle else [*children, Child(["web"], environment)]


def _settings_file(home: Path, settings: Settings) -> Path:
    """The children's settings file. JSON's numbers, strings and arrays are TOML's too."""
    crawl = CRAWL | {"archive_dir": str(home / "archive"), "contact": settings.crawl.contact}
    tables = {"crawl": crawl, "web": settings.web.model_dump()}
    lines = [f"sources = {json.dumps(str(home / 'sources'))}"]
    for name, values in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    file = home / "avmp.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _announce(settings: Settings, database: Database) -> None:
    with database.session() as session:
        if session.get(User, USER) is None:
            add_user(session, USER, "administrator", by="demonstration")
        token = create_sign_in_link(session, USER, by="demonstration")
    notes.print(
        f"\n  Review page: {settings.web.address}/enter/{token}\n"
        "  The link signs you in once. The first articles are in the queue within a minute. Ctrl-C stops everything.\n",
        soft_wrap=True,
    )


def _settled(wiring: Wiring) -> bool:
    with wiring.bus() as bus:
        return is_settled(wiring.database, bus)
