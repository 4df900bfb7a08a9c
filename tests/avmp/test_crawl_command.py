"""`avmp crawl` as an operator sees it: what it says while it works and waits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from tests.avmp.conftest import Avmp
from tests.crawlers.sites import Answer, Site, page_html, serving, words

TITLE = "Pucnjava u kafani kod Šapca"


def written(folder: Path, site: Site) -> None:
    """A registry of one source, and the settings for it."""
    (folder / "sources").mkdir()
    (folder / "sources" / "RS.toml").write_text(
        f'[[source]]\nid = "outlet"\nname = "Outlet"\nurl = "{site.base}/"\njurisdiction = "RS"\nkind = "media"\n'
        f'languages = ["sr"]\nfeeds = [{{ url = "{site.base}/feed", kind = "rss" }}]\nverified = true\n'
    )
    crawl = {"contact": "desk@example.org", "allow_loopback": True, "min_gap_seconds": 0.02}
    lines = ['sources = "sources"', "[crawl]", *(f"{name} = {json.dumps(value)}" for name, value in crawl.items())]
    (folder / "avmp.toml").write_text("\n".join([*lines, "retry_delays_seconds = [15.0]"]))


def test_a_crawl_until_idle_says_what_it_waits_for(avmp: Avmp, tmp_path: Path) -> None:
    answers = iter([Answer(status=500), Answer(page_html(TITLE, words(1)).encode())])

    def failing_once(_: Mapping[str, str]) -> Answer:
        return next(answers)

    with serving("127.0.2.110") as [site]:
        site.feed("/feed", {"/a": TITLE})
        site.pages["/a"] = failing_once
        written(tmp_path, site)
        done = avmp("crawl", "--until-idle")
    assert (done.returncode, done.stdout) == (0, "")
    started, polled, waits, *again, ended = done.stderr.splitlines()
    assert started == "Polling 1 feed of 1 source; a line every 15 min says how it goes."
    assert polled.startswith("Every feed was polled: 1 poll, 0 in vain; 0 new articles, 0 changed")
    assert all(
        re.fullmatch(r"Waiting for 1 entry until (\d{4}-\d\d-\d\d )?\d\d:\d\d UTC\.", line) for line in [waits, *again]
    )
    assert ended == (
        "In all: 1 poll, 0 in vain; 1 new article, 0 changed, 0 that could not be had, 0 still to be fetched."
    )
