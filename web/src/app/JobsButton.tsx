import { Button, Popover } from 'antd'
import { LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { JobBar, useJobName } from '@/kit/jobs/JobProgress'
import { useRunningJobs } from '@/kit/jobs/store'
import styles from './shell.module.css'

/** The jobs at work: how many, and on a click how far. */
export function JobsButton() {
  const { t } = useTranslation()
  const jobs = useRunningJobs()
  const name = useJobName()
  const [open, setOpen] = useState(false)
  const label =
    jobs.length > 0 ? t('ui.jobs.running', { count: jobs.length }) : t('ui.jobs.none_running')
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      content={
        <div className={styles.jobs}>
          {jobs.length === 0 && <div className="zk-muted">{label}</div>}
          {jobs.map((job) => (
            <div key={job.id}>
              <div>{name(job.kind)}</div>
              <JobBar job={job} />
            </div>
          ))}
          <Link to="/settings/jobs" onClick={() => setOpen(false)}>
            {t('ui.jobs.all')}
          </Link>
        </div>
      }
    >
      <Button
        type="text"
        aria-label={label}
        title={label}
        className={jobs.length > 0 ? styles.jobsBusy : ''}
        icon={
          <LoaderCircle
            size={18}
            strokeWidth={jobs.length > 0 ? 2.25 : 1.75}
            className={jobs.length > 0 ? styles.spin : ''}
          />
        }
      >
        {jobs.length > 0 ? jobs.length : null}
      </Button>
    </Popover>
  )
}
