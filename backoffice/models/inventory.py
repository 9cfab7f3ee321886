"""Stock as a ledger of pieces, orders on their way, and the devices that people carry."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.database import Base
from backoffice.models.people import Site


class StockItem(Base):
    """`names`: language -> name; `words` are further words that people use for it."""

    __tablename__ = "stock_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    words: Mapped[list[str]] = mapped_column(JSON, default=list)


class StockMove(Base):
    """Signed pieces at a site. `kind`: count, receive, issue change what is there; reserve only what is free."""

    __tablename__ = "stock_move"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("stock_item.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str]
    pieces: Mapped[int]
    on: Mapped[date]

    site: Mapped[Site] = relationship(lazy="joined", innerjoin=True)


class ReorderPoint(Base):
    """Below so many free pieces at a site, more must be ordered."""

    __tablename__ = "reorder_point"
    __table_args__ = (UniqueConstraint("item_id", "site_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("stock_item.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    pieces: Mapped[int]

    site: Mapped[Site] = relationship(lazy="joined", innerjoin=True)


class PurchaseOrder(Base):
    """Ordered `pieces` of one item for one site; `received` of them have come and stand in the ledger."""

    __tablename__ = "purchase_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    supplier: Mapped[str]
    item_id: Mapped[int] = mapped_column(ForeignKey("stock_item.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    pieces: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    ordered_on: Mapped[date | None]
    due: Mapped[date]

    site: Mapped[Site] = relationship(lazy="joined", innerjoin=True)

    @property
    def open_pieces(self) -> int:
        """What has not come yet."""
        return max(0, self.pieces - self.received)


class Asset(Base):
    """A device that somebody carries."""

    __tablename__ = "asset"
    id: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"), index=True)
    warranty_until: Mapped[date | None]
