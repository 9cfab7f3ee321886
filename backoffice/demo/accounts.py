"""Platform accounts of the six people one can be: made up, and recognisably so. Real ones: `kontor account bind`."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backoffice import people

SLACK_TEAM = "TDEMO"
HANDLES = {
    "mara.lindt": ("U_MARA", "7001"),
    "ali.yildiz": ("U_ALI", "7002"),
    "eva.brandt": ("U_EVA", "7003"),
    "jonas.weber": ("U_JONAS", "7004"),
    "petra.roth": ("U_PETRA", "7005"),
    "oksana.koval": ("U_OKSANA", "7006"),
}


def bind(session: Session) -> None:
    """One Slack and one Telegram account for each of them."""
    for key, (slack, telegram) in HANDLES.items():
        employee = people.by_key(session, key)
        people.bind_account(session, employee, channel="slack", handle=f"{SLACK_TEAM}:{slack}")
        people.bind_account(session, employee, channel="telegram", handle=telegram)
