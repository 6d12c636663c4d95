import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Navigate, useSearchParams } from 'react-router'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import { Page, PageHeader, QueryView, useIsPhone, useMe } from '@/kit'
import { useRecentRuns, useReport } from '../queries'
import { NoRunYet } from '../runs/NoRunYet'
import { tieringTabs } from '../tabs'
import { ReportActions } from './ReportActions'
import { ReportBody } from './ReportBody'
import { ReportScope } from './ReportScope'
import { ReportSkeleton } from './Skeleton'

/** The newest report, or that of the run in the address. */
export default function ReportPage() {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const wanted = Number(params.get('run')) || 0
  const report = useReport(wanted)
  const error = report.error ? asApiError(report.error) : null
  const none = wanted === 0 && error?.code === 'tier.no_such_run'
  // The default scheme has no run yet; another one may have.
  const others = useRecentRuns(none && me.can(perm.tierView))
  const other = others.data?.find((r) => r.status === 'finished')
  const runId = report.data?.run_id
  return (
    <Page>
      <PageHeader
        title={t('tiers.report.title')}
        purpose={report.data ? undefined : t('tiers.report.purpose')}
        tabs={phone ? tieringTabs(t, me.can) : undefined}
        activeTab="report"
        actions={
          report.data &&
          runId !== undefined && (
            <>
              <RunSwitch
                value={runId}
                onChange={(id) => setParams({ run: String(id) }, { preventScrollReset: true })}
              />
              <ReportActions runId={runId} />
            </>
          )
        }
      />
      {none && other ? (
        <Navigate to={`?run=${other.id}`} replace />
      ) : none && others.isLoading ? (
        <ReportSkeleton />
      ) : none ? (
        <NoRunYet />
      ) : error?.code === 'tier.report_scope' ? (
        <ReportScope />
      ) : (
        <QueryView query={report} skeleton={<ReportSkeleton />}>
          {(data) => <ReportBody key={data.run_id} report={data} />}
        </QueryView>
      )}
    </Page>
  )
}

/** Another run: the same scheme earlier, or another scheme. */
function RunSwitch({ value, onChange }: { value: number; onChange: (id: number) => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const runs = useRecentRuns(me.can(perm.tierView))
  const finished = (runs.data ?? []).filter((r) => r.status === 'finished')
  if (finished.length < 2) return null
  return (
    <Select
      aria-label={t('tiers.report.switch')}
      value={finished.some((r) => r.id === value) ? value : undefined}
      popupMatchSelectWidth={false}
      showSearch={{ optionFilterProp: 'label' }}
      options={finished.map((r) => ({
        value: r.id,
        label: t('tiers.report.run_name', { day: r.as_of, scheme: r.scheme_name, id: r.id }),
      }))}
      onChange={onChange}
    />
  )
}
