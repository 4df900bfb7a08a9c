"""Which pages are one article: the form of its address, the tests that follow, and what a page adds to it."""
