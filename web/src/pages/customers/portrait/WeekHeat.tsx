import { Tooltip } from 'antd'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart, Count } from '@/kit'
import type { HeatCell } from './api'
import styles from './portrait.module.css'
import { strength, type WeekCell, week } from './week'

// i18n-keys: portrait.weekday.*
/** When a customer buys: weekday by pairs of hours. */
export function WeekHeat({ cells }: { cells: HeatCell[] }) {
  const { t } = useTranslation()
  const rows = week(cells)
  const flat = rows.flat().filter((c) => c.orders > 0)
  const most = Math.max(0, ...flat.map((c) => c.orders))
  const span = (c: WeekCell) => `${pad(c.hour)}:00–${pad(c.hour + 2)}:00`
  return (
    <Chart<WeekCell>
      title={t('portrait.when')}
      note={t('portrait.when_note')}
      height={230}
      drawing={
        <div className={styles.heat} role="img" aria-label={t('portrait.when')}>
          {rows.map((row) => (
            <div key={row[0]?.weekday} className={styles.heatRow}>
              <span className={styles.heatHead}>{t(`portrait.weekday.${row[0]?.weekday}`)}</span>
              {row.map((c) => (
                <Tooltip
                  key={c.hour}
                  title={
                    c.orders > 0
                      ? t('portrait.when_cell', {
                          day: t(`portrait.weekday.${c.weekday}`),
                          hours: span(c),
                          count: c.orders,
                        })
                      : undefined
                  }
                >
                  <span
                    className={styles.heatCell}
                    style={{ '--heat': strength(c.orders, most) * 70 } as CSSProperties}
                  />
                </Tooltip>
              ))}
            </div>
          ))}
          <div className={styles.heatRow} aria-hidden="true">
            <span />
            {(rows[0] ?? []).map((c) => (
              <span key={c.hour} className={styles.heatFoot}>
                {c.hour % 4 === 0 ? c.hour : ''}
              </span>
            ))}
          </div>
        </div>
      }
      table={{
        rows: flat,
        rowKey: (c) => `${c.weekday}-${c.hour}`,
        columns: [
          {
            key: 'day',
            title: t('portrait.weekday'),
            render: (c) => t(`portrait.weekday.${c.weekday}`),
          },
          { key: 'hours', title: t('portrait.hours'), render: (c) => span(c) },
          {
            key: 'orders',
            title: t('customers.orders'),
            align: 'right',
            render: (c) => <Count value={c.orders} />,
          },
        ],
      }}
    />
  )
}

const pad = (n: number) => String(n).padStart(2, '0')
