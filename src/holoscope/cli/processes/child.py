"""One of several server processes: `python -m holoscope.cli.processes.child`, started by `supervisor`."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

from holoscope.cli.certificates import server_context
from holoscope.cli.house import built
from holoscope.cli.logs import configure_logs
from holoscope.cli.processes.orders import READY, Orders
from holoscope.cli.server import Stop, run_server
from holoscope.kit.errors import HoloscopeError
from holoscope.kit.place import Place


def main() -> int:
    """Serve until told to stop, or until whoever started this process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the watcher passes it on
    orders = Orders.read(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_watcher, daemon=True).start()
    configure_logs(orders.settings.log_level)
    place = Place(orders.folder / "run", orders.index, orders.settings.processes)
    tls = None if orders.certificate is None else server_context(orders.certificate)
    sockets = [socket.socket(fileno=descriptor) for descriptor in orders.sockets]

    def ready(_stop: Stop) -> None:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()

    try:
        with built(orders.settings, orders.folder, place) as house:
            run_server(
                house.asgi, sockets, orders.settings, tls=tls, on_ready=ready, peer_socket=place.socket()
            )
    except HoloscopeError as error:
        print(f"holoscope: {error.detail}", file=sys.stderr)
        return 1
    return 0


def _end_with_the_watcher() -> None:
    """Its end of our standard input closes when it ends, however it ends."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main())
