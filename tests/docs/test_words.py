"""Links lead somewhere, Kosovo* has its asterisk and footnote, and nothing tells of the machine that wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codebook.codes import footnote
from tests.docs.pages import ROOT, anchors, name_of, pages, tracked

NAME = "Kosovo"
ALLOWED = ("References to Kosovo are", "ICJ Opinion on the Kosovo declaration")
"""The footnotes' own words."""

LONGEST_PAGE = 150

HOSTS = (
    "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "repo1.maven" + ".org", "repo.maven" + ".apache",
    "crates" + ".io", "proxy.golang" + ".org", "rubygems" + ".org",
)  # fmt: skip
"""Where packages come from is an installer's own affair: a mirror may stand in for it."""

HOMES = re.compile(r"(?<![\w.])/(?:root|home/\w+|work|Users/\w+)/")


def _printed() -> list[Path]:
    """What people are shown: pages, templates, the texts that the application and the demonstration print."""
    by_suffix = [f for f in tracked() if f.suffix in (".md", ".html") or f.name in ("codes.toml", "interface.toml")]
    return [*by_suffix, ROOT / "NOTICE", ROOT / "docker-compose.yml"]


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.exists(), f"{name_of(page)}: {target}"
        assert ROOT in (found, *found.parents), f"{name_of(page)}: {target} leaves the repository"
        if anchor:
            assert anchor in anchors(found.read_text(encoding="utf-8")), f"{name_of(page)}: {target}"


@pytest.mark.parametrize("file", _printed(), ids=name_of)
def test_the_name_has_its_asterisk(file: Path) -> None:
    text = " ".join(file.read_text(encoding="utf-8").split())
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    bare = [text[max(0, at.start() - 40) : at.end() + 10] for at in re.finditer(NAME + r"(?!\\?\*)", text)]
    assert bare == []


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_a_page_that_prints_the_name_has_the_footnote(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if NAME in text:
        assert footnote("kosovo").removeprefix("* ") in text


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_pages_are_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= LONGEST_PAGE


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_the_seven_are_jurisdictions(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"\bcountr(y|ies)\b", text, re.IGNORECASE)


def test_pictures_are_small_and_shown() -> None:
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    shown = {
        (page.parent / target).resolve()
        for page in pages()
        for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
    assert shown == set(pictures)
    for picture in pictures:
        assert picture.stat().st_size < 250_000, picture.name


def test_no_file_tells_of_a_machine_or_of_a_package_host() -> None:
    told = []
    for file in tracked():
        if file.name == "uv.lock":
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        told += [f"{name_of(file)}: {host}" for host in HOSTS if host in text]
        told += [f"{name_of(file)}: {found[0]}" for found in HOMES.finditer(text)]
        told += [f"{name_of(file)}: {ROOT}" for _ in [0] if str(ROOT) in text]
    assert told == []
