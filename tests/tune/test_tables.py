"""Tables over ISO, tuned in one run over all ISOs and sensors, beat the best single setting at every ISO."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

TUNING = Path(__file__).resolve().parents[2] / "benchmarks" / "tuning"


@pytest.mark.slow
def test_tables_beat_the_single_setting_at_every_iso(shared_data, monkeypatch):
    """On photographs that neither run saw, through three sensors, same crops and noise for both; and most where there is most noise."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(TUNING)])
    benchmark = runpy.run_path(str(TUNING / "iso_tables.py"))
    rows = benchmark["compared"](*benchmark["split"](shared_data / "kodak"), steps=240, seed=0)["rows"]
    gain = {iso: float(np.mean([row["gain"] for row in rows if row["iso"] == iso])) for iso in {row["iso"] for row in rows}}
    assert len(gain) == 7 and min(gain.values()) > 0, gain
    assert gain[6400] > 0.1, gain
