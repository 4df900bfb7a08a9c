"""When feeds are asked, and what one poll does."""
