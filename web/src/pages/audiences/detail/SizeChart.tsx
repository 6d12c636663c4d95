import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { isStatus } from '@/api/errors'
import { Chart, Count, Day, ErrorState, useFormat } from '@/kit'
import { type Audience, key, listSizes, type SizeDay } from '../api'

/** Sizes by day, the oldest first; only who sees all customers may know them. */
export const useSizes = (audience: Audience) =>
  useQuery({
    queryKey: [...key, 'sizes', audience.id],
    enabled: audience.followed,
    refetchInterval: 60_000,
    retry: false,
    queryFn: ({ signal }) => listSizes(audience.id, 90, signal),
  })

/** How many there were each day, and who came and went that day. */
export function SizeChart({ audience }: { audience: Audience }) {
  const { t } = useTranslation()
  const f = useFormat()
  const query = useSizes(audience)
  const rows = query.data ?? []
  const moved = rows.some((r) => r.entered > 0 || r.left > 0)
  // Nothing to draw for readers who see some of the customers only.
  if (isStatus(query.error, 403)) return null
  if (query.error && !query.data) {
    return <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
  }
  return (
    <Chart<SizeDay>
      title={t('audiences.sizes')}
      note={t('audiences.sizes_note')}
      height={240}
      loading={query.isPending}
      format={(n) => f.count(Math.abs(n))}
      option={({ palette, tones }) => ({
        grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
        legend: {},
        tooltip: { trigger: 'axis' },
        xAxis: { type: 'category', data: rows.map((r) => r.day) },
        yAxis: [
          { type: 'value', scale: true, minInterval: 1 },
          { type: 'value', show: moved, minInterval: 1, splitLine: { show: false } },
        ],
        series: [
          {
            type: 'bar',
            name: t('audiences.entered'),
            yAxisIndex: 1,
            stack: 'moved',
            data: rows.map((r) => r.entered),
            itemStyle: { color: tones[5]?.solid, borderRadius: 0 },
            barMaxWidth: 14,
          },
          {
            type: 'bar',
            name: t('audiences.left'),
            yAxisIndex: 1,
            stack: 'moved',
            data: rows.map((r) => -r.left),
            itemStyle: { color: tones[8]?.solid, borderRadius: 0 },
            barMaxWidth: 14,
          },
          {
            type: 'line',
            name: t('audiences.members'),
            data: rows.map((r) => r.size),
            showSymbol: rows.length < 3,
            itemStyle: { color: palette.accent },
          },
        ],
      })}
      table={{
        rows: [...rows].reverse(),
        rowKey: (r) => r.day,
        columns: [
          { key: 'day', title: t('audiences.day'), render: (r) => <Day at={r.day} /> },
          {
            key: 'size',
            title: t('audiences.members'),
            align: 'right',
            render: (r) => <Count value={r.size} />,
          },
          {
            key: 'entered',
            title: t('audiences.entered'),
            align: 'right',
            render: (r) => <Count value={r.entered} />,
          },
          {
            key: 'left',
            title: t('audiences.left'),
            align: 'right',
            render: (r) => <Count value={r.left} />,
          },
        ],
      }}
    />
  )
}
