// A filter in words: "阶段是客户，且（标签含任一 VIP、老客 或 近 365 天净消费 ≥ ¥1,000.00）".
import {
  bare,
  type Condition,
  type FilterNode,
  type Group,
  type Item,
  isAdvanced,
  isGroup,
} from './tree'

export interface Words {
  /** Name of a field; the code where there is none. */
  field: (code: string) => string
  /** Words of an operator for a type of field. */
  op: (op: string, type: string) => string
  /** One value of a field in words. */
  value: (code: string, value: unknown, op: string) => string
  type: (code: string) => string
  and: string
  or: string
  /** "不满足（{inner}）" */
  not: (inner: string) => string
  paren: (inner: string) => string
  /** Between the values of a list. */
  comma: string
  /** What stands for a value that is missing. */
  missing: string
  /** "近 {n} 天" and the like, where the value belongs into the operator. */
  days: (op: string, n: string) => string | null
  /** Field, operator and value as one. */
  condition: (field: string, op: string, value: string) => string
  /** A condition of another form; the server says it. */
  advanced: (node: FilterNode) => string
}

/** One condition in words. */
export function conditionText(c: Condition, w: Words): string {
  const name = w.field(c.field)
  const type = w.type(c.field)
  if (bare(c.op)) return w.condition(name, w.op(c.op, type), '')
  const one = (v: unknown) =>
    v === undefined || v === null || v === '' ? w.missing : w.value(c.field, v, c.op)
  const days = w.days(c.op, one(c.value))
  if (days !== null) return w.condition(name, days, '')
  const value =
    c.op === 'between' && Array.isArray(c.value)
      ? `${one(c.value[0])} – ${one(c.value[1])}`
      : Array.isArray(c.value)
        ? c.value.length > 0
          ? c.value.map(one).join(w.comma)
          : w.missing
        : one(c.value)
  return w.condition(name, w.op(c.op, type), value)
}

/** A condition or a group in words; groups inside others stand in brackets. */
export function itemText(item: Item, w: Words, inner = true): string {
  if (isAdvanced(item)) return w.advanced(item.node)
  if (!isGroup(item)) return conditionText(item, w)
  const text = joined(item, w)
  if (item.not) return w.not(text)
  return inner && item.items.length > 1 ? w.paren(text) : text
}

function joined(g: Group, w: Words): string {
  return g.items
    .map((i) => itemText(i, w, g.items.length > 1))
    .join(g.join === 'all' ? w.and : w.or)
}

/** The whole filter in words; "" for none. */
export const sentence = (root: Group, w: Words) =>
  root.items.length === 0 ? '' : itemText(root, w, false)
