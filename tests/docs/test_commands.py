"""Every command and option that a page or a message names is there, and every command stands on a page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from avmp.cli import app
from avmp.commands.later import LATER
from tests.docs.pages import ROOT, code, name_of, pages, tracked

PROGRAM = typer.main.get_command(app)
ROOMS = ("avmp", "classifiers", "codebook", "crawlers", "linking", "pipeline", "review_ui", "store")


def _named(line: str) -> Iterator[list[str]]:
    """The words after each `avmp` of a line of code, up to the explanation that two spaces part from it; what goes to
    the program through `make demo`, too."""
    for found in re.finditer(r"(?:^|[\s/])avmp ((?:\S+ ?)*)", line):
        yield found[1].split(" avmp ")[0].split()
    if demo := re.match(r"make demo(?: ARGS=(.*?))?(?:  |$)", line):
        yield ["demo", *shlex.split(" ".join(shlex.split(demo[1] or "")))]


def _follow(words: list[str]) -> list[str]:
    """The command that words name. Fails when there is no such command, or an option it does not have."""
    command, path = PROGRAM, []
    options = [word.split("=")[0].strip(".,;:") for word in words if re.match(r"--?[a-z]", word)]
    for word in words:
        if not isinstance(command, TyperGroup):
            break
        if word.startswith("-") or re.fullmatch(r"…|\.\.\.", word):
            continue
        assert word in command.commands, f"`avmp {' '.join(words)}`: there is no {word}"
        command, path = command.commands[word], [*path, word]
    if path and path[0] in LATER:
        return path
    known = {"--help"}.union(*(parameter.opts for parameter in command.params))
    assert set(options) <= known, f"`avmp {' '.join(words)}`: {set(options) - known} among {sorted(known)}"
    return path


def _leaves(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _leaves(command, (*path, name))
        else:
            yield (*path, name)


def _on_pages() -> list[tuple[str, list[str]]]:
    named = [
        (name_of(page), words)
        for page in pages()
        for line in code(page.read_text(encoding="utf-8"))
        for words in _named(line)
    ]
    assert len(named) > 30
    return named


def _in_messages() -> list[tuple[str, list[str]]]:
    files = [f for f in tracked() if f.suffix == ".py" and f.relative_to(ROOT).parts[0] in ROOMS]
    named = [
        (name_of(file), words)
        for file in files
        for span in re.findall(r"`(avmp [^`\n{]+)`", file.read_text(encoding="utf-8"))
        for words in _named(span)
    ]
    assert len(named) > 10
    return named


@pytest.mark.parametrize(("where", "words"), [*_on_pages(), *_in_messages()])
def test_what_is_named_is_there(where: str, words: list[str]) -> None:
    _follow(words)


def test_every_command_stands_on_a_page() -> None:
    assert isinstance(PROGRAM, TyperGroup)
    shown = {tuple(_follow(words)) for _, words in _on_pages()}
    assert set(_leaves(PROGRAM)) <= shown


@pytest.mark.parametrize(
    "words", [["exprot"], ["user", "remove"], ["export", "--colour"], ["sources", "list", "--all"]]
)
def test_what_is_not_there_is_found_out(words: list[str]) -> None:
    with pytest.raises(AssertionError, match="avmp"):
        _follow(words)
