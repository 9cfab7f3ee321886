"""until when a token speaks"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

import backoffice.database
from backoffice.clock import Clock

revision = '801c5d9a3e42'
down_revision = '7f3b2e8db4c7'
branch_labels = None
depends_on = None

MOMENT = backoffice.database.UtcDateTime(timezone=True)
A_YEAR = timedelta(days=365)


def upgrade() -> None:
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('issued_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('expires_at', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('revoked_at', MOMENT, nullable=True))
    # Nobody is locked out by an upgrade: tokens that had no end get the one that new ones get.
    token = sa.table('api_token', sa.column('expires_at', MOMENT))
    op.execute(token.update().values(expires_at=Clock().now() + A_YEAR))
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.alter_column('expires_at', existing_type=MOMENT, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_column('revoked_at')
        batch_op.drop_column('expires_at')
        batch_op.drop_column('issued_at')
