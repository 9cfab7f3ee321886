"""What was measured as a Markdown table for people and JSON for the next run to compare with."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
JSON_FILE, TABLE_FILE = FOLDER / "results.json", FOLDER / "results.md"
ROWS = {
    "submit_p50_ms": "a turn that files a leave request, p50",
    "submit_p95_ms": "the same, p95",
    "ask_p50_ms": "the turn before: day understood and read back, p50",
    "ask_p95_ms": "the same, p95",
    "balance_p50_ms": "a turn that answers what is left, p50",
    "balance_p95_ms": "the same, p95",
    "cpu_ms": "processor time of a turn, all processes",
    "turns_per_s": "turns a second, eight people at a time",
    "rss_mb": "resident memory of all processes",
    "pss_mb": "the same, shared pages counted once",
    "start_s": "start to first correct answer",
    "turn_3_ms": "third turn of a conversation",
    "turn_200_ms": "200th turn of it",
    "growth": "200th turn : third turn",
}
OF_LANGUAGE = {
    "accuracy": "the intent that was meant is the likeliest",
    "macro_f1": "macro F1",
    "rejected_near": "rejected, of near misses",
    "rejected_far": "rejected, of what is far away",
    "false_rejection": "rejected, of what is ours (less is better)",
    "ece": "calibration error (less is better)",
}
OF_PIPELINE = {
    "parse_p50_ms": "one sentence, p50",
    "parse_p95_ms": "the same, p95",
    "parse_rss_mb": "resident memory of the process that hears",
    "train_s": "training, by the clock",
    "train_cpu_s": "training, processor time",
    "train_peak_mb": "training, most memory",
}
UNITS = {"ms": "ms", "mb": "MB", "s": "s"}
PROMISES = {"submit_p50_ms": 0.25, "rss_mb": 0.75, "start_s": 0.33}
LARGEST_GROWTH = 1.3


def about() -> dict[str, Any]:
    """When and on what."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    busy = os.getloadavg()[0]
    when = datetime.now(UTC).isoformat(timespec="minutes")
    return {"when": when, "cores": os.cpu_count(), "cpu": model.partition(": ")[2], "load": round(busy, 1)} | {
        "kernel": platform.release().partition("-")[0]
    }


def last() -> dict[str, Any]:
    """What was measured before; empty at first."""
    return dict(json.loads(JSON_FILE.read_text())) if JSON_FILE.exists() else {}


def keep(results: dict[str, Any]) -> str:
    """Write both files; the text of the table."""
    JSON_FILE.write_text(json.dumps(results, indent=1) + "\n")
    parts = (_side_by_side(results), _understanding(results), _alone(results))
    text = "\n\n".join(part for part in parts if part) + "\n"
    TABLE_FILE.write_text(f"# Measured\n\n{text}")
    return text


def promises(results: dict[str, Any]) -> list[str]:
    """Each promise on the side-by-side figures, with whether it is kept."""
    both = results["side_by_side"]
    kontor, stock = both["kontor"], both["stock"]
    found = [(ROWS[name], kontor[name] / stock[name], limit, "of stock Rasa's") for name, limit in PROMISES.items()]
    found.append((ROWS["growth"], kontor["growth"], LARGEST_GROWTH, "times"))
    return [
        f"{'kept' if share <= limit else 'NOT KEPT'}: {what}: {share:.2f} (at most {limit} {of})"
        for what, share, limit, of in found
    ]


def _side_by_side(results: dict[str, Any]) -> str:
    both = results.get("side_by_side")
    if not both:
        return ""
    kontor, stock = both["kontor"], both["stock"]
    lines = ["## Kontor and stock Rasa, in one run", "", _machine(both), ""]
    lines += ["| | stock Rasa | Kontor | ratio |", "|---|---|---|---|"]
    for name, what in ROWS.items():
        ratio = "" if name == "growth" else f"{kontor[name] / stock[name]:.2f}"
        lines.append(f"| {what} | {_shown(name, stock)} | {_shown(name, kontor)} | {ratio} |")
    lines += ["", *(f"- {line}" for line in promises(results)), "", _processes(stock), "", _processes(kontor)]
    return "\n".join(lines)


def _understanding(results: dict[str, Any]) -> str:
    both = results.get("understanding")
    if not both:
        return ""
    columns = {"stock Rasa (DIET)": both["stock Rasa"], "Kontor": both["Kontor"]}
    columns["Kontor, all sentences"] = both["Kontor, all sentences"]
    lines = ["## Understanding: every eighth sentence learned, the same strangers heard", "", _machine(both), ""]
    lines += ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, what in OF_LANGUAGE.items():
        for language in both["Kontor"]["languages"]:
            shares = [f"{one['languages'][language][name]:.1%}" for one in columns.values()]
            lines.append(f"| {language}: {what} | " + " | ".join(shares) + " |")
    for name, what in OF_PIPELINE.items():
        unit = UNITS[name.rpartition("_")[2]]
        lines.append(f"| {what} | " + " | ".join(f"{one[name]:,} {unit}" for one in columns.values()) + " |")
    return "\n".join(lines)


def _alone(results: dict[str, Any]) -> str:
    now, before = results.get("alone"), results.get("before")
    if not now:
        return ""
    lines = ["## Kontor alone", "", _machine(now), ""]
    old: dict[str, Any] = before["kontor"] if before else {}
    if before:
        lines += [f"Before: {before['about']['when']}.", ""]
    lines += ["| | before | now | change |", "|---|---|---|---|"]
    for name, what in ROWS.items():
        was = _shown(name, old)
        change = f"{now['kontor'][name] / old[name] - 1:+.0%}" if was else ""
        lines.append(f"| {what} | {was} | {_shown(name, now['kontor'])} | {change} |")
    return "\n".join([*lines, "", _processes(now["kontor"])])


def _shown(name: str, figures: dict[str, Any]) -> str:
    unit = "" if name == "turns_per_s" else UNITS.get(name.rpartition("_")[2], "")
    return f"{figures[name]:,} {unit}".strip() if name in figures else ""


def _machine(run: dict[str, Any]) -> str:
    facts = run["about"]
    cpu, cores, kernel, load = facts["cpu"], facts["cores"], facts["kernel"], facts["load"]
    return f"{facts['when']} UTC, {cores} cores of {cpu}, Linux {kernel}, load {load} before the run."


def _processes(figures: dict[str, Any]) -> str:
    versions = figures["versions"]
    each = "; ".join(f"`{one['process']}` {one['rss_mb']:,}" for one in figures["processes"])
    return f"Rasa {versions['rasa']}, Python {versions['python']}. Resident MB: {each}."
