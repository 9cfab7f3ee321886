"""What a report of trouble says between its words: its kind, how badly it hurts, and what is wished for a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import snowballstemmer
import yaml

SHORT_QUESTION = 5  # words
STORY = 3  # so many telling words in a correction are the whole story anew
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'"})


@cache
def _triage() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "triage.yml").read_text(encoding="utf-8"))
    return content


def _plain(text: str) -> str:
    return " " + text.lower().translate(UMLAUTS) + " "


def _says(text: str, phrases: Iterable[str], *, whole: bool = False) -> bool:
    plain, end = _plain(text), "(?![a-z])" if whole else ""
    return any(re.search(rf"(?<![a-z]){re.escape(phrase)}{end}", plain) for phrase in phrases)


def category_of(text: str) -> str:
    """The kind of trouble, inferred from the words; `other` when none fits."""
    plain = _plain(text)
    for category, beginnings in _triage()["categories"].items():
        if any(f" {word}" in plain or (len(word) > 4 and word in plain) for word in beginnings):
            return str(category)
    return "other"


def says_lost(text: str) -> bool:
    """A device, badge or key is gone."""
    return _says(text, _triage()["lost"])


def asks(text: str) -> bool:
    """Whether it is a question or only names a topic, and declares nothing."""
    plain = _plain(text).strip()
    last = re.split("[,.;:]", plain.rstrip("!. "))[-1]  # "ich will kündigen, wie geht das"
    ends_as_question = len(last.split()) <= SHORT_QUESTION and begins_as_question(last)
    asking = "?" in plain or begins_as_question(text) or ends_as_question or len(plain.split()) < 4
    return "hiermit" not in plain and "hereby" not in plain and asking


def begins_as_question(text: str) -> bool:
    """ "wie viele …", "what do I …"."""
    return any(_plain(text).strip().startswith(f"{word} ") for word in _triage()["asks"])


def queue_from(text: str) -> str | None:
    """The queue that the text names, such as "jemand von der IT"; None when it names none."""
    words = set(re.findall(r"[a-z0-9]+", _plain(text)))
    return next((str(queue) for queue, known in _triage()["queues"].items() if words & set(known)), None)


def since_from(text: str) -> str | None:
    """Since when, as far as the text says it: now, today, yesterday or longer."""
    return next((str(when) for when, phrases in _triage()["since"].items() if _says(text, phrases)), None)


def can_work_from(text: str) -> str | None:
    """`no` or `yes` when the text says whether the person can still work, else None."""
    plain = _plain(text)
    if any(phrase in plain for phrase in _triage()["cannot_work"]):
        return "no"
    return "yes" if any(phrase in plain for phrase in _triage()["can_work"]) else None


def urgency_of(can_work: str | None) -> str:
    """Whoever cannot work comes first."""
    return {"no": "high"}.get(can_work or "", "normal")


def says_still_broken(text: str) -> bool:
    """ "geht immer noch nicht", "not solved"."""
    return _says(text, _triage()["still_broken"])


def says_solved(text: str) -> bool:
    """ "hat sich erledigt", "works again"; never when anything in the text is denied: better open than lost."""
    return (
        _says(text, _triage()["solved"])
        and not _says(text, _triage()["denied"], whole=True)
        and not says_still_broken(text)
    )


def says_new(text: str) -> bool:
    """ "ein neues Ticket", asked for where an open one was offered."""
    return _says(text, _triage()["new_one"])


def without_number(text: str, number: int) -> str:
    """ "IT-1003: jetzt geht auch der Kalender nicht" without its beginning: whoever is told has read it already."""
    beginning = rf"^\s*(?:ticket\s+)?(?:(?:it|hr|pr|op)[- ]?|#)?0*{number}(?:\s*[:;,–-]+\s*|\s*\n\s*)(?=\S)"
    return re.sub(beginning, "", text, flags=re.IGNORECASE)


def says_not_pressing(text: str) -> bool:
    """ "eilt nicht"."""
    return _says(text, _triage()["not_pressing"])


def says_pressing(text: str) -> bool:
    """ "dringend, Kunde wartet", "urgent"; not "nicht dringend"."""
    return _says(text, _triage()["pressing"]) and not _says(text, _triage()["not_pressing"])


def says_reserve(text: str) -> bool:
    """ "reservier mir 20", "put five aside"; not "wie viele sind reserviert"."""
    return _says(text, _triage()["reserve"], whole=True)


def says_rude(text: str) -> bool:
    """Whether it swears, at us or at the world."""
    return _says(text, _triage()["rude"])


def told_besides(text: str) -> list[str]:
    """The words of a no or a correction that say something of their own: "nein, der Scanner" tells of a scanner."""
    nothing = {*_triage()["empty_words"], *_triage()["refusals"]}
    return [word for word in re.findall(r"[a-z0-9'-]{2,}", _plain(text)) if word not in nothing]


@cache
def _any_of(*lists: str) -> re.Pattern[str]:
    """Any phrase of these lists, the longest first, as whole words."""
    phrases = [phrase for name in lists for phrase in _phrases(_triage()[name])]
    longest_first = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?:{longest_first})(?![a-z])")


def _phrases(content: Any) -> list[str]:
    return [phrase for some in content.values() for phrase in some] if isinstance(content, dict) else list(content)


def says_only_how(text: str) -> bool:
    """Whether it says since when, whether one can work or how it presses, and nothing else: "das ist dringend"."""
    hows = _any_of("since", "cannot_work", "can_work", "not_pressing", "pressing")
    rest, found = hows.subn(" ", _plain(text))
    return found > 0 and not told_besides(rest)


def says_wrong(text: str) -> bool:
    """Whether it says that something is not right, and not what."""
    rest, found = _any_of("wrong").subn(" ", _plain(text))
    return found > 0 and not told_besides(rest)


@cache
def _leads() -> re.Pattern[str]:
    words, phrases = ([one for one in _triage()["leads"] if (" " in one) == several] for several in (False, True))
    one = rf"(?:{'|'.join(map(re.escape, words))})\b\s*[,;:.!–-]+"
    several = rf"(?:{'|'.join(map(re.escape, phrases))})\b\s*[,;:.!–-]*"
    return re.compile(rf"^(?:(?:{one}|{several})\s*)+", re.IGNORECASE)


def without_lead(text: str) -> str:
    """ "Nein, sorry, ich meine den Scanner" -> "den Scanner"; one word needs its comma: "No sound" is a trouble."""
    return _leads().sub("", text.strip()) or text.strip()


def corrects(text: str) -> bool:
    """Whether it begins as a correction does."""
    return without_lead(text) != text.strip()


@cache
def _stems(word: str) -> frozenset[str]:
    return frozenset(snowballstemmer.stemmer(language).stemWord(word) for language in ("german", "english"))


def content_of(text: str) -> list[frozenset[str]]:
    """The words that say what it is about, each as its stems; people mix languages, so both are tried."""
    empty = set(_triage()["empty_words"])
    words = dict.fromkeys(re.findall(r"[a-z][a-z0-9'-]{2,}", _plain(text)))
    return [_stems(word) for word in words if word not in empty]


def about_the_same(one: str, other: str, *, devices: Iterable[str] = ()) -> bool:
    """Whether two reports are of one trouble: the same device, or the same category and a word in common.

    `devices` are names and tags of what the person carries. What fits no category needs two words in common.
    """
    if any(_names(one, device) and _names(other, device) for device in devices):
        return True
    category, others = category_of(one), content_of(other)
    shared = sum(any(word & another for another in others) for word in content_of(one))
    return category == category_of(other) and shared >= (2 if category == "other" else 1)


def _names(text: str, device: str) -> bool:
    word = re.escape(device.lower().translate(UMLAUTS))
    return re.search(rf"(?<![a-z0-9]){word}(?![a-z0-9])", _plain(text)) is not None
