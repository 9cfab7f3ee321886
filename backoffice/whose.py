"""Whose figures a question is about: the speaker's, or somebody else's, whether that person exists or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backoffice.models import Employee

UMLAUTS = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß"))
MOST_WORDS, SHORTEST_NAME = 40, 3


@cache
def _lists() -> dict[str, frozenset[str]]:
    content: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "whose.yml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in content.items()}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lists = _lists()

    def one_of(name: str) -> str:
        return "(?:" + "|".join(sorted(map(re.escape, lists[name]), key=len, reverse=True)) + ")"

    figures, verbs, roles = one_of("figures"), one_of("third_person"), one_of("roles")
    return {
        "decided": re.compile(rf"\b{one_of('decided')}"),
        "figure": re.compile(rf"\b{figures}\b|\b{one_of('earns')}\b"),
        "own": re.compile(rf"\b(?:ich {one_of('mine')}|{one_of('mine')} ich|{one_of('i_do')})\b"),
        "my": re.compile(rf"\b(?:mein\w{{0,2}}|my)\b(?!(?: \w+)? {roles}\b)"),
        "verb_first": re.compile(rf"\b{verbs} ({one_of('fillers')} )*([^\W\d_]+)"),
        "verb_last": re.compile(rf"\b([^\W\d_]+) (?:{one_of('fillers')} )*{one_of('earns')}\b"),
        "genitive": re.compile(rf"\b([^\W\d_]+?)(?:['’]s?|s) (?:{one_of('fillers')} )*{figures}\b"),
        "of": re.compile(rf"(?:\b(\w+) )?\b{figures} (?:von|of) ([^\W\d_]+)"),
        "possessive": re.compile(rf"\b{one_of('possessives')} (?:{one_of('fillers')} )*{figures}\b"),
    }


def about_somebody_else(session: Session, text: str, *, me: Employee, before: str = "") -> bool:
    """Whether figures are asked for that are not the speaker's own. Whom it names need not exist: nobody learns that.

    Who has decided a request, and with whom one works, are questions about oneself. `before` is what the same message
    asks first: whoever that is about is meant on, until the speaker is named.
    """
    if _about_another(session, text, me=me):
        return True
    return bool(before) and not _says_own(text) and _about_another(session, before + text, me=me)


def _says_own(text: str) -> bool:
    plain, found = text.casefold(), _patterns()
    return bool(found["own"].search(plain) or found["my"].search(plain))


def _about_another(session: Session, text: str, *, me: Employee) -> bool:
    plain = " ".join(text.split()).casefold().replace("ß", "ss")
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", plain)[:MOST_WORDS]
    found = _patterns()
    mine = {me.first_name.casefold(), me.last_name.casefold()}
    if found["decided"].search(plain):
        return False
    if found["possessive"].search(plain) or _owner(plain, text, mine):
        return True
    if found["own"].search(plain) or found["my"].search(plain):
        return False
    if set(words) & _lists()["roles"]:
        return True
    return _acts(plain, mine) or _names_colleague(session, _alone(words), me)


def asks_for_figures(text: str) -> bool:
    """Whether leave, pay, shifts, devices or the like are named at all."""
    return _patterns()["figure"].search(text.casefold()) is not None


def _owner(plain: str, text: str, mine: Iterable[str]) -> bool:
    """ "Evas Lohnzettel", "Eva's payslip", "die Abrechnung von Jonas": names are written large, or end in 's."""
    large = {word.casefold() for word in re.findall(r"[A-ZÄÖÜ][^\W\d_]+", text)}
    nobody = _lists()["nobody"]
    for found in _patterns()["genitive"].finditer(plain):
        whose, written = found[1], found[0].split()[0]
        if {whose, written} & nobody or whose in mine:
            continue
        if "'" in written or "’" in written or (written in large and len(whose) >= SHORTEST_NAME):
            return True
    return any(
        not (found[1] or "").startswith(("mein", "my"))
        and found[2] not in nobody
        and found[2] not in mine
        and (found[2] in large or found[2] in _lists()["roles"])
        for found in _patterns()["of"].finditer(plain)
    )


def _acts(plain: str, mine: Iterable[str]) -> bool:
    """ "Was verdient Jonas", "how much does he earn": somebody else is the subject."""
    subjects = [found[2] for found in _patterns()["verb_first"].finditer(plain)]
    subjects += [found[1] for found in _patterns()["verb_last"].finditer(plain)]
    return any(one not in _lists()["nobody"] and one not in _lists()["figures"] and one not in mine for one in subjects)


def _alone(words: Iterable[str]) -> Iterator[str]:
    """Without whom one works with, hands something to or is compared to: "bei Eva", "as Eva"."""
    before = ""
    for word in words:
        if before not in _lists()["beside"]:
            yield word
        before = word


def _names_colleague(session: Session, words: Iterable[str], me: Employee) -> bool:
    known = _lists()
    ordinary = known["ordinary"] | known["nobody"] | known["figures"] | known["earns"] | known["fillers"]
    asked = {form for word in words if len(word) >= SHORTEST_NAME and word not in ordinary for form in _forms(word)}
    asked -= {me.first_name, me.last_name}
    if not asked:
        return False
    named = or_(Employee.first_name.in_(asked), Employee.last_name.in_(asked))
    return session.scalar(select(Employee.id).where(named, Employee.id != me.id).limit(1)) is not None


def _forms(word: str) -> set[str]:
    """As a name is written: large, with umlauts, without the s of "Evas"."""
    spelt: Any = word
    for written, umlaut in UMLAUTS:
        spelt = spelt.replace(written, umlaut)
    forms = {word, spelt}
    return {form.title() for form in forms | {form[:-1] for form in forms if form.endswith("s")}}
