import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import {
  type Column,
  DataTable,
  DateTime,
  EmptyState,
  Page,
  PageHeader,
  useIsPhone,
  useMe,
} from '@/kit'
import { tieringTabs } from '../tabs'
import { useByDimension } from '../useByDimension'
import { type Review, reviewPath } from './api'
import { OpenReview } from './OpenReview'
import { PanelSettings } from './PanelForm'
import { ReviewProgress, ReviewStage } from './ReviewStage'

/** Runs that a panel decides about, the newest first. */
export default function ReviewsPage() {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const me = useMe()
  const byDimension = useByDimension()
  const columns: Column<Review>[] = [
    byDimension.column,
    {
      key: 'run',
      title: t('ui_review.of_run'),
      render: (r) => t('ui_review.run', { scheme: r.scheme_name, day: r.as_of, id: r.run_id }),
    },
    {
      key: 'status',
      title: t('common.status'),
      phone: 'aside',
      render: (r) => <ReviewStage review={r} />,
    },
    {
      key: 'progress',
      title: t('ui_review.decided'),
      width: 240,
      align: phone ? undefined : 'right',
      render: (r) => <ReviewProgress review={r} />,
    },
    {
      key: 'opened',
      title: t('ui_review.opened'),
      render: (r) => <DateTime at={r.opened_at} />,
    },
    { key: 'by', title: t('ui_review.opened_by'), render: (r) => r.opened_by_name || null },
    {
      key: 'deadline',
      title: t('ui_review.deadline'),
      render: (r) => <DateTime at={r.deadline_at || null} />,
    },
    { key: 'note', title: t('common.note'), hidden: true, render: (r) => r.note },
  ]
  return (
    <Page>
      <PageHeader
        title={t('nav.tiering.reviews')}
        purpose={t('ui_review.purpose')}
        tabs={phone ? tieringTabs(t, me.can) : undefined}
        activeTab="reviews"
        actions={
          <>
            <PanelSettings />
            <OpenReview />
          </>
        }
      />
      <DataTable<Review>
        id="tier-reviews"
        label={t('nav.tiering.reviews')}
        queryKey={['tiering', 'reviews', 'list']}
        load={(query, signal) => ok(api.GET('/tiering/reviews', { params: { query }, signal }))}
        columns={columns}
        rowHref={(r) => reviewPath(r.id)}
        refetchInterval={15_000}
        filters={[byDimension.filter]}
        empty={<EmptyState title={t('ui_review.empty')} text={t('ui_review.empty_text')} />}
      />
    </Page>
  )
}
