import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import type { Explanation, Scheme } from '../api'
import { useRun } from '../queries'
import { valueText } from '../schemes/words'
import styles from './reason.module.css'

// i18n-keys: tiers.axis.*
/** The three classes of a customer against the average that splits the groups. */
export function RfmClasses({ e, scheme }: { e: Explanation; scheme?: Scheme }) {
  const { t } = useTranslation()
  const f = useFormat()
  const stats = useRun(e.run_id).data?.summary?.rfm
  if (!e.r) return <p className="zk-muted">{t('tiers.reason.rfm_none')}</p>
  const rfm = scheme?.rfm
  const size = (fixed?: number[]) => (fixed?.length ? fixed.length + 1 : (rfm?.bins ?? 5))
  const byValue = rfm?.split === 'value'
  const rows = [
    {
      axis: 'recency' as const,
      letter: 'R',
      value: e.r,
      most: size(rfm?.recency),
      mean: stats?.mean_r,
      figure: valueText(t, f, e.days_since ?? 0, 'days'),
      average: valueText(t, f, stats?.mean_r ?? 0, 'days'),
      above: byValue ? (e.days_since ?? 0) <= (stats?.mean_r ?? 0) : e.r >= (stats?.mean_r ?? 0),
    },
    {
      axis: 'frequency' as const,
      letter: 'F',
      value: e.f ?? 0,
      most: size(rfm?.frequency),
      mean: stats?.mean_f,
      figure: valueText(t, f, e.orders, 'orders'),
      average: valueText(t, f, stats?.mean_f ?? 0, 'orders'),
      above: byValue ? e.orders >= (stats?.mean_f ?? 0) : (e.f ?? 0) >= (stats?.mean_f ?? 0),
    },
    {
      axis: 'monetary' as const,
      letter: 'M',
      value: e.m ?? 0,
      most: size(rfm?.monetary),
      mean: stats?.mean_m,
      figure: f.money(e.spend_fen),
      average: valueText(t, f, stats?.mean_m ?? 0, 'yuan'),
      above: byValue
        ? e.spend_fen / 100 >= (stats?.mean_m ?? 0)
        : (e.m ?? 0) >= (stats?.mean_m ?? 0),
    },
  ]
  return (
    <ul className={styles.rfm}>
      {rows.map((row) => (
        <li key={row.axis}>
          <div className={styles.partHead}>
            <span>
              <b>
                {row.letter} {row.value}
              </b>{' '}
              {t(`tiers.axis.${row.axis}`)}
            </span>
            <span className="zk-num">{row.figure}</span>
          </div>
          <div className={styles.steps} aria-hidden="true">
            {Array.from({ length: row.most }, (_, i) => i + 1).map((step) => (
              <span key={step} className={step <= row.value ? styles.stepOn : ''} />
            ))}
          </div>
          {row.mean !== undefined && (
            <div className={styles.numbers}>
              {t(row.above ? 'tiers.reason.above' : 'tiers.reason.below', {
                value: byValue
                  ? row.average
                  : t('tiers.reason.mean_class', { value: f.count(row.mean, 2) }),
              })}
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}
