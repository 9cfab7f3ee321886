"""language of what was said"""

import sqlalchemy as sa
from alembic import op

revision = "7c1d0a6e90f2"
down_revision = "7c1d09e5b3a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.drop_column("language")
