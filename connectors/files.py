"""Files of lines that the operator names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backoffice.errors import Misconfigured


def read(file: Path) -> str:
    """What is in it. Raises Misconfigured."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}): name a file that is there") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{file} is not UTF-8: save it as UTF-8") from None


def sentences(file: Path) -> list[dict[str, Any]]:
    """Lines with `id` and `text`. Raises Misconfigured, naming file and line."""
    lines = []
    for number, line in enumerate(read(file).split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            raise Misconfigured(f"{file}, line {number}: no JSON; write one object with `id` and `text`") from None
        if not isinstance(found, dict) or "id" not in found or not isinstance(found.get("text"), str):
            raise Misconfigured(f"{file}, line {number}: give it an `id` and a `text`")
        lines.append(found)
    return lines
