"""in which country a site is"""

import sqlalchemy as sa
from alembic import op

revision = '81f4b07c6d15'
down_revision = '801c5d9a3e42'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('site', schema=None) as batch_op:
        batch_op.add_column(sa.Column('country', sa.String(), server_default='DE', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('site', schema=None) as batch_op:
        batch_op.drop_column('country')
