"""Acceptance cases of generation and refresh, by their numbers."""

from support.generated import BIKES, generated


def test_case_01_generate_schema_model():
    bikes = generated(BIKES)
    views = {"main/invoices.view", "main/riders.view", "main/stations.view", "main/trips.view"}
    assert set(bikes.files) == {*views, "relationships"}
    for view in views:
        assert bikes.said(view)["measures"] == {"count": {"aggregate_type": "count"}}
    assert bikes.said("main/trips.view")["dimensions"]["id"] == {"primary_key": True, "format": "id"}
    assert bikes.said("relationships") == [
        {
            "join_from_view": view,
            "join_to_view": "riders",
            "join_type": "always_left",
            "on_sql": f"${{{view}.rider_id}} = ${{riders.id}}",
            "relationship_type": "assumed_many_to_one",
        }
        for view in ("invoices", "trips")
    ]
    model, diagnostics = bikes.load()
    assert diagnostics == ()
    assert model.views["trips"].primary_key == ("id",)
    assert model.views["trips"].dimensions["id"].format == "ID"
    assert [(item.left, item.right, item.assumed) for item in model.relationships] == [
        ("invoices", "riders", True),
        ("trips", "riders", True),
    ]


def test_case_52_column_dropped_in_database():
    over = {"measures.view": "# Reference this view as more\nschema: main\ntable_name: trips\nmeasures:\n"}
    over["measures.view"] += "  fares: { sql: '${trips.fare}', aggregate_type: sum }\n"
    hard = generated(BIKES)
    hard.run("alter table trips drop column fare")
    hard.again()
    assert "fare" not in hard.said("main/trips.view")["dimensions"]
    _, diagnostics = hard.load(over)
    assert [(item.code, item.position.file) for item in diagnostics] == [("unknown_field", "measures.view")]
    soft = generated(BIKES)
    soft.run("alter table trips drop column fare", "alter table trips add column tip decimal(10, 2)")
    soft.again(soft=True)
    assert list(soft.said("main/trips.view")["dimensions"])[-2:] == ["tip", "fare"]
    assert soft.load(over)[1] == ()
