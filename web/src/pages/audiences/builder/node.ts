// The language of rules as the API has it (internal/rule/node.go), in JSON.

export interface RuleNode {
  all?: RuleNode[]
  any?: RuleNode[]
  not?: RuleNode
  field?: string
  /** A past day whose value is meant, where a history is kept. */
  at?: string
  facts?: Facts
  sequence?: Sequence
  relative?: Relative
  sample?: Sample
  op?: string
  value?: unknown
}

/** Chooses facts of a stream and says what to make of them. */
export interface Facts {
  stream: string
  where?: Test[]
  window?: Window
  agg?: string
  of?: string
}

/** A condition on one fact. */
export interface Test {
  field: string
  op: string
  value?: unknown
}

export interface Sequence {
  first: Facts
  then: Facts
  /** days */
  within: number
  without?: boolean
}

/** A sequence; its second part is called "then", which the linter takes for a promise. */
export function sequenceOf(first: Facts, next: Facts, within: number, without = false): Sequence {
  // biome-ignore lint/suspicious/noThenProperty: the name is the API's
  const s: Sequence = { first, then: next, within }
  if (without) s.without = true
  return s
}

export interface Relative {
  facts?: Facts
  field?: string
  audience?: number
}

export interface Sample {
  percent: number
  seed?: string
}

/** Which days count: at most one of the three forms; none is all time. */
export interface Window {
  last?: number
  unit?: Unit
  back?: number
  years?: number
  to_date?: boolean
  from?: string
  to?: string
}

export type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** Bounds of the server. */
export interface Limits {
  depth: number
  conditions: number
}

/** Those of filters of lists (internal/rule/parse.go); rules have theirs in the catalogue. */
export const listLimits: Limits = { depth: 5, conditions: 50 }
