"""Where a worker begins: pipes as arguments, then load, confine, open, answer."""

from __future__ import annotations

import os
import sys

_FROM_SERVER, _TO_SERVER, _CONTROL = 0, 1, 2


def main() -> None:
    """Serve the pipes whose numbers are the arguments: requests, results, control."""
    pipes = [int(text) for text in sys.argv[1:4]]
    # Numbers about arrays are nothing a worker needs, and Arrow loads in half the time without them.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the others reserve far more than they use
    from holoscope.warehouses.duckdb.worker.serving import serve

    serve(pipes[_FROM_SERVER], pipes[_TO_SERVER], pipes[_CONTROL])


if __name__ == "__main__":
    main()
