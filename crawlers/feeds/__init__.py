"""What feeds list: the forms they have, how broken ones are mended, and which of their documents are read."""
