// What is to be done where two people changed one audience. Pure; tested.
import { ApiError } from '@/api/errors'
import { sameRule } from './model'
import type { RuleNode } from './node'

export interface Draft {
  name: string
  description: string
  rule: RuleNode | null
}

export const parts = ['name', 'description', 'rule'] as const
export type Part = (typeof parts)[number]

/** Whether a write was refused because somebody else had changed the audience. */
export const isConflict = (error: unknown) =>
  error instanceof ApiError && error.code === 'audience.changed'

export const same = (part: Part, a: Draft, b: Draft) =>
  part === 'rule' ? sameRule(a.rule, b.rule) : a[part] === b[part]

/** What differs between two drafts. */
export const changed = (a: Draft, b: Draft): Part[] => parts.filter((p) => !same(p, a, b))

export interface Merged {
  /** With what only one of the two changed; mine where both did. */
  draft: Draft
  /** What both changed, and not to the same. */
  clashes: Part[]
  /** What only the others changed. */
  taken: Part[]
}

/** Both changes to a base as far as they go together. */
export function merge(base: Draft, mine: Draft, theirs: Draft): Merged {
  const draft = { ...mine }
  const clashes: Part[] = []
  const taken: Part[] = []
  for (const part of parts) {
    if (same(part, base, theirs) || same(part, mine, theirs)) continue
    if (same(part, base, mine)) {
      Object.assign(draft, { [part]: theirs[part] })
      taken.push(part)
    } else clashes.push(part)
  }
  return { draft, clashes, taken }
}
