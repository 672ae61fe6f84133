"""Seeds of random tests: one fixed for every run, or what an environment variable says."""

from __future__ import annotations

import os

VARIABLES = ("EMBED_SEED", "LEAK_SEED", "RANDOM_MODEL_SEED", "SCIM_FILTER_SEED")
_FIXED = 20_260_310


def settle_seeds() -> str:
    """Draw a seed for every variable that says `random`, for this process and those it starts; tell all."""
    for name in VARIABLES:
        if os.environ.get(name) == "random":
            os.environ[name] = str(int.from_bytes(os.urandom(4)))
    return ", ".join(f"{name}={seed_of(name)}" for name in VARIABLES)


def seed_of(variable: str) -> int:
    """Give the seed a test begins with."""
    return int(os.environ.get(variable) or _FIXED)
