import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bone, ErrorState, Grid, useFormat } from '@/kit'
import { type Days, type Overview, useTrend } from './api'
import { changes, customersOf } from './figures'
import styles from './lifecycle.module.css'

/** One card a stage: how many now, their share, and who came and left between two days. */
export function StageCards({ overview, days }: { overview: Overview; days: Days | null }) {
  const { t } = useTranslation()
  const f = useFormat()
  const trend = useTrend(days ?? { from: '', to: '' }, days !== null)
  const found = trend.data && days ? changes(trend.data) : null
  const all = overview.stages.reduce((sum, s) => sum + s.customers, 0)
  return (
    <>
      <Grid min={170} pair>
        {overview.stages.map((stage) => {
          const change = found?.get(stage.code)
          const grown = change ? change.now - change.before : 0
          const share = all > 0 ? stage.customers / all : 0
          const Icon = grown < 0 ? ArrowDownRight : ArrowUpRight
          return (
            <Link
              key={stage.code}
              to={customersOf(stage.code)}
              className={styles.card}
              style={{ borderTopColor: `var(--zk-tone-${stage.tone})` }}
            >
              <span className={styles.cardName}>
                <span>{stage.name}</span>
                <span className="zk-muted zk-num">{f.percent(share)}</span>
              </span>
              <strong className="zk-num">{f.count(stage.customers)}</strong>
              <span className={styles.track} aria-hidden="true">
                <span
                  style={{ width: `${share * 100}%`, background: `var(--zk-tone-${stage.tone})` }}
                />
              </span>
              <span className={styles.cardFoot}>
                {days && trend.isLoading ? (
                  <Bone width="80%" />
                ) : change ? (
                  <>
                    <span className={styles.grown}>
                      {grown !== 0 && <Icon size={14} aria-hidden="true" />}
                      {grown === 0
                        ? t('lifecycles.same')
                        : t(grown > 0 ? 'lifecycles.more' : 'lifecycles.fewer', {
                            shown: f.count(Math.abs(grown)),
                          })}
                    </span>
                    <span>
                      {t('lifecycles.came_left', {
                        came: f.count(change.entered),
                        left: f.count(change.left),
                      })}
                    </span>
                  </>
                ) : (
                  t('lifecycles.no_days')
                )}
              </span>
            </Link>
          )
        })}
      </Grid>
      {trend.error && <ErrorState compact error={trend.error} onRetry={() => trend.refetch()} />}
    </>
  )
}
