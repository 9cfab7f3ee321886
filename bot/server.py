"""Starts Rasa on loopback with our door, atomic turns and our speed-ups.

    python bot/server.py serve --port 5005 --actions http://127.0.0.1:5055/webhook
    python bot/server.py train
    python bot/server.py parse < texts.jsonl

`KONTOR_BOT_KEY` and `KONTOR_ACTIONS_TOKEN` come from the environment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
os.environ.update(RASA_TELEMETRY_ENABLED="false", SQLALCHEMY_SILENCE_UBER_WARNING="1", MPLBACKEND="agg")
THREADS = min(os.cpu_count() or 1, 4) if "train" in sys.argv else 1  # a sentence is too small to share: threads spin
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(THREADS))
warnings.simplefilter("ignore")  # Rasa 3.6 on its own, pinned dependencies: known deprecations only

import lean  # noqa: E402

lean.install(serving="serve" in sys.argv)

import structlog  # noqa: E402

# Rasa's debug lines hold what people typed.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

MODELS = HERE / "models"
NLU_DATA = HERE.parent / "nlu_data"


def languages() -> list[str]:
    """Every folder of nlu_data that holds a language; never held_out, which is not for training."""
    return sorted(folder.name for folder in NLU_DATA.iterdir() if folder.is_dir() and folder.name != "held_out")


def train() -> None:
    """Train on rules, stories and every language; the model's name is fixed, so that a restart finds it."""
    import tempfile

    from rasa.model_training import train as train_model

    with tempfile.TemporaryDirectory() as parts:
        result = train_model(
            domain=str(HERE / "domain"),
            config=str(HERE / "config.yml"),
            training_files=[str(HERE / "rules"), *(str(NLU_DATA / language) for language in languages()), *_learned()],
            output=parts,
            fixed_model_name="kontor",
            force_training=True,
        )
        if result.model is None:
            raise SystemExit("training made no model; see the lines above")
        MODELS.mkdir(exist_ok=True)
        partial = MODELS / "kontor.tar.gz.part"
        partial.write_bytes(Path(result.model).read_bytes())
        partial.replace(MODELS / "kontor.tar.gz")  # a reader sees the old model or the new one, never half of one


def _learned() -> list[str]:
    """What this installation was taught, read after ours."""
    folder = Path(os.environ.get("KONTOR_DATA_DIR", ".data")) / "nlu_data"
    return [str(folder / language) for language in languages() if (folder / language).is_dir()]


def serve(port: int, actions_url: str) -> None:
    """Serve the trained model on 127.0.0.1 until SIGTERM."""
    from rasa.core.agent import Agent
    from rasa.core.run import configure_app
    from rasa.utils.endpoints import EndpointConfig
    from sanic import Sanic

    import parts
    import speedups
    from channel import KontorChannel
    from trackers import CarriedTrackerStore

    speedups.install()
    token = os.environ["KONTOR_ACTIONS_TOKEN"]
    endpoint = EndpointConfig(
        url=actions_url, headers={"Authorization": f"Bearer {token}"}, enable_selective_domain=True
    )
    app = configure_app(
        [KontorChannel(os.environ["KONTOR_BOT_KEY"], parts.openers(HERE / "rules"))],
        enable_api=False,
        port=port,
        route="/",
    )

    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        agent = Agent.load(str(MODELS / "kontor.tar.gz"), action_endpoint=endpoint)
        agent.tracker_store = CarriedTrackerStore(agent.domain)
        agent.processor.tracker_store = agent.tracker_store
        app.ctx.agent = agent
        speedups.settle()

    async def close(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await speedups.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(close, "after_server_stop")
    app.run(host="127.0.0.1", port=port, workers=1, access_log=False, motd=False)


def parse() -> None:
    """{id, text} lines in, {id, intent, confidence, asks, ranking, entities} lines out; one process for thousands."""
    from rasa.core.agent import Agent

    from channel import heard

    agent = Agent.load(str(MODELS / "kontor.tar.gz"))

    async def work() -> None:
        for line in sys.stdin:
            asked = json.loads(line)
            understood = heard(await agent.parse_message(asked["text"]))
            print(json.dumps({"id": asked["id"], **understood}, ensure_ascii=False), flush=True)

    asyncio.run(work())


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Kontor's Rasa")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("train")
    verbs.add_parser("parse")
    serving = verbs.add_parser("serve")
    serving.add_argument("--port", type=int, required=True)
    serving.add_argument("--actions", required=True, help="the action server's webhook")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    if asked.verb == "serve":
        serve(asked.port, asked.actions)
    elif asked.verb == "train":
        train()
    else:
        parse()


if __name__ == "__main__":
    main()
