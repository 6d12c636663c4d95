import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart, Count, Money, Percent, useFormat } from '@/kit'
import type { Share } from './api'

/** The parts of what a customer spends, as bars; several lists of them behind one switch. */
export function Shares({
  title,
  note,
  lists,
}: {
  title: string
  note?: string
  lists: { key: string; label: string; rows: Share[] }[]
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const filled = lists.filter((list) => list.rows.length > 0)
  const [chosen, setChosen] = useState<string | null>(null)
  const list = filled.find((x) => x.key === chosen) ?? filled[0]
  const rows = list?.rows ?? []
  const name = (s: Share) => s.name || t('portrait.others')
  // The largest on top: a category axis begins below.
  const drawn = [...rows].reverse()
  return (
    <Chart<Share>
      title={title}
      note={note}
      height={Math.max(150, 40 + rows.length * 28)}
      extra={
        filled.length > 1 && (
          <Segmented
            size="small"
            aria-label={title}
            value={list?.key}
            onChange={(key) => setChosen(key)}
            options={filled.map((x) => ({ value: x.key, label: x.label }))}
          />
        )
      }
      format={(fen) => f.money(fen)}
      option={({ palette }) => ({
        grid: { left: 8, right: 56, top: 8, bottom: 4, containLabel: true },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        xAxis: { type: 'value', show: false },
        yAxis: {
          type: 'category',
          data: drawn.map(name),
          axisTick: { show: false },
          axisLine: { show: false },
          axisLabel: { width: 110, overflow: 'truncate' },
        },
        series: [
          {
            type: 'bar',
            name: t('customers.net'),
            data: drawn.map((s) => ({
              value: s.net_fen,
              label: { formatter: f.percent(s.share, 0) },
            })),
            label: { show: true, position: 'right', color: palette.text2, textBorderWidth: 0 },
            itemStyle: { color: palette.accent, borderRadius: [0, 3, 3, 0] },
            barMaxWidth: 16,
          },
        ],
      })}
      table={{
        rows,
        rowKey: (s) => s.name,
        columns: [
          { key: 'name', title: list?.label ?? title, render: name },
          {
            key: 'net',
            title: t('customers.net'),
            align: 'right',
            render: (s) => <Money fen={s.net_fen} />,
          },
          ...(rows.some((s) => s.orders > 0)
            ? [
                {
                  key: 'orders',
                  title: t('customers.orders'),
                  align: 'right' as const,
                  render: (s: Share) => <Count value={s.orders} />,
                },
              ]
            : []),
          {
            key: 'share',
            title: t('portrait.share'),
            align: 'right',
            render: (s) => <Percent share={s.share} />,
          },
        ],
      }}
    />
  )
}
