"""The modelling language as data: which keys stand where, what may stand in them, and what they mean.

Nothing of it is written down a second time. Keys are the reader's own tables, value types are what the
reader takes when it is asked, and meanings are those of the reference pages.
"""
