"""What can be wrong, as facts. The words stand in `words/<topic>.yml` under `errors.<class name>`.

KontorError
├── RuleBroken      a person asked for what a rule forbids; answered in words, costs nothing
│   ├── NotFound    not there, or not theirs: the same to the outside
│   └── …           one class per rule, in the module of its topic
└── Misconfigured   the operator must change something; `fix` says what
"""

from __future__ import annotations

from typing import Any


class KontorError(Exception):
    """Base of all of ours; `facts` fill the sentence."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in facts.items()))
        self.facts = facts


class RuleBroken(KontorError):
    """An outcome, not a failure."""


class NotFound(RuleBroken):
    """There is no such record for this person."""


class Misconfigured(KontorError):
    """The installation cannot run like this."""

    def __init__(self, fix: str) -> None:
        super().__init__(fix=fix)
        self.fix = fix
