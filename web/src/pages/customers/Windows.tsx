import { Segmented, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  Change,
  type Column,
  Count,
  Facts,
  Money,
  Percent,
  SimpleTable,
  useFormat,
  useIsPhone,
  useMe,
} from '@/kit'
import type { Figures, WindowFigures } from './api'
import styles from './customers.module.css'
import { type Base, baseOf } from './figures'

interface Row extends WindowFigures {
  base: Base | null
}

/** The field access that a column belongs to. */
const of: Record<string, string> = {
  net: 'spend',
  change: 'spend',
  aov: 'spend',
  refunded: 'spend',
  orders: 'orders',
  months: 'orders',
  repurchase: 'orders',
}

// i18n-keys: customers.window.*, customers.base.*
/** The figures of every window, each beside the time before it. */
export function Windows({ figures }: { figures: Figures }) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const rows: Row[] = figures.windows.map((w) => ({
    ...w,
    base: baseOf(figures.windows, w.days, figures.first_day, figures.as_of),
  }))
  const me = useMe()
  const columns = useColumns().filter(({ key }) => !me.hides(of[key] ?? ''))
  if (phone) return <OneWindow rows={rows} columns={columns} />
  return (
    <SimpleTable
      label={t('customers.windows')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.days}
    />
  )
}

function useColumns(): Column<Row>[] {
  const { t } = useTranslation()
  const f = useFormat()
  return [
    {
      key: 'window',
      title: t('customers.window'),
      render: (r) => <span className="zk-num">{t(`customers.window.${r.days}`)}</span>,
    },
    {
      key: 'net',
      title: t('customers.net'),
      hint: t('customers.hint.net'),
      align: 'right',
      render: (r) => <Money fen={r.net_fen} />,
    },
    {
      key: 'change',
      title: t('customers.change'),
      hint: t('customers.hint.change'),
      render: (r) =>
        r.base && r.base.net_fen > 0 ? (
          <Tooltip title={t('customers.base', { value: f.money(r.base.net_fen) })}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the amount behind it is told on focus */}
            <span tabIndex={0}>
              <Change
                now={r.net_fen ?? 0}
                base={r.base.net_fen}
                label={t(`customers.base.${r.base.label}`)}
              />
            </span>
          </Tooltip>
        ) : (
          <span className="zk-muted">–</span>
        ),
    },
    {
      key: 'orders',
      title: t('customers.orders'),
      hint: t('customers.hint.orders'),
      align: 'right',
      render: (r) => <Count value={r.orders} />,
    },
    {
      key: 'aov',
      title: t('customers.aov'),
      hint: t('customers.hint.aov'),
      align: 'right',
      render: (r) => <Money fen={r.aov_fen} />,
    },
    {
      key: 'refunded',
      title: t('customers.refunded'),
      hint: t('customers.hint.refunded'),
      align: 'right',
      render: (r) => <Money fen={r.refunded_fen} />,
    },
    {
      key: 'months',
      title: t('customers.months'),
      hint: t('customers.hint.months'),
      align: 'right',
      render: (r) => <Count value={r.months} />,
    },
    {
      key: 'repurchase',
      title: t('customers.repurchase'),
      hint: t('customers.hint.repurchase'),
      align: 'right',
      render: (r) => <Percent share={r.repurchase_rate} />,
    },
  ]
}

/** On a phone one window at a time. */
function OneWindow({ rows, columns }: { rows: Row[]; columns: Column<Row>[] }) {
  const { t } = useTranslation()
  const [days, setDays] = useState(365)
  const row = rows.find((r) => r.days === days) ?? rows[0]
  if (!row) return null
  return (
    <div className={styles.oneWindow}>
      <Segmented
        block
        aria-label={t('customers.window')}
        value={row.days}
        onChange={(value) => setDays(Number(value))}
        options={rows.map((r) => ({
          value: r.days,
          label: r.days === 0 ? t('common.all') : t('customers.days', { count: r.days }),
        }))}
      />
      <Facts
        items={columns
          .filter((c) => c.key !== 'window')
          .map((c) => ({ key: c.key, label: c.title, value: c.render(row) }))}
      />
    </div>
  )
}
