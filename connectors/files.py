"""Files that the operator names."""

from __future__ import annotations

from pathlib import Path

from backoffice.errors import Misconfigured


def read(file: Path) -> str:
    """What is in it. Raises Misconfigured."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}): name a file that is there") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{file} is not UTF-8: save it as UTF-8") from None
