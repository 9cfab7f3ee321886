"""what was typed goes when its turn is answered"""

import sqlalchemy as sa
from alembic import op

revision = '7e2a1d7ca3b6'
down_revision = '7d1f0c6b92a5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('inbox_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('forget', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('inbox_event', schema=None) as batch_op:
        batch_op.drop_column('forget')
