// Operators: their words, and which of them take the same kind of value.
import type { FieldInfo } from '../../customers/list/api'

const shapes: string[][] = [
  ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'begins'],
  ['in', 'not_in', 'any', 'all', 'none', 'within', 'not_within'],
  ['last_days', 'before_days', 'next_days', 'within_days', 'anniversary_days'],
  ['fell', 'rose'],
]

/** Whether two operators take the same kind of value. */
export const sameShape = (a: string, b: string): boolean =>
  a === b || shapes.some((ops) => ops.includes(a) && ops.includes(b))

/** A stand-in for a field where an input of the lists asks for one. */
export function pseudo(
  type: FieldInfo['type'],
  label: string,
  more: Partial<FieldInfo> = {},
): FieldInfo {
  return {
    code: '',
    label,
    group: 'record',
    type,
    operators: [],
    options: [],
    unit: '',
    scale: 0,
    target: '',
    column: false,
    sortable: false,
    groupable: false,
    editable: false,
    width: 0,
    required: false,
    field_id: 0,
    ...more,
  }
}
