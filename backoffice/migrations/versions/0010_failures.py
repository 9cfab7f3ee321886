"""how often a turn failed"""

import sqlalchemy as sa
from alembic import op

revision = '7f3b2e8db4c7'
down_revision = '7e2a1d7ca3b6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('inbox_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('failures', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('inbox_event', schema=None) as batch_op:
        batch_op.drop_column('failures')
