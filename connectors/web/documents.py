"""A person's own documents."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy.orm import Session

from backoffice import payroll
from backoffice.errors import NotFound
from connectors.web.shared import Shared


class Documents:
    """The routes of documents; another person's is the same as none."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        router.get("/payslips/{year}-{month}.pdf")(self.payslip)
        return router

    async def payslip(self, request: Request, year: int, month: int) -> Response:
        """The signed-in person's own slip."""
        employee_id = self.shared.signed_in(request)

        def draw(session: Session) -> bytes:
            employee = self.shared.employee(session, employee_id)
            today = self.shared.clock.today_in(employee.site.zone)
            slip = payroll.of_month(session, employee, month=month, year=year, on=today)
            return payroll.as_pdf(employee, slip, employee.language)

        try:
            content = await self.shared.read(draw)
        except NotFound:
            raise HTTPException(404) from None
        headers = {"Content-Disposition": f'attachment; filename="{year}-{month:02}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)
