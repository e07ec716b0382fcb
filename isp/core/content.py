"""The content of a file that a stage runs by, such as a model: fixed when a chain is compiled, and told apart by its hash."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Content:
    """The bytes of the file `name`, as the YAML calls it."""

    name: str = field(compare=False)
    sha256: str
    data: bytes = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.name
