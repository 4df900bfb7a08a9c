"""Our crawler over the measured hosts, with the relay that carries to the bus what it stores."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from avmp.bench.crawl.child import Account, Order
from avmp.bench.embedded import server
from avmp.wiring import migrate
from crawlers.registry import Registry
from crawlers.settings import CrawlSettings
from pipeline.bus import connect
from pipeline.relay import Relay
from store.database import Database
from store.outbox import is_empty


def crawled(registry: Registry, **settings: Any) -> Account:
    """A crawl of these sources into a database of its own, until every feed was polled and every article fetched,
    archived, extracted, stored and, by the relay beside it, on the bus: that is its end."""
    with tempfile.TemporaryDirectory(prefix="avmp-bench-") as folder, server() as url:
        migrate(url, url)
        chosen = CrawlSettings(
            archive_dir=Path(folder),
            contact="desk@example.org",
            allow_loopback=True,
            max_item_age_days=None,
            **settings,
        )
        database = Database(url)
        with connect(url) as bus:
            relay = Relay(database, bus)
            carrying = threading.Thread(target=relay.run)
            carrying.start()
            try:
                account = _in_process(Order(settings=chosen, database_url=url, registry=registry))
                _await_empty_outbox(database)
                account.ended = time.monotonic()
            finally:
                relay.stop()
                carrying.join()
        database.close()
    return account


def _in_process(order: Order) -> Account:
    finished = subprocess.run(
        [sys.executable, "-m", "avmp.bench.crawl.child"],
        input=order.model_dump_json(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Account.model_validate_json(finished.stdout)


def _await_empty_outbox(database: Database) -> None:
    while True:
        with database.session() as session:
            if is_empty(session):
                return
        time.sleep(0.02)
