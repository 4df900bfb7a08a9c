"""Reads an article: is there a firearm incident in it, and what does it say.

Reading is pure: no network, database, bus or file writes. `training` writes the model, `evaluation.floors` the floors.
"""
