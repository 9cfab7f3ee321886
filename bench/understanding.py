"""How well both understand strangers: our pipeline and the one that `rasa init` writes (DIET), trained on the same
sentences in both languages and asked the same ones (`nlu_data/held_out`), which nobody trained on.

All our sentences would keep DIET busy for hours on two cores (242 s an epoch, beside other work, and it wants 100), so
both learn every eighth; what ours makes of all stands in a column of its own.
"""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench import machine
from bench.sides import ROOT, STOCK, STOCK_RASA, WORK, stock_config, stock_environment
from connectors import scoring
from connectors.masking import mask
from connectors.processes import BOT_PYTHON
from connectors.understanding import printed
from nlu_data import check

EVERY = 8  # sentence of an intent is learned by both
WARMING = 50  # sentences whose time does not count


@dataclass(frozen=True)
class Pipeline:
    """What is compared. `train` is the command that trains it, `hear` one that reads a JSON line per text and writes
    one; both run in `where`. `record` keeps what training cost, for a pipeline that is not trained each time."""

    name: str
    train: list[str]
    hear: list[str]
    where: Path
    record: Path | None = None


def ours() -> Pipeline:
    """Kontor's; trained each time, as that takes a minute."""
    return _kontor("Kontor, all sentences", ROOT)


def ours_on_few() -> Pipeline:
    """The same, in a copy that holds no more sentences than stock Rasa learns."""
    folder = WORK / "understanding" / "kontor"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns("models", "__pycache__"))
    (folder / "nlu_data" / "de").mkdir(parents=True)
    (folder / "nlu_data" / "de" / "few.yml").write_text(_few())  # Rasa knows no languages: one folder is as good as two
    return _kontor("Kontor", folder)


def _kontor(name: str, folder: Path) -> Pipeline:
    bot = [str(BOT_PYTHON), "bot/server.py"]
    return Pipeline(name, [*bot, "train"], [*bot, "parse"], folder)


def default() -> Pipeline:
    """Stock Rasa's, without stories; kept under a name made from what it learns."""
    nlu, config = _few(), stock_config()
    digest = hashlib.sha256((config + nlu).encode()).hexdigest()[:16]
    folder = WORK / "understanding" / digest
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yml").write_text(config)
    (folder / "nlu.yml").write_text(nlu)
    train = [str(STOCK_RASA), "train", "nlu", "--nlu", "nlu.yml", "--fixed-model-name", "default"]
    hear = [str(STOCK_RASA.parent / "python"), str(STOCK / "parse.py"), "models/default.tar.gz"]
    return Pipeline("stock Rasa", train, hear, folder, folder / "training.json")


@dataclass(frozen=True)
class Heard:
    """What one pipeline made of a sentence."""

    intent: str
    confidence: float
    took_ms: float


def compare() -> dict[str, dict[str, Any]]:
    """All pipelines' figures, by name."""
    return {pipeline.name: _figures(pipeline) for pipeline in (default(), ours_on_few(), ours())}


def _figures(pipeline: Pipeline) -> dict[str, Any]:
    training = _trained(pipeline)
    asked = [
        (language, one) for language in check.languages() for one in check.sentences(check.HERE / "held_out" / language)
    ]
    print(f"asking {pipeline.name} {len(asked):,} sentences …", flush=True)
    heard, memory_mb = _hear(pipeline, [one.text for _, one in asked])
    by_language: dict[str, Any] = {}
    for language in check.languages():
        pairs = [(one, said) for (spoken, one), said in zip(asked, heard, strict=True) if spoken == language]
        by_language[language] = _of_language(language, pairs)
    took = [said.took_ms for said in heard[WARMING:]]
    timing = {"parse_p50_ms": statistics.median(took), "parse_p95_ms": statistics.quantiles(took, n=20)[-1]}
    rounded = {name: round(value, 1) for name, value in timing.items()}
    return {"languages": by_language, **rounded, **training, "parse_rss_mb": memory_mb}


def _of_language(language: str, pairs: list[tuple[check.Sentence, Heard]]) -> dict[str, Any]:
    answers = [
        (one, scoring.Answer(one.text, language, printed(one.intent), printed(said.intent), said.confidence))
        for one, said in pairs
    ]
    of_all = scoring.figures([answer for _, answer in answers])
    rejected = {
        f"rejected_{topic}": scoring.figures([answer for one, answer in answers if one.topic == topic])["rejection"]
        for topic in ("near", "far")
    }
    kept = {name: of_all[name] for name in ("accuracy", "macro_f1", "false_rejection", "ece")}
    return {**kept, **rejected}


def _trained(pipeline: Pipeline) -> dict[str, float]:
    """Seconds by the clock and of the processor, and the most memory; of the time when it was trained."""
    if pipeline.record and pipeline.record.exists():
        return dict(json.loads(pipeline.record.read_text()))
    print(f"training {pipeline.name} …", flush=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    WORK.mkdir(exist_ok=True)
    with (WORK / "train.log").open("wb") as log:
        process = subprocess.Popen(
            pipeline.train, cwd=pipeline.where, env=stock_environment(), stdout=log, stderr=subprocess.STDOUT
        )
        peak_mb = 0.0
        while process.poll() is None:
            with suppress(OSError):  # it ended while we looked
                peak_mb = max(peak_mb, sum(one.rss_mb for one in machine.memory(machine.family(process.pid))))
            time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"{pipeline.name} was not trained: see {WORK / 'train.log'}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {"train_s": time.monotonic() - began, "train_cpu_s": cpu_s, "train_peak_mb": peak_mb}
    rounded = {name: round(value, 1) for name, value in figures.items()}
    if pipeline.record:
        pipeline.record.write_text(json.dumps(rounded))
    return rounded


def _hear(pipeline: Pipeline, texts: list[str]) -> tuple[list[Heard], float]:
    """One after the other, and the memory of the process after the last."""
    with _listening(pipeline) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("opened without pipes")
        heard = []
        for number, text in enumerate(texts):
            line = json.dumps({"id": number, "text": mask(text)}) + "\n"
            began = time.perf_counter()
            process.stdin.write(line)
            process.stdin.flush()
            said = json.loads(process.stdout.readline())
            took_ms = (time.perf_counter() - began) * 1000
            heard.append(Heard(said["intent"] or "nlu_fallback", said["confidence"], took_ms))
        return heard, sum(one.rss_mb for one in machine.memory([process.pid]))


@contextmanager
def _listening(pipeline: Pipeline) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        pipeline.hear,
        cwd=pipeline.where,
        env=stock_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _few() -> str:
    examples: dict[str, list[str]] = {}
    for language in check.languages():
        for one in check.sentences(check.HERE / language):
            examples.setdefault(one.intent, []).append(f"- {one.text}\n")
    nlu = [{"intent": intent, "examples": "".join(lines[::EVERY])} for intent, lines in sorted(examples.items())]
    return str(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False))
