import { useTranslation } from 'react-i18next'
import { Count, DateTime, Money, Section, SimpleTable, useFormat } from '@/kit'
import type { Portrait } from './api'
import styles from './portrait.module.css'

interface Row {
  key: string
  title: string
  money: boolean
  own: number | null
  averages: (number | null)[]
}

/** How much and how often, beside the average buyer of the company and of the level. */
export function Compared({ portrait }: { portrait: Portrait }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { spend, averages } = portrait
  const rows: Row[] = [
    {
      key: 'net',
      title: t('portrait.net_365'),
      money: true,
      own: spend.net_365_fen,
      averages: averages.map((a) => a.net_365_fen),
    },
    {
      key: 'orders',
      title: t('portrait.orders_365'),
      money: false,
      own: spend.orders_365,
      averages: averages.map((a) => a.orders_365),
    },
    {
      key: 'aov',
      title: t('portrait.aov_365'),
      money: true,
      own: spend.aov_365_fen,
      averages: averages.map((a) => a.aov_365_fen),
    },
    {
      key: 'months',
      title: t('portrait.months_365'),
      money: false,
      own: spend.months_365,
      averages: averages.map((a) => a.months_365),
    },
  ]
  const value = (row: Row, n: number | null) =>
    row.money ? <Money fen={n} /> : <Count value={n} digits={1} />
  const first = averages[0]
  return (
    <Section
      title={t('portrait.how_much')}
      note={
        first ? (
          <>
            {t('portrait.compared_note', { count: first.buyers, value: f.count(first.buyers) })}{' '}
            <DateTime at={first.computed_at} />
          </>
        ) : (
          t('portrait.no_averages')
        )
      }
    >
      <div className={styles.compared}>
        <SimpleTable<Row>
          label={t('portrait.how_much')}
          rows={rows}
          rowKey={(row) => row.key}
          columns={[
            { key: 'title', title: t('portrait.figure'), render: (row) => row.title },
            {
              key: 'own',
              title: t('common.customer'),
              align: 'right',
              render: (row) => <strong>{value(row, row.own)}</strong>,
            },
            ...averages.map((a, i) => ({
              key: a.scope,
              title: a.level ? t('portrait.level', { name: a.level.name }) : t('portrait.company'),
              align: 'right' as const,
              render: (row: Row) => value(row, row.averages[i] ?? null),
            })),
          ]}
        />
      </div>
    </Section>
  )
}
