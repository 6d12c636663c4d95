import { Button } from 'antd'
import { GitCompareArrows } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import {
  type Column,
  Count,
  DataTable,
  DateTime,
  JobBar,
  Page,
  PageHeader,
  useFormat,
  useIsPhone,
  useJob,
  useMe,
} from '@/kit'
import type { Run, RunStatus as Status } from '../api'
import { runPath } from '../links'
import { isActive, useSchemes } from '../queries'
import { tieringTabs } from '../tabs'
import { useByDimension } from '../useByDimension'
import { NoRunYet } from './NoRunYet'
import { Author, duration, RunStatus } from './RunStatus'
import { StartRun } from './StartRun'
import { StartTogether } from './StartTogether'

const states: Status[] = ['waiting', 'running', 'finished', 'failed', 'cancelled']

// i18n-keys: tiers.run.status.*
/** Every run: what was graded when, by whom, and how far the one at work is. */
export default function RunsPage() {
  const { t } = useTranslation()
  const f = useFormat()
  const phone = useIsPhone()
  const me = useMe()
  const navigate = useNavigate()
  const schemes = useSchemes()
  const byDimension = useByDimension()
  const columns: Column<Run>[] = [
    {
      key: 'as_of',
      title: t('tiers.head.as_of'),
      render: (r) => <span className="zk-num">{r.as_of}</span>,
    },
    {
      key: 'scheme',
      title: t('tiers.head.scheme'),
      render: (r) =>
        t('tiers.head.scheme_version', { scheme: r.scheme_name, version: r.scheme_version }),
    },
    byDimension.column,
    {
      key: 'status',
      title: t('common.status'),
      phone: 'aside',
      render: (r) => <RunStatus status={r.status} />,
    },
    {
      key: 'customers',
      title: t('tiers.customers'),
      width: 290,
      align: phone ? undefined : 'right',
      render: (r) =>
        isActive(r) ? <Progress run={r} /> : <Count value={r.customers > 0 ? r.customers : null} />,
    },
    { key: 'by', title: t('tiers.run.by'), render: (r) => <Author of={r} /> },
    {
      key: 'created',
      title: t('tiers.run.started'),
      render: (r) => <DateTime at={r.started_at || r.created_at} />,
    },
    {
      key: 'duration',
      title: t('tiers.run.duration'),
      align: 'right',
      render: (r) => {
        const ms = duration(r)
        return ms === null ? <Count value={null} /> : f.duration(ms)
      },
    },
    { key: 'id', title: t('tiers.run.number'), align: 'right', render: (r) => r.id },
  ]
  return (
    <Page>
      <PageHeader
        title={t('nav.tiering.runs')}
        purpose={t('tiers.runs.purpose')}
        tabs={phone ? tieringTabs(t, me.can) : undefined}
        activeTab="runs"
        actions={
          <>
            <StartTogether />
            <StartRun />
          </>
        }
      />
      <DataTable<Run>
        id="tier-runs"
        label={t('nav.tiering.runs')}
        queryKey={['tiering', 'runs']}
        load={(query, signal) => ok(api.GET('/tiering/runs', { params: { query }, signal }))}
        columns={columns}
        rowHref={(r) => runPath(r.id)}
        refetchInterval={15_000}
        filters={[
          byDimension.filter,
          {
            key: 'scheme',
            label: t('tiers.head.scheme'),
            type: 'select',
            options: (schemes.data ?? []).map((s) => ({
              value: s.scheme.code,
              label: s.scheme.name,
            })),
          },
          {
            key: 'status',
            label: t('common.status'),
            type: 'select',
            options: states.map((s) => ({ value: s, label: t(`tiers.run.status.${s}`) })),
          },
        ]}
        bulk={({ rows }) => {
          const [a, b] = rows.filter((r) => r.status === 'finished').sort((x, y) => x.id - y.id)
          const two = rows.length === 2 && a && b
          return (
            <>
              <Button
                type="primary"
                icon={<GitCompareArrows size={16} />}
                disabled={!two}
                onClick={() => two && navigate(`/tiering/runs/compare?a=${a.id}&b=${b.id}`)}
              >
                {t('tiers.compare.action')}
              </Button>
              {!two && <span className="zk-muted">{t('tiers.compare.hint')}</span>}
            </>
          )
        }}
        empty={<NoRunYet />}
      />
    </Page>
  )
}

function Progress({ run }: { run: Run }) {
  const { t } = useTranslation()
  const { job } = useJob(run.job_id)
  return job ? <JobBar job={job} /> : <span className="zk-muted">{t('tiers.run.by_command')}</span>
}
