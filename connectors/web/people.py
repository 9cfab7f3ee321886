"""Who can sign in, and codes for those who cannot; for admins and HR."""

from __future__ import annotations

from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import people, signing_in
from backoffice.errors import NotFound
from backoffice.models import Employee
from backoffice.outbox import Said
from backoffice.wording import say
from connectors.masking import storable
from connectors.web.limits import RecordId
from connectors.web.shared import Shared, about

MOST = 50


class People:
    """The routes of the page about people; there are none in the demo."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        router.get("/people", response_class=HTMLResponse)(self.people)
        router.post("/people/{employee_id}/code", response_class=HTMLResponse)(self.code)
        router.post("/people/{employee_id}/sign-out")(self.sign_out)
        return router

    async def people(self, request: Request, q: str = "") -> Response:
        """Everybody who works here or will, found by name or number."""
        by_id, words = self.shared.in_role(request), storable(q)[:100]

        def look(session: Session) -> dict[str, Any]:
            by, now = self._inviter(session, by_id), self.shared.clock.now()
            today = self.shared.clock.today_in(by.site.zone)
            found = signing_in.invitable(session, words, on=today, most=MOST + 1)
            rows = [
                {
                    "id": one.id,
                    "name": one.name,
                    "about": f"{one.title}, {one.site.name}",
                    "state": signing_in.state(session, one, now=now),
                    "invitable": signing_in.may_invite(by, one),
                }
                for one in found[:MOST]
            ]
            facts = {"me": about(by), "language": by.language, "is_admin": signing_in.ADMIN in by.roles}
            return {**facts, "rows": rows, "more": len(found) > MOST, "q": words}

        facts = await self.shared.read(look)
        return self.shared.page(request, "people.html", facts.pop("language"), **facts)

    async def code(self, request: Request, employee_id: RecordId, second: Annotated[str, Form()] = "") -> Response:
        """A new code, to be handed over or printed; shown this once."""
        by_id = self.shared.in_role(request)

        def issue(session: Session) -> dict[str, Any]:
            by, employee, now = *self._both(session, by_id, employee_id), self.shared.clock.now()
            code = signing_in.issue_code(session, employee, by=by, now=now, renews_second_factor=bool(second))
            facts = {"me": about(by), "language": by.language, "name": employee.name, "code": code}
            facts["theirs"] = employee.language
            until = (now + signing_in.HANDED_OUT).isoformat()
            return {**facts, "sign_in_name": signing_in.name_of(employee), "until": until}

        try:
            facts = await self.shared.read(issue)
        except signing_in.NotInviter:
            raise HTTPException(403, "not_inviter") from None
        start = f"{self.shared.settings.public_url or request.base_url}".rstrip("/") + "/start"
        picture = segno.make(f"{start}?code={facts['code']}", micro=False).svg_data_uri(
            scale=5, border=4, light="white"
        )
        zone = facts["me"]["zone"]

        def tell(key: str, **told: str) -> str:
            """In the language of whoever gets the sheet."""
            return say(f"signing_in.{key}", facts["theirs"], {**told, "zone": zone})

        return self.shared.page(
            request, "code.html", facts.pop("language"), **facts, start=start, picture=picture, tell=tell
        )

    async def sign_out(self, request: Request, employee_id: RecordId) -> Response:
        """Out of every browser."""
        by_id = self.shared.in_role(request)

        def do(session: Session) -> Said:
            by, employee = self._both(session, by_id, employee_id)
            signing_in.sign_out_everywhere(session, employee, by=by, now=self.shared.clock.now())
            return Said("signing_in.signed_out", {"name": employee.name})

        try:
            said = await self.shared.read(do)
        except signing_in.NotInviter:
            raise HTTPException(403, "not_inviter") from None
        return RedirectResponse(f"/people?{self.shared.remark(said)}", 303)

    def _inviter(self, session: Session, by_id: int) -> Employee:
        by = self.shared.employee(session, by_id)
        if not {signing_in.ADMIN, signing_in.HR} & set(by.roles):
            raise HTTPException(403, "not_inviter")
        return by

    def _both(self, session: Session, by_id: int, employee_id: int) -> tuple[Employee, Employee]:
        by = self._inviter(session, by_id)
        try:
            return by, people.by_id(session, employee_id)
        except NotFound:
            raise HTTPException(404) from None
