"""The registry as a command finds it: what is wrong with it told, the rest used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avmp.settings import Settings
from avmp.terminal import complain

if TYPE_CHECKING:
    from codebook.errors import BadSource
    from crawlers.registry import Registry


def known_sources(settings: Settings) -> tuple[Registry, list[BadSource]]:
    """The registry without what is wrong with it, and the errors, each told in its line."""
    from crawlers import registry

    errors: list[BadSource] = []
    known = registry.load(settings.sources, on_error=errors.append)
    for error in errors:
        complain(error)
    return known, errors
