// How entries are grouped and chosen. Pure; tested.
import dayjs from 'dayjs'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'
import type { Entry, KindItem } from './api'

dayjs.extend(utc)
dayjs.extend(timezone)

export interface DayGroup {
  day: string
  entries: Entry[]
}

/** Entries, newest first, under their days. */
export function byDay(entries: Entry[]): DayGroup[] {
  const out: DayGroup[] = []
  for (const entry of entries) {
    const last = out.at(-1)
    if (last?.day === entry.day) last.entries.push(entry)
    else out.push({ day: entry.day, entries: [entry] })
  }
  return out
}

export interface SourceGroup {
  source: string
  kinds: string[]
}

/** Kinds under their sources, in the order in which the server names them. */
export function bySource(kinds: KindItem[]): SourceGroup[] {
  const out: SourceGroup[] = []
  for (const { source, kind } of kinds) {
    const group = out.find((g) => g.source === source)
    if (group) group.kinds.push(kind)
    else out.push({ source, kinds: [kind] })
  }
  return out
}

/** The source that the chosen kinds are of; null for all or for several. */
export function sourceOf(groups: SourceGroup[], chosen: string[]): SourceGroup | null {
  if (chosen.length === 0) return null
  return groups.find((g) => chosen.every((k) => g.kinds.includes(k))) ?? null
}

/** One kind of a source pressed or let go; all or none of them is the source as a whole. */
export function toggleKind(group: SourceGroup, chosen: string[], kind: string): string[] {
  const whole = chosen.length === group.kinds.length
  const next = whole
    ? [kind]
    : chosen.includes(kind)
      ? chosen.filter((k) => k !== kind)
      : group.kinds.filter((k) => k === kind || chosen.includes(k))
  return next.length === 0 ? group.kinds : next
}

/** An instant as a field of date and time shows it, in the company's time. */
export const toLocal = (at: number, zone: string): string =>
  dayjs(at).tz(zone).format('YYYY-MM-DDTHH:mm')

/** The instant of what such a field holds; undefined where it holds nothing. */
export function fromLocal(text: string | undefined, zone: string): number | undefined {
  if (!text) return undefined
  const at = dayjs.tz(text, zone)
  return at.isValid() ? at.valueOf() : undefined
}

/** A day some days from an instant, in the company's time. */
export const dayFrom = (at: number, days: number, zone: string): string =>
  dayjs(at).tz(zone).add(days, 'day').format('YYYY-MM-DD')
