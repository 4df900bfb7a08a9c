"""`python -m avmp`."""

from avmp.cli import main

main()
