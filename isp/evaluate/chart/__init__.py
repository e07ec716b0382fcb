"""What a capture or a picture of a chart says, from arrays alone.

find_checker      a ColorChecker found in a picture or mosaic, however it lies; `checker` knows its patches, `squares` seeks even quadrangles
colour_checker    its colours: dE00 of each patch, white balance, exposure, saturation, and what a matrix could mend
slanted_edge      spatial frequency response, MTF50 and overshoot of an edge (ISO 12233); `soft_edge` is its form with gradients
sharpness         an edge in colour: a response for each channel, and how far red and blue lie from green
siemens_star      the response of a sinusoidal star, sector by sector
dead_leaves       the response and acutance of a known texture, shifts undone; `texture` is the part with gradients
noise             signal to noise and visual noise of patches that should be even, with gradients
signal_to_noise   total, temporal and fixed pattern noise of repeated captures (ISO 15739)
dynamic_range     from steps of grey, in stops
distortion        how far a lens bends the lines of a grid of dots; `dots` finds them
lateral_colour    how far red and blue lie from green on it
uniformity        falloff of light and of colour over an even surface
banding           steps in a ramp that has none
"""
