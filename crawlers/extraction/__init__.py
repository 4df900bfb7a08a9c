"""From a fetched page to an article: its text, title, author and date, or what the page is instead."""
