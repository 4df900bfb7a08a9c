"""The process that extracts, with a defect: `python -m tests.crawlers.extract_poisoned POISON [hangs]`."""

from __future__ import annotations

import sys

from crawlers.extraction import child_process
from tests.crawlers.crawl_once import poison_parsers

if __name__ == "__main__":
    poison_parsers(sys.argv[1], hangs=sys.argv[2:] == ["hangs"])
    child_process.main()
