import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { isStatus } from '@/api/errors'
import { Chart, Count, Day, ErrorState, useFormat } from '@/kit'
import { type Audience, key, listSizes } from '../api'
import { type Point, timeline, usePast } from './past'

/** Sizes by day, the oldest first; only who sees all customers may know them. */
export const useSizes = (audience: Audience) =>
  useQuery({
    queryKey: [...key, 'sizes', audience.id],
    enabled: audience.followed,
    refetchInterval: 60_000,
    retry: false,
    queryFn: ({ signal }) => listSizes(audience.id, 90, signal),
  })

/** How many days of kept sizes tell enough by themselves. */
const enough = 30

/**
 * How many there were each day, and who came and went that day. Before sizes
 * were kept, a dashed line has the present rule as of every seventh day.
 * @param now The present as-of day and the members of now, as soon as they are known.
 */
export function SizeChart({
  audience,
  now,
}: {
  audience: Audience
  now?: { as_of: string; count: number }
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const query = useSizes(audience)
  const kept = query.data ?? []
  const settled = !audience.followed || query.data !== undefined
  const past = usePast(audience, settled && kept.length < enough ? now?.as_of : undefined)
  const recounted = past.data?.days ?? []
  const stopped = past.data?.stopped
  const points = timeline(
    kept,
    // Where nobody follows, the members of now are the last of what was counted.
    audience.followed || !now || recounted.length === 0
      ? recounted
      : [...recounted, { day: now.as_of, size: now.count }],
  )
  const moved = kept.some((r) => r.entered > 0 || r.left > 0)
  // Nothing to draw for readers who see some of the customers only.
  if (isStatus(query.error, 403)) return null
  if (query.error && !query.data) {
    return <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
  }
  return (
    <Chart<Point>
      title={t('audiences.sizes')}
      note={
        <>
          {audience.followed && <div>{t('audiences.sizes_note')}</div>}
          {recounted.length > 0 && <div>{t('audiences.sizes_past_note')}</div>}
          {stopped && (
            <div>
              {stopped.why
                ? t('audiences.sizes_past_stopped', { day: stopped.day, why: stopped.why })
                : t('audiences.sizes_past_model', { day: stopped.day })}
            </div>
          )}
        </>
      }
      height={240}
      loading={!settled || (kept.length < enough && past.isLoading)}
      format={(n) => f.count(Math.abs(n))}
      option={({ palette, tones }) => ({
        grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
        legend: {},
        tooltip: { trigger: 'axis' },
        xAxis: { type: 'category', data: points.map((p) => p.day) },
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
            data: points.map((p) => p.kept?.entered),
            itemStyle: { color: tones[5]?.solid, borderRadius: 0 },
            barMaxWidth: 14,
          },
          {
            type: 'bar',
            name: t('audiences.left'),
            yAxisIndex: 1,
            stack: 'moved',
            data: points.map((p) => p.kept && -p.kept.left),
            itemStyle: { color: tones[8]?.solid, borderRadius: 0 },
            barMaxWidth: 14,
          },
          {
            type: 'line',
            name: t('audiences.members'),
            data: points.map((p) => p.kept?.size),
            showSymbol: kept.length < 3,
            // Not only where the axis has a label.
            showAllSymbol: true,
            itemStyle: { color: palette.accent },
          },
          ...(recounted.length > 0
            ? [
                {
                  type: 'line',
                  name: t('audiences.sizes_past'),
                  data: points.map((p) => p.past),
                  connectNulls: true,
                  showSymbol: false,
                  itemStyle: { color: palette.text3 },
                  lineStyle: { type: 'dashed' },
                },
              ]
            : []),
        ],
      })}
      table={{
        rows: points.filter((p) => p.kept || p.past !== undefined).reverse(),
        rowKey: (r) => r.day,
        columns: [
          { key: 'day', title: t('audiences.day'), render: (r) => <Day at={r.day} /> },
          {
            key: 'size',
            title: t('audiences.members'),
            align: 'right',
            render: (r) => <Count value={r.kept?.size ?? r.past} />,
          },
          {
            key: 'entered',
            title: t('audiences.entered'),
            align: 'right',
            render: (r) => <Count value={r.kept?.entered} />,
          },
          {
            key: 'left',
            title: t('audiences.left'),
            align: 'right',
            render: (r) => <Count value={r.kept?.left} />,
          },
        ],
      }}
    />
  )
}
