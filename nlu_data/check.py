"""Is the data whole? `python -m nlu_data.check` names what is wrong and exits 1; `--report` adds what to write next.

Wrong is: an intent without sentences in a language or with fewer than it needs, a sentence that means two things or
stands twice, a sentence that is both trained on and held out, an intent that the contract does not know, a topic file
without its twin.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
NEEDED, NEEDED_BY_SKILLS, NEEDED_BY_TECHNICAL = 15, 40, 20
SKILLS = {
    *("leave_balance", "leave_used", "leave_explain", "leave_request", "leave_status", "leave_cancel", "sick_report"),
    *("next_holiday", "who_is_out", "payday", "payslip", "salary_amount", "ticket_create", "ticket_status"),
    *("ticket_update", "inventory_status", "my_assets", "policy_question", "talk_to_human", "help", "switch_language"),
    *("greet", "goodbye", "thank", "affirm", "deny", "cancel", "bot_challenge", "approval_inbox", "shift_schedule"),
}


@dataclass(frozen=True)
class Sentence:
    """One example; `key` is the same for spellings that differ only in case, blanks and marks."""

    text: str
    intent: str
    topic: str

    @property
    def key(self) -> str:
        """What a reader would call the same sentence."""
        return " ".join(re.findall(r"[^\s.,!…]+", self.text.lower())) or self.text


def sentences(folder: Path) -> Iterator[Sentence]:
    """All examples of a language's folder."""
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.startswith("- "):
                    yield Sentence(line[2:].strip(), block["intent"], path.stem)


def languages() -> list[str]:
    """Folders of nlu_data that are trained on."""
    return sorted(path.name for path in HERE.iterdir() if path.is_dir() and len(path.name) == 2)


def problems() -> list[str]:
    """Everything that is wrong, in words; empty when the data is whole."""
    contract = yaml.safe_load((HERE / "intents.yml").read_text(encoding="utf-8"))
    public = {intent for intents in contract["topics"].values() for intent in intents}
    technical = set(contract["technical"]) - {"nlu_fallback"}
    found: list[str] = []
    meant: dict[str, Sentence] = {}
    for language in languages():
        counts: dict[str, int] = dict.fromkeys(public | technical, 0)
        here: set[str] = set()
        for one in sentences(HERE / language):
            if one.intent not in counts:
                found.append(f"{language}/{one.topic}: {one.intent} is not in intents.yml")
                continue
            counts[one.intent] += 1
            if one.key in here:
                found.append(f"{language}: “{one.text}” stands twice")
            here.add(one.key)
            known = meant.setdefault(one.key, one)
            if known is not one and known.intent != one.intent:
                found.append(f"“{one.text}” means {known.intent} and {one.intent}")
        for intent, count in counts.items():
            needed = NEEDED_BY_SKILLS if intent in SKILLS else NEEDED_BY_TECHNICAL if intent in technical else NEEDED
            if count < needed:
                found.append(f"{language}: {intent} has {count} sentences, {needed} are needed")
        for one in sentences(HERE / "held_out" / language):
            if one.intent not in counts:
                found.append(f"held_out/{language}/{one.topic}: {one.intent} is not in intents.yml")
            if one.key in meant:
                found.append(f"“{one.text}” is held out and trained on")
    for parent in (HERE, HERE / "held_out"):
        files = {language: {path.name for path in (parent / language).glob("*.yml")} for language in languages()}
        for language, names in files.items():
            missing = set().union(*files.values()) - names
            found += [f"{parent.name}/{language} has no {name}" for name in sorted(missing)]
    return found


def table() -> str:
    """Sentences per intent and language, trained and held out, as a table."""
    rows = ["intent  " + "  ".join(f"{language}  held out" for language in languages())]
    counts: dict[str, list[int]] = {}
    folders = [folder for language in languages() for folder in (HERE / language, HERE / "held_out" / language)]
    for column, folder in enumerate(folders):
        for one in sentences(folder):
            counts.setdefault(one.intent, [0] * len(folders))[column] += 1
    rows += [f"{intent}  " + "  ".join(map(str, row)) for intent, row in sorted(counts.items())]
    return "\n".join(rows)


def main() -> None:
    """Print what is wrong; exit 1 if anything is."""
    if "--report" in sys.argv:
        from nlu_data.report import report  # the encoder takes seconds

        print(report())
    wrong = problems()
    print("\n".join(wrong) if wrong else "the data is whole")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
