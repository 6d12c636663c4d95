import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Switch } from 'antd'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { perm } from '@/app/permissions'
import {
  Can,
  Chart,
  type Column,
  Count,
  DataTable,
  Day,
  dash,
  EmptyState,
  type Format,
  Grid,
  JobProgress,
  LevelTag,
  Money,
  Page,
  PageHeader,
  QueryView,
  Section,
  SimpleTable,
  StatCard,
  useFormat,
  useIsPhone,
  useMe,
  useSay,
} from '@/kit'
import { ByField } from './ByField'

type Schemas = components['schemas']
type Summary = Schemas['QualitySummary']
type Rule = Schemas['QualityRuleCount']
type Group = Schemas['QualityGroupScore']
type Customer = Schemas['CustomerItem']

// i18n-keys: quality.rule.*, quality.class.*
/** How good the base is, what is wrong, and the work lists behind it. */
export default function QualityPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fail } = useSay()
  const [params] = useSearchParams()
  const rule = params.get('rule')
  const [job, setJob] = useState<number | null>(null)
  const query = useQuery({
    queryKey: ['quality', 'summary'],
    queryFn: ({ signal }) => ok(api.GET('/quality', { signal })),
  })
  const start = async (work: Promise<{ job_id: number }>) => {
    try {
      setJob((await work).job_id)
      await client.invalidateQueries({ queryKey: ['quality'] })
    } catch (error) {
      fail(error)
    }
  }
  return (
    <Page>
      <PageHeader
        title={rule ? t(`quality.rule.${rule}`) : t('nav.customers.quality')}
        purpose={rule ? t(`quality.rule.${rule}.what`) : t('quality.purpose')}
        trail={rule ? [{ label: t('nav.customers.quality'), to: '/quality' }] : undefined}
        actions={
          !rule && (
            <Can permission={perm.qualityManage}>
              <Button
                type="primary"
                icon={<ShieldCheck size={16} />}
                onClick={() => start(ok(api.POST('/quality/scan')))}
              >
                {t('quality.scan')}
              </Button>
            </Can>
          )
        }
      />
      {job !== null && (
        <JobProgress id={job} onDone={() => client.invalidateQueries({ queryKey: ['quality'] })} />
      )}
      {rule ? (
        <>
          {rule === 'number_outside' && <ByField />}
          <Broken rule={rule} />
        </>
      ) : (
        <QueryView query={query}>
          {(data) => (
            <Overview
              data={data}
              onSwitch={(code, on) =>
                start(
                  ok(
                    api.PUT('/quality/rules/{code}', { params: { path: { code } }, body: { on } }),
                  ),
                )
              }
            />
          )}
        </QueryView>
      )}
    </Page>
  )
}

function Overview({
  data,
  onSwitch,
}: {
  data: Summary
  onSwitch: (code: string, on: boolean) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  if (data.day === null) {
    return <EmptyState title={t('quality.never.title')} text={t('quality.never.text')} />
  }
  const first = data.trend[0]
  const broken = data.rules.filter((r) => r.on).reduce((n, r) => n + r.records, 0)
  return (
    <>
      <Grid pair>
        <StatCard
          label={t('quality.score')}
          value={f.count(data.score ?? 0, 1)}
          definition={t('quality.score_def')}
          note={
            first && first.day !== data.day
              ? t('quality.score_then', { day: first.day, score: f.count(first.score, 1) })
              : t('quality.score_day', { day: data.day })
          }
        />
        <StatCard
          label={t('quality.findings')}
          value={f.count(broken)}
          definition={t('quality.findings_def')}
          note={t('quality.of_records', { count: data.records, shown: f.count(data.records) })}
        />
      </Grid>
      <Rules rules={data.rules} total={data.records} onSwitch={onSwitch} />
      <Chart
        title={t('quality.trend')}
        note={t('quality.trend_note')}
        format={(score) => f.count(score, 1)}
        option={(c) => ({
          grid: { left: 40, right: 16, top: 16, bottom: 28 },
          xAxis: { type: 'category', data: data.trend.map((d) => d.day) },
          yAxis: { type: 'value', min: 0, max: 100 },
          tooltip: { trigger: 'axis' },
          series: [
            {
              type: 'line',
              name: t('quality.score'),
              // Without a line between two days its days are all there is to see.
              showSymbol: data.trend.length < 3,
              symbolSize: 8,
              data: data.trend.map((d) => Math.round(d.score * 10) / 10),
              lineStyle: { color: c.palette.accent },
              itemStyle: { color: c.palette.accent },
            },
          ],
        })}
        table={{
          rows: data.trend,
          rowKey: (d) => d.day,
          columns: [
            { key: 'day', title: t('quality.day'), render: (d) => <Day at={d.day} /> },
            {
              key: 'score',
              title: t('quality.score'),
              align: 'right',
              render: (d) => f.count(d.score, 1),
            },
            {
              key: 'records',
              title: t('quality.records'),
              align: 'right',
              render: (d) => <Count value={d.records} />,
            },
          ],
        }}
      />
      <Grid min={360}>
        <Groups
          title={t('quality.departments')}
          none={t('quality.no_department')}
          groups={data.departments}
        />
        <Groups title={t('quality.sources')} none={t('quality.no_source')} groups={data.sources} />
      </Grid>
    </>
  )
}

// What a phone has room for.
const onPhone = new Set(['rule', 'records', 'on'])

const share = (f: Format, part: number, of: number) => (of === 0 ? dash : f.percent(part / of))

function Rules({
  rules,
  total,
  onSwitch,
}: {
  rules: Rule[]
  total: number
  onSwitch: (code: string, on: boolean) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const phone = useIsPhone()
  const rows = rules.toSorted((a, b) => b.records - a.records)
  const columns: Column<Rule>[] = [
    {
      key: 'rule',
      title: t('quality.rule'),
      render: (r) =>
        r.records > 0 && r.on ? (
          <Link to={`/quality?rule=${r.code}`}>{t(`quality.rule.${r.code}`)}</Link>
        ) : (
          t(`quality.rule.${r.code}`)
        ),
    },
    { key: 'class', title: t('quality.class'), render: (r) => t(`quality.class.${r.class}`) },
    {
      key: 'records',
      title: t('quality.records'),
      align: 'right',
      phone: 'aside',
      render: (r) => <Count value={r.records} />,
    },
    {
      key: 'share',
      title: t('quality.share'),
      align: 'right',
      render: (r) => share(f, r.records, total),
    },
    { key: 'takes', title: t('quality.takes'), align: 'right', render: (r) => `−${r.takes}` },
    {
      key: 'on',
      title: t('quality.on'),
      render: (r) => (
        <Switch
          size="small"
          checked={r.on}
          disabled={!me.can(perm.qualityManage)}
          aria-label={t(`quality.rule.${r.code}`)}
          onChange={(on) => onSwitch(r.code, on)}
        />
      ),
    },
  ]
  return (
    <Section title={t('quality.rules')} boxed>
      <SimpleTable<Rule>
        label={t('quality.rules')}
        rows={rows}
        rowKey={(r) => r.code}
        columns={columns.filter((c) => !phone || onPhone.has(c.key))}
      />
    </Section>
  )
}

function Groups({ title, none, groups }: { title: string; none: string; groups: Group[] }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <Section title={title} boxed>
      <SimpleTable<Group>
        label={title}
        rows={groups.toSorted((a, b) => a.score - b.score)}
        rowKey={(g) => g.id}
        columns={[
          { key: 'name', title: t('common.name'), render: (g) => g.name || none },
          {
            key: 'score',
            title: t('quality.score'),
            align: 'right',
            phone: 'aside',
            render: (g) => f.count(g.score, 1),
          },
          {
            key: 'records',
            title: t('quality.records'),
            align: 'right',
            render: (g) => <Count value={g.records} />,
          },
        ]}
      />
    </Section>
  )
}

/** The field access that a column belongs to. */
const keys: Record<string, string> = { city: 'region', net: 'spend' }

function Broken({ rule }: { rule: string }) {
  const { t } = useTranslation()
  const me = useMe()
  const columns: Column<Customer>[] = [
    { key: 'name', title: t('common.customer'), required: true, render: (c) => c.name || '–' },
    {
      key: 'level',
      title: t('quality.col.level'),
      phone: 'aside',
      render: (c) => <LevelTag level={c.level} />,
    },
    { key: 'phone', title: t('quality.col.phone'), render: (c) => c.phone ?? '–' },
    { key: 'city', title: t('quality.col.city'), render: (c) => c.city || '–' },
    {
      key: 'net',
      title: t('quality.col.net'),
      align: 'right',
      render: (c) => <Money fen={c.net_all_fen} />,
    },
  ]
  return (
    <DataTable<Customer>
      id={`quality-${rule}`}
      label={t(`quality.rule.${rule}`)}
      queryKey={['quality', 'list', rule]}
      load={(query, signal) =>
        ok(
          api.GET('/quality/rules/{code}/customers', {
            params: { path: { code: rule }, query },
            signal,
          }),
        )
      }
      rowHref={(c) => `/customers/${c.id}`}
      columns={columns.filter((c) => !me.hides(keys[c.key] ?? c.key))}
      empty={<EmptyState title={t('quality.none')} />}
    />
  )
}
