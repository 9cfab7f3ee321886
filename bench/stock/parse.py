"""Stock Rasa hears one text after the other: `python parse.py MODEL`, JSON lines in and out."""

import asyncio
import json
import sys

from rasa.core.agent import Agent


async def _hear(agent: Agent) -> None:
    for line in sys.stdin:
        heard = await agent.parse_message(json.loads(line)["text"])
        best = heard["intent"]
        print(json.dumps({"intent": best["name"], "confidence": float(best["confidence"])}), flush=True)


asyncio.run(_hear(Agent.load(sys.argv[1])))
