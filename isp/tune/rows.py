"""Rows of a sweep, kept in a folder as they are finished, so that none is computed twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from isp.core import DataError
from isp.io.place import put
from isp.tune.identity import differences, digest

LOG = "rows.jsonl"
"""Finished rows, one a line, below a line that says which sweep it is."""
MATTERS = ("loss", "crop", "edge", "seed", "noise", "units", "spread", "flips", "judged")
"""What of a recipe the rows depend on."""
Row = dict[str, Any]


class Kept:
    """Finished rows, in memory and in a folder where there is one."""

    def __init__(self, out: Path | None, said: dict[str, Any]):
        self.out, self.rows, self.pictures = out, dict[str, Row](), dict[str, bytes]()
        if out is None:
            return
        recipe = {key: said["recipe"][key] for key in MATTERS if key in said["recipe"]}
        now = {"recipe": recipe, **{key: said[key] for key in ("pipeline", "scenes", "target", "double")}}
        (out / "pictures").mkdir(parents=True, exist_ok=True)
        path = out / LOG
        if path.is_file():
            self._read(path, now)
        else:
            put(path, (json.dumps(now) + "\n").encode())

    def _read(self, path: Path, now: dict[str, Any]) -> None:
        assert self.out is not None
        first, *lines = path.read_text(encoding="utf-8").split("\n")
        try:
            was = json.loads(first)
        except ValueError as error:
            raise DataError("it does not say which sweep this is", str(error), "begin anew in another folder", file=path) from error
        if other := list(differences(was, now)):
            raise DataError("another sweep lies there", "; ".join(other), "name another folder", file=self.out)
        whole = [line for line in lines[:-1] if line]
        for line in whole:
            row = json.loads(line)
            picture = self.out / "pictures" / row["picture"]
            if picture.is_file():
                self.rows[_key(row["at"], row["sensor"])], self.pictures[row["picture"]] = row, picture.read_bytes()
        if lines and lines[-1]:  # torn by whoever was killed while writing it
            put(path, "\n".join([first, *whole, ""]).encode())

    def row(self, at: Row, sensor: str) -> Row | None:
        """The row of a place, where it is finished. `sensor` tells sensors apart that have one name."""
        found = self.rows.get(_key(at, sensor))
        return None if found is None else {**found["at"], **found["numbers"], "picture": found["picture"]}

    def add(self, at: Row, sensor: str, numbers: Row, picture: bytes) -> Row:
        """A finished row: its picture first, so that a row stands for both."""
        key = _key(at, sensor)
        name = f"{digest(key)}.png"
        self.pictures[name] = picture
        made = {"at": at, "sensor": sensor, "numbers": numbers, "picture": name}
        if self.out is not None:
            put(self.out / "pictures" / name, picture)
            with (self.out / LOG).open("a", encoding="utf-8") as log:
                log.write(json.dumps(made) + "\n")
        self.rows[key] = made
        return {**at, **numbers, "picture": name}


def _key(at: Row, sensor: str) -> str:
    return json.dumps([sensor, at], sort_keys=True)
