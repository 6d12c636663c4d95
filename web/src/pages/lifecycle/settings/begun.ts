import type { components } from '@/api/schema.gen'
import type { Tool } from '../api'

type Begun = components['schemas']['LifecycleBegunFigures']

/** How many customers a day a tool would begin for, as days that are over went. */
export function perDay({ days, ways }: Begun, { stages, auto }: Pick<Tool, 'stages' | 'auto'>) {
  const from = auto?.from ?? []
  const came = ways.filter(
    (w) =>
      stages.includes(w.to) &&
      !stages.includes(w.from) &&
      (from.length === 0 || from.includes(w.from)),
  )
  return days > 0 ? came.reduce((sum, w) => sum + w.customers, 0) / days : 0
}
