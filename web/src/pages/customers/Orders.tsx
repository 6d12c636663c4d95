import { Button } from 'antd'
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DateTime, Day, EmptyState, ErrorState, Facts, Money, SimpleTable, useFormat } from '@/kit'
import type { Order, OrderLine } from './api'
import styles from './customers.module.css'
import { OrderState, region } from './words'

/** Orders, newest first; each opens to its lines. */
export function Orders({
  orders,
  more,
  busy,
  error,
  onMore,
}: {
  orders: Order[]
  /** Whether there are older ones. */
  more: boolean
  busy: boolean
  error: unknown
  onMore: () => void
}) {
  const { t } = useTranslation()
  if (orders.length === 0) {
    return (
      <EmptyState
        compact
        icon={null}
        title={t('customers.orders.none')}
        text={t('customers.orders.none_text')}
      />
    )
  }
  return (
    <>
      <ul className={styles.orders}>
        {orders.map((order) => (
          <OrderItem key={order.id} order={order} />
        ))}
      </ul>
      {error ? (
        <ErrorState compact error={error} onRetry={onMore} />
      ) : (
        more && (
          <div className={styles.more}>
            <Button loading={busy} onClick={onMore}>
              {t('customers.orders.more')}
            </Button>
          </div>
        )
      )}
    </>
  )
}

function OrderItem({ order }: { order: Order }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const id = useId()
  const first = order.lines[0]?.product
  const title = first?.name || first?.code || t('customers.orders.no_product')
  return (
    <li className={open ? styles.orderOpen : undefined}>
      <button
        type="button"
        className={styles.order}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight size={16} aria-hidden="true" className={styles.fold} />
        <span className={styles.orderDay}>
          <Day at={order.day} />
        </span>
        <span className={styles.orderTitle}>
          {title}
          {order.line_count > 1 && (
            <span className="zk-muted">
              {' '}
              {t('customers.orders.and_more', { count: order.line_count })}
            </span>
          )}
        </span>
        <span className={styles.orderState}>
          <OrderState order={order} />
        </span>
        <span className={styles.orderNet}>
          <Money fen={order.net_fen} />
        </span>
      </button>
      {open && (
        <div id={id} className={styles.orderBody}>
          <OrderBody order={order} />
        </div>
      )}
    </li>
  )
}

function OrderBody({ order }: { order: Order }) {
  const { t } = useTranslation()
  const f = useFormat()
  const none = <span className="zk-muted">–</span>
  return (
    <>
      {order.lines.length > 0 && (
        <SimpleTable<OrderLine>
          label={t('customers.orders.lines')}
          compact
          rows={order.lines}
          rowKey={(line) => line.line_no}
          columns={[
            {
              key: 'product',
              title: t('customers.product'),
              render: (line) => (
                <>
                  {line.product?.name || line.product?.code || t('customers.orders.no_product')}
                  {line.product && (
                    <div className="zk-muted">
                      {[
                        line.product.name && line.product.code,
                        line.product.category,
                        line.product.brand,
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </div>
                  )}
                </>
              ),
            },
            {
              key: 'quantity',
              title: t('customers.quantity'),
              align: 'right',
              render: (line) => (
                <span className="zk-num">{f.count(line.quantity_milli / 1000, 3)}</span>
              ),
            },
            {
              key: 'amount',
              title: t('customers.line_amount'),
              align: 'right',
              render: (line) => <Money fen={line.amount_fen} />,
            },
          ]}
        />
      )}
      {order.line_count > order.lines.length && (
        <p className="zk-muted">
          {t('customers.orders.lines_cut', {
            shown: f.count(order.lines.length),
            total: f.count(order.line_count),
          })}
        </p>
      )}
      <Facts
        columns={2}
        items={[
          { label: t('customers.orders.number'), value: order.external_id || none },
          { label: t('customers.orders.paid_at'), value: <DateTime at={order.paid_at} /> },
          { label: t('customers.orders.gross'), value: <Money fen={order.gross_fen} /> },
          ...(order.discount_fen == null
            ? []
            : [
                {
                  label: t('customers.orders.discount'),
                  value: <Money fen={order.discount_fen} />,
                },
              ]),
          { label: t('customers.refunded'), value: <Money fen={order.refunded_fen} /> },
          { label: t('customers.net'), value: <Money fen={order.net_fen} /> },
          { label: t('customers.orders.freight'), value: <Money fen={order.freight_fen} /> },
          { label: t('customers.source'), value: order.source.name },
          {
            label: t('customers.orders.channel'),
            value: [order.channel, order.store].filter(Boolean).join(' · ') || none,
          },
          { label: t('customers.orders.region'), value: region(order) || none },
        ]}
      />
    </>
  )
}
