"""`python -m actions`: serve Rasa's webhook on 127.0.0.1."""

from __future__ import annotations

import gc
import logging
import os
import threading

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a sentence is too small to share; idle threads spin

import uvicorn

from actions import articles
from actions.server import build
from backoffice.database import Database
from backoffice.settings import Settings


def main() -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.WARNING)
    settings = Settings()
    database = Database(settings.url)
    app = build(settings, database)
    threading.Thread(target=articles.prepare, args=(database,), daemon=True).start()
    gc.freeze()  # what lives as long as the process is not searched for garbage again and again
    uvicorn.run(app, host="127.0.0.1", port=settings.actions_port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
