import type { components } from '@/api/schema.gen'

export type Notice = components['schemas']['OrgNotice']

const number = (value: unknown) => (typeof value === 'number' && value > 0 ? String(value) : null)

/** Where a notice leads, by its kind; null where there is nothing to open. */
export function leadsTo(
  { kind, params }: Pick<Notice, 'kind' | 'params'>,
  me: number,
): string | null {
  const review = number(params.decision_id)
  const customer = number(params.customer_id)
  const appeal = number(params.appeal_id)
  switch (kind) {
    case 'review_opened':
    case 'levels_published':
      return review && `/tiering/reviews/${review}`
    case 'vote_missing':
      return review && `/tiering/reviews/${review}?state=disputed`
    case 'levels_mine':
      return review && `/tiering/reviews/${review}?owner_id=${me}`
    case 'appeal_made':
    case 'appeal_upheld':
    case 'appeal_declined':
      return appeal && `/tiering/appeals?appeal=${appeal}`
    case 'lifecycle_due':
    case 'lifecycle_late_mine':
    case 'lifecycle_late':
      return customer && `/customers/${customer}?task=${number(params.task_id) ?? ''}`
    case 'lifecycle_due_many':
    case 'lifecycle_late_mine_many':
      return '/steps'
    case 'lifecycle_late_many':
      return '/steps?of=all&overdue=true'
    default:
      return null
  }
}
