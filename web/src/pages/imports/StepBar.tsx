import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import styles from './progress.module.css'

const steps = ['file', 'check', 'run', 'result'] as const

export type Step = (typeof steps)[number]

// i18n-keys: imports.step.*
/** Where in the flow this is; on a phone the names of the other steps make room. */
export function StepBar({ at }: { at: Step }) {
  const { t } = useTranslation()
  const current = steps.indexOf(at)
  return (
    <ol className={styles.steps} aria-label={t('imports.steps')}>
      {steps.map((step, i) => (
        <li
          key={step}
          className={i < current ? styles.stepDone : i === current ? styles.stepNow : undefined}
          aria-current={i === current ? 'step' : undefined}
        >
          <span className={styles.stepMark} aria-hidden="true">
            {i < current ? <Check size={14} /> : i + 1}
          </span>
          <span className={styles.stepName}>
            {t(`imports.step.${step}`)}
            {i < current && <span className="zk-sr"> {t('common.done')}</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
