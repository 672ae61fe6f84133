"""Thousands of random filters: each chooses rows or is refused; sound ones choose as the library does.

`SCIM_FILTER_SEED` says where they begin; `random` draws one; the head of the run prints it.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from scim2_models import EnterpriseUser, InvalidFilterException, ScimFilter, User

from holoscope.access import scim_groups, scim_users
from holoscope.access.scim_errors import ScimRefused
from holoscope.access.scim_listing import Asked
from support.scim_filters import ruined_filter, sound_filter
from support.seeds import seed_of
from support.town import Town, build_town

SEED = seed_of("SCIM_FILTER_SEED")
COUNT = 5_000
COMPARED = 400


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return build_town(Path(tmp_path_factory.mktemp("town")))


def test_no_filter_fails_inside(town: Town) -> None:
    random, actor = Random(SEED), town.actor("ada")
    answered = refused = 0
    for number in range(COUNT):
        text = ruined_filter(random) if number % 2 else sound_filter(random, more=True)
        listing: Any = scim_groups.list_groups if number % 10 == 0 else scim_users.list_users
        try:
            listing(town.database, actor, Asked(text, count=1, attributes=("userName",)))
            answered += 1
        except ScimRefused:  # 400, whatever its kind
            refused += 1
        except Exception as error:
            pytest.fail(f"seed {SEED}, filter {text!r}: {error!r}")
    assert answered > COUNT // 4, f"seed {SEED}: {answered} answered, {refused} refused"
    assert refused > COUNT // 10, f"seed {SEED}: {answered} answered, {refused} refused"


def test_sound_filters_choose_as_the_library_does(town: Town) -> None:
    random, actor = Random(SEED + 1), town.actor("ada")
    everybody = scim_users.list_users(town.database, actor, Asked())["Resources"]
    people = [User[EnterpriseUser].model_validate(_standard(each)) for each in everybody]
    compared = 0
    for _ in range(COMPARED):
        text = sound_filter(random)
        chosen = scim_users.list_users(town.database, actor, Asked(text, attributes=("userName",)))
        try:
            judge = ScimFilter[User[EnterpriseUser]](text)
            expected = [each.user_name for each in people if judge.match(each)]
        except InvalidFilterException:  # it takes nothing but whole addresses for e-mails
            continue
        compared += 1
        assert [each["userName"] for each in chosen["Resources"]] == expected, f"seed {SEED}, {text!r}"
    assert compared > COMPARED // 3


def _standard(resource: dict[str, Any]) -> dict[str, Any]:
    """Keep what the standard knows: the library reads no other attributes."""
    return {
        name: value for name, value in resource.items() if not name.startswith("urn:") and name != "schemas"
    }
