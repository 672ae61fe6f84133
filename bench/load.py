"""Reading a model cold, again, and after a change of one file, beside the YAML parser's own time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from itertools import count

import yaml

from bench.big_model import star
from holoscope.modeling.load import forget_loads, load_model
from holoscope.modeling.reader.files import forget_files

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ROUNDS = 9


def seconds(action: Callable[[], object]) -> float:
    """Time the processor; nothing here waits."""
    start = time.process_time()
    action()
    return time.process_time() - start


def parse(files: Mapping[str, str]) -> None:
    """What cannot be saved: the YAML of every file, by the same parser."""
    for text in files.values():
        yaml.compose(text, Loader=_PARSER)


def cold(files: Mapping[str, str]) -> None:
    """Load with nothing remembered."""
    forget_files()
    forget_loads()
    load_model(files)


def warm(files: Mapping[str, str]) -> None:
    """Load the same texts again, as another process-wide caller would: in a mapping of its own."""
    load_model(dict(files))


def one_changed(files: Mapping[str, str]) -> Callable[[], None]:
    """Return an action that changes one file anew each time and loads."""
    numbers = count()

    def act() -> None:
        number = next(numbers)
        load_model(
            {
                **files,
                "v7.view": files["v7.view"] + f"  more{number}: {{ sql: '${{d1}}', aggregate_type: sum }}\n",
            }
        )

    return act


def _median(action: Callable[[], object]) -> float:
    return statistics.median(seconds(action) for _ in range(_ROUNDS))


def run() -> None:
    """Print the table."""
    print("\n## Loading a model (medians)")
    costs = {}
    for views in (10, 100, 1000):
        files = star(views, 10)
        pairs = [
            (seconds(lambda files=files: parse(files)), seconds(lambda files=files: cold(files)))
            for _ in range(_ROUNDS)
        ]
        ratios = sorted(ours / floor for floor, ours in pairs)
        costs[views] = statistics.median(ours for _, ours in pairs)
        print(
            f"{views * 10:>6} fields, cold, read and validated: x{statistics.median(ratios):.2f} "
            f"[{ratios[0]:.2f}-{ratios[-1]:.2f}] of the parser, {costs[views] * 1000:.1f} ms"
        )
    print(f"growth from 100 to 10,000 fields: x{costs[1000] / costs[10]:.0f}")
    load_model(files)
    print(f"10,000 fields again, same texts: {_median(lambda: warm(files)) * 1000:.1f} ms")
    print(f"10,000 fields, one file changed: {_median(one_changed(files)) * 1000:.1f} ms")
