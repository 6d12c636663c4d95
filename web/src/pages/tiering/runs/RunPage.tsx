import { useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate } from 'react-router'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  DateTime,
  EmptyState,
  Facts,
  JobProgress,
  QueryView,
  Section,
  useFormat,
  useMe,
} from '@/kit'
import type { RunDetail } from '../api'
import { customersOf } from '../links'
import { useDimensions, useReport } from '../queries'
import { ReportBody } from '../report/ReportBody'
import { ReportScope } from '../report/ReportScope'
import { ReportSkeleton } from '../report/Skeleton'
import { RunFrame } from './RunFrame'
import { Author, duration } from './RunStatus'
import { StartRun } from './StartRun'

/** One run: at work its progress, then its report. */
export default function RunPage() {
  return <RunFrame tab="report">{(run) => <Body run={run} />}</RunFrame>
}

function Body({ run }: { run: RunDetail }) {
  const { t } = useTranslation()
  const me = useMe()
  if (run.status === 'finished') {
    return me.can(perm.reportView) ? (
      <Finished run={run} />
    ) : (
      <Navigate to={customersOf(run.id)} replace />
    )
  }
  if (run.status === 'failed' || run.status === 'cancelled') return <Ended run={run} />
  return (
    <>
      <AtWork run={run} />
      <RunFacts run={run} />
      <p className="zk-muted">{t('tiers.run.then')}</p>
    </>
  )
}

function Finished({ run }: { run: RunDetail }) {
  const report = useReport(run.id)
  const code = report.error ? asApiError(report.error).code : ''
  if (code === 'tier.report_scope') {
    return (
      <>
        <ReportScope />
        <CustomersLink run={run} />
      </>
    )
  }
  return (
    <QueryView query={report} skeleton={<ReportSkeleton />}>
      {(data) => (
        <>
          <Decided run={run} />
          <ReportBody report={data} />
        </>
      )}
    </QueryView>
  )
}

/** Says where the levels are no longer those that the report tells of. */
function Decided({ run }: { run: RunDetail }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (!run.decided) return null
  const levels = run.decided.levels.map((l) => {
    const name = run.summary?.levels.find((s) => s.code === l.code)?.name ?? l.code
    return t('tiers.decided.level', { name, customers: f.count(l.customers) })
  })
  return (
    <Alert
      type="info"
      showIcon
      title={t('tiers.decided.note', { count: run.decided.customers })}
      description={t('tiers.decided.now', { levels: levels.join(t('tiers.decided.and')) })}
    />
  )
}

function CustomersLink({ run }: { run: RunDetail }): ReactNode {
  const { t } = useTranslation()
  const me = useMe()
  if (!me.can(perm.customerView)) return null
  return <Link to={customersOf(run.id)}>{t('tiers.run.customers')}</Link>
}

function AtWork({ run }: { run: RunDetail }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  if (run.job_id === null) return <EmptyState compact title={t('tiers.run.by_command')} />
  return (
    <JobProgress
      id={run.job_id}
      title={t('tiers.run.at_work')}
      onDone={() => client.invalidateQueries({ queryKey: ['tiering'] })}
    />
  )
}

// i18n-keys: errors.*
function Ended({ run }: { run: RunDetail }) {
  const { t, i18n } = useTranslation()
  const failed = run.status === 'failed'
  const key = `errors.${run.error_code}`
  return (
    <>
      <EmptyState
        icon={<TriangleAlert size={28} strokeWidth={1.5} />}
        title={failed ? t('tiers.run.failed') : t('tiers.run.was_cancelled')}
        text={failed && i18n.exists(key) ? t(key) : t('tiers.run.nothing_written')}
        action={<StartRun scheme={run.scheme} />}
        small={run.error_code ? t('common.error_code', { code: run.error_code }) : undefined}
      />
      <RunFacts run={run} />
    </>
  )
}

function RunFacts({ run }: { run: RunDetail }) {
  const { t } = useTranslation()
  const f = useFormat()
  const ms = duration(run)
  const dimension = useDimensions(true).data?.find((d) => d.code === run.dimension)
  return (
    <Section boxed title={t('tiers.run.facts')}>
      <Facts
        columns={2}
        items={[
          {
            label: t('tiers.head.scheme'),
            value: t('tiers.head.scheme_version', {
              scheme: run.scheme_name,
              version: run.scheme_version,
            }),
          },
          { label: t('ui_dimension.one'), value: dimension?.name ?? run.dimension },
          { label: t('tiers.head.as_of'), value: run.as_of },
          { label: t('tiers.run.by'), value: <Author of={run} /> },
          {
            label: t('tiers.run.started'),
            value: <DateTime at={run.started_at || null} relative />,
          },
          { label: t('tiers.run.duration'), value: ms === null ? null : f.duration(ms) },
          { label: t('tiers.run.number'), value: run.id },
        ]}
      />
    </Section>
  )
}
