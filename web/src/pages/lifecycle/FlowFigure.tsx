import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Chart, Count, ErrorState, ToneTag, useFormat } from '@/kit'
import { type Days, type Flow, useFlow } from './api'
import { bandPath, customersOf, type FlowNode, flowLayout } from './figures'
import styles from './lifecycle.module.css'

type Shown = 'moved' | 'all'
type FlowLink = Flow['links'][number]

/** Who came from which stage to which between two days. */
export function FlowFigure({ days }: { days: Days | null }) {
  const { t } = useTranslation()
  const f = useFormat()
  const [shown, setShown] = useState<Shown>('moved')
  const query = useFlow(days ?? { from: '', to: '' }, days !== null)
  if (query.error) return <ErrorState error={query.error} onRetry={() => query.refetch()} />
  const flow = days ? query.data : undefined
  const all = flow?.links ?? []
  const moved = all.filter((l) => l.source !== l.target)
  const sum = (links: FlowLink[]) => links.reduce((n, l) => n + l.customers, 0)
  const name = (code: string) =>
    code === ''
      ? t('lifecycles.newcomers')
      : (flow?.stages.find((s) => s.code === code)?.name ?? code)
  const tone = (code: string) => flow?.stages.find((s) => s.code === code)?.tone ?? 0
  const links = shown === 'moved' ? moved : all
  return (
    <Chart<FlowLink>
      title={t('lifecycles.flow')}
      note={
        flow
          ? t('lifecycles.flow.note', {
              from: flow.from,
              to: flow.to,
              moved: f.count(sum(moved)),
              all: f.count(sum(all)),
            })
          : t('lifecycles.no_days')
      }
      loading={days !== null && query.isLoading}
      height={320}
      extra={
        <Segmented<Shown>
          size="small"
          value={shown}
          onChange={setShown}
          aria-label={t('lifecycles.flow.shown')}
          options={[
            { value: 'moved', label: t('lifecycles.flow.moved') },
            { value: 'all', label: t('lifecycles.flow.all') },
          ]}
        />
      }
      drawing={
        <Drawing links={links} order={flow?.stages.map((s) => s.code) ?? []} {...{ name, tone }} />
      }
      table={{
        rows: links,
        rowKey: (l) => `${l.source}>${l.target}`,
        columns: [
          {
            key: 'source',
            title: t('lifecycles.flow.from'),
            render: (l) => <ToneTag tone={tone(l.source)}>{name(l.source)}</ToneTag>,
          },
          {
            key: 'target',
            title: t('lifecycles.flow.to'),
            render: (l) => <ToneTag tone={tone(l.target)}>{name(l.target)}</ToneTag>,
          },
          {
            key: 'customers',
            title: t('lifecycles.customers'),
            align: 'right',
            render: (l) => <Count value={l.customers} />,
          },
        ],
      }}
    />
  )
}

function Drawing({
  links,
  order,
  name,
  tone,
}: {
  links: FlowLink[]
  order: string[]
  name: (code: string) => string
  tone: (code: string) => number
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const { height, sources, targets, bands } = flowLayout(links, order)
  const side = (nodes: FlowNode[], here: boolean) => (
    <ul className={`${styles.side} ${here ? styles.here : ''}`} style={{ height }}>
      {nodes.map((n) => (
        <li key={n.code} style={{ top: n.y, height: n.height }}>
          <i style={{ background: `var(--zk-tone-${tone(n.code)})` }} aria-hidden="true" />
          {here ? (
            <Link to={customersOf(n.code)}>{name(n.code)}</Link>
          ) : (
            <span>{name(n.code)}</span>
          )}
          <b className="zk-num">{f.count(n.customers)}</b>
        </li>
      ))}
    </ul>
  )
  return (
    <div className={styles.flow}>
      {side(sources, false)}
      <svg
        viewBox={`0 0 100 ${height}`}
        style={{ height }}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('lifecycles.flow')}
      >
        {bands.map((band) => (
          <path
            key={`${band.source}>${band.target}`}
            d={bandPath(band)}
            fill={`var(--zk-tone-${tone(band.target)})`}
          >
            <title>
              {t('lifecycles.flow.band', {
                from: name(band.source),
                to: name(band.target),
                shown: f.count(band.customers),
              })}
            </title>
          </path>
        ))}
      </svg>
      {side(targets, true)}
    </div>
  )
}
