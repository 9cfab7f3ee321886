"""which events of a conversation are open"""

import sqlalchemy as sa
from alembic import op

revision = '82c7e1a95b30'
down_revision = '81f4b07c6d15'
branch_labels = None
depends_on = None

OPEN = sa.text('done_at IS NULL')


def upgrade() -> None:
    op.create_index(
        'ix_inbox_event_open', 'inbox_event', ['conversation'], sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_index('ix_inbox_event_open', 'inbox_event')
