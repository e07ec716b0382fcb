"""Each missing colour is a weighted sum of the 5x5 sites around it, with weights of one's own."""

import numpy as np

from isp.core import Domain, Frame, Vector, between, param
from isp.develop.demosaic import Demosaic, at_colour, at_green


def malvar() -> tuple[tuple[tuple[float, ...], ...], ...]:
    """The weights of Malvar, He and Cutler, in eighths on paper."""
    cross, far = np.zeros((5, 5)), np.zeros((5, 5))
    cross[[1, 3, 2, 2], [2, 2, 1, 3]] = 1
    far[[0, 4, 2, 2], [2, 2, 0, 4]] = 1
    diagonal, own = np.zeros((5, 5)), np.zeros((5, 5))
    diagonal[[1, 1, 3, 3], [1, 3, 1, 3]], own[2, 2] = 1, 1
    row, column = cross * (np.arange(5)[:, None] == 2), cross * (np.arange(5) == 2)
    green = (4 * own + 2 * cross - far) / 8
    opposite = (6 * own + 2 * diagonal - 1.5 * far) / 8
    far_row, far_column = far * (np.arange(5)[:, None] == 2), far * (np.arange(5) == 2)
    in_row = (5 * own + 4 * row - diagonal - far_row + far_column / 2) / 8
    in_column = (5 * own + 4 * column - diagonal - far_column + far_row / 2) / 8
    kernels = (green, green, opposite, opposite, in_row, in_row, in_column, in_column)
    return tuple(tuple(tuple(map(float, line)) for line in kernel) for kernel in kernels)


class Kernels(Demosaic, bayer=True, needs=("cfa",), reach=2, paper="malvar2004"):
    """Linear demosaicing with eight free kernels, which begin as Malvar, He and Cutler's. In this order they estimate green at red and at
    blue sites; blue at red and red at blue sites; at green sites the colour of the row's neighbours, in red rows and in blue rows, then the colour of the
    column's neighbours, in red rows and in blue rows. Linear in the pixels and in the weights. Weights that do not sum to 1 change grey.
    """

    weights: Vector = param(
        default=malvar(), unit="1", within=between(-4, 4), shape=(8, 5, 5), doc="weight of each site around, row by row"
    )

    def __call__(self, frame: Frame) -> Frame:
        cfa = frame.cfa

        def colours(near, phase):
            def weighed(kernel):
                return sum(self.weights[kernel, y, x] * near(y - 2, x - 2) for y in range(5) for x in range(5))

            site, own = cfa.sites[phase], near(0, 0)
            blue_row = "b" in (site, cfa.sites[phase ^ 1])
            if site == "g":
                return at_green(cfa, phase, own, weighed(4 + blue_row), weighed(6 + blue_row))
            return at_colour(cfa, phase, own, weighed(0 + blue_row), weighed(2 + blue_row))

        return frame.to(Domain.CAMERA, frame.pixels.stencil(2, colours))
