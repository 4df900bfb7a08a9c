"""news-please in library mode; run by the Python of its own environment, and so without anything of ours. The articles'
addresses as JSON on standard input; with the argument `one` each is read by itself. Prints when it began and ended on
the machine's monotonic clock, and how many articles it read."""

import json
import resource
import sys
import time

from newsplease import NewsPlease  # type: ignore[import-not-found]

BATCH = 250
"""Addresses handed over at once: it fetches each in a thread of its own, then reads the pages in as many processes as
there are cores. Fewer at once start processes too often, all at once opens a connection to each."""

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def cpu_seconds() -> float:
    """What this process and those it began have taken, their start included."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHO))


def read_together(urls: list[str]) -> int:
    """How many of the addresses it reads, in as many processes as there are cores."""
    read = 0
    for first in range(0, len(urls), BATCH):
        # Without a dictionary for `request_args`, its version 1.6.16 returns nothing from a batch
        found = NewsPlease.from_urls(urls[first : first + BATCH], request_args={"timeout": 60}, fetch_images=False)
        read += sum(1 for article in found.values() if article and article.maintext)
    return read


def read_one_by_one(urls: list[str]) -> int:
    """How many of the addresses it reads, as its manual begins: one call an article."""
    articles = (NewsPlease.from_url(url) for url in urls)
    return sum(1 for article in articles if article and article.maintext)


def main() -> None:
    """Fetches and reads every address."""
    urls = json.loads(sys.stdin.read())
    began = time.monotonic()
    read = read_one_by_one(urls) if sys.argv[1:] == ["one"] else read_together(urls)
    sys.stdout.write(
        json.dumps({"began": began, "ended": time.monotonic(), "cpu_seconds": cpu_seconds(), "articles": read})
    )


if __name__ == "__main__":
    main()
