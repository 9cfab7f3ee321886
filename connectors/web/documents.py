"""A person's own documents."""

from __future__ import annotations

import anyio.to_thread
from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy.orm import Session

from backoffice import payroll
from backoffice.errors import NotFound
from backoffice.models import Employee, Payslip
from connectors.web.limits import RecordId
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

    async def payslip(self, request: Request, year: RecordId, month: RecordId) -> Response:
        """The signed-in person's own slip."""
        employee_id = self.shared.signed_in(request)

        def look(session: Session) -> tuple[Employee, Payslip]:
            employee = self.shared.employee(session, employee_id)
            today = self.shared.clock.today_in(employee.site.zone)
            return employee, payroll.of_month(session, employee, month=month, year=year, on=today)

        try:
            employee, slip = await self.shared.read(look)
        except NotFound:
            raise HTTPException(404) from None
        # Drawing takes its time: nobody waits for the database meanwhile.
        content = await anyio.to_thread.run_sync(payroll.as_pdf, employee, slip, employee.language)
        headers = {"Content-Disposition": f'attachment; filename="{year}-{month:02}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)
