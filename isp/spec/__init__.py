"""YAML text becomes a checked chain, and what stages declare becomes schemas, tables and citations."""

from isp.spec.camera import Camera
from isp.spec.cite import Paper, cite, paper
from isp.spec.cost import Cost, cost, write_costs
from isp.spec.load import load, load_spec
from isp.spec.names import all_names, families, resolve, shipped, shipped_names, stage_class
from isp.spec.overlay import changed, dump, dump_overlay, dump_profile, weight_files
from isp.spec.own import admit
from isp.spec.ranges import Range, Ranges, drawn
from isp.spec.read import Marks, read_yaml
from isp.spec.said import Spec
from isp.spec.schema import schema, write_schema
from isp.spec.table import Row, row, rows

__all__ = [
    "Camera", "Cost", "Marks", "Paper", "Range", "Ranges", "Row", "Spec", "admit", "all_names", "changed", "cite", "cost", "drawn", "dump", "dump_overlay", "dump_profile", "families", "load", "load_spec", "paper",
    "read_yaml", "resolve", "row", "rows", "schema", "shipped", "shipped_names", "stage_class", "weight_files", "write_costs", "write_schema",
]  # fmt: skip
