import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import {
  type Comparison,
  Count,
  DateTime,
  Grid,
  Money,
  Percent,
  StatCard,
  useFormat,
  useMe,
} from '@/kit'
import type { Report, Summary } from '../api'
import { customersOf, schemePath } from '../links'
import { useRun } from '../queries'
import { ReasonDrawer } from '../runs/ReasonDrawer'
import { windowText } from '../schemes/words'
import { Basis } from './Basis'
import { Dimensions } from './Dimensions'
import { windowDays } from './figures'
import { Heat } from './Heat'
import { LevelCards } from './LevelCards'
import { Lorenz } from './Lorenz'
import { Months } from './Months'
import { MovesFigure } from './MovesFigure'
import { People } from './People'
import styles from './report.module.css'
import { Sets } from './Sets'
import { Shares } from './Shares'

/** 《客户价值分层报告》 of one run. */
export function ReportBody({ report }: { report: Report }) {
  const { t } = useTranslation()
  const me = useMe()
  const [open, setOpen] = useState<number | null>(null)
  const { summary, moves, run_id: runId } = report
  const before = useRun(moves?.previous_run_id, me.can(perm.tierView))
  const best = summary.levels[0]
  const people = [...(report.key_customers ?? []), ...(report.slipping ?? [])]
  return (
    <>
      <Head report={report} />
      <Figures summary={summary} before={before.data?.summary} />
      {summary.customers > 0 && (
        <>
          <Shares runId={runId} summary={summary} />
          <LevelCards runId={runId} summary={summary} moves={moves} before={before.data?.summary} />
          <Grid min={440}>
            <Lorenz summary={summary} />
            <Sets summary={summary} />
          </Grid>
          <Grid min={440}>
            <Heat summary={summary} />
            <Months summary={summary} />
          </Grid>
          <MovesFigure runId={runId} summary={summary} moves={moves} />
          <Dimensions runId={runId} />
          <People
            title={t('tiers.key.title')}
            note={t('tiers.key.note', { level: best?.name ?? '' })}
            extra={
              best && (
                <Link to={customersOf(runId, { level: best.code })}>
                  {t('tiers.key.all', { level: best.name })}
                </Link>
              )
            }
            empty={t('tiers.key.none')}
            people={report.key_customers ?? []}
            summary={summary}
            onOpen={setOpen}
          />
          <People
            title={t('tiers.slipping.title')}
            note={t('tiers.slipping.note', { level: best?.name ?? '' })}
            extra={
              <>
                <Link to={customersOf(runId, { move: 'fell' })}>{t('tiers.slipping.fell')}</Link>
                <Link to={customersOf(runId, { move: 'overdue' })}>
                  {t('tiers.slipping.overdue')}
                </Link>
              </>
            }
            empty={t('tiers.slipping.none')}
            people={report.slipping ?? []}
            summary={summary}
            fell
            onOpen={setOpen}
          />
        </>
      )}
      <Basis summary={summary} />
      <ReasonDrawer
        runId={runId}
        customerId={open}
        name={people.find((p) => p.id === open)?.name}
        onClose={() => setOpen(null)}
      />
    </>
  )
}

function Head({ report }: { report: Report }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const { summary } = report
  const { scheme } = summary
  const days = scheme.window_days || windowDays(summary.from, summary.as_of)
  const name = t('tiers.head.scheme_version', { scheme: scheme.name, version: summary.version })
  const items = [
    {
      label: t('tiers.head.scheme'),
      value: me.can(perm.tierView) ? <Link to={schemePath(scheme.code)}>{name}</Link> : name,
    },
    { label: t('tiers.head.as_of'), value: summary.as_of },
    {
      label: t('tiers.head.window'),
      value: (
        <>
          {t('tiers.head.range', { from: summary.from, to: summary.as_of })}
          <small>
            {scheme.window_days > 0
              ? windowText(t, scheme.window_days)
              : t('tiers.head.all_days', { count: days, value: f.count(days) })}
          </small>
        </>
      ),
    },
    {
      label: t('tiers.head.sample'),
      value: t('tiers.head.people', {
        customers: f.count(summary.customers),
        buyers: f.count(summary.buyers),
      }),
    },
    { label: t('tiers.head.computed'), value: <DateTime at={summary.computed_at} /> },
  ]
  return (
    <section className={styles.head} aria-label={t('tiers.head.label')}>
      <p className={styles.headline}>{report.headline}</p>
      <dl className={styles.headFacts}>
        {items.map((x) => (
          <div key={x.label}>
            <dt>{x.label}</dt>
            <dd className="zk-num">{x.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** Four figures of the whole, each against the run before. */
function Figures({ summary, before }: { summary: Summary; before?: Summary | null }) {
  const { t } = useTranslation()
  const f = useFormat()
  const measure = t(`tiers.metric.spend.${summary.scheme.measure}`)
  const against = (of: (s: Summary) => number): Comparison | undefined =>
    before
      ? { now: of(summary), base: of(before), label: t('tiers.vs', { day: before.as_of }) }
      : undefined
  return (
    <Grid min={220} pair>
      <StatCard
        label={t('tiers.buyers')}
        value={<Count value={summary.buyers} />}
        definition={t('tiers.basis.buyers')}
        comparison={against((s) => s.buyers)}
        note={t('tiers.head.of_customers', { value: f.count(summary.customers) })}
      />
      <StatCard
        label={measure}
        value={<Money fen={summary.revenue_fen} short />}
        definition={t(`tiers.measure_text.${summary.scheme.measure}`)}
        comparison={against((s) => s.revenue_fen)}
        note={t('tiers.value.orders', { count: summary.orders, value: f.count(summary.orders) })}
      />
      <StatCard
        label={t('tiers.metric.aov')}
        value={<Money fen={summary.aov_fen} />}
        definition={t('tiers.metric_hint.aov')}
        comparison={against((s) => s.aov_fen)}
        note={t('tiers.head.first_run')}
      />
      <StatCard
        label={t('tiers.repurchase')}
        value={<Percent share={summary.repurchase} />}
        definition={t('tiers.repurchase.definition')}
        comparison={against((s) => s.repurchase)}
        note={t('tiers.head.first_run')}
      />
    </Grid>
  )
}
