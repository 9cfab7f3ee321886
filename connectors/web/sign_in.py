"""Signing in, outside the demo: with a secret, perhaps a second factor; the first time with a code."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from backoffice import passwords, people, sessions, signing_in, tries
from backoffice.errors import RuleBroken
from backoffice.outbox import Said
from backoffice.sessions import Visit
from backoffice.signing_in import Attempt
from connectors.masking import storable
from connectors.web.shared import Shared
from connectors.web.visits import address_of, remember

OWN_PAGES = re.compile(r"/(?:talk|desk|account|people|articles(?:/\d+)?|payslips/\d+-\d+\.pdf)")
AT_ONCE = 2  # secrets are compared at a time: each takes 19 MB
REFUSED_AFTER_S = 0.3  # at the earliest, so that nobody can tell why by the time it took
WRONG = Said("signing_in.wrong")
T = TypeVar("T")
Typed = Annotated[str, Form(max_length=1000)]


class SignIn:
    """The routes on the way in; there are none in the demo."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self._key = shared.settings.session_key.get_secret_value()
        self._slowly = CapacityLimiter(AT_ONCE)

    def routes(self) -> APIRouter:
        """All of them."""
        router = APIRouter(include_in_schema=False)
        get, post = router.get, router.post
        get("/", response_class=HTMLResponse)(self.door)
        post("/sign-in")(self.sign_in)
        get("/sign-in/second", response_class=HTMLResponse)(self.second)
        post("/sign-in/second")(self.finish)
        get("/start", response_class=HTMLResponse)(self.start)
        post("/start")(self.redeem)
        get("/start/secret", response_class=HTMLResponse)(self.secret)
        post("/start/secret")(self.choose)
        return router

    async def door(self, request: Request, to: str = "") -> Response:
        """Name and secret; whoever is signed in already goes on."""
        if self.shared.visitor(request) is not None:
            return RedirectResponse("/talk", 303)
        return self._page(request, "sign_in.html", to=_own(to))

    async def sign_in(
        self, request: Request, name: Typed = "", secret: Typed = "", to: Annotated[str, Form()] = ""
    ) -> Response:
        """The same sentence, and as late, for a wrong secret and for a name that nobody has."""
        name, address, clock, began = storable(name)[:200], address_of(request), self.shared.clock, time.monotonic()

        def attempt(session: Session) -> Attempt:
            return signing_in.attempt(session, name, address=address, key=self._key, clock=clock)

        try:
            made = await self.shared.read(attempt)
        except tries.TooManyTries as error:
            return self._too_many(request, "sign_in.html", error, name=name, to=_own(to))
        fitted = await self._apart(lambda: passwords.fits(made.kept, secret, kind=made.kind))
        token = await self.shared.read(
            lambda session: signing_in.enter(session, made, fitted, key=self._key, now=clock.now())
        )
        if token is None:
            await anyio.sleep(began + REFUSED_AFTER_S - time.monotonic())
            return self._page(request, "sign_in.html", WRONG, name=name, to=_own(to))
        return await self._instead(request, token, _own(to) or "/talk")

    async def second(self, request: Request) -> Response:
        """Six digits of the app, or a recovery code."""
        self._on_the_way(request, sessions.HALF)
        return self._page(request, "second.html")

    async def finish(self, request: Request, code: Typed = "") -> Response:
        """In at the full level."""
        visit = self._on_the_way(request, sessions.HALF)
        address, now = address_of(request), self.shared.clock.now()
        try:
            token = await self.shared.read(
                lambda session: signing_in.finish(
                    session, visit, storable(code)[:100], address=address, key=self._key, now=now
                )
            )
        except tries.TooManyTries as error:
            return self._too_many(request, "second.html", error)
        if token is None:
            return self._page(request, "second.html", Said("signing_in.wrong_second"))
        return remember(RedirectResponse("/talk", 303), request, token)

    async def start(self, request: Request, code: str = "") -> Response:
        """Name and code; a link or a QR code has filled in the code."""
        return self._page(request, "start.html", code=code[:40])

    async def redeem(self, request: Request, name: Typed = "", code: Typed = "") -> Response:
        """On to choosing a secret; the code is not used up before that."""
        name, code, clock = storable(name)[:200], storable(code)[:40], self.shared.clock
        address, account, began = address_of(request), f"code of {name.strip()}", time.monotonic()

        def look(session: Session) -> str | None:
            tries.count(session, account=account, address=address, key=self._key, now=clock.now())
            return signing_in.redeem(session, name, code, clock=clock)

        try:
            token = await self.shared.read(look)
        except tries.TooManyTries as error:
            return self._too_many(request, "start.html", error, name=name, code=code)
        if token is None:
            await anyio.sleep(began + REFUSED_AFTER_S - time.monotonic())
            return self._page(request, "start.html", Said("signing_in.wrong_code"), name=name, code=code)
        return await self._instead(request, token, "/start/secret")

    async def secret(self, request: Request) -> Response:
        """A password or a PIN, by who it is."""
        return await self._choosing(request, self._on_the_way(request, sessions.START))

    async def choose(self, request: Request, secret: Typed = "", again: Typed = "") -> Response:
        """It counts from now on; the code is used up."""
        visit = self._on_the_way(request, sessions.START)
        wanted = await self.shared.read(lambda session: signing_in.wanted(session, visit))
        try:
            kept = await self.chosen(secret, again, wanted)
            token = await self.shared.read(
                lambda session: signing_in.choose(session, visit, kept, kind=wanted.kind, now=self.shared.clock.now())
            )
        except signing_in.NoLongerOpen as error:
            return self._page(request, "start.html", said_of(error))
        except RuleBroken as error:
            return await self._choosing(request, visit, said_of(error))
        return remember(RedirectResponse("/talk", 303), request, token)

    async def chosen(self, secret: str, again: str, wanted: signing_in.Wanted) -> str:
        """A new secret, checked and hashed. Raises what `passwords.check` does, and NotTheSame."""
        await self._apart(lambda: passwords.check(secret, kind=wanted.kind, about=wanted.about))
        if secret != again:
            raise NotTheSame
        return await self._apart(lambda: passwords.hashed(secret, kind=wanted.kind))

    async def is_own(self, employee_id: int, secret: str, request: Request) -> bool:
        """Whether a signed-in person has shown the own secret once more. Raises TooManyTries."""
        address, clock = address_of(request), self.shared.clock

        def attempt(session: Session) -> Attempt:
            name = people.by_id(session, employee_id).key
            return signing_in.attempt(session, name, address=address, key=self._key, clock=clock)

        made = await self.shared.read(attempt)
        fitted = await self._apart(lambda: passwords.fits(made.kept, secret, kind=made.kind))
        return await self.shared.read(
            lambda session: signing_in.shown(session, made, fitted, key=self._key, now=clock.now()) is not None
        )

    async def _instead(self, request: Request, token: str, page: str) -> Response:
        """On with the new session; whoever was signed in here before is not any more."""
        before = self.shared.visit(request)
        if before:
            await self.shared.read(lambda session: sessions.end(session, before))
        return remember(RedirectResponse(page, 303), request, token)

    def _on_the_way(self, request: Request, level: str) -> Visit:
        visit = self.shared.visit(request)
        if visit is None or visit.level != level:
            raise HTTPException(303, headers={"Location": "/"})
        return visit

    async def _choosing(self, request: Request, visit: Visit, said: Said | None = None) -> Response:
        def look(session: Session) -> dict[str, Any]:
            one = people.by_id(session, visit.employee)
            return {"kind": signing_in.kind_for(one), "name": signing_in.name_of(one)}

        facts = await self.shared.read(look)
        least = passwords.PIN_LENGTHS[0] if facts["kind"] == passwords.PIN else passwords.SHORTEST
        return self._page(request, "secret.html", said, **facts, least=least)

    def _too_many(self, request: Request, template: str, error: tries.TooManyTries, /, **facts: Any) -> Response:
        page = self._page(request, template, said_of(error), **facts)
        page.status_code, page.headers["Retry-After"] = 429, str(int(tries.WINDOW.total_seconds()))
        return page

    def _page(self, request: Request, template: str, said: Said | None = None, /, **facts: Any) -> Response:
        chosen = request.query_params.get("lang")
        known = self.shared.settings.languages
        wanted = [one.strip()[:2].lower() for one in request.headers.get("accept-language", "").split(",")]
        language = next((one for one in (chosen, *wanted) if one in known), known[0])
        page = self.shared.page(request, template, str(language), said=said, **facts)
        if said:
            page.status_code = 422
        return page

    async def _apart(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._slowly)


class NotTheSame(RuleBroken):
    """The two boxes hold different secrets."""


def said_of(error: RuleBroken) -> Said:
    """Its words."""
    return Said(f"signing_in.errors.{type(error).__name__}", error.facts)


def _own(page: str) -> str:
    """A page of ours to go on to; empty for anything else."""
    return page if OWN_PAGES.fullmatch(page) else ""
