import type { Format } from '@/kit'
import type { NextMove } from '../api'

type Reason = NonNullable<NextMove['rule']>

/** A line of what a move asks for. */
export interface Said {
  key: string
  depth: number
  holds: boolean
  /** Of a group; the sentence is empty then. */
  join?: 'all' | 'any' | 'not'
  sentence: string
  /** What the customer has there, as on every page. */
  value: string
}

/** The conditions of a rule as lines, groups above theirs; an "all" around everything says nothing. */
export function said(rule: Reason, f: Format): Said[] {
  const lines: Said[] = []
  const walk = (r: Reason, depth: number) => {
    const join = r.kind === 'all' || r.kind === 'any' || r.kind === 'not' ? r.kind : undefined
    const silent = join === 'all' && depth === 0
    if (!silent) {
      lines.push({
        key: r.path || 'rule',
        depth,
        holds: r.holds,
        join,
        sentence: r.sentence,
        value: join ? '' : written(r, f),
      })
    }
    for (const child of r.children) walk(child, silent ? 0 : depth + 1)
  }
  walk(rule, 0)
  return lines
}

function written({ type, value, text }: Reason, f: Format): string {
  if (typeof value !== 'number') return text
  if (type === 'money') return f.money(value)
  return type === 'number' ? f.count(value, 2) : text
}
