"""The knowledge page: every article, and an editor."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import articles
from backoffice.errors import NotFound, RuleBroken
from backoffice.outbox import Said
from connectors.masking import storable
from connectors.web.limits import RecordId
from connectors.web.shared import Shared, about


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

    async def _edit(self, request: Request, article_id: int | None) -> Response:
        employee_id = self.shared.signed_in(request)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, employee_id)
            everything = articles.everything(session)
            chosen = next((one for one in everything if one.id == article_id), None)
            if articles.EDITOR not in employee.roles or (article_id is not None and chosen is None):
                raise HTTPException(404)
            language = employee.language
            return {"me": about(employee), "articles": everything, "chosen": chosen, "language": language}

        facts = await self.shared.read(look)
        language = facts.pop("language")
        return self.shared.page(request, "articles.html", language, **facts)

    async def save_article(
        self,
        request: Request,
        article_id: RecordId,
        title: Annotated[str, Form()] = "",
        body: Annotated[str, Form()] = "",
    ) -> Response:
        """A new revision; the next question is answered from it."""
        employee_id = self.shared.signed_in(request)

        def save(session: Session) -> None:
            editor = self.shared.employee(session, employee_id)
            articles.save(
                session, article_id, by=editor, title=storable(title), body=storable(body), now=self.shared.clock.now()
            )

        try:
            await self.shared.read(save)
        except NotFound as error:
            raise HTTPException(404) from error
        except RuleBroken as error:
            said = Said(f"articles.errors.{type(error).__name__}", error.facts)
            return RedirectResponse(f"/articles/{article_id}?{self.shared.remark(said)}", 303)
        return RedirectResponse(f"/articles/{article_id}?{self.shared.remark(Said('web.saved'))}", 303)
