import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { Bone, Chart, Count, EmptyState, ErrorState, Percent, Section, useFormat } from '@/kit'
import { type Audience, type Bucket, type ProfilePart, useProfile } from '../api'
import styles from './detail.module.css'
import { drill, listOf } from './drill'

/** Members beside all customers: what they are more, what they are less. */
export function ProfileCharts({ audience }: { audience: Audience }) {
  const { t } = useTranslation()
  const f = useFormat()
  const query = useProfile(audience.id)
  const data = query.data
  return (
    <Section
      title={t('audiences.profile')}
      note={
        data &&
        t('audiences.profile_note', { members: f.count(data.count), all: f.count(data.total) })
      }
    >
      {query.error && !data ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : data?.count === 0 ? (
        <EmptyState compact title={t('audiences.profile_none')} />
      ) : (
        <div className={styles.charts}>
          {data
            ? inOrder(data.parts).map((part) => (
                <Part key={part.code} part={part} audience={audience.id} />
              ))
            : ['level', 'region', 'spend', 'age'].map((code) => (
                <Bone key={code} width="100%" height={260} />
              ))}
        </div>
      )}
    </Section>
  )
}

/** How many times more often a value stands among the members; null where it cannot be said. */
export const index = (b: Bucket) => (b.total_share > 0 ? b.share / b.total_share : null)

// Figures of like height stand beside each other.
const order = ['level', 'kind', 'spend', 'age', 'gender', 'channel', 'region', 'category']
const inOrder = (parts: ProfilePart[]) =>
  parts
    .filter((part) => part.buckets.length > 0)
    .sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code))

function Part({ part, audience }: { part: ProfilePart; audience: number }) {
  const { t } = useTranslation()
  const f = useFormat()
  const navigate = useNavigate()
  const rows = part.buckets
  // The first on top: a category axis begins below.
  const drawn = [...rows].reverse()
  const to = (bucket: Bucket) => {
    const filter = drill(part.code, bucket, rows)
    return filter && listOf(audience, filter)
  }
  const [inside, all] = [t('audiences.inside'), t('audiences.all_customers')]
  return (
    <Chart<Bucket>
      title={part.label}
      note={part.multiple ? t('audiences.multiple') : undefined}
      height={Math.max(150, 44 + rows.length * 36)}
      format={(share) => f.percent(share)}
      onSelect={({ dataIndex }) => {
        const bucket = drawn[dataIndex]
        const address = bucket && to(bucket)
        if (address) navigate(address)
      }}
      option={({ palette, tones }) => ({
        grid: { left: 8, right: 52, top: 32, bottom: 4, containLabel: true },
        legend: { data: [inside, all] },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        xAxis: { type: 'value', show: false },
        yAxis: {
          type: 'category',
          data: drawn.map((b) => b.label),
          axisTick: { show: false },
          axisLine: { show: false },
          axisLabel: { width: 150, overflow: 'truncate' },
        },
        series: [
          {
            type: 'bar',
            name: all,
            data: drawn.map((b) => b.total_share),
            itemStyle: { color: tones[0]?.solid, borderRadius: [0, 3, 3, 0] },
            barMaxWidth: 9,
            barGap: '40%',
          },
          {
            type: 'bar',
            name: inside,
            data: drawn.map((b) => ({
              value: b.share,
              label: { formatter: f.percent(b.share, b.share > 0 && b.share < 0.01 ? 1 : 0) },
            })),
            label: {
              show: true,
              position: 'right',
              color: palette.text2,
              textBorderWidth: 0,
              fontSize: 11,
            },
            itemStyle: { color: palette.accent, borderRadius: [0, 3, 3, 0] },
            barMaxWidth: 9,
          },
        ],
      })}
      table={{
        rows,
        rowKey: (b) => b.key,
        columns: [
          {
            key: 'label',
            title: part.label,
            render: (b) => {
              const address = to(b)
              return address ? <Link to={address}>{b.label}</Link> : b.label
            },
          },
          {
            key: 'count',
            title: inside,
            align: 'right',
            render: (b) => <Count value={b.count} />,
          },
          {
            key: 'share',
            title: t('audiences.share_inside'),
            align: 'right',
            render: (b) => <Percent share={b.share} />,
          },
          {
            key: 'total',
            title: t('audiences.share_all'),
            align: 'right',
            render: (b) => <Percent share={b.total_share} />,
          },
          {
            key: 'index',
            title: t('audiences.index'),
            hint: t('audiences.index_hint'),
            align: 'right',
            render: (b) => {
              const times = index(b)
              return times === null ? '–' : t('audiences.times', { n: f.count(times, 2) })
            },
          },
        ],
      }}
    />
  )
}
