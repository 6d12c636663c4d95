import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bones, DateTime, DetailDrawer, EmptyState, QueryView, StatusTag } from '@/kit'
import { runPath } from '../links'
import { useDimensions } from '../queries'
import { type LevelStep, useLevelSteps } from './api'
import styles from './record.module.css'

const kinds = { run: 'neutral', panel: 'success', hand: 'warning' } as const

/** How the levels of a customer changed: by runs, by the panel, by hand. */
export function History({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useLevelSteps(id)
  return (
    <DetailDrawer open title={t('ui_level.history')} onClose={onClose}>
      <QueryView query={query} compact skeleton={<Bones rows={6} />}>
        {(steps) =>
          steps.length === 0 ? (
            <EmptyState
              compact
              title={t('ui_review.no_history')}
              text={t('ui_level.no_history_text')}
            />
          ) : (
            <ol className={styles.steps}>
              {steps.map((step) => (
                <li key={`${step.at} ${step.run_id} ${step.decision_id}`}>
                  <Step step={step} />
                </li>
              ))}
            </ol>
          )
        }
      </QueryView>
    </DetailDrawer>
  )
}

// i18n-keys: ui_review.by.*
function Step({ step }: { step: LevelStep }) {
  const { t } = useTranslation()
  const dimension = useDimensions(true).data?.find((d) => d.code === step.dimension)
  return (
    <>
      <div className={styles.stepHead}>
        <b>{dimension?.name ?? step.dimension}</b>
        <span>
          {t('ui_review.step', { from: step.from || t('ui_review.no_level'), to: step.to })}
        </span>
      </div>
      {step.reason && <p>{step.reason}</p>}
      <small className="zk-muted">
        <StatusTag kind={kinds[step.by]}>{t(`ui_review.by.${step.by}`)}</StatusTag>
        {step.name && <span>{step.name}</span>}
        <Link to={runPath(step.run_id)}>{step.scheme_name}</Link>
        <DateTime at={step.at} />
      </small>
    </>
  )
}
