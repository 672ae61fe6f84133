"""Reuse: a finished result answers a later question that is provably contained in it.

`signature` says what a result holds, in the expressions of the tables it was made from; `containment`
decides, and only ever from two of those; the derivation it gives is a plan over the kept rows. Pure
functions (docs/decisions/0049). `runs/reuse` finds results and runs derivations.
"""
