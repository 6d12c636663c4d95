// A rule of the API and the tree that react-querybuilder edits, without loss in
// either direction. A condition keeps its operator and value where the library
// has them, and what else it says (facts, a sequence …) in `meta`.
import type { RuleGroupType, RuleType } from 'react-querybuilder'
import type { Facts, Relative, RuleNode, Sample, Sequence, Test, Window } from './node'

/** What a condition is about, beside a field's code. */
export const forms = ['facts', 'sequence', 'relative', 'sample'] as const
export type Form = (typeof forms)[number]

/** The forms of `field` that are no field. */
export const formField = (form: Form) => `@${form}`

export interface Body {
  at?: string
  facts?: Facts
  sequence?: Sequence
  relative?: Relative
  sample?: Sample
}

export type Condition = RuleType<string, string, unknown, string, Body> & { id: string }

export type Group = Omit<RuleGroupType<Condition>, 'rules'> & {
  id: string
  combinator: 'and' | 'or'
  rules: Item[]
  /** Stands for its only child, and not for a list of one: `{not: leaf}`, or a rule that is one leaf. */
  bare?: boolean
}

export type Item = Condition | Group

export const isGroup = (item: Item | RuleType | RuleGroupType): item is Group => 'rules' in item

/** What relation a group's conditions have: all, any, none (not any), not all. */
export type Join = 'all' | 'any' | 'none' | 'some_not'

export function joinOf(g: Pick<RuleGroupType, 'combinator' | 'not'>): Join {
  if (g.combinator === 'or') return g.not ? 'none' : 'any'
  return g.not ? 'some_not' : 'all'
}

export const joinParts = (join: Join): { combinator: 'and' | 'or'; not: boolean } => ({
  combinator: join === 'any' || join === 'none' ? 'or' : 'and',
  not: join === 'none' || join === 'some_not',
})

let last = 0
export const nextId = () => `n${++last}`

export function condition(node: RuleNode): Condition {
  const { at, facts, sequence, relative, sample } = node
  const form = forms.find((f) => node[f] !== undefined)
  const meta: Body = {}
  if (at !== undefined) meta.at = at
  if (facts) meta.facts = facts
  if (sequence) meta.sequence = sequence
  if (relative) meta.relative = relative
  if (sample) meta.sample = sample
  return {
    id: nextId(),
    field: form ? formField(form) : (node.field ?? ''),
    operator: node.op ?? '',
    value: node.value,
    meta,
  }
}

export function group(join: Join, rules: Item[]): Group {
  return { id: nextId(), ...joinParts(join), rules }
}

/** The tree of a rule, or of a filter of lists; the root is always a group. */
export function fromNode(node: object | null | undefined): Group {
  if (!node || Object.keys(node).length === 0) return group('all', [])
  const item = itemOf(node as RuleNode)
  return isGroup(item) ? item : { ...group('all', [item]), bare: true }
}

function itemOf(node: RuleNode): Item {
  if (node.all) return group('all', node.all.map(itemOf))
  if (node.any) return group('any', node.any.map(itemOf))
  if (!node.not) return condition(node)
  const inner = itemOf(node.not)
  if (isGroup(inner) && !inner.not) return { ...inner, not: true }
  // "Not" of a condition and "not not" need a group of their own.
  return { ...group('none', [inner]), bare: true }
}

/** Operators that take no value. */
export const bareOp = (op: string) => op === 'empty' || op === 'not_empty'

/** The condition as the API has it. */
export function leafOf(c: Condition): RuleNode {
  const { at, facts, sequence, relative, sample } = c.meta ?? {}
  const node: RuleNode = {}
  if (facts) node.facts = facts
  else if (sequence) node.sequence = sequence
  else if (relative) node.relative = relative
  else if (sample) node.sample = sample
  else node.field = c.field
  if (at) node.at = at
  if (c.operator) node.op = c.operator
  if (c.value !== undefined && !bareOp(c.operator)) node.value = c.value
  return node
}

/** A rule, and what each place in it came from: paths such as "rule.all[0].not". */
export interface Written {
  node: RuleNode | null
  places: Map<string, string>
  /** Conditions that were left out because they do not say all they need. */
  open: string[]
}

/**
 * The rule of a tree. Groups without conditions say nothing and are left out;
 * so are, with `ready`, the conditions that it refuses.
 */
export function toNode(
  root: Group,
  { top = 'rule', ready = () => true }: { top?: string; ready?: (c: Condition) => boolean } = {},
): Written {
  const places = new Map<string, string>()
  const open: string[] = []
  const kept = pruned(root, ready, open)
  return { node: kept && nodeOf(kept, top, places), places, open }
}

function pruned(g: Group, ready: (c: Condition) => boolean, open: string[]): Group | null {
  const rules: Item[] = []
  for (const item of g.rules) {
    if (isGroup(item)) {
      const inner = pruned(item, ready, open)
      if (inner) rules.push(inner)
    } else if (ready(item)) rules.push(item)
    else open.push(item.id)
  }
  return rules.length > 0 ? { ...g, rules } : null
}

function nodeOf(item: Item, path: string, places: Map<string, string>): RuleNode {
  places.set(path, item.id)
  if (!isGroup(item)) return leafOf(item)
  const [only] = item.rules
  const inner = item.not ? `${path}.not` : path
  if (item.bare && only && item.rules.length === 1) {
    const node = nodeOf(only, inner, places)
    return item.not ? { not: node } : node
  }
  if (item.not) places.set(inner, item.id)
  const name = item.combinator === 'or' ? 'any' : 'all'
  const list = item.rules.map((r, i) => nodeOf(r, `${inner}.${name}[${i}]`, places))
  const node: RuleNode = name === 'any' ? { any: list } : { all: list }
  return item.not ? { not: node } : node
}

/** The item that a place of the server means, and the rest of the path below it. */
export function locate(places: Map<string, string>, path: string): { id: string; rest: string } {
  let at = path.replace(/^body\./, '')
  const whole = at
  for (;;) {
    const id = places.get(at)
    if (id) return { id, rest: whole.slice(at.length).replace(/^\./, '') }
    const cut = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))
    if (cut <= 0) return { id: '', rest: whole }
    at = at.slice(0, cut)
  }
}

/** How deep the server finds a tree; "not" is a level of its own. */
export function depthOf(item: Item): number {
  if (!isGroup(item)) return 1
  const inside = Math.max(0, ...item.rules.map(depthOf))
  if (item.bare && item.rules.length === 1) return (item.not ? 1 : 0) + inside
  return (item.not ? 2 : 1) + inside
}

/** All conditions of a tree, in order. */
export function conditions(item: Item): Condition[] {
  return isGroup(item) ? item.rules.flatMap(conditions) : [item]
}

/** The item at a path of the library; undefined where there is none. */
export function itemAt(root: Group, path: readonly number[]): Item | undefined {
  let at: Item | undefined = root
  for (const i of path) at = at && isGroup(at) ? at.rules[i] : undefined
  return at
}

/** The path of an item; null where it is not there. */
export function pathOf(root: Group, id: string, path: number[] = []): number[] | null {
  if (root.id === id) return path
  for (const [i, item] of root.rules.entries()) {
    if (item.id === id) return [...path, i]
    const inner = isGroup(item) ? pathOf(item, id, [...path, i]) : null
    if (inner) return inner
  }
  return null
}

/** A tree with one item changed, or taken out where `change` gives null. */
export function replaced(root: Group, id: string, change: (item: Item) => Item | null): Group {
  if (root.id === id) return (change(root) as Group | null) ?? { ...root, rules: [] }
  return {
    ...root,
    rules: root.rules.flatMap((item) => {
      const next = item.id === id ? change(item) : isGroup(item) ? replaced(item, id, change) : item
      return next ? [next] : []
    }),
  }
}

/** A copy with ids of its own. */
export function copied(item: Item): Item {
  return isGroup(item)
    ? { ...item, id: nextId(), rules: item.rules.map(copied) }
    : { ...item, id: nextId() }
}

const there = (v: unknown) =>
  Array.isArray(v) ? v.length > 0 : v !== undefined && v !== null && v !== ''

/** The value of "changed": from which codes to which, any where there are none, within so many days. */
export interface Changed {
  from?: string[]
  to?: string[]
  days: number
}

/** The value of "fell" and "rose": by how much at least, against so many days ago. */
export interface Shift {
  by: number
  days: number
}

/** Whether an operator has the value it needs. */
export function valued(op: string, value: unknown): boolean {
  if (!op) return false
  if (bareOp(op)) return true
  if (op === 'between') return Array.isArray(value) && value.length === 2 && value.every(there)
  if (op === 'changed') return there((value as Partial<Changed> | null | undefined)?.days)
  if (op === 'fell' || op === 'rose') {
    const shift = value as Partial<Shift> | null | undefined
    return there(shift?.by) && there(shift?.days)
  }
  return there(value)
}

/** Whether two values stand the wrong way round: nobody is between them. */
export function reversed(op: string, value: unknown): boolean {
  if (op !== 'between' || !valued(op, value)) return false
  const [from, to] = value as [unknown, unknown]
  return typeof from === typeof to && (from as number | string) > (to as number | string)
}

/** Aggregates that need to be told of what. */
export const aggOf = (agg: string | undefined) =>
  agg === 'sum' || agg === 'avg' || agg === 'min' || agg === 'max' || agg === 'distinct'

const testReady = (t: Test) => Boolean(t.field) && valued(t.op, t.value)

const windowReady = (w: Window | undefined) =>
  !w || Object.keys(w).length === 0 || Boolean(w.last || w.unit || w.from || w.to)

/** Whether a choice of facts is whole; `figure` where an aggregate is asked for. */
export function factsReady(f: Facts | undefined, figure: boolean): boolean {
  if (!f?.stream || !(f.where ?? []).every(testReady) || !windowReady(f.window)) return false
  return !figure || (Boolean(f.agg) && (!aggOf(f.agg) || Boolean(f.of)))
}

/** Whether a condition says all that it needs. */
export function complete(c: Condition): boolean {
  const { facts, sequence, relative, sample, at } = c.meta ?? {}
  if (facts) return factsReady(facts, true) && valued(c.operator, c.value)
  if (sequence) {
    return (
      factsReady(sequence.first, false) &&
      factsReady(sequence.then, false) &&
      Number.isInteger(sequence.within) &&
      sequence.within >= 0
    )
  }
  if (relative) {
    const what = relative.field ? true : factsReady(relative.facts, true)
    return what && valued(c.operator, c.value)
  }
  if (sample) return typeof sample.percent === 'number' && sample.percent > 0
  return c.field !== '' && at !== '' && valued(c.operator, c.value)
}

/** Whether two rules say the same, whatever the order of their keys. */
export function sameRule(a: RuleNode | null, b: RuleNode | null): boolean {
  return canonical(a) === canonical(b)
}

/** A rule as text, the same for rules that say the same. */
export const canonical = (node: RuleNode | null): string =>
  JSON.stringify(node, (_, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([x], [y]) => (x < y ? -1 : 1)))
      : v,
  )
