// What is to be done where two people changed one record. Pure; tested.
import { ApiError } from '@/api/errors'
import type { Patch } from './api'
import { type Part, partOf, parts } from './draft'

/** One field as both have it, in the form of the history: codes and ids as text. */
export interface FieldConflict {
  field: string
  /** What the editor had before; null where nobody knows. */
  base: string | null
  yours: string
  theirs: string
  collides: boolean
}

export interface Conflict {
  /** The version that is there now. */
  version: number
  fields: FieldConflict[]
  /** Fields that only others changed. */
  others: string[]
  by: string
  /** unix ms; 0 where unknown. */
  at: number
}

/** The conflict that a failed call tells of; null where it is another failure. */
export function conflictOf(error: unknown): Conflict | null {
  if (!(error instanceof ApiError) || error.code !== 'customer.version_conflict') return null
  const p = error.params
  const list = Array.isArray(p.conflicts) ? (p.conflicts as FieldConflict[]) : []
  return {
    version: Number(p.version) || 0,
    fields: list,
    others: Array.isArray(p.others) ? (p.others as string[]) : [],
    by: typeof p.by === 'string' ? p.by : '',
    at: Number(p.at) || 0,
  }
}

export type Choice = 'mine' | 'theirs'

/** What is asked about together: place and birthday stand in several fields. */
export interface Question {
  part: Part | string
  fields: FieldConflict[]
  collides: boolean
}

/** The conflict by what a person sees as one thing, in the order of the server. */
export function questions(conflict: Conflict): Question[] {
  const out: Question[] = []
  for (const field of conflict.fields) {
    const part = partOf(field.field) ?? field.field
    const have = out.find((q) => q.part === part)
    if (have) {
      have.fields.push(field)
      have.collides ||= field.collides
    } else out.push({ part, fields: [field], collides: field.collides })
  }
  return out
}

/** What to begin with: nothing is lost by looking, so mine stays until somebody chooses. */
export const begin = (list: Question[]): Record<string, Choice> =>
  Object.fromEntries(list.map((q) => [q.part, 'mine' as Choice]))

/**
 * What of a patch is still to be sent after the choices: the parts where mine
 * stands, and those that the conflict does not speak of. null where nothing is left.
 */
export function resolved(patch: Patch, choices: Record<string, Choice>): Patch | null {
  const out: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue
    const part = partOf(field) ?? field
    if (choices[part] === 'theirs') continue
    out[field] = value
  }
  return Object.keys(out).length > 0 ? (out as Patch) : null
}

/** The fields of a part in the order in which they are read. */
export function inOrder(question: Question): FieldConflict[] {
  const order: readonly string[] = parts[question.part as Part] ?? []
  return question.fields.toSorted((a, b) => order.indexOf(a.field) - order.indexOf(b.field))
}
