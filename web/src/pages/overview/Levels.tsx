import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Overview } from '@/api/types'
import { perm } from '@/app/permissions'
import { Bone, Can, Count, EmptyState, LevelTag, levelTone, Money, Section, useFormat } from '@/kit'
import styles from './overview.module.css'

/** Customers and revenue by level: two shares side by side tell the story. */
export function Levels({ data }: { data?: Overview }) {
  const { t } = useTranslation()
  const f = useFormat()
  const levels = data?.levels
  if (data && !levels) {
    return (
      <Section title={t('overview.levels')} boxed>
        <EmptyState
          compact
          title={t('overview.levels.none')}
          text={t('overview.levels.none_text')}
          action={
            <Can permission={perm.tierRun}>
              <Link to="/tiering/runs">{t('overview.levels.run')}</Link>
            </Can>
          }
        />
      </Section>
    )
  }
  const items = levels?.items ?? []
  const customers = items.reduce((sum, x) => sum + x.customers, 0)
  const revenue = items.reduce((sum, x) => sum + Math.max(0, x.revenue_fen), 0)
  const share = (part: number, all: number) => (all > 0 ? Math.max(0, part) / all : 0)
  return (
    <Section
      boxed
      title={t('overview.levels')}
      note={
        levels && t('overview.levels.note', { scheme: levels.scheme_name, day: levels.as_of_day })
      }
      extra={levels && <Link to="/tiering/report">{t('overview.levels.report')}</Link>}
    >
      {!levels ? (
        <Bone width="100%" height={220} />
      ) : (
        <ul className={styles.levels}>
          <li className={styles.levelTitles} aria-hidden="true">
            <span>{t('overview.level')}</span>
            <span>{t('overview.customers_short')}</span>
            <span>{t('overview.net_revenue')}</span>
          </li>
          {items.map((level) => (
            <li key={level.code}>
              <Link
                to={`/customers?level=${encodeURIComponent(level.code)}`}
                className={styles.level}
              >
                <span className={styles.levelHead}>
                  <LevelTag level={level} />
                  <span>
                    <Count value={level.customers} />
                    <span className={styles.share}>
                      {f.percent(share(level.customers, customers))}
                    </span>
                  </span>
                  <span>
                    <Money fen={level.revenue_fen} short />
                    <span className={styles.share}>
                      {f.percent(share(level.revenue_fen, revenue))}
                    </span>
                  </span>
                </span>
                <Bar
                  tone={levelTone(level.code, level.rank)}
                  share={share(level.customers, customers)}
                />
                <Bar
                  thin
                  tone={levelTone(level.code, level.rank)}
                  share={share(level.revenue_fen, revenue)}
                />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Bar({ tone, share, thin }: { tone: number; share: number; thin?: boolean }) {
  return (
    <span className={`${styles.track} ${thin ? styles.thin : ''}`} aria-hidden="true">
      <span style={{ width: `${share * 100}%`, background: `var(--zk-tone-${tone})` }} />
    </span>
  )
}
