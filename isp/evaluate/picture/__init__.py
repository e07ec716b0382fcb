"""How one picture differs from another, and what a picture of a chart says: numbers from arrays (rows, columns, 3), with gradients.

    psnr, ssim, ms_ssim      likeness of pictures whose white is 1
    delta_e                  CIE76 and CIEDE2000 of linear light, and their mean and percentiles
    detail                   differences of gradients and of Laplacian pyramids
    halo                     what lies beyond the range of the wanted picture's neighbourhood
    texture                  which part of a texture was kept, frequency by frequency (dead leaves)
    noise                    signal to noise and visual noise of patches that should be even

Everything is JAX, and differentiable except where said. `PAPERS` are the keys of the definitions that are followed.
"""

PAPERS = (
    "wang2004",
    "wang2003",
    "ciede2000",
    "sharma2005",
    "burt1983",
    "kirk2014",
    "iso15739",
    "johnson2003",
    "mantiuk2021",
    "st2084",
    "ottosson2020",
)
