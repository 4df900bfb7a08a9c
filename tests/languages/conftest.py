"""Settings of this room's property tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("languages", deadline=None)
settings.load_profile("languages")
