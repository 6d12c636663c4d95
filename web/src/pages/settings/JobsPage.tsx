import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import type { Job, JobAttempt } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  DataTable,
  DateTime,
  DetailDrawer,
  EmptyState,
  Facts,
  isOver,
  JobBar,
  JobProgress,
  JobStateTag,
  Page,
  PageHeader,
  Section,
  SimpleTable,
  useActorName,
  useJob,
  useJobName,
  useMe,
  useSay,
} from '@/kit'

const groups = ['running', 'failed', 'scheduled', 'finished'] as const

/** Background work: what runs, what failed, what is to come, what is done. */
export default function JobsPage() {
  const { t } = useTranslation()
  const actor = useActorName()
  const client = useQueryClient()
  const name = useJobName()
  const me = useMe()
  const { done, fail } = useSay()
  const [params] = useSearchParams()
  const [open, setOpen] = useState<number | null>(null)
  const counts = useQuery({
    queryKey: ['jobs', 'counts'],
    queryFn: ({ signal }) => ok(api.GET('/jobs/counts', { signal })),
    refetchInterval: 10_000,
  })
  const group = groups.find((g) => g === params.get('state')) ?? 'running'
  const labels = {
    running: t('jobs.group.running'),
    failed: t('jobs.group.failed'),
    scheduled: t('jobs.group.scheduled'),
    finished: t('jobs.group.finished'),
  }

  const act = async (work: Promise<unknown>, said: string) => {
    try {
      await work
      done(said)
      await client.invalidateQueries({ queryKey: ['jobs'] })
    } catch (error) {
      fail(error)
    }
  }
  const retry = (job: Job) =>
    act(ok(api.POST('/jobs/{id}/retry', { params: { path: { id: job.id } } })), t('jobs.retried'))
  const cancel = (job: Job) =>
    act(
      ok(api.POST('/jobs/{id}/cancel', { params: { path: { id: job.id } } })),
      t('jobs.cancelled'),
    )

  return (
    <Page>
      <PageHeader
        title={t('nav.settings.jobs')}
        purpose={t('jobs.purpose')}
        activeTab={group}
        tabs={groups.map((g) => ({
          key: g,
          // Only what runs or went wrong is worth a number.
          label:
            counts.data && (g === 'running' || g === 'failed') && counts.data[g] > 0
              ? `${labels[g]} ${counts.data[g]}`
              : labels[g],
          to: `/settings/jobs?state=${g}`,
        }))}
      />
      <DataTable<Job>
        key={group}
        id={`jobs-${group}`}
        label={labels[group]}
        queryKey={['jobs', 'list', group]}
        load={(query, signal) => ok(api.GET('/jobs', { params: { query }, signal }))}
        fixed={{ state: group }}
        exportPath={me.can(perm.jobView) ? '/jobs/export' : undefined}
        refetchInterval={group === 'running' ? 3000 : 15_000}
        onOpen={(job) => setOpen(job.id)}
        openKey={open}
        empty={
          <EmptyState
            title={
              {
                running: t('jobs.none.running'),
                failed: t('jobs.none.failed'),
                scheduled: t('jobs.none.scheduled'),
                finished: t('jobs.none.finished'),
              }[group]
            }
          />
        }
        columns={[
          { key: 'kind', title: t('jobs.kind'), render: (j) => name(j.kind) },
          {
            key: 'state',
            title: t('common.status'),
            phone: 'aside',
            render: (j) => <JobStateTag state={j.state} />,
          },
          {
            key: 'progress',
            title: t('common.progress'),
            width: 320,
            phone: 'wide',
            render: (j) => <LiveBar job={j} />,
          },
          {
            key: 'when',
            title: {
              running: t('jobs.started'),
              failed: t('jobs.failed_at'),
              scheduled: t('jobs.scheduled_for'),
              finished: t('jobs.finished'),
            }[group],
            render: (j) => (
              <DateTime
                at={
                  {
                    running: j.started_at ?? j.created_at,
                    failed: j.finished_at ?? j.updated_at,
                    scheduled: j.scheduled_at,
                    finished: j.finished_at,
                  }[group]
                }
                relative={group !== 'finished'}
              />
            ),
          },
          { key: 'actor', title: t('jobs.actor'), render: (j) => actor(j.actor_name) || '–' },
          {
            key: 'attempt',
            title: t('jobs.attempt'),
            align: 'right',
            hidden: group === 'finished',
            render: (j) => `${j.attempt} / ${j.max_attempts}`,
          },
          {
            key: 'id',
            title: t('jobs.number'),
            align: 'right',
            hidden: true,
            phone: 'none',
            render: (j) => j.id,
          },
        ]}
        rowActions={
          group === 'finished'
            ? undefined
            : (job) =>
                job.can_cancel ? (
                  <Button size="small" onClick={() => cancel(job)}>
                    {t('ui.job.cancel')}
                  </Button>
                ) : job.can_retry ? (
                  <Button size="small" icon={<RotateCw size={14} />} onClick={() => retry(job)}>
                    {t('common.retry')}
                  </Button>
                ) : null
        }
      />
      <JobDrawer id={open} onClose={() => setOpen(null)} onRetry={retry} />
    </Page>
  )
}

// The stream is ahead of the list.
function LiveBar({ job }: { job: Job }) {
  const live = useJob(isOver(job.state) || job.state === 'scheduled' ? null : job.id)
  if (job.state === 'scheduled') return <span className="zk-muted">–</span>
  return <JobBar job={live.job ?? job} />
}

function JobDrawer({
  id,
  onClose,
  onRetry,
}: {
  id: number | null
  onClose: () => void
  onRetry: (job: Job) => void
}) {
  const { t } = useTranslation()
  const actor = useActorName()
  const name = useJobName()
  const { job, detail } = useJob(id)
  return (
    <DetailDrawer
      open={id !== null}
      onClose={onClose}
      title={job ? name(job.kind) : t('nav.settings.jobs')}
      footer={
        job?.can_retry ? (
          <Button type="primary" icon={<RotateCw size={15} />} onClick={() => onRetry(job)}>
            {t('common.retry')}
          </Button>
        ) : undefined
      }
    >
      {id !== null && <JobProgress id={id} />}
      {job && (
        <Facts
          items={[
            { label: t('jobs.number'), value: job.id },
            { label: t('jobs.kind'), value: <span className="zk-mono">{job.kind}</span> },
            { label: t('jobs.actor'), value: actor(job.actor_name) || null },
            { label: t('jobs.note'), value: job.note || null },
            { label: t('jobs.attempt'), value: `${job.attempt} / ${job.max_attempts}` },
            { label: t('common.created_at'), value: <DateTime at={job.created_at} /> },
            { label: t('jobs.scheduled_for'), value: <DateTime at={job.scheduled_at} /> },
            { label: t('jobs.started'), value: <DateTime at={job.started_at} /> },
            { label: t('jobs.finished'), value: <DateTime at={job.finished_at} relative /> },
          ]}
        />
      )}
      {detail && detail.attempts.length > 0 && (
        <Section title={t('jobs.attempts')}>
          <SimpleTable<JobAttempt>
            label={t('jobs.attempts')}
            compact
            rows={detail.attempts}
            rowKey={(a) => a.attempt}
            columns={[
              {
                key: 'attempt',
                title: t('jobs.attempt'),
                width: 80,
                render: (a) => a.attempt,
              },
              { key: 'at', title: t('jobs.failed_at'), render: (a) => <DateTime at={a.at} /> },
              {
                key: 'code',
                title: t('common.code'),
                render: (a) => <span className="zk-mono zk-break">{a.code}</span>,
              },
            ]}
          />
        </Section>
      )}
    </DetailDrawer>
  )
}
