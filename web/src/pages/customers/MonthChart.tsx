import { useTranslation } from 'react-i18next'
import { Chart, Count, Money, useFormat } from '@/kit'
import type { Month } from './figures'

/** Net spend by calendar month; `partial` where older months are not in the figure. */
export function MonthChart({
  months,
  partial,
  loading,
}: {
  months: Month[]
  partial: boolean
  loading: boolean
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const active = months.filter((m) => m.orders > 0).length
  return (
    <Chart<Month>
      title={t('customers.by_month')}
      note={
        !loading &&
        months.length > 0 &&
        t(partial ? 'customers.by_month.note_partial' : 'customers.by_month.note', {
          months: months.length,
          active,
        })
      }
      loading={loading}
      height={200}
      format={(fen) => f.money(fen)}
      option={({ palette }) => ({
        grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        xAxis: { type: 'category', data: months.map((m) => m.month) },
        yAxis: {
          type: 'value',
          splitNumber: 3,
          axisLabel: { formatter: (fen: number) => f.moneyShort(fen) },
        },
        series: [
          {
            type: 'bar',
            name: t('customers.net'),
            data: months.map((m) => m.net_fen),
            itemStyle: { color: palette.accent, borderRadius: [3, 3, 0, 0] },
            barMaxWidth: 28,
          },
        ],
      })}
      table={{
        rows: months,
        rowKey: (m) => m.month,
        columns: [
          { key: 'month', title: t('customers.month'), render: (m) => m.month },
          {
            key: 'orders',
            title: t('customers.orders'),
            align: 'right',
            render: (m) => <Count value={m.orders} />,
          },
          {
            key: 'net',
            title: t('customers.net'),
            align: 'right',
            render: (m) => <Money fen={m.net_fen} />,
          },
        ],
      }}
    />
  )
}
