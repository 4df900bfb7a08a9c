"""The demonstration outlets as source registry files, so that the crawler meets them like any others."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

from avmp.demo.outlets import Outlet, outlets


def write_registry(folder: Path, bases: list[str]) -> list[Path]:
    """Writes one registry file per jurisdiction (`AL.toml`, …) into `folder` and returns their paths.

    `bases` are the base URLs that `serve_sites` yields.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base_of = {urlsplit(base).hostname: base for base in bases}
    entries: dict[str, list[str]] = {}
    for outlet in outlets():
        entries.setdefault(outlet.jurisdiction, []).append(registry_entry(outlet, base_of[outlet.address]))
    written = []
    for jurisdiction, texts in entries.items():
        path = folder / f"{jurisdiction}.toml"
        path.write_text("\n".join(texts), encoding="utf-8")
        written.append(path)
    return written


def registry_entry(outlet: Outlet, base: str) -> str:
    """One `[[source]]` table. A JSON string is a TOML string."""
    feeds = ", ".join(f'{{ url = "{base}{feed.path}", kind = "{feed.kind}" }}' for feed in outlet.feeds)
    return (
        "[[source]]\n"
        f'id = "{outlet.id}"\n'
        f"name = {json.dumps(outlet.name, ensure_ascii=False)}\n"
        f'url = "{base}/"\n'
        f'jurisdiction = "{outlet.jurisdiction}"\n'
        f'kind = "{outlet.kind}"\n'
        f'languages = ["{outlet.language}"]\n'
        f"feeds = [{feeds}]\n"
        "verified = true\n"
    )
