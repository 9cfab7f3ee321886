"""Whose browser asks, outside the demo: the session of the cookie is looked up before any page is."""

from __future__ import annotations

import hmac
from datetime import timedelta

from fastapi import HTTPException, Request, Response
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from backoffice import sessions
from backoffice.sessions import Visit
from connectors.web.shared import COOKIE, Shared

NOBODYS = ("/static/", "/api/", "/health/")
BY_ITSELF = "/talk/seen"
CLEARED = '"cache"'
WAYS_IN = ("/sign-in", "/start")


class Visits:
    """Puts the visit into the request's state; a cookie that opens nothing is none."""

    def __init__(self, app: ASGIApp, shared: Shared) -> None:
        self._app, self._shared = app, shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and not scope["path"].startswith(NOBODYS):
            request = Request(scope)
            request.state.visit = await self._visit(request)
        await self._app(scope, receive, send)

    async def _visit(self, request: Request) -> Visit | None:
        token, idle = request.cookies.get(cookie_name(request), ""), idle_for(self._shared)
        if not token:
            return None

        def look(session: Session) -> Visit | None:
            return sessions.find(session, token, clock=self._shared.clock, idle=idle, active=is_deed(request))

        return await self._shared.read(look, lasting=False)


def is_deed(request: Request) -> bool:
    """Whether a person did this: opened a page or sent a form; not what an open page asks for by itself."""
    if request.method == "POST":
        return request.url.path != BY_ITSELF
    return request.headers.get("sec-fetch-mode", "navigate") == "navigate"


def idle_for(shared: Shared) -> timedelta:
    """After which time without a deed a session ends."""
    return timedelta(minutes=shared.settings.idle_minutes)


def cookie_name(request: Request) -> str:
    """A name that browsers take over https only, from this host only, where there is https."""
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


def remember(answer: Response, request: Request, token: str) -> Response:
    """The browser has the session from now on. Lax: a link in a chat opens the page of whoever is signed in."""
    is_https = request.url.scheme == "https"
    answer.set_cookie(cookie_name(request), token, httponly=True, secure=is_https, samesite="lax", path="/")
    return answer


def forget(answer: Response, request: Request) -> Response:
    """The browser has none any more, and no copies of pages."""
    is_https = request.url.scheme == "https"
    answer.delete_cookie(cookie_name(request), httponly=True, secure=is_https, samesite="lax", path="/")
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer


def address_of(request: Request) -> str:
    """Where the request comes from; behind a proxy on this machine what the proxy says (uvicorn sees to that)."""
    return request.client.host if request.client else "unknown"


async def own_form(request: Request) -> None:
    """A form of somebody who is signed in carries what only a page of hers knows; where she comes in, none does yet."""
    shared: Shared = request.app.state.shared
    if request.method != "POST" or shared.visit(request) is None or request.scope["route"].path in WAYS_IN:
        return
    sent = request.headers.get("x-kontor-token", "")
    if not sent and not request.headers.get("content-type", "").startswith("application/json"):
        sent = str((await request.form()).get("token", ""))
    if not hmac.compare_digest(sent.encode(), shared.form_token(request).encode()):
        raise HTTPException(403, "not_own_form")
