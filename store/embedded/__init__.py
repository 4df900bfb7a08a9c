"""PostgreSQL without an installation: the wheel's server, started by the program that needs it.

`serve(home)` yields the address of a running server. The first user starts it, others join, the last one out
stops it; a kill -9 of the server or of any user loses nothing that was committed.
"""

from __future__ import annotations

from store.embedded.server import EmbeddedServer, default_home, exists, remove, serve

__all__ = ["EmbeddedServer", "default_home", "exists", "remove", "serve"]
