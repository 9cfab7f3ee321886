"""The same deed as Kontor's leave request, as a rasa-sdk action server would do it: checked, written, committed."""

from __future__ import annotations

import os
import re
from datetime import date, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import Column, Date, DateTime, Integer, String, create_engine, event
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()
ENTITLEMENT_DAYS = 300


class LeaveRequest(Base):
    """One day that somebody asked for."""

    __tablename__ = "leave_request"
    id = Column(Integer, primary_key=True)
    employee = Column(String, index=True, nullable=False)
    day = Column(Date, nullable=False)
    status = Column(String, nullable=False, default="pending")
    asked_at = Column(DateTime, nullable=False)


engine = create_engine(f"sqlite:///{os.environ['BENCH_DATABASE']}", connect_args={"check_same_thread": False})


@event.listens_for(engine, "connect")
def _as_kontor_does(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


Base.metadata.create_all(engine)
Transaction = sessionmaker(engine)


def _asked(session: Any, employee: str) -> list[date]:
    return [one.day for one in session.query(LeaveRequest).filter_by(employee=employee, status="pending")]


class LeaveBalance(Action):
    """Reads what is left."""

    def name(self) -> str:
        return "action_leave_balance"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        with Transaction.begin() as session:
            left = ENTITLEMENT_DAYS - len(_asked(session, tracker.sender_id))
        dispatcher.utter_message(text=f"You have {left} days of leave left.")
        return []


class LeaveAsk(Action):
    """Reads the day and reads it back."""

    def name(self) -> str:
        return "action_leave_ask"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        found = re.search(r"\d{1,2} \w+ \d{4}", tracker.latest_message["text"])
        if not found:
            dispatcher.utter_message(text="Which day would you like to take?")
            return []
        day = datetime.strptime(found.group(), "%d %B %Y").date()
        with Transaction.begin() as session:
            asked = _asked(session, tracker.sender_id)
        if day in asked:
            dispatcher.utter_message(text="You have asked for that day already.")
            return []
        left = ENTITLEMENT_DAYS - len(asked) - 1
        dispatcher.utter_message(text=f"Shall I submit it? {day:%A, %d %B %Y}, 1 day, then {left} days are left.")
        return [SlotSet("leave_day", day.isoformat())]


class LeaveSubmit(Action):
    """Writes it down."""

    def name(self) -> str:
        return "action_leave_submit"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        day = date.fromisoformat(tracker.get_slot("leave_day"))
        with Transaction.begin() as session:
            if day in _asked(session, tracker.sender_id):
                dispatcher.utter_message(text="You have asked for that day already.")
                return []
            request = LeaveRequest(employee=tracker.sender_id, day=day, asked_at=datetime.utcnow())
            session.add(request)
            session.flush()
            number = request.id
        dispatcher.utter_message(text=f"Submitted as UA-{number:04d}.")
        return [SlotSet("leave_day", None)]
