"""Several server processes behind one port: the one that watches them, and each of them.

The watching process (`supervisor`) binds the port, prepares the data folder and starts the others
(`child`), which accept on the same sockets. See docs/decisions/0080-processes-that-share-a-port.md.
"""
