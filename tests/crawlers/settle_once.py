"""One page settled in a process of its own, at the word "go": prints what it was and its article."""

from __future__ import annotations

import sys

from store.database import Database
from tests.crawlers.test_settling import REPORT, came

if __name__ == "__main__":
    address, url, number = sys.argv[1:]
    database = Database(address)
    with database.session() as session:
        session.connection()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        story = REPORT.replace("Kuli", f"Selu {number}")
        told = came(session, url, f"Puška u selu {number}", story, guid=f"guid-of-story-{number}")
    sys.stdout.write(" ".join(told))
    database.close()
