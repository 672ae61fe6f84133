"""The one way a derivation ends without an answer."""


class UnprovenError(Exception):
    """It is not certain that the derived answer is right: the warehouse is asked instead."""
