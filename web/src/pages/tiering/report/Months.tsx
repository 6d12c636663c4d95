import { useTranslation } from 'react-i18next'
import { Chart, Count, Money, useFormat } from '@/kit'
import type { MonthRow, Summary } from '../api'

/** Revenue by month beside the number of customers who bought. */
export function Months({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const rows = summary.months ?? []
  const measure = t(`tiers.metric.spend.${summary.scheme.measure}`)
  const active = t('tiers.months.active')
  return (
    <Chart<MonthRow>
      title={t('tiers.months.title')}
      note={t('tiers.months.note', { measure })}
      height={320}
      format={(value, series) => (series === active ? f.count(value) : f.money(value))}
      option={({ palette, tones }) => ({
        grid: { left: 4, right: 4, top: 40, bottom: 4, containLabel: true },
        legend: { data: [measure, active] },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        xAxis: { type: 'category', data: rows.map((m) => m.month) },
        yAxis: [
          {
            type: 'value',
            splitNumber: 4,
            axisLabel: { formatter: (fen: number) => f.moneyShort(fen) },
          },
          {
            type: 'value',
            splitNumber: 4,
            splitLine: { show: false },
            axisLabel: { formatter: (n: number) => f.countShort(n) },
          },
        ],
        series: [
          {
            type: 'bar',
            name: measure,
            data: rows.map((m) => m.revenue_fen),
            itemStyle: { color: palette.accent, borderRadius: [3, 3, 0, 0] },
            barMaxWidth: 30,
          },
          {
            type: 'line',
            name: active,
            yAxisIndex: 1,
            data: rows.map((m) => m.customers),
            lineStyle: { width: 2, color: tones[8]?.solid },
            itemStyle: { color: tones[8]?.solid },
            showSymbol: rows.length < 3,
          },
        ],
      })}
      table={{
        rows,
        rowKey: (m) => m.month,
        columns: [
          { key: 'month', title: t('tiers.months.month'), render: (m) => m.month },
          {
            key: 'revenue',
            title: measure,
            align: 'right',
            render: (m) => <Money fen={m.revenue_fen} />,
          },
          {
            key: 'customers',
            title: active,
            align: 'right',
            render: (m) => <Count value={m.customers} />,
          },
          {
            key: 'orders',
            title: t('tiers.metric.orders'),
            align: 'right',
            render: (m) => <Count value={m.orders} />,
          },
        ],
      }}
    />
  )
}
