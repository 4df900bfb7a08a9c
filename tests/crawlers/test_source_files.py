"""What `--write` does to a file that a person keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from codebook.errors import BadSource
from crawlers.entries import FeedEntry
from crawlers.registry import load
from crawlers.source_files import copy_bundled, mark_reached

FILE = """# My sources.

[[source]]                  # the first
id = "one.rs"
name = "One"
url = "https://one.rs/"
jurisdiction = "RS"
kind = "media"
languages = ["sr"]
feeds = [{ url = "https://one.rs/feed", kind = "rss" }]
verified = false            # look in March

# Closed in summer.
[[source]]
id = 'two.rs'
name = "Two"
url = "https://two.rs/"
jurisdiction = "RS"
kind = "media"
languages = ["sr"]
feeds = []
[source.selectors]
title = "h1"

[[source]]
name = "Three"
url = "https://three.rs/"
jurisdiction = "RS"
kind = "media"
languages = ["sr"]
id = "three.rs\""""

FOUND = (FeedEntry(url="https://two.rs/rss", kind="rss"), FeedEntry(url="https://two.rs/map.xml", kind="sitemap"))


def test_only_what_is_meant_changes(tmp_path: Path) -> None:
    path = tmp_path / "RS.toml"
    path.write_text(FILE, encoding="utf-8")
    assert mark_reached(tmp_path, {"one.rs": (), "two.rs": FOUND, "elsewhere.rs": ()}) == ["one.rs", "two.rs"]
    before, after = FILE.splitlines(), path.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == [
        "verified = false            # look in March",
        "feeds = []",
    ]
    assert [line for line in after if line not in before] == [
        "verified = true            # look in March",
        "verified = true",
        'feeds = [{ url = "https://two.rs/rss", kind = "rss" }, { url = "https://two.rs/map.xml", kind = "sitemap" }]',
    ]
    one, two, three = load(tmp_path).sources
    assert (one.verified, two.verified, three.verified) == (True, True, False)
    assert two.feeds == FOUND
    assert two.selectors is not None
    assert [path.name for path in tmp_path.iterdir()] == ["RS.toml"]


def test_a_last_line_without_an_end(tmp_path: Path) -> None:
    (tmp_path / "RS.toml").write_text(FILE)
    mark_reached(tmp_path, {"three.rs": (FeedEntry(url="https://three.rs/feed/", kind="rss"),)})
    assert load(tmp_path).sources[2].verified


def test_what_is_verified_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "RS.toml"
    path.write_text(FILE.replace("verified = false", "verified = true"))
    written = path.stat().st_mtime_ns
    assert mark_reached(tmp_path, {"one.rs": ()}) == []
    assert path.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("feeds = []", "feeds = [\n]"),
        ("id = 'two.rs'", '"id" = "two.rs"'),
        ('name = "Two"', 'name = """Two\nverified = false"""'),
    ],
)
def test_a_file_laid_out_unusually_stays_as_it_is(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "RS.toml"
    path.write_text(FILE.replace(before, after))
    with pytest.raises(BadSource, match="laid out unusually: write each key on a line of its own"):
        mark_reached(tmp_path, {"two.rs": FOUND})
    assert path.read_text() == FILE.replace(before, after)


def test_files_in_error_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "AL.toml").write_text("[[source")
    (tmp_path / "BA.toml").write_text('[[source]]\nname = "without an id"\n')
    (tmp_path / "RS.toml").write_text(FILE)
    assert mark_reached(tmp_path, {"one.rs": ()}) == ["one.rs"]


def test_the_copy_is_the_registry(tmp_path: Path) -> None:
    copies = copy_bundled(tmp_path / "a" / "b")
    assert len(copies) == 7
    assert load(tmp_path / "a" / "b") == load()


def test_no_copy_where_none_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSource, match="name a folder that can be written"):
        copy_bundled(tmp_path / "file")
