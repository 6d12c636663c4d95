import type { components } from '@/api/schema.gen'

export type WorkHours = components['schemas']['OrgWorkHours']
export type Span = WorkHours['week'][number]['spans'][number]

export const mostSpans = 6
export const mostDays = 400

/** A time as people type it, as the server takes it: "9", "9:5" and "9：30" are times. */
export function tidyTime(text: string): string {
  const found = /^\s*(\d{1,2})(?:[:：.](\d{1,2}))?\s*$/.exec(text)
  if (!found) return text.trim()
  return `${(found[1] ?? '').padStart(2, '0')}:${(found[2] ?? '0').padStart(2, '0')}`
}

/** One more span behind the last: an hour later, as long as the day has room. */
export function nextSpan(spans: Span[]): Span {
  const last = spans.at(-1)
  if (!last) return { from: '09:00', to: '18:00' }
  const hour = Math.min(Number(last.to.slice(0, 2)) + 1, 23)
  const at = (h: number) => `${String(h).padStart(2, '0')}:00`
  return { from: at(hour), to: at(Math.min(hour + 4, 24)) }
}

/** Minutes that a day is worked; 0 where a time cannot be read yet. */
export function minutesOf(spans: Span[]): number {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
  const sum = spans.reduce((all, s) => all + minutes(s.to) - minutes(s.from), 0)
  return Number.isFinite(sum) && sum > 0 ? sum : 0
}
