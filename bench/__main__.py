"""`python -m bench [--stock | --understanding]`: measure, compare, write bench/results.{md,json}."""

from __future__ import annotations

import argparse
from typing import Any

from bench import report, understanding
from bench.measuring import measure
from bench.sides import Kontor, Side, Stock


def main() -> None:
    """Always exit code 0 when everything could be measured: the figures are for people to judge."""
    parser = argparse.ArgumentParser(description="How fast and how large Kontor is")
    parser.add_argument("--stock", action="store_true", help="side by side with stock Rasa")
    parser.add_argument("--understanding", action="store_true", help="only how well both understand strangers")
    asked = parser.parse_args()
    results = report.last()
    if not asked.understanding:
        results |= _turns(results, with_stock=asked.stock)
    if asked.stock or asked.understanding:
        about = report.about()
        results["understanding"] = {"about": about, **understanding.compare()}
    print("\n" + report.keep(results))


def _turns(results: dict[str, Any], *, with_stock: bool) -> dict[str, Any]:
    about = report.about()
    kontor = Kontor()
    sides: list[Side] = [kontor, Stock()] if with_stock else [kontor]
    try:
        figures = measure(sides)
    finally:
        kontor.tidy()
    if with_stock:
        return {"side_by_side": {"about": about, "kontor": figures["Kontor"], "stock": figures["stock Rasa"]}}
    before = results.get("alone") or results.get("side_by_side")
    return {"before": before, "alone": {"about": about, "kontor": figures["Kontor"]}}


if __name__ == "__main__":
    main()
