"""why a message will never arrive"""

import sqlalchemy as sa
from alembic import op

revision = '7d1f0c6b92a5'
down_revision = '7c1d0a6e90f2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.add_column(sa.Column('undeliverable', sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.drop_column('undeliverable')
