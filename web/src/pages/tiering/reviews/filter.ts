import { splitRange } from '@/kit'
import type { MoveFilter } from './api'

const texts = ['state', 'from', 'to', 'direction', 'q'] as const
const numbers = ['department_id', 'owner_id', 'steps'] as const

/**
 * The filter that stands in the address of a review, as the API takes it. Of a
 * sample everybody gets the same customers: its seed is the number of the review.
 */
export function filterOf(params: URLSearchParams, review: number): MoveFilter {
  const out: Record<string, string | number | boolean> = {}
  for (const key of texts) {
    const text = params.get(key)
    if (text) out[key] = text
  }
  for (const key of numbers) {
    const n = Number(params.get(key))
    if (Number.isSafeInteger(n) && n !== 0) out[key] = n
  }
  const [low, high] = splitRange(params.get('margin') ?? '')
  if (low && Number.isFinite(Number(low))) out.margin_min = Number(low)
  if (high && Number.isFinite(Number(high))) out.margin_max = Number(high)
  if (params.get('mine') === 'true') out.mine = true
  const sample = Number(params.get('sample'))
  if (sample > 0) {
    out.sample = sample
    out.seed = review
  }
  return out as MoveFilter
}
