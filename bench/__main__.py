"""`python -m bench [--stock]`: measure, compare, write bench/results.md and bench/results.json."""

from __future__ import annotations

import argparse

from bench import report
from bench.measuring import measure
from bench.sides import Kontor, Side, Stock


def main() -> None:
    """Always exit code 0 when everything could be measured: the figures are for people to judge."""
    parser = argparse.ArgumentParser(description="How fast and how large Kontor is")
    parser.add_argument("--stock", action="store_true", help="side by side with stock Rasa")
    with_stock = parser.parse_args().stock
    results, about = report.last(), report.about()
    kontor = Kontor()
    sides: list[Side] = [kontor, Stock()] if with_stock else [kontor]
    try:
        figures = measure(sides)
    finally:
        kontor.tidy()
    if with_stock:
        results["side_by_side"] = {"about": about, "kontor": figures["Kontor"], "stock": figures["stock Rasa"]}
    else:
        results["before"] = results.get("alone") or results.get("side_by_side")
        results["alone"] = {"about": about, "kontor": figures["Kontor"]}
    print("\n" + report.keep(results))


if __name__ == "__main__":
    main()
