"""The differentiable core of `classic` in torch eager, as torch users write it: whole planes, convolutions, masks, one operation after another.

It does less than ours beside it: no defects, shading, highlights or kept hue, and Malvar's demosaic in the place of Menon's. The bilateral
filter has the same window (7x7 sites of one phase), the blur the same reach.
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
    "black": float(BLACK), "slope": 1e-3, "floor": 1e-6, "strength": 1.3, "spread": 3.2, "contrast": 1.4, "toe": 0.01, "white": 1.0,
    "saturation": 1.1, "amount": 0.7, "radius": 1.0, "threshold": 0.004, "limit": 0.12,
}  # fmt: skip


def torch_classic(size: int) -> dict[str, Case]:
    """Forward, and the value with the slopes in all its numbers. Nothing where torch is missing."""
    try:
        import torch
        import torch.nn.functional as F
    except ImportError:
        return {}
    torch.set_num_threads(1)
    kernels = torch.tensor([GREEN, ROW, np.transpose(ROW).tolist(), OTHER])[:, None] / 8
    raw = torch.tensor(mosaic(size, size).astype(float).tolist())
    even_row, even_column = (torch.arange(size) % 2 == 0)[:, None], (torch.arange(size) % 2 == 0)[None]
    red, blue, green_in_red = even_row & even_column, ~even_row & ~even_column, even_row & ~even_column
    names = [*NUMBERS, "gains", "matrix"]
    free = [torch.tensor(v) for v in (*NUMBERS.values(), np.asarray(GAINS, float).tolist(), np.asarray(MATRIX, float).tolist())]

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

    def demosaiced(x: Any) -> Any:
        g, h, v, d = F.conv2d(F.pad(x[None, None], (2, 2, 2, 2), mode="reflect"), kernels)[0]
        r = torch.where(red, x, torch.where(green_in_red, h, torch.where(blue, d, v)))
        b = torch.where(blue, x, torch.where(green_in_red, v, torch.where(red, d, h)))
        return torch.stack([r, torch.where(red | blue, g, x), b])

    def filmic(x: Any, p: dict[str, Any]) -> Any:
        def response(x: Any) -> Any:
            powered = (x + p["toe"]) ** p["contrast"]
            return powered / (powered + 0.18)

        black = response(torch.zeros(()))
        return (response(x.clamp(min=0)) - black) / (response(p["white"]) - black)

    def luminance(rgb: Any) -> Any:
        return LUMA[0] * rgb[0] + LUMA[1] * rgb[1] + LUMA[2] * rgb[2]

    def sharpened(rgb: Any, p: dict[str, Any]) -> Any:
        root = torch.sqrt(luminance(rgb).clamp(min=0) + 1e-4)
        taps = torch.exp(-0.5 * (torch.arange(-6, 7) / p["radius"]) ** 2)
        taps = taps / taps.sum()
        soft = F.conv2d(F.pad(root[None, None], (6, 6, 6, 6), mode="reflect"), taps[None, None, :, None])
        detail = root - F.conv2d(soft, taps[None, None, None, :])[0, 0]
        boost = p["amount"] * detail * detail**2 / (detail**2 + p["threshold"] ** 2)
        boost = boost / (1 + boost.abs() * (1 / p["limit"] + 2 / root))
        return rgb * (1 + boost / root) ** 2

    def total(*free: Any) -> Any:
        p = dict(zip(names, free, strict=True))
        gains = p["gains"]
        x = (raw - p["black"]) / (WHITE - BLACK) * torch.where(red, gains[0], torch.where(blue, gains[2], gains[1]))
        under = 0.375 * p["slope"] ** 2 + p["floor"]
        y = 2 / p["slope"] * torch.sqrt((p["slope"] * x + under).clamp(min=1e-9)) * p["slope"] ** 0.5
        y = F.pixel_shuffle(bilateral(F.pixel_unshuffle(y[None, None], 2).transpose(0, 1), p).transpose(0, 1), 2)[0, 0]
        rgb = ((demosaiced(y) * p["slope"] ** 0.5 / 2) ** 2 - under) / p["slope"]
        rgb = filmic(torch.einsum("kc,chw->khw", p["matrix"], rgb), p)
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
