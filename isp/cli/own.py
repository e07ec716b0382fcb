"""`--stage MODULE:NAME`: what every verb that loads a pipeline can be asked to admit."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

STAGE = typer.Option(
    "--stage",
    metavar="MODULE:NAME",
    help="Admit a stage of your own, module:NAME or file.py:NAME, a Stage or a JAX function; YAML calls it own.NAME. May be repeated.",
)


def admitting(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The verb with the option, which is done before it begins."""
    signature = inspect.signature(verb, eval_str=True)
    option = inspect.Parameter("own_stages", inspect.Parameter.KEYWORD_ONLY, default=[], annotation=Annotated[list[str], STAGE])
    parameters = [*(p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in signature.parameters.values()), option]

    @functools.wraps(verb)
    def call(*, own_stages: list[str], **words: Any) -> Any:
        if own_stages:
            from isp.spec import admit

            admit(*own_stages)
        return verb(**words)

    del call.__wrapped__  # typer reads what stands here, not the verb below
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {p.name: p.annotation for p in parameters}
    return call
