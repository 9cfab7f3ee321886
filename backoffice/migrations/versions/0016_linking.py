"""codes that prove an account, what accounts have tried, mails"""

import sqlalchemy as sa
from alembic import op

import backoffice.database

revision = 'b41d7e6c2f08'
down_revision = 'a15c3e907b42'
branch_labels = None
depends_on = None

MOMENT = backoffice.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'link_code',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('employee_id', sa.Integer(), nullable=False),
        sa.Column('way', sa.String(), nullable=False),
        sa.Column('channel', sa.String(), nullable=True),
        sa.Column('handle', sa.String(), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_link_code_employee_id_employee')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_code')),
        sa.UniqueConstraint('digest', name=op.f('uq_link_code_digest')),
    )
    op.create_index(op.f('ix_link_code_employee_id'), 'link_code', ['employee_id'])
    op.create_table(
        'link_attempt',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('handle', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('outcome', sa.String(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_attempt')),
        sa.UniqueConstraint('key', name=op.f('uq_link_attempt_key')),
    )
    op.create_index('ix_link_attempt_account', 'link_attempt', ['channel', 'handle', 'at'])
    op.create_table(
        'mail_message',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('employee_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('claimed_until', MOMENT, nullable=True),
        sa.Column('done_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_mail_message_employee_id_employee')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_message')),
    )
    op.create_index(op.f('ix_mail_message_expires_at'), 'mail_message', ['expires_at'])


def downgrade() -> None:
    for table in ('mail_message', 'link_attempt', 'link_code'):
        op.drop_table(table)
