"""What the models of a language pack have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Phrases = tuple[str, ...]
"""Phrases in any spelling that folds to the right key. In one, `a|b` are alternatives for a word, `abc*` is any word
that begins so, and `abc?` a word that may be missing."""
