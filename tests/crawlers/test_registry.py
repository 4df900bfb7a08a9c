"""The registry: what is accepted, what is refused and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from codebook.codes import code_list
from codebook.errors import BadSource
from crawlers.registry import load

GOOD = """
[[source]]
id = "example.rs"
name = "Example"
url = "https://example.rs/"
jurisdiction = "RS"
kind = "media"
languages = ["sr"]
feeds = [{ url = "https://example.rs/feed/", kind = "rss" }]
verified = true
"""


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_bundled_registry_covers_every_jurisdiction() -> None:
    registry = load()
    for jurisdiction in code_list("jurisdiction").codes:
        sources = [source for source in registry.sources if source.jurisdiction == jurisdiction]
        assert len(sources) >= 8
        assert {source.kind for source in sources} == {"media", "official"}
        assert any(source.verified for source in sources)


def test_a_source_as_declared(tmp_path: Path) -> None:
    [source] = load(written(tmp_path, RS=GOOD)).sources
    assert source.id == "example.rs"
    assert [(feed.url, feed.kind) for feed in source.feeds] == [("https://example.rs/feed/", "rss")]


WRONG = [
    ('jurisdiction = "RS"', 'jurisdiction = "SR"', ".jurisdiction: 'SR'", "use one of"),
    ('jurisdiction = "RS"', 'jurisdiction = "BA"', ".jurisdiction: 'BA'", "move the source to BA.toml"),
    ('kind = "media"', 'kind = "blog"', ".kind: 'blog'", "use one of"),
    ('languages = ["sr"]', 'languages = ["xx"]', ".languages[0]: 'xx'", "'sr'"),
    ('languages = ["sr"]', "languages = []", ".languages: []", "name at least one"),
    ('kind = "rss"', 'kind = "json"', ".feeds[0].kind: 'json'", "'sitemap'"),
    ("https://example.rs/feed/", "example.rs/feed", ".feeds[0].url: 'example.rs/feed'", "http or https"),
    ('name = "Example"', "", ".name: None", "add this key"),
    ('name = "Example"', 'nmae = "Example"', ".nmae: 'Example'", "unknown key; write name"),
    ('kind = "rss"', 'knid = "rss"', ".feeds[0].knid: 'rss'", "unknown key; write kind"),
    ('name = "Example"', 'name = "Example"\nlogo = "x"', ".logo: 'x'", "unknown key"),
    ('feeds = [{ url = "https://example.rs/feed/", kind = "rss" }]', "", "", "a verified source needs a feed"),
    ('"media"', '"media"\nreach = "village"', ".reach: 'village'", "'local'"),
    ('"media"', '"media"\nreach = "police"', "", "reach police does not go with kind media"),
    ('"media"', '"official"\nreach = "local"', "", "reach local does not go with kind official"),
    ('"media"', '"media"\nplatform = "wordpres"', ".platform: 'wordpres'", "use one of wordpress, joomla"),
    ('"media"', '"media"\nrender = "maybe"', ".render: 'maybe'", "write true or false, without quotes"),
    ('"media"', '"media"\nselectors = { text = "p[" }', ".selectors.text: 'p['", "write a CSS selector"),
    ('"media"', '"media"\nselectors = { drop = [""] }', ".selectors.drop[0]: ''", "write a CSS selector"),
    ('"media"', '"media"\nselectors = { txt = "p" }', ".selectors.txt: 'p'", "unknown key; write text"),
    ('kind = "rss"', 'kind = "rss", links = "h2 a"', ".feeds[0]", "links is for kind section"),
    ('kind = "rss"', 'kind = "sitemap", pages = 2', ".feeds[0]", "pages is for kind section"),
    ('kind = "rss"', 'kind = "section", links = "h2 >"', ".feeds[0].links: 'h2 >'", "write a CSS selector"),
    ('kind = "rss"', 'kind = "section", pages = 0', ".feeds[0].pages: 0", "write a number from 1 on"),
    ('kind = "rss"', 'kind = "section", pages = 51', ".feeds[0].pages: 51", "write a number up to 50"),
    ('kind = "rss"', 'kind = "section", pages = 2', ".feeds[0]", "pages needs next or page_address"),
    ('kind = "rss"', 'kind = "section", next = "a"', ".feeds[0]", "need pages above 1"),
    (
        'kind = "rss"',
        'kind = "section", pages = 2, next = "a", page_address = "https://example.rs/?p={page}"',
        ".feeds[0]",
        "keep one",
    ),
    (
        'kind = "rss"',
        'kind = "section", pages = 2, page_address = "https://example.rs/?p=2"',
        ".feeds[0]",
        "page_address needs {page}",
    ),
]


@pytest.mark.parametrize(("before", "after", "named", "remedy"), WRONG)
def test_wrong_source_is_one_line(tmp_path: Path, before: str, after: str, named: str, remedy: str) -> None:
    written(tmp_path, RS=GOOD.replace(before, after))
    with pytest.raises(BadSource) as raised:
        load(tmp_path)
    line = str(raised.value)
    assert line.startswith(f"{tmp_path / 'RS.toml'}: source[example.rs]{named}")
    assert remedy in line
    assert "\n" not in line


FULL = GOOD.replace(
    'kind = "rss" }]',
    'kind = "section", links = "h3 a", pages = 3, page_address = "https://example.rs/p/{page}" }]\n'
    'reach = "local"\nplatform = "joomla"\nconditional = false\nrender = true\n'
    'selectors = { title = "h1", text = "div.body", date = "time", author = ".by", drop = ["div.related"] }',
)


def test_every_key_is_taken(tmp_path: Path) -> None:
    [source] = load(written(tmp_path, RS=FULL)).sources
    assert (source.reach, source.platform, source.conditional, source.render) == ("local", "joomla", False, True)
    assert source.selectors is not None
    assert source.selectors.model_dump() == {
        "title": "h1",
        "text": "div.body",
        "date": "time",
        "author": ".by",
        "drop": ("div.related",),
    }
    [feed] = source.feeds
    assert (feed.links, feed.pages, feed.next) == ("h3 a", 3, None)
    assert feed.page_address == "https://example.rs/p/{page}"


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    [source] = load(written(tmp_path, RS=GOOD)).sources
    assert (source.reach, source.platform, source.conditional, source.render) == (None, None, True, False)
    assert source.selectors is None
    assert (source.feeds[0].links, source.feeds[0].pages) == (None, 1)


def test_malformed_file(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match=r"RS\.toml.*line 2.*mend the file there") as raised:
        load(written(tmp_path, RS="[[source]]\nid = \n"))
    assert "\n" not in str(raised.value)


def test_unknown_top_level_key(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match=r"sources.*write \[\[source\]\] tables only"):
        load(written(tmp_path, RS="sources = 3\n" + GOOD))


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="avmp sources copy FOLDER"):
        load(tmp_path)


def test_duplicate_feed_across_files(tmp_path: Path) -> None:
    other = GOOD.replace("example.rs", "example.ba").replace('"RS"', '"BA"')
    same_feed = other.replace("https://example.ba/feed/", "http://www.example.rs/feed")
    with pytest.raises(BadSource, match=r"example\.rs.*already belongs to example\.ba in BA\.toml"):
        load(written(tmp_path, RS=GOOD, BA=same_feed))


def test_the_other_sources_go_on(tmp_path: Path) -> None:
    bad = GOOD.replace("example.rs", "bad.rs").replace("media", "blog")
    twin = GOOD.replace('name = "Example"', 'name = "Twin"')
    written(tmp_path, RS=bad + GOOD + twin, BA="[[source", XK="")
    errors: list[BadSource] = []
    registry = load(tmp_path, on_error=errors.append)
    assert [source.name for source in registry.sources] == ["Example"]
    assert [error.field for error in errors] == ["", "source[bad.rs].kind", "source[example.rs].id"]
