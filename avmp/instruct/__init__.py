"""The instruct stage's side of the network: its settings, the client, the budget of a day, answers in files."""

from avmp.instruct.settings import InstructSettings

__all__ = ["InstructSettings"]
