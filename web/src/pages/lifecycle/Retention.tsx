import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { Bone, EmptyState, QueryView, Section, useFormat } from '@/kit'
import { type Cohort, useRetention } from './api'
import { bestKept, heat, kept } from './figures'
import styles from './lifecycle.module.css'
import { MonthRange, useMonths } from './MonthRange'

/** How many months behind the first are shown at most. */
const columns = 24

/** Who bought again in which month, by the month of the first order. */
export function Retention({ open }: { open: string }) {
  const { t } = useTranslation()
  const { months, choose } = useMonths('retention', open, 12)
  const query = useRetention(months, true)
  return (
    <Section
      title={t('lifecycles.retention')}
      note={t('lifecycles.retention.note')}
      extra={
        <MonthRange
          label={t('lifecycles.months')}
          open={open}
          months={months}
          most={60}
          onChange={choose}
        />
      }
    >
      <QueryView query={query} compact skeleton={<Bone width="100%" height={320} />}>
        {({ cohorts }) =>
          cohorts.length === 0 ? (
            <EmptyState
              compact
              title={t('lifecycles.cohorts.none')}
              text={t('lifecycles.cohorts.none_text')}
            />
          ) : (
            <Table cohorts={cohorts} />
          )
        }
      </QueryView>
    </Section>
  )
}

function Table({ cohorts }: { cohorts: Cohort[] }) {
  const { t } = useTranslation()
  const f = useFormat()
  const months = Math.min(columns, Math.max(...cohorts.map((c) => c.active.length)))
  const best = bestKept(cohorts, months)
  const ahead = Array.from({ length: months }, (_, i) => i)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.heat} aria-label={t('lifecycles.retention')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('lifecycles.cohort')}</th>
            <th scope="col">{t('lifecycles.customers')}</th>
            {ahead.map((k) => (
              <th key={k} scope="col">
                {t('lifecycles.month_n', { n: k })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((c) => (
            <tr key={c.month}>
              <th scope="row">{c.month}</th>
              <td className={styles.plain}>{f.count(c.customers)}</td>
              {ahead.map((k) => {
                const share = kept(c, k)
                if (share === null) return <td key={k} className={styles.plain} />
                const strength = k === 0 ? 0 : heat(share, best)
                return (
                  <td
                    key={k}
                    style={{ '--heat': strength * 55 } as CSSProperties}
                    title={t('lifecycles.retention.cell', {
                      month: c.month,
                      n: k,
                      shown: f.count(c.active[k] ?? 0),
                      share: f.percent(share),
                    })}
                  >
                    <span>{f.percent(share, k === 0 ? 0 : 1)}</span>
                    <small>{f.count(c.active[k] ?? 0)}</small>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
