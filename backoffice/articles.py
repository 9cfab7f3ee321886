"""The knowledge base: who may change it, and what of it a person may read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backoffice import audit
from backoffice.errors import Misconfigured, NotFound, RuleBroken
from backoffice.models import Article, ArticleRevision, Employee

EDITOR = "kb"


class EmptyArticle(RuleBroken):
    """Neither title nor text may be empty."""


class ChangedMeanwhile(RuleBroken):
    """Somebody else saved after this text was opened: nobody's words are overwritten unseen."""


def revisions(session: Session) -> dict[int, int]:
    """Every article as it is now: id -> revision."""
    return {row.id: row.revision for row in session.execute(select(Article.id, Article.revision))}


def readable(session: Session, reader: Employee, *, on: date) -> set[int]:
    """Ids of the articles that this person may be answered from today."""
    audiences = ("everybody", f"site:{reader.site.key}", f"department:{reader.department}")
    allowed = or_(*(Article.audience == audience for audience in audiences))
    return set(session.scalars(select(Article.id).where(allowed, Article.valid_from <= on)))


def everything(session: Session) -> list[Article]:
    """All articles, by title."""
    return list(session.scalars(select(Article).order_by(Article.language, Article.title)))


def some(session: Session, ids: list[int]) -> list[Article]:
    """These articles."""
    return list(session.scalars(select(Article).where(Article.id.in_(ids))))


def twins(session: Session, article: Article) -> list[Article]:
    """The same article in other languages."""
    rows = select(Article).where(Article.slug == article.slug, Article.id != article.id)
    return list(session.scalars(rows.order_by(Article.language)))


def save(
    session: Session, article_id: int, *, by: Employee, title: str, body: str, now: datetime, seen: int | None = None
) -> Article:
    """A new revision; the next question is answered from it. `seen` is the revision that the editor had opened.

    Raises NotFound for people who do not edit, EmptyArticle, ChangedMeanwhile.
    """
    article = session.get(Article, article_id, with_for_update=True)
    if article is None or EDITOR not in by.roles:
        raise NotFound(number=str(article_id))
    title, body = title.strip(), body.replace("\r\n", "\n").strip()
    if not title or not body:
        raise EmptyArticle(title=article.title)
    if (title, body) == (article.title, article.body):
        return article
    if seen is not None and seen != article.revision:
        editor = session.get(Employee, article.changed_by_id) if article.changed_by_id else None
        raise ChangedMeanwhile(title=article.title, name=editor.name if editor else "–")
    before = ArticleRevision(
        article_id=article.id, revision=article.revision, title=article.title, body=article.body, replaced_at=now
    )
    session.add(before)
    article.title, article.body = title, body
    article.revision += 1
    article.changed_at, article.changed_by_id = now, by.id
    audit.write(session, "articles.save", ("article", article.id), by=by, at=now, revision=article.revision)
    return article


def import_folder(session: Session, folder: Path) -> int:
    """Take in `<language>/<slug>.md` files with front matter; how many. A known article gets a new revision."""
    count = 0
    for path in sorted(folder.glob("*/*.md")):
        about, body = _read(path)
        known = session.scalar(select(Article).filter_by(slug=path.stem, language=path.parent.name))
        article = known or Article(slug=path.stem, language=path.parent.name, revision=0)
        if known and known.body == body.strip():
            continue
        article.title, article.body, article.audience = about["title"], body.strip(), about["audience"]
        article.valid_from, article.names = about["valid_from"], list(about.get("tags", []))
        article.revision += 1
        session.add(article)
        count += 1
    return count


def _read(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and text. Raises Misconfigured."""
    try:
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        about = yaml.safe_load(front)
        return {**about, **{name: about[name] for name in ("title", "audience", "valid_from")}}, body
    except (ValueError, KeyError, TypeError, yaml.YAMLError):
        raise Misconfigured(f"{path}: begin with `---`, title, audience, valid_from, `---`, then the text") from None
