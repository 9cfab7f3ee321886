"""signing in on the web"""

import sqlalchemy as sa
from alembic import op

import backoffice.database

revision = 'a15c3e907b42'
down_revision = '9d2c41f0a7e5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'tries',
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('since', backoffice.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_tries')),
    )
    op.create_index(op.f('ix_tries_since'), 'tries', ['since'], unique=False)

    op.create_table(
        'login',
        sa.Column('employee_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('secret', sa.String(), nullable=False),
        sa.Column('set_at', backoffice.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('second_factor', sa.String(), nullable=True),
        sa.Column('offered', sa.String(), nullable=True),
        sa.Column('last_step', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_login_employee_id')),
        sa.PrimaryKeyConstraint('employee_id', name=op.f('pk_login')),
    )
    op.create_table(
        'recovery_code',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('employee_id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('used_at', backoffice.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_recovery_code_employee_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code')),
    )
    op.create_index(op.f('ix_recovery_code_employee_id'), 'recovery_code', ['employee_id'], unique=False)

    op.create_table(
        'sign_in_code',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('employee_id', sa.Integer(), nullable=False),
        sa.Column('issued_at', backoffice.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column('expires_at', backoffice.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column('used_at', backoffice.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column('renews_second_factor', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_sign_in_code_employee_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_code')),
        sa.UniqueConstraint('digest', name=op.f('uq_sign_in_code_digest')),
    )
    op.create_index(op.f('ix_sign_in_code_employee_id'), 'sign_in_code', ['employee_id'], unique=False)

    op.create_table(
        'web_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(), nullable=False),
        sa.Column('employee_id', sa.Integer(), nullable=False),
        sa.Column('level', sa.String(), nullable=False),
        sa.Column('code_id', sa.Integer(), nullable=True),
        sa.Column('started_at', backoffice.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column('seen_at', backoffice.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['code_id'], ['sign_in_code.id'], name=op.f('fk_web_session_code_id')),
        sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_web_session_employee_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_web_session')),
        sa.UniqueConstraint('digest', name=op.f('uq_web_session_digest')),
    )
    op.create_index(op.f('ix_web_session_employee_id'), 'web_session', ['employee_id'], unique=False)
    op.create_index(op.f('ix_web_session_seen_at'), 'web_session', ['seen_at'], unique=False)

    op.add_column('employee', sa.Column('number', sa.String(), nullable=True))
    op.create_index(op.f('ix_employee_number'), 'employee', ['number'], unique=True)



def downgrade() -> None:
    op.drop_index(op.f('ix_employee_number'), table_name='employee')
    op.drop_column('employee', 'number')

    op.drop_index(op.f('ix_web_session_seen_at'), table_name='web_session')
    op.drop_index(op.f('ix_web_session_employee_id'), table_name='web_session')

    op.drop_table('web_session')
    op.drop_index(op.f('ix_sign_in_code_employee_id'), table_name='sign_in_code')

    op.drop_table('sign_in_code')
    op.drop_index(op.f('ix_recovery_code_employee_id'), table_name='recovery_code')

    op.drop_table('recovery_code')
    op.drop_table('login')
    op.drop_index(op.f('ix_tries_since'), table_name='tries')

    op.drop_table('tries')
