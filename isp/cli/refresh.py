"""`make docs`: what is generated from the stages, written where people and editors read it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Refresh the table of the stages and the schema beside the pipelines."""
    from isp.spec import write_schema
    from isp.spec.table import refreshed

    document = ROOT / "docs" / "stages.md"
    before = document.read_text(encoding="utf-8")
    after = refreshed(before)
    if after != before:
        document.write_text(after, encoding="utf-8")
    print(f"docs/stages.md: {'refreshed' if after != before else 'fresh'}")
    print(f"pipelines/schema.json: {'refreshed' if write_schema() else 'fresh'}")


if __name__ == "__main__":
    main()
