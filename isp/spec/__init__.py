"""YAML text becomes a checked chain, and what stages declare becomes schemas, tables and citations."""

from isp.spec.read import Marks, read_yaml

__all__ = ["Marks", "read_yaml"]
