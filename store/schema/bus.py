"""The tables of the embedded bus, in the database schema `bus`."""
