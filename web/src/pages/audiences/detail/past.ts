import { useQuery } from '@tanstack/react-query'
import dayjs from 'dayjs'
import { asApiError } from '@/api/errors'
import { type Audience, count, key, type SizeDay } from '../api'
import { waitsFor } from '../builder/api'

/** How many weeks back a size is counted again, and how slow a count may be before that stops. */
const weeks = 12
const slow = 1500

/** A day that was recounted: who came and went that day is not known. */
export interface PastDay {
  day: string
  size: number
}

/** The days that were recounted, the oldest first, and where and why that ended early. */
export interface Recounted {
  days: PastDay[]
  stopped?: {
    day: string /** In words; none where figures of models are not there yet. */
    why?: string
  }
}

/**
 * Asks for one week after the other, the newest first, up to a day that is
 * refused. Figures of models are not waited for: each day would be one more job
 * over all customers, and few days are kept.
 */
export async function recount(
  today: string,
  ask: (day: string) => Promise<{ count: number; took_ms: number }>,
): Promise<Recounted> {
  const days: PastDay[] = []
  for (let week = 1; week <= weeks; week++) {
    const day = dayjs(today)
      .subtract(7 * week, 'day')
      .format('YYYY-MM-DD')
    try {
      const answer = await ask(day)
      days.unshift({ day, size: answer.count })
      if (answer.took_ms > slow) break
    } catch (error) {
      const refused = asApiError(error)
      if (refused.status !== 422) throw error
      const why = waitsFor(error) ? undefined : (refused.fields[0]?.message ?? refused.message)
      return { days, stopped: { day, why } }
    }
  }
  return { days }
}

/**
 * Sizes of the weeks before sizes were kept: the present rule as of those days,
 * the oldest first. Asked only where `today`, the present as-of day, is given;
 * an engine that needs long is not asked twelve times.
 */
export const usePast = (audience: Audience, today: string | undefined) =>
  useQuery({
    queryKey: [...key, 'past', audience.id, today],
    enabled: today !== undefined && audience.kind === 'dynamic',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: ({ signal }) =>
      recount(today ?? '', (day) => count({ audience_id: audience.id, as_of: day }, signal)),
  })

/** A day of the figure: kept, recounted, or neither. */
export interface Point {
  day: string
  kept?: SizeDay
  past?: number
}

/** Every day from the first that is known to the last; recounted days end where kept ones begin. */
export function timeline(kept: SizeDay[], past: PastDay[]): Point[] {
  const first = kept[0]
  const before = first ? past.filter((p) => p.day < first.day) : past
  const from = before[0]?.day ?? first?.day
  const to = kept.at(-1)?.day ?? before.at(-1)?.day
  if (!from || !to) return []
  const keptOn = new Map(kept.map((k) => [k.day, k]))
  const pastOn = new Map(before.map((p) => [p.day, p.size]))
  // The dashed line leads up to the first kept size.
  if (first && before.length > 0) pastOn.set(first.day, first.size)
  const out: Point[] = []
  for (let at = dayjs(from); ; at = at.add(1, 'day')) {
    const day = at.format('YYYY-MM-DD')
    if (day > to) return out
    out.push({ day, kept: keptOn.get(day), past: pastOn.get(day) })
  }
}
