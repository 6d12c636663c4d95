import { expect, it } from 'vitest'
import { leadsTo } from './notices'

it.each([
  ['review_opened', { decision_id: 3 }, '/tiering/reviews/3'],
  ['vote_missing', { decision_id: 3, missing: 2 }, '/tiering/reviews/3?state=disputed'],
  ['levels_mine', { decision_id: 3 }, '/tiering/reviews/3?owner_id=7'],
  ['appeal_made', { appeal_id: 5 }, '/tiering/appeals?appeal=5'],
  ['appeal_made', { appeal_id: 'x' }, null],
  ['lifecycle_due', { customer_id: 4, task_id: 9, count: 1 }, '/customers/4?task=9'],
  ['lifecycle_late_many', { count: 3 }, '/steps?of=all&overdue=true'],
  ['of_a_later_version', { decision_id: 3 }, null],
])('%s leads to its place', (kind, params, want) => expect(leadsTo({ kind, params }, 7)).toBe(want))
