"""Products in 16 bits where the device takes them."""

from __future__ import annotations

import torch


def halved(device: str) -> torch.autocast:
    """The context in which an encoder is fitted and read: in 16 bits on a graphics card and on a processor that has
    them. One that has not does such products some twenty times as slowly as those in 32 bits: two cores with AVX2 alone
    took minutes for a step of 32 readings, in 32 bits ten seconds."""
    known = device != "cpu" or (torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return torch.autocast(device, torch.bfloat16, enabled=known)
