import { useTranslation } from 'react-i18next'
import { Chart, Money, useFormat } from '@/kit'

type Month = { month: string; net_fen: number }

/** Net revenue by month, beside its mean. */
export function Revenue({ months }: { months?: Month[] }) {
  const { t } = useTranslation()
  const f = useFormat()
  // A company may import years that are long over: a row of zeros is no figure.
  const rows = months?.some((m) => m.net_fen !== 0) ? months : []
  const mean = rows.length > 0 ? rows.reduce((sum, m) => sum + m.net_fen, 0) / rows.length : 0
  return (
    <Chart<Month>
      title={t('overview.by_month')}
      note={months && t('overview.by_month.note', { mean: f.moneyShort(mean) })}
      loading={!months}
      height={264}
      format={(fen) => f.money(fen)}
      option={({ palette }) => ({
        grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        xAxis: { type: 'category', data: rows.map((m) => m.month) },
        yAxis: {
          type: 'value',
          axisLabel: { formatter: (fen: number) => f.moneyShort(fen) },
          splitNumber: 4,
        },
        series: [
          {
            type: 'bar',
            name: t('overview.net_revenue'),
            data: rows.map((m) => m.net_fen),
            itemStyle: { color: palette.accent, borderRadius: [3, 3, 0, 0] },
            barMaxWidth: 32,
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              data: [{ yAxis: mean }],
            },
          },
        ],
      })}
      table={{
        rows,
        rowKey: (m) => m.month,
        columns: [
          { key: 'month', title: t('overview.month'), render: (m) => m.month },
          {
            key: 'net',
            title: t('overview.net_revenue'),
            align: 'right',
            render: (m) => <Money fen={m.net_fen} />,
          },
        ],
      }}
    />
  )
}
