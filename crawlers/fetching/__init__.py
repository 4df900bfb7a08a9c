"""From an address to what lies there: politely, safely, with every failure in plain words."""
