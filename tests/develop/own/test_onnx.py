"""ONNX models, written byte by byte, run on frames; nothing is tuned through them, and nobody is let out of the folder by their names."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import isp
from isp.cli.say import problems
from isp.core import ChainError, DataError, Domain, Frame, SpecError
from isp.core.compile import compiled
from isp.core.content import Content
from isp.develop.own import onnx
from isp.execute import develop
from isp.tune.free import with_values


# ---------------------------------------------------------------------- the format: field numbers of onnx.proto
def number(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(key, value):
    if isinstance(value, int):
        return number(key << 3) + number(value)
    data = value.encode() if isinstance(value, str) else value
    return number(key << 3 | 2) + number(len(data)) + data


def tensor(name, values):
    values = np.asarray(values, np.float32)
    return b"".join(field(1, n) for n in values.shape) + field(2, 1) + field(8, name) + field(9, values.tobytes())


def port(name, shape, kind=1):
    sides = b"".join(field(1, field(1, s) if isinstance(s, int) else field(2, s)) for s in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sides)))


def node(op, into, out, **pads):
    attributes = b"".join(field(5, field(1, name) + b"".join(field(8, n) for n in values) + field(20, 7)) for name, values in pads.items())
    return b"".join(field(1, i) for i in into) + field(2, out) + field(4, op) + attributes


def model(*nodes, constants=(), into=None, more=()):
    shape = into or (1, "c", "h", "w")
    graph = b"".join(field(1, n) for n in nodes) + field(2, "g") + b"".join(field(5, c) for c in constants)
    graph += b"".join(field(11, p) for p in (port("x", shape), *more)) + field(
        12, port("y", [s if isinstance(s, int) else f"{s}_" for s in shape])
    )
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))


RAMP = np.array([0.5, 1.0, 2.0], np.float32)
GAINS = model(node("Mul", ["x", "k"], "y"), constants=[tensor("k", RAMP.reshape(1, 3, 1, 1))])
"""Each channel by its gain."""
KERNEL = np.random.default_rng(1).standard_normal((3, 3, 3, 3)).astype(np.float32)
CONV = model(node("Conv", ["x", "k"], "y", pads=[1, 1, 1, 1]), constants=[tensor("k", KERNEL)])
LOG = model(node("Log", ["x"], "y"))
HALVED = model(node("MaxPool", ["x"], "y", kernel_shape=[2, 2], strides=[2, 2]))
EVEN = model(node("Mul", ["x", "k"], "y"), constants=[tensor("k", np.ones(1))], into=(1, 3, 24, 32))
TWO = model(node("Mul", ["x", "z"], "y"), more=[port("z", (1, "c", "h", "w"))])


def frame(rows=22, columns=30, domain=Domain.WORKING):
    return Frame(pixels=np.random.default_rng(0).uniform(0.1, 0.9, (rows, columns, 3)).astype(np.float32), domain=domain, primaries="srgb")


def chain(folder, data, more="", after="", **how):
    (folder / "net.onnx").write_bytes(data)
    path = folder / "chain.yaml"
    path.write_text(f"isp: 1\ninput: working\nstages:\n  - exposure.gain: {{ev: 0}}\n  - own.onnx: {{model: net.onnx{more}}}\n{after}")
    return isp.load(path, **how)


def test_without_a_model_the_frame_passes():
    before = frame()
    np.testing.assert_array_equal(onnx.Onnx()(before).pixels, before.pixels)


def test_it_is_the_model(tmp_path):
    before = frame()
    wanted = before.pixels * RAMP
    made = chain(tmp_path, GAINS)
    np.testing.assert_allclose(made(before).pixels, wanted, rtol=1e-6)
    np.testing.assert_allclose(develop(made, before, strip_pixels=300).pixels, wanted, rtol=1e-6)
    assert made(before).domain is Domain.WORKING


def test_a_convolution_is_that_of_jax(tmp_path):
    before = frame()
    batch = jnp.moveaxis(jnp.asarray(before.pixels), -1, 0)[None]
    wanted = jnp.moveaxis(jax.lax.conv(batch, jnp.asarray(KERNEL), (1, 1), "SAME")[0], 0, -1)
    np.testing.assert_allclose(chain(tmp_path, CONV)(before).pixels, wanted, rtol=1e-4, atol=1e-5)


def test_layout_and_mosaics(tmp_path):
    rows = model(node("Mul", ["x", "k"], "y"), constants=[tensor("k", RAMP.reshape(1, 1, 1, 3))])
    np.testing.assert_allclose(chain(tmp_path, rows, ", layout: nhwc")(frame()).pixels, frame().pixels * RAMP, rtol=1e-6)
    one = model(node("Mul", ["x", "k"], "y"), constants=[tensor("k", [3])])
    stage = onnx.Onnx(model=Content("one.onnx", "1", one))
    mosaic = Frame(pixels=np.full((6, 8), 0.25, np.float32), domain=Domain.MOSAIC)
    np.testing.assert_allclose(stage(mosaic).pixels, 0.75)


def test_sizes_are_made_up_to_multiples_and_cut_again(tmp_path):
    before = frame()
    with pytest.raises(DataError, match=r"net.onnx cannot take \(1, 3, 22, 30\)"):
        develop(chain(tmp_path, EVEN), before)
    np.testing.assert_allclose(develop(chain(tmp_path, EVEN, ", multiple: 8"), before).pixels, before.pixels, rtol=1e-6)


def test_it_maps_over_frames_and_compiles(tmp_path):
    made = chain(tmp_path, GAINS)
    two = jnp.stack([frame().pixels, 2 * frame().pixels])
    np.testing.assert_allclose(jax.jit(jax.vmap(lambda p: made(frame().but(pixels=p)).pixels))(two), two * RAMP, rtol=1e-6)


def test_nothing_before_it_is_tuned_through_it_and_what_follows_is(tmp_path):
    made, before = chain(tmp_path, GAINS, after="  - look.saturation\n"), frame()

    def score(values):
        return jnp.sum(with_values(made, values)(before).pixels ** 2)

    path = "look.saturation." + next(iter(made["look.saturation"].declared()))
    assert float(jax.grad(score)({path: 1.1})[path]) != 0
    with pytest.raises(ChainError, match=r"inference only: it has no slopes, so nothing before it can be tuned by gradient .*cma_es"):
        jax.grad(score)({"exposure.gain.ev": 0.1})


def test_the_tuner_says_so(tmp_path):
    (tmp_path / "net.onnx").write_bytes(GAINS)
    text = (
        "isp: 1\nstages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.bilinear, {own.onnx: {model: net.onnx}}]\n"
    )
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ChainError, match="inference only"):
        isp.tune(
            tmp_path / "a.yaml", free=["white_balance.*"], scenes=["scene.flat"], target="none", loss=lambda p, _: jnp.mean(p), steps=1, crop=16, edge=0, batch=1, judged=1
        )  # fmt: skip


@pytest.mark.parametrize(
    "data, why",
    {
        LOG: "made .* values that are not finite",
        HALVED: r"made \(1, 3, 11, 15\) of \(1, 3, 22, 30\)",
        TWO: "it must have one input of four axes",
        b"": "is no model that onnxruntime runs",
        b"hello": "is no model that onnxruntime runs",
        GAINS[:-9]: "is no model that onnxruntime runs",
        model(node("NoSuchOperation", ["x"], "y")): "is no model that onnxruntime runs",
    }.items(),
    ids=["not finite", "size", "two inputs", "empty", "text", "cut", "operation"],
)
def test_what_is_wrong_is_told_by_name(tmp_path, data, why):
    before = frame().but(pixels=frame().pixels - 0.5)
    with pytest.raises(DataError, match=why) as caught:
        develop(chain(tmp_path, data), before)
    assert "net.onnx" in str(caught.value)


@pytest.mark.parametrize("data, why", [(LOG, "values that are not finite"), (HALVED, r"made \(1, 3, 11, 15\)"), (EVEN, "cannot take")])
def test_a_fault_inside_a_program_is_told_as_one_outside(tmp_path, data, why):
    """Under jit, where JAX would tell of a callback that failed, with its traceback: in Python and on the command line."""
    made, before = compiled(chain(tmp_path, data)), frame().but(pixels=frame().pixels - 0.5)
    with pytest.raises(DataError, match=why) as caught:
        jax.block_until_ready(made(before).pixels)
    (problem,) = caught.value.problems
    assert problem.what == "own.onnx" and "net.onnx" in problem.why and "\n" not in str(caught.value)
    with pytest.raises(jax.errors.JaxRuntimeError) as bare:
        jax.block_until_ready(jax.jit(chain(tmp_path, data))(before).pixels)
    (told,), code = problems(bare.value)
    assert str(told) == str(problem) and code == 1


@pytest.mark.parametrize(
    "name, why",
    {
        "../net.onnx": "leads out of the folder",
        "/net.onnx": "an absolute path",
        "link.onnx": "leads out of the folder",
        '"net.onnx\\0"': "no file can be reached",
        "none.onnx": "no such file",
        "net.txt": "expected a .onnx file",
        "3": "expected the name of a file",
    }.items(),
)
def test_it_lies_beside_the_file(tmp_path, name, why):
    (tmp_path / "net.onnx").write_bytes(GAINS)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "net.txt").write_bytes(GAINS)
    (tmp_path / "in" / "link.onnx").symlink_to("../net.onnx")
    (tmp_path / "in" / "a.yaml").write_text(f"isp: 1\ninput: working\nstages:\n  - own.onnx:\n      model: {name}\n")
    with pytest.raises(SpecError) as caught:
        isp.load(tmp_path / "in" / "a.yaml")
    assert "a.yaml:5:14: own.onnx.model: " in str(caught.value) and why in str(caught.value)


def test_a_dumped_chain_reads_back(tmp_path):
    from isp.spec import dump

    made = chain(tmp_path, GAINS)
    (tmp_path / "again.yaml").write_text(dump(made))
    assert isp.load(tmp_path / "again.yaml")["own.onnx"].model == made["own.onnx"].model
