"""rules: yearly leave by contract, the kind of an absence, the audit"""

import sqlalchemy as sa
from alembic import op

import backoffice.database

revision = '7c1d09e5b3a6'
down_revision = '8c1f4a7d2e90'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', backoffice.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=True),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=True),
    sa.Column('hash', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('place', name=op.f('uq_audit_entry_place'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index('ix_audit_subject', ['subject_kind', 'subject_id'], unique=False)
    op.add_column('employee', sa.Column('leave_per_year', sa.Integer(), nullable=True))
    op.add_column('sick_report', sa.Column('kind', sa.String(), nullable=False, server_default='self'))


def downgrade() -> None:
    op.drop_column('sick_report', 'kind')
    op.drop_column('employee', 'leave_per_year')
    op.drop_table('audit_entry')
