"""The desk: what is open in one's queues, and the deeds on it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import people
from backoffice.outbox import Said
from connectors import deeds
from connectors.masking import storable
from connectors.web import pages
from connectors.web.limits import RecordId
from connectors.web.shared import Shared, about


class Desk:
    """The routes of the ticket page."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        router.get("/desk", response_class=HTMLResponse)(self.desk)
        router.post("/desk/{ticket_id}/{verb}")(self.work)
        return router

    async def desk(self, request: Request) -> Response:
        """What is open in one's queues."""
        employee_id = self.shared.in_role(request)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, employee_id)
            if not people.queues_of(session, employee, at=self.shared.clock.now()):
                raise HTTPException(403, "not_staff")
            return {
                "me": about(employee),
                "cases": pages.queue(session, employee, now=self.shared.clock.now()),
                "language": employee.language,
            }

        facts = await self.shared.read(look)
        language = facts.pop("language")
        return self.shared.page(request, "desk.html", language, **facts)

    async def work(
        self, request: Request, ticket_id: RecordId, verb: str, words: Annotated[str, Form()] = ""
    ) -> Response:
        """Take, answer, ask, solve: the same deeds as the buttons."""
        employee_id = self.shared.in_role(request)
        if verb not in ("take", "answer", "ask", "solve"):
            raise HTTPException(404)
        if verb in ("answer", "ask") and not words.strip():
            return RedirectResponse(f"/desk?{self.shared.remark(Said(f'web.{verb}_what'))}", 303)

        def do(session: Session) -> Said:
            meaning = {"verb": f"tickets.{verb}", "ticket": ticket_id, "words": storable(words.strip()[:2000])}
            by = self.shared.employee(session, employee_id)
            today = self.shared.clock.today_in(by.site.zone)
            return deeds.perform(session, by, meaning, now=self.shared.clock.now(), today=today)

        return RedirectResponse(f"/desk?{self.shared.remark(await self.shared.read(do))}", 303)
