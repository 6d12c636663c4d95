import { Alert, Select } from 'antd'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import {
  Change,
  Count,
  EmptyState,
  ErrorState,
  Grid,
  LevelTag,
  levelTone,
  Money,
  Page,
  PageHeader,
  Percent,
  Section,
  SimpleTable,
  StatCard,
  useFormat,
} from '@/kit'
import type { RunDetail, Summary } from '../api'
import { runPath } from '../links'
import { useRecentRuns, useRun } from '../queries'
import { ReportScope } from '../report/ReportScope'
import { ReportSkeleton } from '../report/Skeleton'
import { type LevelPair, pairLevels } from './compare'
import styles from './runs.module.css'

/** Two runs side by side. */
export default function ComparePage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const ids = { a: Number(params.get('a')) || null, b: Number(params.get('b')) || null }
  const a = useRun(ids.a)
  const b = useRun(ids.b)
  const set = (side: 'a' | 'b', id: number) =>
    setParams({ a: String(ids.a ?? ''), b: String(ids.b ?? ''), [side]: String(id) })
  const error = a.error ?? b.error
  return (
    <Page>
      <PageHeader
        title={t('tiers.compare.title')}
        purpose={t('tiers.compare.purpose')}
        trail={[{ label: t('nav.tiering.runs'), to: '/tiering/runs' }]}
      />
      <div className={styles.versus}>
        <Choose label={t('tiers.compare.a')} value={ids.a} onChange={(id) => set('a', id)} />
        <ArrowRight size={18} aria-hidden="true" />
        <Choose label={t('tiers.compare.b')} value={ids.b} onChange={(id) => set('b', id)} />
      </div>
      {error ? (
        <ErrorState error={error} onRetry={() => Promise.all([a.refetch(), b.refetch()])} />
      ) : !ids.a || !ids.b ? (
        <EmptyState title={t('tiers.compare.choose')} text={t('tiers.compare.hint')} />
      ) : !a.data || !b.data ? (
        <ReportSkeleton />
      ) : a.data.summary && b.data.summary ? (
        <Body a={a.data} b={b.data} sa={a.data.summary} sb={b.data.summary} />
      ) : a.data.status === 'finished' && b.data.status === 'finished' ? (
        <ReportScope />
      ) : (
        <EmptyState title={t('tiers.compare.unfinished')} />
      )}
    </Page>
  )
}

function Choose({
  label,
  value,
  onChange,
}: {
  label: string
  value: number | null
  onChange: (id: number) => void
}) {
  const { t } = useTranslation()
  const runs = useRecentRuns()
  const list = (runs.data ?? []).filter((r) => r.status === 'finished')
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the select inside is the control
    <label>
      {label}
      <Select
        aria-label={label}
        loading={runs.isPending}
        value={list.some((r) => r.id === value) ? value : undefined}
        placeholder={value ? t('tiers.run.number_of', { id: value }) : undefined}
        popupMatchSelectWidth={false}
        options={list.map((r) => ({
          value: r.id,
          label: t('tiers.report.run_name', { day: r.as_of, scheme: r.scheme_name, id: r.id }),
        }))}
        onChange={(id: number) => onChange(id)}
      />
    </label>
  )
}

function Body({ a, b, sa, sb }: { a: RunDetail; b: RunDetail; sa: Summary; sb: Summary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const pairs = pairLevels(sa, sb)
  const card = (
    label: string,
    definition: string,
    of: (s: Summary) => number,
    write: (n: number) => string,
  ) => (
    <StatCard
      label={label}
      value={<span className="zk-num">{write(of(sb))}</span>}
      definition={definition}
      comparison={{
        now: of(sb),
        base: of(sa),
        label: t('tiers.vs_value', { value: write(of(sa)) }),
      }}
    />
  )
  const diff = (now: number, base: number, write: (n: number) => string) => {
    const d = now - base
    if (d === 0) return <small>0</small>
    return (
      <small className={d > 0 ? styles.plus : styles.minus}>
        {d > 0 ? '+' : '−'}
        {write(Math.abs(d))}
      </small>
    )
  }
  const cell = (
    pair: LevelPair,
    of: (s: NonNullable<LevelPair['a']>) => number,
    write: (n: number) => string,
  ) => (
    <span className={styles.pairRow}>
      <span className="zk-num">
        {pair.a ? write(of(pair.a)) : '–'} → {pair.b ? write(of(pair.b)) : '–'}
      </span>
      {pair.a && pair.b && diff(of(pair.b), of(pair.a), write)}
    </span>
  )
  const points = (n: number) => t('tiers.compare.points', { value: f.count(n * 100, 1) })
  return (
    <>
      {(a.scheme !== b.scheme ||
        sa.version !== sb.version ||
        sa.scheme.measure !== sb.scheme.measure) && (
        <Alert type="info" showIcon title={t('tiers.compare.other_scheme')} />
      )}
      <Grid min={220} pair>
        {card(t('tiers.buyers'), t('tiers.basis.buyers'), (s) => s.buyers, f.count)}
        {card(
          t(`tiers.metric.spend.${sb.scheme.measure}`),
          t(`tiers.measure_text.${sb.scheme.measure}`),
          (s) => s.revenue_fen,
          f.moneyShort,
        )}
        {card(t('tiers.metric.aov'), t('tiers.metric_hint.aov'), (s) => s.aov_fen, f.money)}
        {card(
          t('tiers.sets.top20_share'),
          t('tiers.basis.top20'),
          (s) => s.top20.share,
          (n) => f.percent(n),
        )}
      </Grid>
      <Section title={t('tiers.levels.title')} note={t('tiers.compare.note')}>
        <SimpleTable<LevelPair>
          label={t('tiers.compare.title')}
          rows={pairs}
          rowKey={(p) => p.code}
          columns={[
            {
              key: 'level',
              title: t('tiers.level'),
              render: (p) => <LevelTag level={p} tone={levelTone(p.code, p.rank)} />,
            },
            {
              key: 'customers',
              title: t('tiers.customers'),
              align: 'right',
              render: (p) => cell(p, (s) => s.customers, f.count),
            },
            {
              key: 'customer_share',
              title: t('tiers.customer_share'),
              align: 'right',
              render: (p) => (
                <span className={styles.pairRow}>
                  <span>
                    <Percent share={p.a?.customerShare} /> → <Percent share={p.b?.customerShare} />
                  </span>
                  {p.a && p.b && diff(p.b.customerShare, p.a.customerShare, points)}
                </span>
              ),
            },
            {
              key: 'revenue',
              title: t(`tiers.metric.spend.${sb.scheme.measure}`),
              align: 'right',
              render: (p) => cell(p, (s) => s.revenueFen, f.moneyShort),
            },
            {
              key: 'share',
              title: t('tiers.revenue_share'),
              align: 'right',
              render: (p) => (
                <span className={styles.pairRow}>
                  <span>
                    <Percent share={p.a?.share} /> → <Percent share={p.b?.share} />
                  </span>
                  {p.a && p.b && diff(p.b.share, p.a.share, points)}
                </span>
              ),
            },
            {
              key: 'avg',
              title: t('tiers.avg_spend'),
              align: 'right',
              render: (p) => (
                <span className={styles.pairRow}>
                  <Money fen={p.b?.avgSpendFen} />
                  {p.a && p.b && (
                    <small>
                      <Change now={p.b.avgSpendFen} base={p.a.avgSpendFen} label="" good="up" />
                    </small>
                  )}
                </span>
              ),
            },
          ]}
        />
      </Section>
      <p>
        <Link to={runPath(a.id)}>{t('tiers.compare.open', { day: a.as_of })}</Link>
        {' · '}
        <Link to={runPath(b.id)}>{t('tiers.compare.open', { day: b.as_of })}</Link>
        {' · '}
        <span className="zk-muted">
          {t('tiers.compare.sizes')} <Count value={sa.customers} /> → <Count value={sb.customers} />
        </span>
      </p>
    </>
  )
}
