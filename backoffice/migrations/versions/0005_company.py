"""company"""

import sqlalchemy as sa
from alembic import op

revision = '8c1f4a7d2e90'
down_revision = '54aa71a40cbe'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('employee', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weekly_minutes', sa.Integer(), nullable=False, server_default='2400'))
        batch_op.add_column(sa.Column('probation_until', sa.Date(), nullable=True))

    op.create_table('reorder_point',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['stock_item.id'], name=op.f('fk_reorder_point_item_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_reorder_point_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reorder_point')),
    sa.UniqueConstraint('item_id', 'site_id', name=op.f('uq_reorder_point_item_id_site_id'))
    )
    with op.batch_alter_table('purchase_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('supplier', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('received', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('ordered_on', sa.Date(), nullable=True))
    # Orders from before had no number of their own.
    op.execute(sa.text("UPDATE purchase_order SET number = 'PO-' || CAST(id AS VARCHAR)"))
    with op.batch_alter_table('purchase_order', schema=None) as batch_op:
        batch_op.alter_column('number', existing_type=sa.String(), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_purchase_order_number'), ['number'])

    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.add_column(sa.Column('published', sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.drop_column('published')

    with op.batch_alter_table('purchase_order', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_purchase_order_number'), type_='unique')
        batch_op.drop_column('ordered_on')
        batch_op.drop_column('received')
        batch_op.drop_column('supplier')
        batch_op.drop_column('number')

    op.drop_table('reorder_point')
    with op.batch_alter_table('employee', schema=None) as batch_op:
        batch_op.drop_column('probation_until')
        batch_op.drop_column('weekly_minutes')
