"""Dropout at the price of reading random bytes: on a processor PyTorch's own takes a quarter of a step of fitting."""

from __future__ import annotations

import numpy as np
from torch import Tensor, from_numpy, nn


class ByteDropout(nn.Module):
    """Sets a share of what comes in to zero while training, as near as bytes come to it, and enlarges the rest by as
    much."""

    def __init__(self, share: float, chance: np.random.Generator) -> None:
        super().__init__()
        self._dropped = round(share * 256)
        self._chance = chance

    def forward(self, states: Tensor) -> Tensor:
        """See the class."""
        if not self.training:
            return states
        drawn = np.frombuffer(self._chance.bytes(states.numel()), np.uint8)
        kept = from_numpy(drawn >= self._dropped).view(states.shape)
        return states * (kept.to(states.dtype) * (256 / (256 - self._dropped)))


def quicken(encoder: nn.Module, seed: int) -> None:
    """Replace the dropout of an encoder's states by that of bytes. Its attention must drop nothing: with a share of it
    dropped there is no quick way to attend on a processor."""
    _replace(encoder, np.random.Generator(np.random.SFC64(seed)))


def _replace(module: nn.Module, chance: np.random.Generator) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.Dropout) and child.p > 0:
            setattr(module, name, ByteDropout(child.p, chance))
        else:
            _replace(child, chance)
