"""Wire shapes, one file per tag: what goes out, and what query strings and bodies may hold."""
