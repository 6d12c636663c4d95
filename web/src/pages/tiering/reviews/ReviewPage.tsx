import { useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bones,
  DateTime,
  Facts,
  JobProgress,
  Page,
  PageHeader,
  QueryView,
  useFormat,
  useMe,
} from '@/kit'
import { runPath } from '../links'
import { useDimensions } from '../queries'
import { atWork, type Review, useReview } from './api'
import { EndReview } from './EndReview'
import { Moves } from './Moves'
import { ReviewProgress, ReviewStage } from './ReviewStage'
import { Voting } from './Voting'

/** One review: what the run would change, what the panel decided, and its end. */
export default function ReviewPage() {
  const { t } = useTranslation()
  const id = Number(useParams().id) || 0
  const query = useReview(id > 0 ? id : -1)
  const review = query.data
  const dimensions = useDimensions(true).data
  return (
    <Page>
      <PageHeader
        title={
          review
            ? t('ui_review.title', {
                dimension:
                  dimensions?.find((d) => d.code === review.dimension)?.name ?? review.dimension,
                day: review.as_of,
              })
            : t('ui_review.number', { id })
        }
        trail={[{ label: t('nav.tiering.reviews'), to: '/tiering/reviews' }]}
        badge={review && <ReviewStage review={review} />}
        actions={review && <EndReview review={review} />}
      />
      <QueryView query={query} skeleton={<Bones rows={10} />}>
        {(r) => <Body review={r} />}
      </QueryView>
    </Page>
  )
}

// i18n-keys: errors.tier.*, ui_review.rule.*
function Body({ review: r }: { review: Review }) {
  const { t, i18n } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const client = useQueryClient()
  const error = `errors.${r.error_code}`
  const open = r.status === 'review' && r.step === 'open'
  return (
    <>
      {r.error_code !== '' && (
        <Alert
          type="error"
          showIcon
          title={t('ui_review.failed')}
          description={
            i18n.exists(error) ? t(error) : t('common.error_code', { code: r.error_code })
          }
        />
      )}
      {r.older && open && <Alert type="warning" showIcon title={t('ui_review.older')} />}
      <Facts
        columns={2}
        items={[
          {
            label: t('ui_review.of_run'),
            value: (
              <Link to={runPath(r.run_id)}>
                {t('ui_review.run', { scheme: r.scheme_name, day: r.as_of, id: r.run_id })}
              </Link>
            ),
          },
          { label: t('ui_review.decided'), value: <ReviewProgress review={r} /> },
          {
            label: t('ui_review.deadline'),
            value: <DateTime at={r.deadline_at || null} />,
          },
          {
            label: t('ui_review.panel'),
            value: t('ui_review.panel_line', {
              people: r.panel.members.map((m) => m.name).join(t('ui_review.comma')),
              rule: t(`ui_review.rule.${r.panel.rule}`),
              quorum: f.count(r.panel.quorum),
            }),
          },
          ...(r.status === 'published'
            ? [{ label: t('ui_review.from_day'), value: r.from_day }]
            : []),
          ...(r.decided_at > 0
            ? [
                {
                  label: t('ui_review.ended'),
                  value: (
                    <>
                      {r.decided_by_name} <DateTime at={r.decided_at} />
                    </>
                  ),
                },
              ]
            : []),
          ...(r.gone > 0 ? [{ label: t('ui_review.gone'), value: f.count(r.gone) }] : []),
          ...(r.note ? [{ label: t('common.note'), value: r.note, wide: true }] : []),
        ]}
      />
      {atWork(r) && r.job_id !== null && (
        <JobProgress
          id={r.job_id}
          onDone={() => client.invalidateQueries({ queryKey: ['tiering', 'reviews'] })}
        />
      )}
      {open && me.can(perm.tierReview) && <Voting review={r} />}
      {me.can(perm.customerView) && r.step !== 'opening' && r.step !== 'failed' && (
        <Moves review={r} />
      )}
    </>
  )
}
