// The nested filter of the API and the tree that the form edits. The two have
// the same shape, so that the place of a server's error finds its row.
import { splitRange, yuanToFen } from '@/kit'

/** A filter as the API has it: all, any or not of others, or one condition. */
export interface FilterNode {
  all?: FilterNode[]
  any?: FilterNode[]
  not?: FilterNode
  field?: string
  op?: string
  value?: unknown
  /** The day whose value is meant, where the field keeps a history. */
  at?: string
  /** Conditions of other forms; audiences have an editor for them (internal/rule). */
  facts?: object
  sequence?: object
  relative?: object
  sample?: object
}

/** Forms of conditions that the rows of the form cannot edit. */
const forms = ['facts', 'sequence', 'relative', 'sample'] as const

export interface Condition {
  id: number
  field: string
  op: string
  /** In the API's form: 分, YYYY-MM-DD, codes, ids; undefined while it is missing. */
  value: unknown
}

export interface Group {
  id: number
  join: 'all' | 'any'
  /** The opposite of the whole group. */
  not: boolean
  items: Item[]
}

/** A condition that is kept as it is, and edited in the builder of audiences. */
export interface Advanced {
  id: number
  node: FilterNode
}

export type Item = Condition | Group | Advanced

export const isGroup = (item: Item): item is Group => 'items' in item
export const isAdvanced = (item: Item): item is Advanced => 'node' in item

/** Whether a condition has a form, or a part, that a row of field, operator and value has no place for. */
export const isForeign = (node: FilterNode) =>
  forms.some((form) => node[form] !== undefined) ||
  node.at !== undefined ||
  (typeof node.value === 'object' && node.value !== null && !Array.isArray(node.value))

/** Bounds of the server. */
export const maxDepth = 5
export const maxConditions = 50

let last = 0
const nextId = () => ++last

export const condition = (field = '', op = '', value?: unknown): Condition => ({
  id: nextId(),
  field,
  op,
  value,
})

export const advanced = (node: FilterNode): Advanced => ({ id: nextId(), node })

export const group = (join: Group['join'], items: Item[], not = false): Group => ({
  id: nextId(),
  join,
  not,
  items,
})

/** Operators that take no value. */
export const bare = (op: string) => op === 'empty' || op === 'not_empty'

/** Operators of two values. */
export const paired = (op: string) => op === 'between'

/** Whether a condition says all that it needs. */
export function complete(c: Condition): boolean {
  if (!c.field || !c.op) return false
  if (bare(c.op)) return true
  const there = (v: unknown) => v !== undefined && v !== null && v !== ''
  if (paired(c.op)) return Array.isArray(c.value) && c.value.length === 2 && c.value.every(there)
  return Array.isArray(c.value) ? c.value.length > 0 : there(c.value)
}

/** The filter of a tree; null for none. Conditions are taken as they stand. */
export function toNode(root: Group): FilterNode | null {
  return root.items.length === 0 ? null : nodeOf(root)
}

export function nodeOf(item: Item): FilterNode {
  if (isAdvanced(item)) return item.node
  if (!isGroup(item)) {
    const { field, op, value } = item
    return bare(op) ? { field, op } : { field, op, value }
  }
  const list = item.items.map(nodeOf)
  const node: FilterNode = item.join === 'all' ? { all: list } : { any: list }
  return item.not ? { not: node } : node
}

/** The tree of a filter; the root is always a group. */
export function fromNode(node: FilterNode | null | undefined): Group {
  if (!node) return group('all', [])
  const item = itemOf(node)
  return isGroup(item) ? item : group('all', [item])
}

export function itemOf(node: FilterNode): Item {
  if (node.not) {
    const inner = itemOf(node.not)
    // "Not" of a condition and "not not" need a group of their own.
    return isGroup(inner) && !inner.not ? { ...inner, not: true } : group('all', [inner], true)
  }
  if (node.all) return group('all', node.all.map(itemOf))
  if (node.any) return group('any', node.any.map(itemOf))
  if (isForeign(node)) return advanced(node)
  return condition(node.field ?? '', node.op ?? '', node.value)
}

/** A filter that came from an address or a saved view; null for what is none. */
export function parseFilter(text: string | null | undefined): FilterNode | null {
  if (!text) return null
  try {
    const node: unknown = JSON.parse(text)
    return isNode(node, 0) ? node : null
  } catch {
    return null
  }
}

function isNode(x: unknown, depth: number): x is FilterNode {
  if (typeof x !== 'object' || x === null || depth > 2 * maxDepth) return false
  const n = x as FilterNode
  const list = n.all ?? n.any
  if (list !== undefined) {
    return Array.isArray(list) && list.length > 0 && list.every((y) => isNode(y, depth + 1))
  }
  if (n.not !== undefined) return isNode(n.not, depth + 1)
  if (typeof n.field === 'string') return typeof n.op === 'string'
  // What such a condition says is checked by the server.
  const own = forms.filter((form) => n[form] !== undefined)
  return own.length === 1 && own.every((form) => typeof n[form] === 'object' && n[form] !== null)
}

/** How deep the server finds a tree; "not" is a level of its own. */
export function depthOf(item: Item): number {
  if (!isGroup(item)) return 1
  return (item.not ? 2 : 1) + Math.max(0, ...item.items.map(depthOf))
}

/** All conditions of a tree on fields, in order. */
export function conditions(item: Item): Condition[] {
  return leaves(item).filter((x): x is Condition => !isAdvanced(x))
}

/** All conditions of a tree, in order. */
export function leaves(item: Item): (Condition | Advanced)[] {
  return isGroup(item) ? item.items.flatMap(leaves) : [item]
}

/** A tree with one item changed, or taken out where `change` gives null. */
export function replaced(root: Group, id: number, change: (item: Item) => Item | null): Group {
  if (root.id === id) return (change(root) as Group | null) ?? { ...root, items: [] }
  const items: Item[] = []
  for (const item of root.items) {
    const next = item.id === id ? change(item) : isGroup(item) ? replaced(item, id, change) : item
    if (next) items.push(next)
  }
  return { ...root, items }
}

/** The item that a place of the server names: "filter.all[0].not.any[1].value". */
export function locate(root: Group, path: string): Item {
  let at: Item = root
  for (const [, index] of path.matchAll(/\[(\d+)\]/g)) {
    const next: Item | undefined = isGroup(at) ? at.items[Number(index)] : undefined
    if (!next) break
    at = next
  }
  return at
}

/** Filters of addresses that other pages link to: `?level=high&net_365=100..`. */
export function fromFlat(params: URLSearchParams): FilterNode | null {
  const all: FilterNode[] = []
  const list = (key: string) => (params.get(key) ?? '').split(',').filter(Boolean)
  for (const key of ['level', 'lifecycle', 'kind', 'source', 'stage']) {
    if (list(key).length > 0) all.push({ field: key, op: 'in', value: list(key) })
  }
  for (const key of ['province', 'city']) {
    const value = params.get(key)
    if (value) all.push({ field: key, op: 'eq', value })
  }
  const owner = params.get('owner')
  if (owner === '-1') all.push({ field: 'owner', op: 'empty' })
  else if (owner && /^\d+$/.test(owner))
    all.push({ field: 'owner', op: 'in', value: [Number(owner)] })
  const range = (key: string, read: (text: string) => unknown) => {
    const [from, to] = splitRange(params.get(key) ?? '')
    const [low, high] = [from && read(from), to && read(to)]
    if (low !== undefined && low !== '') all.push({ field: key, op: 'gte', value: low })
    if (high !== undefined && high !== '') all.push({ field: key, op: 'lte', value: high })
  }
  range('last_day', (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined))
  range('net_365', yuanToFen)
  range('orders_365', (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined))
  return all.length > 0 ? { all } : null
}

export const flatKeys = [
  'level',
  'lifecycle',
  'kind',
  'source',
  'stage',
  'province',
  'city',
  'owner',
  'last_day',
  'net_365',
  'orders_365',
]

/** Whether two filters say the same, whatever the order of their keys. */
export function sameFilter(a: FilterNode | null, b: FilterNode | null): boolean {
  return JSON.stringify(a && nodeOf(fromNode(a))) === JSON.stringify(b && nodeOf(fromNode(b)))
}
