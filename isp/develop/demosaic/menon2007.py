"""Green is interpolated along rows and along columns, and the direction in which colour differences change least is kept."""

from collections.abc import Callable

from isp.core import Domain, Frame, Scalar, option
from isp.core.planes import Array, Reach
from isp.develop.demosaic import Demosaic, at_colour, at_green, sharpness, softness_of
from isp.ops.decide import share
from isp.ops.fuse import cut

TIE = 2e-6
"""A tie goes to the row, as in the paper: its cost counts for this share less."""


class Menon2007(Demosaic, bayer=True, needs=("cfa",), paper="menon2007"):
    """Menon, Andriani and Calvagno's directional filtering with a posteriori decision.

    At red and blue sites the difference between the site's colour and green is estimated along the row and along the column; the sum of
    its changes over a 5x5 neighbourhood decides. (Lines beyond the frame do not vote against the direction that runs along the border: what
    is mirrored across it looks smoother than it is.) Everything later is interpolation of that difference. `refine` smooths it once more
    along the chosen direction; it gains 0.6 dB on photographs whose colours follow their brightness (Kodak) and loses 0.3 dB on ones
    with saturated colours (McMaster).

    The decision is soft where the costs of the two directions differ by less than 10^-sharpness of their sum: there both are mixed, which
    gives the decision a slope. At 6, the default, it is the paper's hard choice, with a borrowed slope in the pixels (see
    `isp.ops.decide`). Softer is better than the paper: on Kodak, 39.46 dB at 6, 39.67 at 1, 40.33 at 0.1.
    """

    sharpness: Scalar = sharpness()
    refine: bool = option(default=True, choices=(True, False), doc="smooth colour differences along the chosen direction")

    @property
    def reach(self) -> Reach:
        return (2, 2, 2, 2) if self.refine else (2, 2, 2)

    def __call__(self, frame: Frame) -> Frame:
        cfa, softness = frame.cfa, softness_of(self.sharpness)

        def is_green(phase):
            return cfa.sites[phase] == "g"

        def differences(near, phase):
            """Site; its colour less green, along the row and along the column."""
            own = near(0, 0)
            if is_green(phase):
                return (own,)
            row = own / 2 + (near(0, -2) + near(0, 2)) / 4 - (near(0, -1) + near(0, 1)) / 2
            column = own / 2 + (near(-2, 0) + near(2, 0)) / 4 - (near(-1, 0) + near(1, 0)) / 2
            return own, row, column

        def decided(near, phase):
            """Site, its colour less green, and the share of the row in that."""
            if is_green(phase):
                return (near(0, 0),)

            def cost(channel, place, inside):
                def change(across, start):
                    return abs(near(*place(across, start), channel) - near(*place(across, start + 2), channel))

                middle = change(0, -2) + change(0, 0)
                sides = inside(-2) * (change(-2, -2) + change(-2, 0)) + inside(2) * (change(2, -2) + change(2, 0))
                return 3 * middle + sides + inside(-1) * change(-1, -1) + inside(1) * change(1, -1)

            in_rows, in_columns = insides[phase]
            row = cost(1, lambda across, along: (across, along), in_rows)
            column = cost(2, lambda across, along: (along, across), in_columns)
            along_row = share(row * (1 - TIE), column, softness)
            return near(0, 0), near(0, 0, 2) + along_row * (near(0, 0, 1) - near(0, 0, 2)), along_row

        def mixed(near, row, column):
            return column + near(0, 0, 2) * (row - column)

        def opposite(near):
            """The opposite colour less the own one at a red or blue site, from the four green sites around it."""
            diagonal = (near(-1, -1, 1) + near(-1, 1, 1) + near(1, -1, 1) + near(1, 1, 1)) / 4
            row, column = near(0, -2, 1) + near(0, 2, 1), near(-2, 0, 1) + near(2, 0, 1)
            return diagonal - near(0, 0, 1) / 2 - mixed(near, row, column) / 4

        def refined(near, phase):
            """Site, its colour less green smoothed along the chosen direction, the share, and the opposite colour less the own."""
            if is_green(phase):
                return (near(0, 0),)
            row, column = near(0, -2, 1) + near(0, 2, 1), near(-2, 0, 1) + near(2, 0, 1)
            return near(0, 0), (4 * near(0, 0, 1) + mixed(near, row, column)) / 6, near(0, 0, 2), opposite(near)

        def colours(near, phase):
            own = near(0, 0)
            if is_green(phase):
                in_row, in_column = (near(0, -1, 1) + near(0, 1, 1)) / 2, (near(-1, 0, 1) + near(1, 0, 1)) / 2
                return at_green(cfa, phase, own, own + in_row, own + in_column)
            away = (near(0, 0, 3) + 2 * opposite(near)) / 3 if self.refine else opposite(near)
            return at_colour(cfa, phase, own, own - near(0, 0, 1), own + away)

        planes = cut(frame.pixels.stencil(2, differences))
        insides = [inside(frame.but(pixels=planes), phase) for phase in range(4)]
        planes = cut(planes.stencil(2, decided))
        if self.refine:
            planes = cut(planes.stencil(2, refined))
        return frame.to(Domain.CAMERA, planes.stencil(2, colours))


def inside(frame: Frame, phase: int) -> list[Callable[[int], Array]]:
    """For rows and for columns: a function of a shift that tells, as 1 or 0, whether a site of `phase`, shifted, still lies in the frame."""
    down, right = frame.pixels.cells(2)
    row, column = frame.coordinates(phase)
    places = zip((row[down:-down], column[:, right:-right]), frame.extent, strict=True)
    return [lambda d, at=at, size=size: ((at + d >= 0) & (at + d < size)).astype(frame.pixels.dtype) for at, size in places]
