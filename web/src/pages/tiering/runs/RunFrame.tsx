import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { Can, Page, PageHeader, QueryView, useConfirmWithUndo, useMe } from '@/kit'
import type { RunDetail } from '../api'
import { customersOf, runPath } from '../links'
import { isActive, useRun } from '../queries'
import { ReportActions } from '../report/ReportActions'
import { ReportSkeleton } from '../report/Skeleton'
import { RunStatus } from './RunStatus'

/** Head and tabs of one run, around what the tab shows. */
export function RunFrame({
  tab,
  children,
}: {
  tab: 'report' | 'customers'
  children: (run: RunDetail) => ReactNode
}) {
  const { t } = useTranslation()
  const me = useMe()
  const id = Number(useParams().id) || 0
  const query = useRun(id > 0 ? id : -1)
  const run = query.data
  return (
    <Page>
      <PageHeader
        title={
          run
            ? t('tiers.run.title', { scheme: run.scheme_name, day: run.as_of })
            : t('tiers.run.number_of', { id })
        }
        trail={[{ label: t('nav.tiering.runs'), to: '/tiering/runs' }]}
        badge={run && <RunStatus status={run.status} />}
        actions={
          run &&
          (isActive(run) ? (
            <CancelRun run={run} />
          ) : (
            run.status === 'finished' && me.can(perm.reportView) && <ReportActions runId={run.id} />
          ))
        }
        tabs={
          run?.status === 'finished'
            ? [
                ...(me.can(perm.reportView)
                  ? [{ key: 'report', label: t('nav.tiering.report'), to: runPath(run.id) }]
                  : []),
                ...(me.can(perm.customerView)
                  ? [{ key: 'customers', label: t('tiers.run.customers'), to: customersOf(run.id) }]
                  : []),
              ]
            : undefined
        }
        activeTab={tab}
      />
      <QueryView query={query} skeleton={<ReportSkeleton />}>
        {children}
      </QueryView>
    </Page>
  )
}

function CancelRun({ run }: { run: RunDetail }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  return (
    <Can permission={perm.tierRun}>
      <Button
        onClick={() =>
          confirm({
            title: t('tiers.run.cancel_title'),
            text: t('tiers.run.cancel_text'),
            confirmText: t('tiers.run.cancel'),
            danger: true,
            done: t('tiers.run.cancelled'),
            act: async () => {
              const params = { path: { id: run.id } }
              await ok(api.POST('/tiering/runs/{id}/cancel', { params }))
              await client.invalidateQueries({ queryKey: ['tiering'] })
            },
          })
        }
      >
        {t('tiers.run.cancel')}
      </Button>
    </Can>
  )
}
