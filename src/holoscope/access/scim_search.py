"""A search over users and groups at once (RFC 7644 §3.4.3): users come first, each kind in its order."""

from __future__ import annotations

from dataclasses import replace

from holoscope.access.actors import Actor
from holoscope.access.scim_access import require_directory
from holoscope.access.scim_errors import ScimRefused
from holoscope.access.scim_groups import list_groups
from holoscope.access.scim_listing import Asked, Resource, list_response
from holoscope.access.scim_users import list_users
from holoscope.storage.unit_of_work import Database


def search(database: Database, actor: Actor, asked: Asked) -> Resource:
    """Return the list response of users and then groups; a kind that lacks an attribute has no matches.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        ScimRefused: neither kind has the attributes of the filter, or it does not parse.
    """
    require_directory(actor)
    found: list[Resource] = []
    total = 0
    refused: list[ScimRefused] = []
    for listing in (list_users, list_groups):
        # The window goes on in the next kind where this one ends.
        part = replace(asked, start_index=asked.first - total, count=asked.most - len(found))
        try:
            answer = listing(database, actor, part)
        except ScimRefused as error:
            refused.append(error)
            continue
        found += answer["Resources"] if asked.most > len(found) else []
        total += answer["totalResults"]
    if len(refused) == 2:
        raise refused[0]
    return list_response(asked, total, found)
