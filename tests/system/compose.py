"""docker-compose.yml as the tests use it: the services of ours and what each is started with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "docker-compose.yml"


def services() -> dict[str, dict[str, Any]]:
    """The services by name, anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = loaded["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """The services that run `avmp`."""
    return {name: service for name, service in services().items() if service["image"].startswith("avmp")}
