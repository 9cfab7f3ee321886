"""The knowledge page: every article, and an editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import articles
from backoffice.errors import NotFound, RuleBroken
from backoffice.models import Article
from backoffice.outbox import Said
from backoffice.wording import say
from connectors.masking import storable
from connectors.web.limits import RecordId
from connectors.web.shared import Shared, about


@dataclass(frozen=True)
class Typed:
    """What was not saved, and why."""

    title: str
    body: str
    said: Said


class Admin:
    """The routes of the knowledge page."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        router.get("/articles", response_class=HTMLResponse)(self.articles)
        router.get("/articles/{article_id}", response_class=HTMLResponse)(self.article)
        router.post("/articles/{article_id}")(self.save_article)
        return router

    async def articles(self, request: Request) -> Response:
        """All articles, for those who edit them."""
        return await self._edit(request, None)

    async def article(self, request: Request, article_id: RecordId) -> Response:
        """One article to edit."""
        return await self._edit(request, article_id)

    async def _edit(self, request: Request, article_id: int | None, typed: Typed | None = None) -> Response:
        employee_id = self.shared.in_role(request)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, employee_id)
            if articles.EDITOR not in employee.roles:
                raise HTTPException(403, "not_editor")
            everything = articles.everything(session)
            chosen = next((one for one in everything if one.id == article_id), None)
            if article_id is not None and chosen is None:
                raise HTTPException(404)
            twins = [(one, _is_older(one, chosen)) for one in articles.twins(session, chosen)] if chosen else []
            facts = {"me": about(employee), "articles": everything, "chosen": chosen, "twins": twins}
            return {**facts, "language": employee.language}

        facts = await self.shared.read(look)
        language = facts.pop("language")
        if typed:
            facts["remark"] = say(typed.said.key, language, typed.said.facts)
        return self.shared.page(request, "articles.html", language, **facts, typed=typed)

    async def save_article(
        self,
        request: Request,
        article_id: RecordId,
        title: Annotated[str, Form()] = "",
        body: Annotated[str, Form()] = "",
        revision: Annotated[int | None, Form()] = None,
    ) -> Response:
        """A new revision; the next question is answered from it. What was not saved stays in the boxes."""
        employee_id = self.shared.in_role(request)

        def save(session: Session) -> None:
            editor, now, text = self.shared.employee(session, employee_id), self.shared.clock.now(), storable(body)
            articles.save(session, article_id, by=editor, title=storable(title), body=text, now=now, seen=revision)

        try:
            await self.shared.read(save)
        except NotFound as error:
            raise HTTPException(404) from error
        except RuleBroken as error:
            said = Said(f"articles.errors.{type(error).__name__}", error.facts)
            page = await self._edit(request, article_id, Typed(title, body, said))
            page.status_code = 409 if isinstance(error, articles.ChangedMeanwhile) else 422
            return page
        return RedirectResponse(f"/articles/{article_id}?{self.shared.remark(Said('web.saved'))}", 303)


def _is_older(twin: Article, than: Article) -> bool:
    """Whether it was changed before the other one, or never since that was."""
    return than.changed_at is not None and (twin.changed_at is None or twin.changed_at < than.changed_at)
