"""One file per tag. A route parses, calls one service, shapes the answer; nothing is decided here."""
