"""A replay in a process of its own, which tests kill: database, archive and registry as arguments. Prints a line for
each page that is done."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from crawlers.registry import load
from crawlers.replaying import read_again
from crawlers.settings import CrawlSettings
from store.database import Database
from store.fetched_pages import to_read_again

if __name__ == "__main__":
    url, archive, sources = sys.argv[1:]
    database = Database(url)
    with database.session() as session:
        places = to_read_again(session, dt.datetime.min.replace(tzinfo=dt.UTC), None)
    settings = CrawlSettings(archive_dir=Path(archive), contact="desk@example.org")
    for page in read_again(database, load(Path(sources)), settings, places, dry_run=False):
        sys.stdout.write(f"{page.verdict}\t{page.url}\n")
        sys.stdout.flush()
    database.close()
