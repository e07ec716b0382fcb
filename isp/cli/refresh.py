"""`make docs`: what is generated from the stages, written where people and editors read it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Refresh what the stages cost, their table, and the schema beside the pipelines."""
    from isp.spec import all_names, stage_class, write_costs, write_schema
    from isp.spec.table import refreshed
    from isp.tune.schema import schema as tune

    print(f"isp/data/costs.json: {'refreshed' if write_costs(stage_class(name) for name in all_names()) else 'fresh'}")
    document = ROOT / "docs" / "stages.md"
    before = document.read_text(encoding="utf-8")
    after = refreshed(before)
    if after != before:
        document.write_text(after, encoding="utf-8")
    print(f"docs/stages.md: {'refreshed' if after != before else 'fresh'}")
    print(f"pipelines/schema.json: {'refreshed' if write_schema(tune=tune()) else 'fresh'}")


if __name__ == "__main__":
    main()
