"""All tables; importing this module fills the metadata."""

from backoffice.models.articles import Article, ArticleRevision
from backoffice.models.audit import AuditEntry
from backoffice.models.inventory import Asset, PurchaseOrder, ReorderPoint, StockItem, StockMove
from backoffice.models.leave import LeaveEntry, LeaveRequest
from backoffice.models.linking import LinkAttempt, LinkCode, MailMessage
from backoffice.models.payroll import Payslip, PayslipLine
from backoffice.models.people import ApiToken, ChannelAccount, Employee, Site
from backoffice.models.shifts import Shift
from backoffice.models.sickness import SickReport
from backoffice.models.signing_in import Login, RecoveryCode, SignInCode, Tries, WebSession
from backoffice.models.talk import ActionRun, InboxEvent, Mark, OutboxMessage, Pressable, TalkState
from backoffice.models.tickets import Ticket, TicketEvent
from backoffice.models.unclear import UnclearSentence

__all__ = [
    "ActionRun",
    "ApiToken",
    "Article",
    "ArticleRevision",
    "Asset",
    "AuditEntry",
    "ChannelAccount",
    "Employee",
    "InboxEvent",
    "LeaveEntry",
    "LeaveRequest",
    "LinkAttempt",
    "LinkCode",
    "Login",
    "MailMessage",
    "Mark",
    "OutboxMessage",
    "Payslip",
    "PayslipLine",
    "Pressable",
    "PurchaseOrder",
    "RecoveryCode",
    "ReorderPoint",
    "Shift",
    "SickReport",
    "SignInCode",
    "Site",
    "StockItem",
    "StockMove",
    "TalkState",
    "Ticket",
    "TicketEvent",
    "Tries",
    "UnclearSentence",
    "WebSession",
]
