"""`python -m actions`: serve Rasa's webhook on 127.0.0.1."""

from __future__ import annotations

import gc
import logging
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: a passage is too small to share among threads

import uvicorn

from actions.server import build
from backoffice.database import Database
from backoffice.settings import Settings


def main() -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.WARNING)
    settings = Settings()
    app = build(settings, Database(settings.url))
    gc.freeze()  # what lives as long as the process is not searched for garbage again and again
    gc.set_threshold(50_000)
    uvicorn.run(app, host="127.0.0.1", port=settings.actions_port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
