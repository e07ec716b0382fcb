"""`classic` in torch eager, as torch users write it: whole planes, convolutions, masks, one operation after another.

Stage by stage the same sums: linearisation by table, black and its rows, defects, shading mesh, balance, Anscombe's transform and its
unbiased inverse, the bilateral filter over 7x7 sites of one phase, Menon's demosaic with its refining, highlights, matrix, film curve with
kept hue, saturation, unsharp masking above the noise, sRGB. Only borders are simpler: a mirrored neighbour may vouch for itself, lines
beyond the frame vote, and no halo is taken along.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from core_chain import BLACK, GAINS, MATRIX, WHITE, mosaic
from timing import Case

GREEN = [[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]]
ROW = [[0, 0, 0.5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0], [0, 0, 0.5, 0, 0]]
OTHER = [[0, 0, -1.5, 0, 0], [0, 2, 0, 2, 0], [-1.5, 0, 6, 0, -1.5], [0, 2, 0, 2, 0], [0, 0, -1.5, 0, 0]]
LUMA = (0.2126, 0.7152, 0.0722)
NUMBERS = {
    "black": float(BLACK), "rows": 1.0, "slope": 1e-3, "floor": 1e-6, "defect": 6.0, "range": 1.0, "shared": 5.0, "shade": 1.0,
    "strength": 1.3, "spread": 3.2, "softness": 0.63, "correction": 1.0, "recovery": 0.99, "band": 0.1, "contrast": 1.4, "grey": 0.18,
    "white": 1.0, "toe": 0.01, "keep_hue": 0.6, "saturation": 1.1, "amount": 0.7, "radius": 1.0, "threshold": 0.004, "noise": 1.0,
    "limit": 0.12,
}  # fmt: skip
BESIDE = [  # means of the other sites of their colours, beside those at the side of a site: of green about colour, and along rows and columns
    [[0, 1, 0, 1, 0], [1, 0, 0, 0, 1], [0, 0, 0, 0, 0], [1, 0, 0, 0, 1], [0, 1, 0, 1, 0]],
    [[0, 2, 0, 2, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 2, 0, 2, 0]],
    [[0, 0, 0, 0, 0], [2, 0, 0, 0, 2], [0, 0, 0, 0, 0], [2, 0, 0, 0, 2], [0, 0, 0, 0, 0]],
]
ALONG = [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [-1, 2, 2, 2, -1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
VOTES = [[1, 0, 1, 0, 0], [0, 1, 0, 0, 0], [3, 0, 3, 0, 0], [0, 1, 0, 0, 0], [1, 0, 1, 0, 0]]


def torch_classic(size: int) -> dict[str, Case]:
    """Forward, and the value with the slopes in all its numbers. Nothing where torch is missing."""
    try:
        import torch
        import torch.nn.functional as F
    except ImportError:
        return {}
    torch.set_num_threads(1)
    y, x = np.mgrid[-1:1:13j, -1:1:17j]
    mesh = torch.tensor([(1 + (0.2 + 0.05 * c) * (x * x + y * y)).tolist() for c in range(4)])[:, None].float()
    raw, table = torch.tensor(mosaic(size, size).astype(int).tolist()), torch.arange(4096.0)
    masked = torch.sin(torch.arange(float(size)))[:, None]
    even_row, even_column = (torch.arange(size) % 2 == 0)[:, None], (torch.arange(size) % 2 == 0)[None]
    red, blue, green_in_red = even_row & even_column, ~even_row & ~even_column, even_row & ~even_column
    green = ~(red | blue)
    beside, along, votes = (
        torch.tensor(k).float()[:, None] for k in (BESIDE, [ALONG, np.transpose(ALONG).tolist()], [VOTES, np.transpose(VOTES).tolist()])
    )
    beside, along = beside / 8, along / 4
    names = [*NUMBERS, "gains", "matrix"]
    free = [torch.tensor(v) for v in (*NUMBERS.values(), np.asarray(GAINS, float).tolist(), np.asarray(MATRIX, float).tolist())]

    def filtered(plane: Any, kernels: Any) -> Any:
        return F.conv2d(F.pad(plane[None, None], (2, 2, 2, 2), mode="reflect"), kernels)[0]

    def near(plane: Any, reach: int) -> Callable[[int, int], Any]:
        wide = F.pad(plane[None, None], (reach,) * 4, mode="reflect")[0, 0]
        return lambda i, j: wide[reach + i : reach + i + size, reach + j : reach + j + size]

    def phases(plane: Any) -> Any:
        return F.pixel_unshuffle(plane[None, None], 2).transpose(0, 1)

    def joined(planes: Any) -> Any:
        return F.pixel_shuffle(planes.transpose(0, 1), 2)[0, 0]

    def switch(excess: Any, allowed: Any) -> Any:
        return torch.sigmoid(8 * (excess / allowed - 1))

    def repaired(x: Any, p: dict[str, Any]) -> Any:
        at, far = near(x, 1), filtered(x, beside)
        across, down = torch.where(green, far[1], far[0]), torch.where(green, far[2], far[0])
        rises = torch.stack([at(0, -1) - across, at(0, 1) - across, at(-1, 0) - down, at(1, 0) - down])
        rise = phases((rises.sum(0) - rises.amin(0) - rises.amax(0)) / 2)
        own = phases(x)
        wide = F.pad(own, (1, 1, 1, 1), mode="reflect")
        around = [wide[..., i : i + size // 2, j : j + size // 2] for i in range(3) for j in range(3) if (i, j) != (1, 1)]
        low, high = torch.stack(around).amin(0), torch.stack(around).amax(0)
        deviation = (p["slope"] * (low + high) / 2 + p["floor"]).clamp(min=1e-12).sqrt()
        allowed, texture = p["defect"] * deviation, p["range"] * (high - low)
        lit = (own / torch.maximum(low, deviation)).clamp(0, 1)
        hot = switch(own - high, allowed + texture + p["shared"] * rise.clamp(min=0))
        cold = switch(low - own, allowed + texture * lit + p["shared"] * (-rise).clamp(min=0))
        values, weights = 0.0, 0.0
        for a, b in zip(around[:4], around[:3:-1]):
            weight = 1 / ((a - b).abs() + deviation) ** 2
            values, weights = values + weight * (a + b) / 2, weights + weight
        return joined(own + (hot + cold) * (values / weights - own))

    def bilateral(planes: Any, p: dict[str, Any]) -> Any:
        """Each phase by itself, (4, 1, rows, columns)."""
        wide, total, weights = F.pad(planes, (3, 3, 3, 3), mode="reflect"), 0.0, 0.0
        rows, columns = planes.shape[-2:]
        for i in range(7):
            for j in range(7):
                near = wide[..., i : i + rows, j : j + columns]
                distance = 4 * ((i - 3) ** 2 + (j - 3) ** 2) / (2 * p["spread"] ** 2)
                weight = torch.exp(-distance - (near - planes) ** 2 / (2 * p["strength"] ** 2 * p["slope"]))
                total, weights = total + weight * near, weights + weight
        return total / weights

    def demosaiced(x: Any, p: dict[str, Any]) -> Any:
        """Menon, Andriani and Calvagno's, of differences from green at red and blue sites."""
        ahead = torch.where(green, torch.zeros(()), x - filtered(x, along))
        changes = [near(ahead[0], 2), near(ahead[1], 2)]
        costs = [(ahead[0] - changes[0](0, 2)).abs(), (ahead[1] - changes[1](2, 0)).abs()]
        row, column = (filtered(c, v[None])[0] for c, v in zip(costs, votes))
        step = ((column - row) / (column + row + 1e-7) / p["softness"]).clamp(-1, 1)
        share = 0.5 + step * (0.75 - 0.25 * step * step)
        away = ahead[1] + share * (ahead[0] - ahead[1])

        def opposite(at: Callable[[int, int], Any]) -> Any:
            diagonal = (at(-1, -1) + at(-1, 1) + at(1, -1) + at(1, 1)) / 4
            return diagonal - at(0, 0) / 2 - mixed(at) / 4

        def mixed(at: Callable[[int, int], Any]) -> Any:
            row, column = at(0, -2) + at(0, 2), at(-2, 0) + at(2, 0)
            return column + share * (row - column)

        first = near(away, 2)
        away = torch.where(green, torch.zeros(()), (4 * away + mixed(first)) / 6)
        then = near(away, 2)
        other = x + (opposite(first) + 2 * opposite(then)) / 3
        in_row, in_column = x + (then(0, -1) + then(0, 1)) / 2, x + (then(-1, 0) + then(1, 0)) / 2
        r = torch.where(red, x, torch.where(blue, other, torch.where(green_in_red, in_row, in_column)))
        b = torch.where(blue, x, torch.where(red, other, torch.where(green_in_red, in_column, in_row)))
        return torch.stack([r, torch.where(green, x, x - away), b])

    def recovered(rgb: Any, p: dict[str, Any]) -> Any:
        whites = (p["gains"] / p["gains"].detach().min())[:, None, None]
        band = ((rgb / whites - 1) / p["band"] + 1).clamp(0, 1)
        saturated = band * band * (3 - 2 * band)
        raised = rgb + saturated * ((rgb.sum(0) - rgb) / 2 - rgb).clamp(min=0)
        return rgb + p["recovery"] * (raised + saturated.amin(0) * (raised.amax(0) - raised) - rgb)

    def filmic(x: Any, p: dict[str, Any]) -> Any:
        def fading(x: Any) -> Any:
            return (p["toe"] / (x + p["toe"])) ** p["contrast"]

        at_grey, at_white = fading(torch.tensor(0.18)), fading(p["white"])
        rise = (1 - at_grey) / (1 - at_white)
        shoulder, rest = at_grey * p["grey"] - at_white * rise, rise - p["grey"]
        top = (shoulder + rest * at_white) / (1 - at_white)
        slope = top * p["contrast"] / (p["toe"] * (shoulder + rest))
        v = fading(x.clamp(min=0))
        curved = top * (1 - v) / (shoulder + rest * v) + slope * x.clamp(max=0)
        (low, high), (curved_low, curved_high) = (x.amin(0), x.amax(0)), (curved.amin(0), curved.amax(0))
        wanted = curved_low + (curved_high - curved_low) * (x - low) / (high - low).clamp(min=1e-6)
        return curved + p["keep_hue"] * (wanted - curved)

    def luminance(rgb: Any) -> Any:
        return LUMA[0] * rgb[0] + LUMA[1] * rgb[1] + LUMA[2] * rgb[2]

    def sharpened(rgb: Any, p: dict[str, Any]) -> Any:
        root = torch.sqrt(luminance(rgb).clamp(min=0) + 1e-4)
        taps = torch.exp(-0.5 * (torch.arange(-6, 7) / p["radius"]) ** 2)
        taps = taps / taps.sum()
        soft = F.conv2d(F.pad(root[None, None], (6, 6, 6, 6), mode="reflect"), taps[None, None, :, None])
        detail = root - F.conv2d(soft, taps[None, None, None, :])[0, 0]
        light = root**2
        noise = p["noise"] ** 2 * (p["slope"] + p["floor"] / light).clamp(min=0) / (4 * light)
        boost = p["amount"] * detail * detail**2 / (detail**2 + p["threshold"] ** 2 + noise * light)
        boost = boost / (1 + boost.abs() * (1 / p["limit"] + 2 / root))
        return rgb * (1 + boost / root) ** 2

    def total(*free: Any) -> Any:
        p = dict(zip(names, free, strict=True))
        gains = p["gains"]
        x = (table[raw] - p["rows"] * masked - p["black"]) / (WHITE - BLACK)
        shading = F.interpolate(1 + p["shade"] * (mesh - 1), (size // 2, size // 2), mode="bilinear", align_corners=True)
        x = repaired(x, p) * joined(shading) * torch.where(red, gains[0], torch.where(blue, gains[2], gains[1]))
        under = 0.375 * p["slope"] ** 2 + p["floor"]
        y = 2 / p["slope"] * torch.sqrt((p["slope"] * x + under).clamp(min=1e-9)) * p["slope"] ** 0.5
        rgb = demosaiced(joined(bilateral(phases(y), p)), p) / p["slope"] ** 0.5
        q = 1 / rgb.clamp(min=1.5**0.5)
        unbiased = 0.25 + q * (1.5**0.5 / 4 + q * (-11 / 8 + q * (1.5**0.5 * 5 / 8)))
        rgb = ((rgb * p["slope"] / 2) ** 2 - under) / p["slope"] + p["correction"] * p["slope"] * unbiased
        rgb = filmic(torch.einsum("kc,chw->khw", p["matrix"], recovered(rgb, p)), p)
        grey = luminance(rgb)
        rgb = sharpened(grey + p["saturation"] * (rgb - grey), p).clamp(0, 1)
        return ((encoded(rgb) - 0.4) ** 2).mean()

    return passes("torch eager", total, free)


def encoded(rgb: Any) -> Any:
    """The sRGB curve, as torch users write it."""
    import torch

    return torch.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb.clamp(min=0.0031308) ** (1 / 2.4) - 0.055)


def passes(name: str, total: Callable[..., Any], free: list[Any]) -> dict[str, Case]:
    """The two cases of a chain: its loss, and its loss with the slopes of what is free."""
    import torch

    def forward() -> Any:
        with torch.inference_mode():
            return total(*free)

    def backward() -> Any:
        leaves = [f.clone().requires_grad_(True) for f in free]
        return torch.autograd.grad(total(*leaves), leaves)

    return {f"{name} forward": forward, f"{name} value_and_grad": backward}
