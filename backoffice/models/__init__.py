"""All tables; importing this module fills the metadata."""

from backoffice.models.articles import Article, ArticleRevision
from backoffice.models.leave import LeaveEntry, LeaveRequest
from backoffice.models.people import ApiToken, ChannelAccount, Employee, Site
from backoffice.models.talk import ActionRun, InboxEvent, Mark, OutboxMessage, Pressable, TalkState
from backoffice.models.tickets import Ticket, TicketEvent

__all__ = [
    "ActionRun",
    "ApiToken",
    "Article",
    "ArticleRevision",
    "ChannelAccount",
    "Employee",
    "InboxEvent",
    "LeaveEntry",
    "LeaveRequest",
    "Mark",
    "OutboxMessage",
    "Pressable",
    "Site",
    "TalkState",
    "Ticket",
    "TicketEvent",
]
