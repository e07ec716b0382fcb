"""The ground floor: what a frame, a stage and a chain are. Imports jax and numpy only."""

from isp.core.cfa import Cfa
from isp.core.chain import Chain
from isp.core.declared import Declared, Scalar, Vector, option, param, weights, whole_number
from isp.core.declares import Declares
from isp.core.domain import Domain
from isp.core.errors import ChainError, DataError, IspError, PlaceError, Problem, SpecError
from isp.core.frame import FACTS, Frame, Shading, Stabiliser
from isp.core.limits import ANY, Between, at_least, between
from isp.core.planes import Planes, align
from isp.core.random import Random
from isp.core.stage import Stage
from isp.core.table import Table
from isp.core.weights import Weights

__all__ = [
    "ANY", "FACTS", "Between", "Cfa", "Chain", "ChainError", "DataError", "Declared", "Declares", "Domain", "Frame", "IspError", "PlaceError", "Planes", "Problem", "Random", "Scalar", "Shading",
    "SpecError", "Stabiliser", "Stage", "Table", "Vector", "Weights", "align", "at_least", "between", "option", "param", "weights", "whole_number",
]  # fmt: skip
