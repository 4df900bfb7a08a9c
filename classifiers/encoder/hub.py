"""Fetches an encoder from the model hub into a folder: `python -m classifiers.encoder.hub NAME FOLDER`."""

from __future__ import annotations

import sys

from transformers import AutoModel, AutoTokenizer


def fetch(name: str, folder: str) -> None:
    """Writes weights and tokenizer as `AutoModel` and `AutoTokenizer` load them."""
    AutoModel.from_pretrained(name).save_pretrained(folder)
    AutoTokenizer.from_pretrained(name).save_pretrained(folder)


if __name__ == "__main__":
    fetch(*sys.argv[1:])
