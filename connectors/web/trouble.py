"""What a page says that cannot be shown: one sentence in the person's language and a way back. The API keeps JSON."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from backoffice import people
from backoffice.errors import NotFound
from backoffice.wording import knows
from connectors.web.shared import Shared, about

FOR_MACHINES = ("/api/", "/health/")


class Trouble:
    """The last word on a request that came to nothing."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def install(self, app: FastAPI) -> None:
        """From now on these answers are ours."""
        app.add_exception_handler(HTTPException, self.refused)
        app.add_exception_handler(RequestValidationError, self.incomplete)

    async def refused(self, request: Request, error: Exception) -> Response:
        """No such page, not for this person; `detail` may name an entry of words/web.yml that says why."""
        assert isinstance(error, HTTPException)
        if error.status_code < 400 or request.url.path.startswith(FOR_MACHINES):
            return await http_exception_handler(request, error)
        return await self._page(request, error.status_code, why=error.detail)

    async def incomplete(self, request: Request, error: Exception) -> Response:
        """A form without its fields; an address that cannot be one is no page."""
        assert isinstance(error, RequestValidationError)
        if request.url.path.startswith(FOR_MACHINES):
            return await request_validation_exception_handler(request, error)
        no_address = all(one["loc"][0] == "path" for one in error.errors())
        return await self._page(request, 404 if no_address else 422)

    async def _page(self, request: Request, status: int, *, why: str = "") -> Response:
        employee_id = self._shared.visitor(request)

        def look(session: Session) -> dict[str, Any]:
            try:
                employee = people.at_work(session, employee_id or 0, clock=self._shared.clock)
            except (NotFound, people.HasLeft):
                return {"language": self._shared.settings.languages[0]}
            return {"language": employee.language, "me": about(employee)}

        facts = await self._shared.read(look)
        kind = {405: "404"}.get(status, str(status))
        kind = kind if knows(f"web.trouble_{kind}") else "other"
        sentence = why if knows(f"web.{why}") else f"why_{kind}"
        facts |= {"trouble": f"trouble_{kind}", "why": sentence}
        page = self._shared.page(request, "trouble.html", facts.pop("language"), **facts)
        page.status_code = status
        return page
