import { useTranslation } from 'react-i18next'
import { Chart, Percent, tooltipElement, useFormat } from '@/kit'
import type { LorenzPoint, Summary } from '../api'
import { inside } from '../schemes/words'
import { lorenzAt } from './figures'

const steps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1]

/** How unevenly spend is spread, with the share of the best fifth. */
export function Lorenz({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const f = useFormat()
  const points = summary.lorenz ?? []
  const measure = t(`tiers.metric.spend.${summary.scheme.measure}`)
  const top = summary.top20.share
  const percent = (n: number) => `${f.count(n)}%`
  return (
    <Chart<LorenzPoint>
      title={t('tiers.lorenz.title')}
      note={t('tiers.lorenz.note', {
        gini: f.count(summary.gini, 2),
        n: f.count(summary.buyers),
        measure: inside(measure),
      })}
      height={320}
      option={({ palette }) => ({
        grid: { left: 4, right: 20, top: 16, bottom: 26, containLabel: true },
        tooltip: {
          trigger: 'axis',
          axisPointer: { type: 'line' },
          formatter: (list: { seriesIndex: number; value: [number, number] }[]) => {
            const p = list.find((x) => x.seriesIndex === 0)?.value
            if (!p) return ''
            return tooltipElement(
              {
                name: t('tiers.lorenz.tip', { share: f.percent(p[0] / 100, 0) }),
                seriesName: measure,
                value: p[1],
              },
              (n) => f.percent(n / 100),
            )
          },
        },
        xAxis: {
          type: 'value',
          min: 0,
          max: 100,
          interval: 20,
          name: t('tiers.lorenz.x'),
          nameLocation: 'middle',
          nameGap: 28,
          axisLabel: { formatter: percent },
          splitLine: { show: false },
        },
        yAxis: { type: 'value', min: 0, max: 100, interval: 20, axisLabel: { formatter: percent } },
        series: [
          {
            type: 'line',
            name: measure,
            data: points.map((p) => [p.customers * 100, p.revenue * 100]),
            symbol: 'none',
            lineStyle: { width: 2.5, color: palette.accent },
            itemStyle: { color: palette.accent },
            areaStyle: { color: palette.accent, opacity: 0.1 },
            markArea: {
              silent: true,
              itemStyle: { color: palette.accent, opacity: 0.08 },
              label: { show: false },
              data: [[{ xAxis: 80 }, { xAxis: 100 }]],
            },
            markPoint: {
              silent: true,
              symbol: 'circle',
              symbolSize: 10,
              itemStyle: { color: palette.accent, borderColor: palette.bg, borderWidth: 2 },
              label: {
                show: true,
                position: 'left',
                distance: 10,
                align: 'right',
                color: palette.text,
                backgroundColor: palette.bg,
                padding: [3, 6],
                borderRadius: 4,
                fontSize: 13,
                fontWeight: 600,
                formatter: t('tiers.lorenz.mark', { share: f.percent(top) }),
              },
              data: [{ coord: [80, (1 - top) * 100] }],
            },
          },
          {
            type: 'line',
            name: t('tiers.lorenz.even'),
            silent: true,
            symbol: 'none',
            data: [
              [0, 0],
              [100, 100],
            ],
            lineStyle: { width: 1, type: 'dashed', color: palette.borderStrong },
          },
        ],
      })}
      table={{
        rows:
          points.length > 0
            ? steps.map((x) => ({ customers: x, revenue: 1 - lorenzAt(points, 1 - x) }))
            : [],
        rowKey: (p) => p.customers,
        columns: [
          {
            key: 'customers',
            title: t('tiers.lorenz.top'),
            render: (p) => <Percent share={p.customers} digits={0} />,
          },
          {
            key: 'revenue',
            title: t('tiers.revenue_share'),
            align: 'right',
            render: (p) => <Percent share={p.revenue} />,
          },
        ],
      }}
    />
  )
}
