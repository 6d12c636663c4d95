import { ArrowDownRight, ArrowUpRight, UserPlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import {
  Change,
  type Column,
  Count,
  LevelTag,
  Money,
  Percent,
  Section,
  SimpleTable,
  useFormat,
  useIsPhone,
} from '@/kit'
import type { LevelSummary, Moves, Summary } from '../api'
import { customersOf } from '../links'
import { type Flow, flowOf, partOf, plainShare, tonesOf } from './figures'
import styles from './report.module.css'

interface Props {
  runId: number
  summary: Summary
  moves: Moves | null
  /** The run before, for the comparison of sizes. */
  before?: Summary | null
}

const mostCards = 5

/** Every level with its figures; many levels stand in a table. */
export function LevelCards(props: Props) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const { levels } = props.summary
  const cards = levels.length <= mostCards || phone
  return (
    <Section title={t('tiers.levels.title')} note={cards && t('tiers.levels.note')}>
      {cards ? (
        <ul className={styles.cards}>
          {levels.map((level) => (
            <Card key={level.code} level={level} {...props} />
          ))}
        </ul>
      ) : (
        <LevelTable {...props} />
      )}
    </Section>
  )
}

function Card({ level, runId, summary, moves, before }: Props & { level: LevelSummary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const tone = tonesOf(summary.levels).get(level.code) ?? 0
  const flow = moves && flowOf(moves, level.code, level.customers)
  const old = before?.levels.find((l) => l.code === level.code)
  const share = partOf(level.customers, summary.customers)
  const facts = [
    { key: 'avg', label: t('tiers.avg_spend'), value: <Money fen={level.avg_spend_fen} /> },
    { key: 'aov', label: t('tiers.metric.aov'), value: <Money fen={level.aov_fen} /> },
    {
      key: 'orders',
      label: t('tiers.avg_orders'),
      value: <Count value={level.avg_orders} digits={1} />,
    },
    {
      key: 'recency',
      label: t('tiers.avg_recency'),
      value: t('tiers.value.days', {
        count: level.avg_recency_days,
        value: f.count(level.avg_recency_days),
      }),
    },
  ]
  return (
    <li className={styles.card}>
      <span
        className={styles.cardEdge}
        style={{ background: `var(--zk-tone-${tone})` }}
        aria-hidden="true"
      />
      <div className={styles.cardHead}>
        <LevelTag level={level} tone={tone} />
        {old && moves && (
          <span className={styles.cardChange}>
            <Change
              now={level.customers}
              base={old.customers}
              label={t('tiers.vs_last')}
              good="neither"
            />
          </span>
        )}
      </div>
      <Link to={customersOf(runId, { level: level.code })} className={styles.cardMain}>
        <strong className="zk-num">{f.count(level.customers)}</strong>
        <span>
          {t('tiers.people_share', { share: f.percent(share) })}
          <span className="zk-sr"> {level.name}</span>
        </span>
      </Link>
      <div className={styles.meter}>
        <div className={styles.meterHead}>
          <span>{t('tiers.revenue_share')}</span>
          <b className="zk-num">{f.percent(plainShare(level.share))}</b>
        </div>
        <div className={styles.track} aria-hidden="true">
          <span
            style={{
              width: `${Math.min(100, Math.max(0, level.share * 100))}%`,
              background: `var(--zk-tone-${tone})`,
            }}
          />
          <i style={{ left: `${Math.min(100, share * 100)}%` }} />
        </div>
      </div>
      <dl className={styles.cardFacts}>
        {facts.map((x) => (
          <div key={x.key}>
            <dt>{x.label}</dt>
            <dd className="zk-num">{x.value}</dd>
          </div>
        ))}
      </dl>
      {flow && <Flows flow={flow} />}
    </li>
  )
}

/** Since the last run: in, out, new. */
function Flows({ flow }: { flow: Flow }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <ul className={styles.flows}>
      <li>
        <ArrowUpRight size={14} aria-hidden="true" />
        {t('tiers.flow.in')} <b className="zk-num">{f.count(flow.fromOther)}</b>
      </li>
      <li>
        <ArrowDownRight size={14} aria-hidden="true" />
        {t('tiers.flow.out')} <b className="zk-num">{f.count(flow.toOther)}</b>
      </li>
      <li>
        <UserPlus size={14} aria-hidden="true" />
        {t('tiers.flow.new')} <b className="zk-num">{f.count(flow.fresh)}</b>
      </li>
    </ul>
  )
}

function LevelTable({ runId, summary, moves, before }: Props) {
  const { t } = useTranslation()
  const f = useFormat()
  const tones = tonesOf(summary.levels)
  const most = Math.max(...summary.levels.map((l) => l.share), 0.01)
  const people = Math.max(...summary.levels.map((l) => l.customers), 1)
  const columns: Column<LevelSummary>[] = [
    {
      key: 'level',
      title: t('tiers.level'),
      render: (l) => (
        <Link to={customersOf(runId, { level: l.code })}>
          <LevelTag level={l} tone={tones.get(l.code)} />
        </Link>
      ),
    },
    {
      key: 'customers',
      title: t('tiers.customers'),
      width: 210,
      render: (l) => (
        <Bar
          share={l.customers / people}
          tone={tones.get(l.code) ?? 0}
          text={f.count(l.customers)}
        />
      ),
    },
    {
      key: 'share',
      title: t('tiers.revenue_share'),
      width: 210,
      hint: t('tiers.revenue_share.hint'),
      render: (l) => (
        <Bar
          share={l.share / most}
          tone={tones.get(l.code) ?? 0}
          text={f.percent(plainShare(l.share))}
        />
      ),
    },
    {
      key: 'avg',
      title: t('tiers.avg_spend'),
      align: 'right',
      render: (l) => <Money fen={l.avg_spend_fen} />,
    },
    {
      key: 'aov',
      title: t('tiers.metric.aov'),
      align: 'right',
      render: (l) => <Money fen={l.aov_fen} />,
    },
    {
      key: 'orders',
      title: t('tiers.avg_orders'),
      align: 'right',
      render: (l) => <Count value={l.avg_orders} digits={1} />,
    },
    {
      key: 'recency',
      title: t('tiers.avg_recency'),
      align: 'right',
      render: (l) => <Count value={l.avg_recency_days} digits={0} />,
    },
  ]
  if (moves && before) {
    columns.push({
      key: 'change',
      title: t('tiers.vs_last'),
      align: 'right',
      render: (l) => {
        const old = before.levels.find((x) => x.code === l.code)
        return old ? signed(l.customers - old.customers, f.count) : <Percent share={null} />
      },
    })
  }
  return (
    <SimpleTable<LevelSummary>
      label={t('tiers.levels.title')}
      rows={summary.levels}
      rowKey={(l) => l.code}
      columns={columns}
    />
  )
}

const signed = (n: number, write: (n: number) => string) => (
  <span className="zk-num">{n > 0 ? `+${write(n)}` : n < 0 ? `−${write(-n)}` : '0'}</span>
)

function Bar({ share, tone, text }: { share: number; tone: number; text: string }) {
  return (
    <span className={styles.cellBar}>
      <span aria-hidden="true">
        <span
          style={{
            width: `${Math.max(0, Math.min(1, share)) * 100}%`,
            background: `var(--zk-tone-${tone})`,
          }}
        />
      </span>
      <span className="zk-num">{text}</span>
    </span>
  )
}
