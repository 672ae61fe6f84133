"""Composite topics: several topics asked side by side, each by its own rules, joined on what they share.

`address` reads names, `members` asks one topic, `build` joins the answers (modeling digest §16;
docs/decisions/0039).
"""
