"""sentences to learn from, where a works agreement allows it"""

import sqlalchemy as sa
from alembic import op

revision = '9d2c41f0a7e5'
down_revision = '82c7e1a95b30'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'unclear_sentence',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('week', sa.Date(), nullable=False),
        sa.Column('language', sa.String(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('guess', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unclear_sentence')),
    )


def downgrade() -> None:
    op.drop_table('unclear_sentence')
