"""Captures of a camera become a profile of it: `isp calibrate` as a library.

captures    what each file is: by the folder it lies in, or by what is said of it
series      flats and darks, level by level, in pairs, in one reading of each file
sensor      gain, noise, full well, pattern, defects and falloff, from pairs and stacks
chart       where the patches of a ColorChecker lie
colour      a chart becomes matrices, with what each leaves over
sharpness   an edge becomes the deviation of a Gaussian
profile     all of it as a chain with its sources
rows        all of it as a table; `page`, as a page with plots

found = calibrate(recognised(["calibration/"]))
text = profile_of(found)
"""

from isp.calibrate.captures import Capture, recognised
from isp.calibrate.page import page
from isp.calibrate.profile import profile_of
from isp.calibrate.rows import as_json, rows
from isp.calibrate.whole import Calibration, calibrate

__all__ = ["Calibration", "Capture", "as_json", "calibrate", "page", "profile_of", "recognised", "rows"]
