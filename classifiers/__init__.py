"""Reads an article: is there a firearm incident in it, and what does it say.

Pure: no network, database, bus or file writes.
"""
