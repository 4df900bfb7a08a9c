"""The pages in Markdown: their tables, their code, their headings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    """Every file under version control that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [file for name in listed.split("\0") if name and (file := ROOT / name).is_file()]


def pages() -> list[Path]:
    """README.md and every other page in Markdown."""
    found = [file for file in tracked() if file.suffix == ".md"]
    assert ROOT / "README.md" in found
    return found


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def table(page: str, first_title: str) -> list[Mapping[str, str]]:
    """The rows of the one table of a page whose first column has this title, by the titles of the columns."""
    (found,) = [rows for titles, *rows in _tables(text_of(page)) if titles[0] == first_title]
    (titles,) = [titles for titles, *_ in _tables(text_of(page)) if titles[0] == first_title]
    return [dict(zip(titles, row, strict=True)) for row in found]


def _tables(text: str) -> Iterator[list[list[str]]]:
    for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        yield [row for row in rows if not set("".join(row)) <= set("-:")]


def quoted(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def code(text: str) -> Iterator[str]:
    """Lines of code, and what stands between backticks in prose."""
    fenced = r"^```.*?^```$"
    for block in re.findall(fenced, text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()[1:-1]
    prose = []
    for line in re.sub(fenced, "", text, flags=re.MULTILINE | re.DOTALL).splitlines():
        if line.startswith("    "):
            yield line.strip()
        else:
            prose.append(line)
    for span in re.findall(r"`([^`]+)`", "\n".join(prose)):
        yield " ".join(span.split())


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
