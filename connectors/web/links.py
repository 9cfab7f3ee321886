"""My accounts: which Slack and Telegram accounts speak for me, a code for a new one, and the end of one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import linking, people
from backoffice.errors import NotFound
from backoffice.outbox import Said
from connectors.web.limits import RecordId
from connectors.web.shared import Shared, about


class Links:
    """The routes of the page."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        router.get("/accounts", response_class=HTMLResponse)(self.accounts)
        router.post("/accounts/code", response_class=HTMLResponse)(self.code)
        router.post("/accounts/{account_id}/disconnect")(self.disconnect)
        return router

    async def accounts(self, request: Request) -> Response:
        """What is connected."""
        return await self._page(request, with_code=False)

    async def code(self, request: Request) -> Response:
        """The same with a new code; it is shown this once."""
        return await self._page(request, with_code=True)

    async def disconnect(self, request: Request, account_id: RecordId) -> Response:
        """One of one's own speaks for nobody any more."""
        employee_id = self.shared.signed_in(request)

        def do(session: Session) -> None:
            employee = self.shared.employee(session, employee_id)
            try:
                linking.disconnect(session, employee, account_id, now=self.shared.clock.now())
            except NotFound:
                raise HTTPException(404) from None

        await self.shared.read(do)
        return RedirectResponse(f"/accounts?{self.shared.remark(Said('web.account_gone'))}", 303)

    async def _page(self, request: Request, *, with_code: bool) -> Response:
        employee_id = self.shared.signed_in(request)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, employee_id)
            accounts = [
                {"id": one.id, "channel": f"linking.channel_{one.channel}", "handle": one.handle}
                for one in people.accounts(session, employee)
            ]
            code = linking.offer(session, employee, now=self.shared.clock.now()) if with_code else None
            return {"me": about(employee), "accounts": accounts, "code": code, "language": employee.language}

        facts = await self.shared.read(look)
        language = facts.pop("language")
        return self.shared.page(request, "links.html", language, **facts)
