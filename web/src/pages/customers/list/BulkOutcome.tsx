import { useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bones, Facts, QueryView, type StatusKind, StatusTag, useFormat, useSay } from '@/kit'
import { atWork, type BulkRun, cancelBulk, undoBulk, useBulk } from './api'
import styles from './list.module.css'

const kinds: Record<string, StatusKind> = {
  waiting: 'neutral',
  running: 'running',
  finished: 'success',
  cancelling: 'warning',
  cancelled: 'neutral',
  failed: 'danger',
}

// i18n-keys: ui_list.bulk.status.*
export function BulkStatus({ run }: { run: BulkRun }) {
  const { t } = useTranslation()
  if (run.undo_status) {
    const undo = run.undo_status
    const key = undo === 'finished' ? 'undone' : undo === 'failed' ? 'undo_failed' : 'undoing'
    return <StatusTag kind={kinds[undo] ?? 'neutral'}>{t(`ui_list.bulk.status.${key}`)}</StatusTag>
  }
  return (
    <StatusTag kind={kinds[run.status] ?? 'neutral'}>
      {t(`ui_list.bulk.status.${run.status}`)}
    </StatusTag>
  )
}

/** Takes a bulk edit back, as far as nobody changed the same since. */
export function UndoButton({ run, onStarted }: { run: BulkRun; onStarted: () => void }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const [busy, setBusy] = useState(false)
  if (!run.can_undo) return null
  const undo = async () => {
    setBusy(true)
    try {
      await undoBulk(run.id)
      onStarted()
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="small" loading={busy} onClick={undo}>
      {t('common.undo')}
    </Button>
  )
}

/** How far a bulk edit or its undo is, what became of it, and its undo. */
export function BulkOutcome({ id }: { id: number }) {
  const client = useQueryClient()
  const query = useBulk(id)
  const run = query.data
  const busy = run ? atWork(run) : undefined
  const was = useRef<boolean | undefined>(undefined)
  useEffect(() => {
    if (was.current && busy === false) {
      client.invalidateQueries({ queryKey: ['customers'] })
      client.invalidateQueries({ queryKey: ['bulk', 'list'] })
    }
    was.current = busy ?? was.current
  }, [busy, client])
  return (
    <QueryView query={query} compact skeleton={<Bones rows={4} />}>
      {(data: BulkRun) => <Outcome run={data} again={() => query.refetch()} />}
    </QueryView>
  )
}

function Outcome({ run, again }: { run: BulkRun; again: () => void }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { fail } = useSay()
  const undoing = run.undo_status === 'waiting' || run.undo_status === 'running'
  const done = undoing ? run.undo_done : run.done
  const percent = run.total > 0 ? Math.min(100, Math.floor((done / run.total) * 100)) : 0
  const cancel = () => cancelBulk(run.id).then(again, fail)
  // i18n-keys: errors.*
  const { i18n } = useTranslation()
  const why = `errors.${run.error_code}`
  return (
    <div className={styles.outcome} role="status">
      <div className={styles.outcomeHead}>
        <BulkStatus run={run} />
        <span className={styles.push} />
        {(run.status === 'waiting' || run.status === 'running') && (
          <Button size="small" onClick={cancel}>
            {t('common.stop')}
          </Button>
        )}
        <UndoButton run={run} onStarted={again} />
      </div>
      {atWork(run) && (
        <>
          <Progress percent={percent} aria-label={t('ui.job.progress')} />
          <p className="zk-muted">
            {f.count(done)} / {f.count(run.total)} · {t('ui.job.goes_on')}
          </p>
        </>
      )}
      {run.status === 'failed' && run.error_code && i18n.exists(why) && (
        <p className={styles.fault}>{t(why)}</p>
      )}
      <Facts
        columns={2}
        items={[
          { key: 'changed', label: t('ui_list.bulk.did'), value: f.count(run.changed) },
          { key: 'unchanged', label: t('ui_list.bulk.unchanged'), value: f.count(run.unchanged) },
          ...(run.undo_status
            ? [{ key: 'undone', label: t('ui_list.bulk.restored'), value: f.count(run.undone) }]
            : []),
        ]}
      />
      <Reasons title={t('ui_list.bulk.refused')} list={run.refused} />
      <Reasons title={t('ui_list.bulk.kept')} list={run.conflicted} />
      {run.conflicts && run.conflicts.length > 0 && (
        <ul className={styles.plain}>
          {run.conflicts.map((c) => (
            <li key={`${c.customer_id} ${c.field}`}>
              <Link to={`/customers/${c.customer_id}`}>{c.name || `#${c.customer_id}`}</Link>{' '}
              <span className="zk-muted">{c.text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Reasons({ title, list }: { title: string; list: BulkRun['refused'] }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (list.length === 0) return null
  return (
    <div>
      <h3 className={styles.subtitle}>{title}</h3>
      <ul className={styles.plain}>
        {list.map((r) => (
          <li key={r.reason}>{t('ui_list.bulk.refusal', { text: r.text, n: f.count(r.count) })}</li>
        ))}
      </ul>
    </div>
  )
}
