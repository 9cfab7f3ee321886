"""How one signs in: another secret, the second factor, recovery codes, and out again."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import passwords, second_factor, sessions, signing_in, tries
from backoffice.errors import RuleBroken
from backoffice.models import Login
from backoffice.outbox import Said
from backoffice.sessions import Visit
from connectors.masking import storable
from connectors.web.shared import Shared, about
from connectors.web.sign_in import SignIn, said_of
from connectors.web.visits import forget, remember

Typed = Annotated[str, Form(max_length=1000)]


class Account:
    """The routes of a person's own sign-in; there are none in the demo."""

    def __init__(self, shared: Shared, sign_in: SignIn) -> None:
        self.shared, self._sign_in = shared, sign_in
        self._key = shared.settings.session_key.get_secret_value()

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        get, post = router.get, router.post
        get("/account", response_class=HTMLResponse)(self.account)
        post("/account/secret")(self.change)
        get("/account/second-factor", response_class=HTMLResponse)(self.second_factor)
        post("/account/second-factor")(self.confirm)
        post("/account/recovery-codes")(self.recovery_codes)
        post("/sign-out")(self.sign_out)
        post("/sign-out/everywhere")(self.sign_out_everywhere)
        return router

    async def account(self, request: Request) -> Response:
        """What there is, and what can be done about it."""
        return await self._page(request)

    async def change(self, request: Request, old: Typed = "", secret: Typed = "", again: Typed = "") -> Response:
        """Another secret; signed out everywhere else."""
        visit = self._visit(request)
        try:
            if not await self._sign_in.is_own(visit.employee, old, request):
                return await self._page(request, Said("signing_in.wrong_old"))
            wanted = await self.shared.read(lambda session: signing_in.wanted(session, visit))
            kept = await self._sign_in.chosen(secret, again, wanted)
        except RuleBroken as error:
            return await self._page(request, said_of(error))
        now = self.shared.clock.now()
        token = await self.shared.read(
            lambda session: signing_in.change(session, visit, kept, kind=wanted.kind, now=now)
        )
        done = RedirectResponse(f"/account?{self.shared.remark(Said('signing_in.changed'))}", 303)
        return remember(done, request, token)

    async def second_factor(self, request: Request, said: Said | None = None) -> Response:
        """A QR code for the app, and the box for its first digits."""
        visit = self._who_may_set_up(request)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, visit.employee)
            offered = second_factor.offer(session, session.get_one(Login, employee.id), key=self._key)
            facts = {
                "me": about(employee),
                "language": employee.language,
                "offered": second_factor.readable(offered, 4),
            }
            return {**facts, "address": second_factor.address(offered, employee)}

        facts = await self.shared.read(look)
        picture = segno.make(facts.pop("address"), micro=False).svg_data_uri(scale=5, border=4, light="white")
        page = self.shared.page(
            request, "second_factor.html", facts.pop("language"), **facts, picture=picture, said=said, visit=visit
        )
        page.status_code = 422 if said else 200
        return page

    async def confirm(self, request: Request, code: Typed = "") -> Response:
        """It counts from now on; the recovery codes are shown this once."""
        visit, now = self._who_may_set_up(request), self.shared.clock.now()

        def do(session: Session) -> tuple[list[str], str] | None:
            employee, login = self.shared.employee(session, visit.employee), session.get_one(Login, visit.employee)
            codes = second_factor.confirm(session, login, employee, storable(code)[:100], key=self._key, now=now)
            if codes is None:
                return None
            sessions.end_others(session, employee, visit)
            return codes, sessions.raise_level(session, visit, sessions.SECOND, now=now)

        done = await self.shared.read(do)
        if done is None:
            return await self.second_factor(request, Said("signing_in.wrong_second"))
        request.state.visit = replace(visit, level=sessions.SECOND, owes_second_factor=False)
        return remember(await self._codes(request, done[0]), request, done[1])

    async def recovery_codes(self, request: Request) -> Response:
        """Ten new ones, shown this once."""
        visit, now = self._visit(request), self.shared.clock.now()
        if visit.level != sessions.SECOND:
            raise HTTPException(403, "weak_sign_in")

        def do(session: Session) -> list[str]:
            employee = self.shared.employee(session, visit.employee)
            return second_factor.new_recovery_codes(session, employee, key=self._key, now=now)

        return await self._codes(request, await self.shared.read(do))

    async def sign_out(self, request: Request) -> Response:
        """Out in this browser."""
        visit = self.shared.visit(request)
        if visit:
            await self.shared.read(lambda session: sessions.end(session, visit))
        return forget(RedirectResponse("/", 303), request)

    async def sign_out_everywhere(self, request: Request) -> Response:
        """Out in every browser, this one too."""
        visit, now = self._visit(request), self.shared.clock.now()

        def do(session: Session) -> None:
            employee = self.shared.employee(session, visit.employee)
            signing_in.sign_out_everywhere(session, employee, by=employee, now=now)

        await self.shared.read(do)
        return forget(RedirectResponse("/", 303), request)

    def _visit(self, request: Request) -> Visit:
        self.shared.signed_in(request, owing=True)
        visit = self.shared.visit(request)
        assert visit is not None
        return visit

    def _who_may_set_up(self, request: Request) -> Visit:
        """A password alone sets up the first one only; a new one needs the old one, or a recovery code, at sign-in.

        Whoever has a second factor and showed the password only is still on the way in and does not come here.
        """
        visit = self._visit(request)
        if visit.level == sessions.PIN:
            raise HTTPException(403, "weak_sign_in")
        return visit

    async def _codes(self, request: Request, codes: list[str]) -> Response:
        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, self._visit(request).employee)
            return {"me": about(employee), "language": employee.language}

        facts = await self.shared.read(look)
        return self.shared.page(request, "recovery.html", facts.pop("language"), **facts, codes=codes)

    async def _page(self, request: Request, said: Said | None = None) -> Response:
        visit = self._visit(request)

        def look(session: Session) -> dict[str, Any]:
            employee = self.shared.employee(session, visit.employee)
            login = session.get_one(Login, employee.id)
            wanted, left = signing_in.kind_for(employee), second_factor.recovery_codes_left(session, employee)
            facts = {"me": about(employee), "language": employee.language, "set_at": login.set_at.isoformat()}
            names = {"kind": login.kind, "wanted": wanted, "name": signing_in.name_of(employee)}
            return {**facts, **names, "second": login.second_factor is not None, "left": left}

        facts = await self.shared.read(look)
        least = passwords.PIN_LENGTHS[0] if facts["wanted"] == passwords.PIN else passwords.SHORTEST
        page = self.shared.page(
            request, "account.html", facts.pop("language"), **facts, said=said, least=least, visit=visit
        )
        page.status_code = 200 if said is None else 429 if said.key.endswith(tries.TooManyTries.__name__) else 422
        return page
