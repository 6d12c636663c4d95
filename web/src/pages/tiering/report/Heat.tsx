import { Segmented, Tooltip } from 'antd'
import { type CSSProperties, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart, Count, Money, useFormat } from '@/kit'
import type { HeatCell, Summary } from '../api'
import { heatCuts, heatRows, strength } from './figures'
import styles from './heat.module.css'

type Shown = 'customers' | 'revenue'

/** Recency by frequency: where the customers are, and where the money is. */
export function Heat({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const [shown, setShown] = useState<Shown>('customers')
  const cells = summary.heat ?? []
  const rows = heatRows(cells)
  const cuts = heatCuts(summary)
  const measure = t(`tiers.metric.spend.${summary.scheme.measure}`)
  const value = (c: HeatCell) => (shown === 'customers' ? c.customers : c.revenue_fen)
  const most = Math.max(0, ...cells.map(value))
  const write = (c: HeatCell) =>
    shown === 'customers' ? f.countShort(c.customers) : f.moneyShort(c.revenue_fen)
  const rowNote = (r: number) => {
    const days = cuts?.r.get(r)
    return days === undefined ? '' : t('tiers.heat.days', { value: f.count(days) })
  }
  const columnNote = (k: number) => {
    const orders = cuts?.f.get(k)
    return orders === undefined ? '' : t('tiers.heat.orders', { value: f.count(orders) })
  }
  return (
    <Chart<HeatCell>
      title={t('tiers.heat.title')}
      note={t('tiers.heat.note', { n: f.count(summary.rfm?.customers ?? summary.buyers) })}
      height={320}
      extra={
        <Segmented<Shown>
          size="small"
          value={shown}
          onChange={setShown}
          aria-label={t('tiers.heat.shown')}
          options={[
            { value: 'customers', label: t('tiers.people') },
            { value: 'revenue', label: measure },
          ]}
        />
      }
      drawing={
        <div className={styles.heat}>
          <div className={styles.heatY}>{t('tiers.heat.y')}</div>
          <div className={styles.heatGrid} role="img" aria-label={t('tiers.heat.title')}>
            {rows.map((row) => (
              <div key={row[0]?.r} className={styles.heatRow}>
                <span className={styles.heatHead}>
                  <b>R{row[0]?.r}</b>
                  <small>{rowNote(row[0]?.r ?? 0)}</small>
                </span>
                {row.map((c) => (
                  <Tooltip
                    key={c.f}
                    title={t('tiers.heat.cell', {
                      r: c.r,
                      f: c.f,
                      customers: f.count(c.customers),
                      measure,
                      revenue: f.money(c.revenue_fen),
                    })}
                  >
                    <span
                      className={styles.heatCell}
                      style={{ '--heat': strength(value(c), most) * 55 } as CSSProperties}
                    >
                      {c.customers > 0 ? write(c) : ''}
                    </span>
                  </Tooltip>
                ))}
              </div>
            ))}
            <div className={styles.heatRow}>
              <span className={styles.heatHead} />
              {(rows[0] ?? []).map((c) => (
                <span key={c.f} className={styles.heatFoot}>
                  <b>F{c.f}</b>
                  <small>{columnNote(c.f)}</small>
                </span>
              ))}
            </div>
          </div>
          <div className={styles.heatX}>{t('tiers.heat.x')}</div>
        </div>
      }
      table={{
        rows: cells,
        rowKey: (c) => `${c.r}-${c.f}`,
        columns: [
          { key: 'r', title: t('tiers.axis.recency'), render: (c) => `R${c.r}` },
          { key: 'f', title: t('tiers.axis.frequency'), render: (c) => `F${c.f}` },
          {
            key: 'customers',
            title: t('tiers.buyers'),
            align: 'right',
            render: (c) => <Count value={c.customers} />,
          },
          {
            key: 'revenue',
            title: measure,
            align: 'right',
            render: (c) => <Money fen={c.revenue_fen} />,
          },
        ],
      }}
    />
  )
}
