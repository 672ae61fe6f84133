"""Uploaded files stand alone: no join leads to one (modeling digest §19.1)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.advised import Advised


def check(advised: Advised) -> Iterator[Finding]:
    """Report joins from and to views of uploaded files."""
    files = advised.draft.files
    for item in advised.draft.declared:
        for key, view in (
            ("join_from_view", item.relationship.left_view),
            ("join_to_view", item.relationship.right_view),
        ):
            if view in files and files[view].is_upload:
                message = (
                    f'View "{view}" references an uploaded table. Uploaded tables cannot be used in joins.'
                )
                yield Finding(Code.UPLOAD_JOIN, message, item.file, (*item.path, key), at_value=True)
