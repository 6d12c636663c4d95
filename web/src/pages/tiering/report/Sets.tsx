import { useTranslation } from 'react-i18next'
import { Chart, Count, Money, Percent, useFormat } from '@/kit'
import type { Concentration, Summary } from '../api'
import { inside } from '../schemes/words'
import { partOf } from './figures'
import styles from './sets.module.css'

interface Row extends Concentration {
  key: 'top20' | 'revenue80'
  name: string
}

// i18n-keys: tiers.sets.*
/** Two ways to name the core: the best fifth, and whoever makes 80 % of revenue. */
export function Sets({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { top20, revenue80, buyers } = summary
  const measure = t(`tiers.metric.spend.${summary.scheme.measure}`)
  const rows: Row[] =
    buyers > 0
      ? [
          { ...top20, key: 'top20', name: t('tiers.sets.top20') },
          {
            ...revenue80,
            key: 'revenue80',
            name: t('tiers.sets.revenue80', { measure: inside(measure) }),
          },
        ]
      : []
  // Both are the head of one ranking, so that the smaller lies within the larger.
  const more = revenue80.customers - top20.customers
  const kind = more === 0 ? 'same' : more > 0 ? 'wider' : 'narrower'
  return (
    <Chart<Row>
      title={t('tiers.sets.title')}
      note={t('tiers.sets.note', { n: f.count(buyers) })}
      height={320}
      drawing={
        <div className={styles.sets}>
          {rows.map((row) => (
            <div key={row.key} className={styles.set}>
              <div className={styles.setName}>{row.name}</div>
              <Line
                label={t('tiers.buyers')}
                text={t('tiers.sets.people', {
                  count: row.customers,
                  value: f.count(row.customers),
                })}
                share={partOf(row.customers, buyers)}
              />
              <Line label={measure} text={f.moneyShort(row.revenue_fen)} share={row.share} strong />
              <div className={styles.setFoot}>
                {t('tiers.sets.least', { value: f.money(row.threshold_fen) })}
              </div>
            </div>
          ))}
          <p className={styles.setsText}>
            {t(`tiers.sets.${kind}`, {
              core: f.count(revenue80.customers),
              share: f.percent(partOf(revenue80.customers, buyers)),
              top: f.count(top20.customers),
              more: f.count(Math.abs(more)),
              overlap: f.count(summary.overlap),
              measure: inside(measure),
            })}
          </p>
        </div>
      }
      table={{
        rows,
        rowKey: (r) => r.key,
        columns: [
          { key: 'name', title: t('common.name'), render: (r) => r.name },
          {
            key: 'customers',
            title: t('tiers.buyers'),
            align: 'right',
            render: (r) => <Count value={r.customers} />,
          },
          {
            key: 'share',
            title: t('tiers.revenue_share'),
            align: 'right',
            render: (r) => <Percent share={r.share} digits={3} />,
          },
          {
            key: 'revenue',
            title: measure,
            align: 'right',
            render: (r) => <Money fen={r.revenue_fen} />,
          },
          {
            key: 'least',
            title: t('tiers.sets.threshold'),
            align: 'right',
            render: (r) => <Money fen={r.threshold_fen} />,
          },
        ],
      }}
    />
  )
}

function Line({
  label,
  text,
  share,
  strong,
}: {
  label: string
  text: string
  share: number
  strong?: boolean
}) {
  const f = useFormat()
  return (
    <div className={styles.setLine}>
      <span>{label}</span>
      <span className={`${styles.setTrack} ${strong ? styles.setStrong : ''}`} aria-hidden="true">
        <span style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span className="zk-num">
        <b>{f.percent(share)}</b> {text}
      </span>
    </div>
  )
}
