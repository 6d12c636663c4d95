import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Circle, LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Can, Count, JobBar, useConfirmWithUndo, useFormat, useJob } from '@/kit'
import { cancelImport, type Import, type Status } from './api'
import shared from './imports.module.css'
import styles from './progress.module.css'
import { Track } from './Track'

const phases: Status[] = ['checking', 'running', 'finishing']

// i18n-keys: import.status.*, import.phase.*, imports.phase.*
/** An import at work: phase, progress, what it came to so far, stop. */
export function Progress({ of }: { of: Import }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const { job } = useJob(of.job_id)
  const at = of.status === 'waiting' ? -1 : phases.indexOf(of.status)
  const note = job?.note && i18n.exists(job.note) ? t(job.note) : null
  const live = job && job.state !== 'finished' && job.total + job.done > 0
  return (
    <div className={styles.progress}>
      <ol className={styles.phases}>
        {phases.map((phase, i) => (
          <li
            key={phase}
            className={i === at ? styles.phaseNow : i < at ? styles.phaseDone : undefined}
            aria-current={i === at ? 'step' : undefined}
          >
            {i < at ? (
              <Check size={16} aria-hidden="true" />
            ) : i === at ? (
              <LoaderCircle size={16} aria-hidden="true" className={styles.turning} />
            ) : (
              <Circle size={16} aria-hidden="true" />
            )}
            <span>
              {t(`import.status.${phase}`)}
              <span className={shared.hint}>{t(`imports.phase.${phase}`)}</span>
            </span>
          </li>
        ))}
      </ol>
      <div role="status" aria-live="polite">
        {of.status === 'waiting' || of.status === 'cancelling' ? (
          <div>{t(of.status === 'waiting' ? 'imports.waiting' : 'imports.cancelling')}</div>
        ) : (
          note && <div>{note}</div>
        )}
        {live ? (
          <JobBar job={job} />
        ) : (
          of.rows_total > 0 && (
            <>
              <Track percent={Math.floor((of.rows_read / of.rows_total) * 100)} />
              <div className={shared.hint}>
                {`${f.count(of.rows_read)} / ${f.count(of.rows_total)} ${t('ui.unit.rows')}`}
              </div>
            </>
          )
        )}
      </div>
      {of.rows_read > 0 && (
        <dl className={styles.soFar}>
          {(['accepted', 'unchanged', 'rejected'] as const).map((part) => (
            <div key={part}>
              <dt>{t(`imports.sum.${part}`)}</dt>
              <dd className={part === 'rejected' && of.rejected > 0 ? shared.bad : undefined}>
                <Count value={of[part]} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div className={styles.progressFoot}>
        <span className={shared.hint}>{t('imports.goes_on')}</span>
        <Can permission={perm.importRun}>
          <Stop of={of} />
        </Can>
      </div>
    </div>
  )
}

function Stop({ of }: { of: Import }) {
  const { t } = useTranslation()
  const confirm = useConfirmWithUndo()
  const client = useQueryClient()
  const [asked, setAsked] = useState(false)
  if (of.status === 'finishing') return null
  const stop = () =>
    confirm({
      title: t('imports.stop.title'),
      text: t(of.dry_run ? 'imports.stop.text_dry' : 'imports.stop.text'),
      confirmText: t('imports.stop'),
      danger: true,
      act: async () => {
        setAsked(true)
        try {
          client.setQueryData(['imports', 'one', of.id], await cancelImport(of.id))
        } catch (error) {
          setAsked(false)
          throw error
        }
      },
      done: t('imports.stop.done'),
    })
  return (
    <Button loading={asked || of.status === 'cancelling'} onClick={stop}>
      {t('imports.stop')}
    </Button>
  )
}
