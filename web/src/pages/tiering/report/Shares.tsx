import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Chart, Count, LevelTag, Money, Percent, useFormat } from '@/kit'
import type { LevelSummary, Summary } from '../api'
import { customersOf } from '../links'
import { partOf, plainShare, tonesOf } from './figures'
import styles from './shares.module.css'

/** The report's picture: how many customers a level has, and what they bring. */
export function Shares({ runId, summary }: { runId: number; summary: Summary }) {
  const { t } = useTranslation()
  const { levels } = summary
  const tones = tonesOf(levels)
  return (
    <Chart<LevelSummary>
      title={t('tiers.shares.title')}
      note={t('tiers.shares.note')}
      drawing={<Drawing runId={runId} summary={summary} />}
      height={260}
      table={{
        rows: levels,
        rowKey: (l) => l.code,
        columns: [
          {
            key: 'level',
            title: t('tiers.level'),
            render: (l) => <LevelTag level={l} tone={tones.get(l.code)} />,
          },
          {
            key: 'customers',
            title: t('tiers.customers'),
            align: 'right',
            render: (l) => <Count value={l.customers} />,
          },
          {
            key: 'customer_share',
            title: t('tiers.customer_share'),
            align: 'right',
            render: (l) => <Percent share={partOf(l.customers, summary.customers)} />,
          },
          {
            key: 'revenue',
            title: t(`tiers.metric.spend.${summary.scheme.measure}`),
            align: 'right',
            render: (l) => <Money fen={l.revenue_fen} />,
          },
          {
            key: 'share',
            title: t('tiers.revenue_share'),
            align: 'right',
            render: (l) => <Percent share={plainShare(l.share)} />,
          },
        ],
      }}
    />
  )
}

interface Band {
  level: LevelSummary
  tone: number
  /** Left edge and width in per cent: of customers above, of revenue below. */
  top: [number, number]
  bottom: [number, number]
}

function bandsOf(summary: Summary): Band[] {
  const tones = tonesOf(summary.levels)
  const revenue = summary.levels.reduce((all, l) => all + Math.max(0, l.revenue_fen), 0)
  let a = 0
  let b = 0
  return summary.levels.map((level) => {
    const top: [number, number] = [a, partOf(level.customers, summary.customers) * 100]
    const bottom: [number, number] = [b, partOf(level.revenue_fen, revenue) * 100]
    a += top[1]
    b += bottom[1]
    return { level, tone: tones.get(level.code) ?? 0, top, bottom }
  })
}

function Drawing({ runId, summary }: { runId: number; summary: Summary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const bands = bandsOf(summary)
  return (
    <div className={styles.drawing}>
      <div className={styles.axis}>
        <span>{t('tiers.customers')}</span>
        <strong className="zk-num">{f.count(summary.customers)}</strong>
      </div>
      <ul className={styles.bar}>
        {bands.map((b) => (
          <Segment key={b.level.code} band={b} runId={runId} width={b.top[1]} edge="top" />
        ))}
      </ul>
      <svg
        className={styles.flow}
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        {bands.map(({ level, tone, top, bottom }) => (
          <path key={level.code} d={ribbon(top, bottom)} fill={`var(--zk-tone-${tone})`} />
        ))}
      </svg>
      <ul className={styles.bar}>
        {bands.map((b) => (
          <Segment key={b.level.code} band={b} runId={runId} width={b.bottom[1]} edge="bottom" />
        ))}
      </ul>
      <div className={styles.axis}>
        <span>{t(`tiers.metric.spend.${summary.scheme.measure}`)}</span>
        <strong className="zk-num">{f.moneyShort(summary.revenue_fen)}</strong>
      </div>
    </div>
  )
}

// From a part of the upper bar to the same level's part of the lower one.
function ribbon([x1, w1]: [number, number], [x2, w2]: [number, number]): string {
  const right1 = x1 + w1
  const right2 = x2 + w2
  return `M${x1} 0C${x1} 50 ${x2} 50 ${x2} 100L${right2} 100C${right2} 50 ${right1} 50 ${right1} 0Z`
}

function Segment({
  band,
  runId,
  width,
  edge,
}: {
  band: Band
  runId: number
  width: number
  edge: 'top' | 'bottom'
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const { level, tone } = band
  const upper = edge === 'top'
  const share = f.percent(width / 100)
  const text = upper
    ? t('tiers.shares.customers', { level: level.name, value: f.count(level.customers), share })
    : t('tiers.shares.revenue', { level: level.name, value: f.money(level.revenue_fen), share })
  if (width <= 0) return null
  return (
    <li style={{ width: `${width}%` }}>
      <Tooltip title={text}>
        <Link
          to={customersOf(runId, { level: level.code })}
          className={`${styles.segment} ${upper ? styles.up : styles.down}`}
          style={{ background: `var(--zk-tone-${tone})` }}
          aria-label={text}
        />
      </Tooltip>
      <span
        className={`${styles.label} ${upper ? styles.above : styles.below}`}
        style={{ color: `var(--zk-tone-${tone}-text)` }}
        aria-hidden="true"
      >
        {width >= 7 && <span>{level.name}</span>}
        <b className="zk-num">{share}</b>
      </span>
    </li>
  )
}
