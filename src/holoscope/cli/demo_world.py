"""What the demo puts into its data folder: the shop's rows, an organization with people, a model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from holoscope.access.bootstrap import add_people, create_organization
from holoscope.access.passwords import new_password
from holoscope.access.people_file import parse_people
from holoscope.access.roles import Role, Target
from holoscope.cli.demo_file import DemoFile
from holoscope.cli.files import write_private
from holoscope.cli.shop import generate_shop, shop_folder
from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.modelstore.connections import WantedConnection, ensure_connection
from holoscope.modelstore.folder import load_folder
from holoscope.modelstore.model_rows import StoredModel
from holoscope.modelstore.models import ModelStore

if TYPE_CHECKING:
    from holoscope.app import House

ORGANIZATION = "Shop"
ADMIN_EMAIL = "admin@shop.example"
ADMIN_NAME = "Shop Admin"
CONNECTION = "Shop warehouse"
MODEL = "Shop"
DEFAULT_SCALE = 0.2
SMALLEST_SCALE, LARGEST_SCALE = 0.0005, 100.0


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What `demo.json` tells of it."""

    api_key: SecretText
    model_id: str
    admin_email: str
    admin_password: SecretText


def ensure_shop(folder: Path, scale: float | None) -> None:
    """Generate `shop.duckdb` if it is missing or `scale` asks for another size than it has.

    Raises:
        BadRequest: the scale is outside the generator's range; what is there stays.
    """
    if scale is not None and not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise BadRequest(f"--scale must be between {SMALLEST_SCALE:g} and {LARGEST_SCALE:g}.")
    rows, note = folder / "shop.duckdb", folder / "shop.json"
    present = _noted_scale(note) if rows.exists() else None
    if present is not None and scale in {None, present}:
        return
    wanted = DEFAULT_SCALE if scale is None else scale
    note.unlink(missing_ok=True)
    generate_shop(rows, scale=wanted)
    write_private(note, json.dumps({"scale": wanted}).encode() + b"\n")


def _noted_scale(note: Path) -> float | None:
    try:
        return float(json.loads(note.read_text(encoding="utf-8"))["scale"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def prepare_world(house: House, shop: Path, former: DemoFile | None) -> DemoWorld:
    """Make or find the organization, its people, the connection to `shop` and the model of the example.

    `former` is what an earlier run left: its key and password stay valid if they still are. A password that
    somebody changed since is theirs alone: it stays, and is not known here any more.
    """
    known = former.admin_password if former else ""
    founded = create_organization(
        house.database,
        house.keys,
        house.clock,
        name=ORGANIZATION,
        admin_email=ADMIN_EMAIL,
        admin_name=ADMIN_NAME,
        admin_password=SecretText(known) if known else new_password(),
        known_key=SecretText(former.api_key) if former else None,
        keeps_password=former is not None,
    )
    connection = ensure_connection(
        house.database,
        house.clock,
        founded.organization.id,
        WantedConnection(
            name=CONNECTION,
            dialect="duckdb",
            database="shop",
            default_schema="main",
            base_role=Role.NO_ACCESS,
            settings={"path": shop.name},
        ),
    )
    house.refresher.ensure(connection.id)
    model = _ensure_model(house.models, connection.id)
    people = parse_people(yaml.safe_load((shop_folder() / "users.yaml").read_text(encoding="utf-8")))
    add_people(
        house.database,
        house.keys,
        house.clock,
        founded.organization.id,
        people,
        roles_on=Target(connection_id=connection.id),
    )
    return DemoWorld(founded.key, model.id, founded.admin.email, founded.password or SecretText(""))


def _ensure_model(models: ModelStore, connection_id: str) -> StoredModel:
    """Find the model or make it; until somebody changes its files, bring them to those of the example."""
    files = load_folder(shop_folder() / "model")
    known = models.find_shared_model(connection_id, MODEL)
    if known is None:
        return models.create_shared_model(connection_id, MODEL, files)
    if models.was_edited(known.id):
        return known
    return models.replace_files(known.id, files)
