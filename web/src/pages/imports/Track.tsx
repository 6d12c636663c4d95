import { useTranslation } from 'react-i18next'
import shared from './imports.module.css'
import styles from './progress.module.css'

/** How far something has come, 0–100, as a bar with its figure. */
export function Track({ percent, failed }: { percent: number; failed?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className={styles.track}>
      <div
        className={`${styles.trackBar} ${failed ? styles.trackFailed : ''}`}
        role="progressbar"
        aria-label={t('ui.job.progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      <span className={shared.hint}>{percent}%</span>
    </div>
  )
}
