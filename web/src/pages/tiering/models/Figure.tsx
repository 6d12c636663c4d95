import { useTranslation } from 'react-i18next'
import { Chart, Day, tooltipElement, useFormat } from '@/kit'
import type { Detail } from './api'

interface Row {
  tenth: number
  customers: number
  expected: number
  actual: number
}

/** Expected beside actual by tenths of the customers: how well the model is calibrated. */
export function Figure({ detail }: { detail: Detail }) {
  const { t } = useTranslation()
  const f = useFormat()
  const rows: Row[] = (detail.deciles ?? []).map((d, i) => ({ tenth: i + 1, ...d }))
  if (rows.length === 0) return null
  const churn = detail.kind === 'churn'
  const value = (n: number) => (churn ? f.percent(n, 1) : f.count(n, 2))
  const expected = t('models.expected_short')
  const actual = t('models.actual_short')
  return (
    <Chart<Row>
      title={t(churn ? 'models.chart.churn' : 'models.chart.purchases')}
      note={
        churn || !detail.holdout_from || !detail.holdout_until ? (
          t('models.chart.folds', { n: f.count(detail.customers) })
        ) : (
          <>
            {t('models.chart.holdout')} <Day at={detail.holdout_from} /> –{' '}
            <Day at={detail.holdout_until} />
          </>
        )
      }
      height={280}
      option={({ palette, tones }) => ({
        grid: { left: 4, right: 12, top: 36, bottom: 26, containLabel: true },
        legend: { top: 0, left: 0, data: [expected, actual] },
        tooltip: {
          trigger: 'item',
          formatter: (p: { name: string; seriesName: string; value: number }) =>
            tooltipElement({ ...p, name: t('models.tenth', { n: p.name }) }, value),
        },
        xAxis: {
          type: 'category',
          data: rows.map((r) => String(r.tenth)),
          name: t('models.chart.x'),
          nameLocation: 'middle',
          nameGap: 26,
        },
        yAxis: { type: 'value', axisLabel: { formatter: value } },
        series: [
          {
            type: 'bar',
            name: expected,
            data: rows.map((r) => r.expected),
            itemStyle: { color: tones[0]?.solid ?? palette.accent },
          },
          {
            type: 'bar',
            name: actual,
            data: rows.map((r) => r.actual),
            itemStyle: { color: palette.accent },
          },
        ],
      })}
      format={value}
      table={{
        rows,
        rowKey: (r) => r.tenth,
        columns: [
          { key: 'tenth', title: t('models.chart.x'), render: (r) => r.tenth },
          {
            key: 'customers',
            title: t('models.column.customers'),
            align: 'right',
            render: (r) => f.count(r.customers),
          },
          {
            key: 'expected',
            title: expected,
            align: 'right',
            render: (r) => value(r.expected),
          },
          { key: 'actual', title: actual, align: 'right', render: (r) => value(r.actual) },
        ],
      }}
    />
  )
}
