import { App, Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { Job, JobState } from '@/api/types'
import { useFormat } from '../format'
import { ErrorState, errorText } from '../states'
import { type StatusKind, StatusTag } from '../tags'
import styles from './jobs.module.css'
import { isOver, useJob } from './store'

const kinds: Record<JobState, StatusKind> = {
  waiting: 'neutral',
  running: 'running',
  scheduled: 'neutral',
  retrying: 'warning',
  finished: 'success',
  failed: 'danger',
  cancelled: 'neutral',
}

// i18n-keys: job.state.*, job.kind.*, ui.unit.*
export function JobStateTag({ state }: { state: JobState }) {
  const { t } = useTranslation()
  return <StatusTag kind={kinds[state]}>{t(`job.state.${state}`)}</StatusTag>
}

/** A job's name in the reader's language; its kind where the catalogue has none. */
export function useJobName() {
  const { t, i18n } = useTranslation()
  return (kind: string) => (i18n.exists(`job.kind.${kind}`) ? t(`job.kind.${kind}`) : kind)
}

function useUnit() {
  const { t, i18n } = useTranslation()
  return (unit: string) => (i18n.exists(`ui.unit.${unit}`) ? t(`ui.unit.${unit}`) : unit)
}

/** Bar, count, rate and time left of a job that is at work. */
export function JobBar({ job }: { job: Job }) {
  const { t } = useTranslation()
  const f = useFormat()
  const unit = useUnit()
  const known = job.total > 0
  const whole = job.state === 'finished'
  const percent = whole ? 100 : known ? Math.min(100, Math.floor((job.done / job.total) * 100)) : 0
  const bytes = job.unit === 'bytes'
  const amount = (n: number) => (bytes ? f.bytes(n) : f.count(n))
  const name = bytes ? '' : unit(job.unit)
  const parts = [
    (known
      ? `${amount(job.done)} / ${amount(job.total)} ${name}`
      : `${amount(job.done)} ${name}`
    ).trim(),
  ]
  if (job.rate > 0 && job.state === 'running') {
    parts.push(t('ui.job.rate', { rate: amount(Math.round(job.rate)), unit: name }).trim())
    if (job.eta_seconds !== null) {
      parts.push(t('ui.job.left', { left: f.duration(job.eta_seconds * 1000) }))
    }
  }
  const over = isOver(job.state)
  return (
    <div>
      {known || whole ? (
        <div className={styles.bar}>
          <div
            className={`${styles.track} ${job.state === 'failed' ? styles.failed : ''}`}
            role="progressbar"
            aria-label={t('ui.job.progress')}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <span style={{ width: `${percent}%` }} />
          </div>
          <span className={styles.figures}>{percent}%</span>
        </div>
      ) : (
        !over && (
          <div
            className={`${styles.endless} ${job.state === 'running' ? styles.moving : ''}`}
            role="progressbar"
            aria-label={t('ui.job.progress')}
          />
        )
      )}
      {(job.done > 0 || known) && <div className={styles.figures}>{parts.join(' · ')}</div>}
    </div>
  )
}

/**
 * A long piece of work: progress, rate, time left, cancel. The work goes on
 * when the page is closed. `onDone` is called once when it ends in sight.
 */
export function JobProgress({
  id,
  title,
  onDone,
}: {
  id: number
  title?: string
  onDone?: (job: Job) => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const name = useJobName()
  const { job, error, put } = useJob(id)
  const told = useRef<number | null>(null)
  const done = useRef(onDone)
  done.current = onDone

  useEffect(() => {
    if (job && isOver(job.state) && told.current !== job.id) {
      told.current = job.id
      done.current?.(job)
    }
  }, [job])

  if (!job) return error ? <ErrorState compact error={error} /> : null
  const cancel = async () => {
    try {
      put(await ok(api.POST('/jobs/{id}/cancel', { params: { path: { id } } })))
    } catch (thrown) {
      message.error(errorText(thrown, t).title)
    }
  }
  return (
    <div className={styles.panel} role="status">
      <div className={styles.head}>
        <span className={styles.name}>{title ?? name(job.kind)}</span>
        <JobStateTag state={job.state} />
      </div>
      <JobBar job={job} />
      {job.state === 'failed' && job.error_detail && (
        <div className={styles.error}>
          {job.error_detail}
          {job.error_code && (
            <div className={styles.figures}>{t('common.error_code', { code: job.error_code })}</div>
          )}
        </div>
      )}
      {!isOver(job.state) && (
        <div className={styles.foot}>
          <span className={styles.figures}>{t('ui.job.goes_on')}</span>
          {job.can_cancel && (
            <Button size="small" onClick={cancel}>
              {t('ui.job.cancel')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
