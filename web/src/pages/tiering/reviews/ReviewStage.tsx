import { useTranslation } from 'react-i18next'
import { JobBar, type StatusKind, StatusTag, useFormat, useJob } from '@/kit'
import { atWork, progressOf, type Review, type Stage, stageOf } from './api'

const kinds: Record<Stage, StatusKind> = {
  opening: 'running',
  open: 'warning',
  publishing: 'running',
  failed: 'danger',
  published: 'success',
  withdrawn: 'neutral',
}

// i18n-keys: ui_review.stage.*
export function ReviewStage({ review }: { review: Pick<Review, 'status' | 'step'> }) {
  const { t } = useTranslation()
  const stage = stageOf(review)
  return <StatusTag kind={kinds[stage]}>{t(`ui_review.stage.${stage}`)}</StatusTag>
}

/** How far a review is: the job at work, or how many moves are settled. */
export function ReviewProgress({ review }: { review: Review }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { job } = useJob(atWork(review) ? review.job_id : null)
  if (atWork(review) && job) return <JobBar job={job} />
  const progress = progressOf(review.counts)
  if (!progress) return <span className="zk-num">{f.count(review.moves)}</span>
  return (
    <span className="zk-num">
      {t('ui_review.progress', { done: f.count(progress.done), all: f.count(progress.all) })}
    </span>
  )
}
