"""What a capture or a picture of a chart says, from arrays alone.

find_checker   a ColorChecker found in a picture or mosaic, however it lies; `checker` knows its patches, `squares` seeks even quadrangles
slanted_edge   spatial frequency response, MTF50 and overshoot of an edge (ISO 12233); `soft_edge` is its form with gradients
texture        which part of a texture was kept, frequency by frequency (dead leaves), and acutance
noise          signal to noise and visual noise of patches that should be even
"""
