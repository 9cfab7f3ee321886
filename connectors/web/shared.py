"""What all pages share: who is asking, in which language, and how a page is drawn."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from backoffice import articles, people, sessions, signing_in
from backoffice.clock import Clock
from backoffice.database import Database
from backoffice.errors import NotFound
from backoffice.models import Employee, TalkState
from backoffice.outbox import Said
from backoffice.sessions import Visit
from backoffice.settings import Settings
from backoffice.wording import say
from connectors.conversation import conversation_id

COOKIE, SESSION_LIFE_S = "kontor", 12 * 3600  # of the demo; `sessions.LONGEST` says it for all others
OWED = {sessions.START: "/start/secret", sessions.HALF: "/sign-in/second"}
T = TypeVar("T")


class Shared:
    """One for all routes."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.clock = Clock(settings.today)
        self.signer = URLSafeTimedSerializer(settings.session_key.get_secret_value(), salt="kontor.session")
        self._remarks = URLSafeTimedSerializer(settings.session_key.get_secret_value(), salt="kontor.remark")
        self.templates = Jinja2Templates(Path(__file__).parent / "templates")
        self.templates.env.globals["emphasise"] = emphasise

    def visitor(self, request: Request) -> int | None:
        """The employee of the cookie, if there is one."""
        if not self.settings.demo:
            visit = self.visit(request)
            return visit.employee if visit and visit.is_inside else None
        try:
            return int(self.signer.loads(request.cookies.get(COOKIE, ""), max_age=SESSION_LIFE_S))
        except (BadData, ValueError):
            return None

    def signed_in(self, request: Request, *, owing: bool = False) -> int:
        """The employee of the cookie; everybody else is sent to the door, or to what is still owed.

        With `owing` the second factor may still be missing: where it is set up.
        """
        visit = self.visit(request)
        if visit and visit.level in OWED:
            raise HTTPException(303, headers={"Location": OWED[visit.level]})
        employee_id = self.visitor(request)
        if employee_id is None:
            raise to_the_door(None if self.settings.demo else request)
        if visit and visit.owes_second_factor and visit.level == sessions.PASSWORD and not owing:
            raise HTTPException(303, headers={"Location": "/account/second-factor"})
        return employee_id

    def in_role(self, request: Request) -> int:
        """The same for pages of a role: a PIN, or a password alone where two factors are due, does not open them."""
        employee_id, visit = self.signed_in(request), self.visit(request)
        if visit and (visit.level == sessions.PIN or visit.owes_second_factor):
            raise HTTPException(403, "weak_sign_in")
        return employee_id

    def visit(self, request: Request) -> Visit | None:
        """The session of the cookie; there are none in the demo."""
        found: Visit | None = getattr(request.state, "visit", None)
        return found

    def form_token(self, request: Request) -> str:
        """What a form of this person carries, so that it comes from a page that was made for her."""
        visit = self.visit(request)
        if visit is None:
            return ""
        text = f"form of {visit.employee}".encode()
        return hmac.new(self.settings.session_key.get_secret_value().encode(), text, hashlib.sha256).hexdigest()

    def employee(self, session: Session, employee_id: int) -> Employee:
        """Who is signed in; who has left meanwhile is sent to the door, whatever the cookie says."""
        try:
            return people.at_work(session, employee_id, clock=self.clock)
        except (NotFound, people.HasLeft):
            raise to_the_door() from None

    def conversation_of(self, employee_id: int, door: str = "web") -> str:
        """The id of a conversation: made from the door's key, not guessable."""
        return conversation_id(f"{door}:{employee_id}", self.settings.session_key.get_secret_value())

    async def read(self, work: Callable[[Session], T], *, lasting: bool = True) -> T:
        """Work with the database in one transaction, in a thread."""

        def in_transaction() -> T:
            with self.database.transaction(lasting=lasting) as session:
                return work(session)

        return await anyio.to_thread.run_sync(in_transaction)

    def talk_language(self, session: Session, employee: Employee) -> str:
        """The language of the conversation on the web, at first the person's own."""
        talk = session.get(TalkState, self.conversation_of(employee.id))
        return talk.language if talk else employee.language

    def remark(self, said: Said) -> str:
        """What came of a form, as a query for the page that is shown next; signed, so that nobody else words it."""
        return urlencode({"said": self._remarks.dumps(asdict(said))})

    def _remarked(self, request: Request, language: str, zone: str) -> str:
        try:
            said = self._remarks.loads(request.query_params.get("said", ""), max_age=60)
        except BadData:
            return ""
        return say(said["key"], language, {**said["facts"], "zone": zone}).replace("**", "")

    def page(self, request: Request, name: str, language: str, /, **facts: Any) -> HTMLResponse:
        """A page in a language, with the times of the place where `me` works.

        `t` speaks the words of the web, `say` all others, `remark` says what a form did.
        """
        zone = facts.get("me", {}).get("zone", self.settings.zone)
        here = {"today": self.clock.today_in(zone).isoformat(), "zone": zone}
        shared = {"t": lambda key, **f: say(f"web.{key}", language, {**here, **f}), "language": language}
        shared["say"] = lambda key, **f: say(key, language, {**here, **f})
        shared["remark"] = self._remarked(request, language, zone)
        shared["token"], shared["idle_s"] = self.form_token(request), self.settings.idle_minutes * 60
        shared["other"] = next((one for one in self.settings.languages if one != language), language)
        return self.templates.TemplateResponse(request, name, {**shared, "demo": self.settings.demo, **facts})


def to_the_door(request: Request | None = None) -> HTTPException:
    """For whoever is not signed in (any more); the door leads back to the page that was asked for."""
    asked = request.url.path if request and request.method == "GET" else "/"
    return HTTPException(303, headers={"Location": "/" if asked == "/" else f"/?{urlencode({'to': asked})}"})


def about(employee: Employee) -> dict[str, Any]:
    """What the head of every page says of the person."""
    who = f"{employee.name} · {employee.title}, {employee.site.name}"
    staff = bool(set(people.QUEUES) & set(employee.roles))
    editor = articles.EDITOR in employee.roles
    facts = {"name": employee.first_name, "who": who, "initials": initials(employee), "zone": employee.site.zone}
    inviter = bool({signing_in.ADMIN, signing_in.HR} & set(employee.roles))
    return {**facts, "staff": staff, "editor": editor, "inviter": inviter}


def initials(employee: Employee) -> str:
    """For the round badge."""
    return employee.first_name[:1] + employee.last_name[:1]


def emphasise(text: str) -> list[tuple[bool, str]]:
    """`**bold**` as (is it bold, piece) pairs, so that a template can escape every piece."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(text.split("**")) if piece]
