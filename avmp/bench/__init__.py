"""`avmp bench`: how fast the parts and the whole are on this machine. Importing this brings in nothing: the crawler
that is measured runs in a process of its own, and is to be as large there as it is in use."""
