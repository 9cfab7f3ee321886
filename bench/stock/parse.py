"""Stock Rasa hears one text after the other: `python parse.py MODEL`, JSON lines in and out."""

import asyncio
import json
import sys

answers, sys.stdout = sys.stdout, sys.stderr  # Rasa logs to standard output

from rasa.core.agent import Agent  # noqa: E402


async def _hear(agent: Agent) -> None:
    for line in sys.stdin:
        heard = await agent.parse_message(json.loads(line)["text"])
        best = heard["intent"]
        print(json.dumps({"intent": best["name"], "confidence": float(best["confidence"])}), file=answers, flush=True)


asyncio.run(_hear(Agent.load(sys.argv[1])))
