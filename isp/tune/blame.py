"""Where a number stopped being one: which stage, which loss, which parameter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain
from isp.core.run import run
from isp.tune.free import Theta
from isp.tune.item import Item
from isp.tune.prior import Prior
from isp.tune.problem import trimmed

if TYPE_CHECKING:
    from isp.tune.order import View
    from isp.tune.problem import Problem


def blame(problem: Problem, theta: Theta, step: int | None, slope: Theta | None = None) -> str:
    """Words for an error, of the data of a step (None: of what is held out): the first bad stage on the way forward; where all are well, the first on the
    way back from the loss; and the first bad parameter. Slow, since it looks at one example and one stage after another."""
    bad = _entry(slope or {})
    words = [f"first bad parameter: {bad}"] if bad else []
    for named, tree in (("parameter", theta), ("value of", problem.free.values(theta))):
        if entry := _entry(tree):
            return f"{named} {entry} is not finite"
    chain = problem.free.bind(theta)
    views = list(_views(problem, step))
    for look in (_forward, _backward) if bad else (_forward,):
        for view in views:
            item = problem.data.item(view)
            found = _given(item) or look(problem, chain, _one(item))
            if found:
                return "; ".join([f"{found}, scene {problem.data.scenes[view.scene].name}", *words])
    return "; ".join(words) or "every stage and loss is finite, one by one: it is a prior, or the sum"


def first(chain: Chain, raw: Any) -> str:
    """The first stage after which a pixel is not finite; empty where none is."""
    return next((name for name, fine, _ in _passed(chain, raw) if not fine), "")


def first_back(chain: Chain, raw: Any, loss: Any) -> str:
    """The first stage, seen from the end, before which the slope of `loss(frame)` is not finite though it is behind; empty where none is."""
    before = [raw, *(frame for _, _, frame in _passed(chain, raw))]
    if not _finite(jax.grad(lambda pixels: loss(before[-1].but(pixels=pixels)))(jnp.asarray(before[-1].pixels))):
        return "a loss"
    for k in reversed(range(len(chain.stages))):

        def rest(stage: Any, pixels: Any, k: int = k) -> Any:
            return loss(run((stage, *chain.stages[k + 1 :]), before[k].but(pixels=pixels)))

        stage = jax.tree.map(lambda v: jnp.asarray(v, jnp.result_type(float)), chain.stages[k])
        if not _finite(jax.grad(rest, (0, 1))(stage, jnp.asarray(before[k].pixels, jnp.result_type(float)))):
            return chain.names[k]
    return ""


def _forward(problem: Problem, chain: Chain, item: Item) -> str:
    if stage := first(chain, item.raw):
        return f"first bad stage: {stage}"
    made = run(chain.stages, item.raw)
    for name, loss in _losses(problem, item):
        if not _finite(loss(made)):
            return f"every stage is finite, the loss {name} is not"
    return ""


def _backward(problem: Problem, chain: Chain, item: Item) -> str:
    for name, loss in _losses(problem, item):
        if found := first_back(chain, item.raw, loss):
            return f"slope of the loss {name} itself" if found == "a loss" else f"first bad stage on the way back: {found}"
    return ""


def _losses(problem: Problem, item: Item) -> list[tuple[str, Any]]:
    """Losses of one frame that speak of this example."""
    edge = problem.recipe.settings.edge
    some = [(t.name, t.part) for t in problem.recipe.terms if not isinstance(t.part, Prior) and t.part.clip == 1]
    return [
        (name, lambda made, part=part: part(*trimmed(made, item, edge), item.about))
        for name, part in some
        if part.chart in ("", item.about.chart)
    ]


def _passed(chain: Chain, raw: Any) -> list[tuple[str, bool, Any]]:
    """Each stage, whether the frame after it is finite, and that frame."""
    seen: list[tuple[str, bool, Any]] = []
    names = iter(chain.names)
    run(chain.stages, raw, lambda stage, frame: seen.append((next(names), _finite(frame.pixels), frame)))
    return seen


def _given(item: Item) -> str:
    """What is wrong with an example as it comes."""
    if not _finite(item.raw.pixels):
        return "the raw frame is not finite"
    return "the wanted picture is not finite" if item.wanted is not None and not _finite(item.wanted.pixels) else ""


def _one(item: Item) -> Item:
    """An example as one frame: of a clip, the first."""
    if np.ndim(item.raw.pixels) == 2:
        return item
    return Item(jax.tree.map(lambda a: a[0], item.raw), item.wanted, item.about, item.weight)


def _views(problem: Problem, step: int | None) -> Iterable[View]:
    """What a step saw. Where every step sees the same, that is the first."""
    if step is None:
        return problem.data.order.judged()
    return dict.fromkeys([*problem.data.order.views(step), *problem.data.order.views(0)])


def _entry(tree: Any) -> str:
    """The first entry that is not finite: `path`, or `path[i, j]`."""
    for path, value in tree.items():
        value = np.asarray(value)
        if not np.isfinite(value).all():
            where = np.argwhere(~np.isfinite(value))[0]
            return f"{path}[{', '.join(map(str, where))}]" if len(where) else str(path)
    return ""


def _finite(tree: Any) -> bool:
    return all(bool(np.isfinite(np.asarray(leaf)).all()) for leaf in jax.tree.leaves(tree))
