"""Examples are spread over the devices there are; what is found does not depend on how many."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
import jax, numpy as np
from isp.core import Cfa, Domain, Frame
import isp.tune
jax.config.update("jax_compilation_cache_dir", sys.argv[1])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
random = np.random.default_rng(2)
facts = {"cfa": Cfa.bayer("rggb"), "black": np.full(4, 64.0, np.float32), "white": np.full(4, 1023.0, np.float32)}
raw = [Frame(pixels=random.integers(80, 900, (32, 32)).astype(np.float32), domain=Domain.MOSAIC_DN, as_shot=np.float32([2, 1, 1.5]), **facts) for _ in range(4)]
chain = "isp: 1\\nstages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.bilinear, colour.fixed_matrix, encode.srgb]\\n"
from isp.spec import load
wanted = load(chain).replace({"white_balance.apply.correction": [1.2, 1, 0.9]})
run = isp.tune.tune(chain, free=["white_balance.*", "colour.fixed_matrix.*"], scenes=raw, target={"pipeline": wanted}, crop=16, edge=2,
    batch=int(sys.argv[2]), judged=8, steps=24, every=12)
shards = len(run.problem.batches(0)[0].weight.sharding.device_set)
print(json.dumps({"devices": len(jax.devices()), "shards": shards, "before": run.before, "after": run.after,
    "values": {path: v.tolist() for path, v in run.values.items()}}))
"""


def found(tmp_path, devices, batch=8):
    cache = Path.home() / ".cache" / "isp" / "tests"
    flags = f"--xla_force_host_platform_device_count={devices}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(cache), str(batch)], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def apart(one, other):
    assert one["values"].keys() == other["values"].keys()
    return max(float(np.max(np.abs(np.subtract(v, other["values"][path])))) for path, v in one["values"].items())


def test_one_and_eight_devices_find_the_same(tmp_path):
    one, eight = found(tmp_path, 1), found(tmp_path, 8)
    assert (one["devices"], one["shards"], eight["devices"], eight["shards"]) == (1, 1, 8, 8)
    assert one["after"]["loss"] < 0.8 * one["before"]["loss"]
    print(f"1 and 8 devices: values {apart(one, eight):.2g} apart, losses {abs(one['after']['loss'] - eight['after']['loss']):.2g}")
    assert apart(one, eight) < 1e-5
    assert abs(one["after"]["loss"] - eight["after"]["loss"]) < 1e-6


@pytest.mark.slow
def test_a_batch_that_does_not_divide_goes_to_as_many_as_do(tmp_path):
    one, eight = found(tmp_path, 1, 6), found(tmp_path, 8, 6)
    assert (eight["devices"], eight["shards"]) == (8, 6)
    assert apart(one, eight) < 1e-5
