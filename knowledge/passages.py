"""An article as passages: one per heading, so that an answer can quote the part that answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Article:
    """What is published; `revision` grows with every save, `names` are other words for its topic."""

    id: int
    revision: int
    language: str
    title: str
    body: str
    valid_from: date
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """The text below one heading."""

    article: Article
    heading: str
    text: str


def split(article: Article) -> list[Passage]:
    """The passages of an article in order; a text without headings is one."""
    from langchain_text_splitters import MarkdownHeaderTextSplitter  # half a second that a start need not wait for

    splitter = MarkdownHeaderTextSplitter([("##", "heading")])
    return [
        Passage(article, str(part.metadata.get("heading", article.title)), part.page_content.strip())
        for part in splitter.split_text(article.body)
        if part.page_content.strip()
    ]


def quote(passage: Passage, *, longest: int = 420) -> str:
    """The passage, or its first sentences where it is long; never cut inside a sentence if that can be helped."""
    text = " ".join(line.strip("-* ") for line in passage.text.splitlines() if line.strip())
    if len(text) <= longest:
        return text
    cut = text[:longest]
    end = max(cut.rfind(mark) for mark in (". ", "? ", ": "))
    return cut[: end + 1] if end > longest // 3 else cut.rsplit(" ", 1)[0] + " …"
