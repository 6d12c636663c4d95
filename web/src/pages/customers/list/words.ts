import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat, useMe } from '@/kit'
import { useAudienceNames, useSaid } from '../../audiences/names'
import { useDivisions } from '../record/api'
import { useTags } from '../record/tags'
import {
  type FieldInfo,
  type FieldType,
  useCustomersNamed,
  useDepartments,
  useStaffFound,
  useStaffNamed,
} from './api'
import type { Words } from './sentence'
import { conditions, type Group, isAdvanced, leaves } from './tree'

const dayOps = ['last_days', 'before_days', 'next_days', 'within_days', 'anniversary_days']

/** The operators whose value has parts, which only the builder of audiences can edit. */
export const changedOp = 'changed'
export const isShiftOp = (op: string) => op === 'fell' || op === 'rose'

/** The catalogue key of an operator: numbers and days have words of their own. */
export function opKey(op: string, type: FieldType | ''): string {
  // i18n-keys: ui_list.op.*
  if (type === 'audience') return `ui_list.op.a_${op}`
  if (type === 'number' || type === 'money') return `ui_list.op.n_${op}`
  if ((type === 'date' || type === 'time') && !dayOps.includes(op)) return `ui_list.op.d_${op}`
  return `ui_list.op.${op}`
}

/** Names that ids stand for. */
export interface Names {
  staff: Map<number, string>
  customers: Map<number, string>
  departments: Map<number, string>
  tags: Map<number, string>
  audiences: Map<number, string>
  regions: Map<string, string>
}

const numbers = (value: unknown) =>
  (Array.isArray(value) ? value : [value]).filter((x): x is number => typeof x === 'number')

/** Fields whose values are ids of staff. */
export const ofStaff = (f: FieldInfo | undefined) =>
  f?.type === 'staff' || (f?.type === 'reference' && f.target === 'staff')

/** Fields whose values are ids of customers. */
export const ofCustomers = (f: FieldInfo | undefined) =>
  f?.type === 'reference' && f.target === 'customer'

/** The names that the values of a filter need, as far as the reader may see them. */
export function useNames(root: Group, fields: Map<string, FieldInfo>): Names {
  const me = useMe()
  const all = conditions(root)
  const typeOf = (field: string) => fields.get(field)?.type
  const found = useStaffFound('')
  const known = new Map<number, string>([[me.staff.id, me.staff.name]])
  for (const s of found.data ?? []) known.set(s.id, s.name)
  const ids = [
    ...new Set(all.filter((c) => ofStaff(fields.get(c.field))).flatMap((c) => numbers(c.value))),
  ]
    .filter((id) => found.data && !known.has(id))
    .sort((a, b) => a - b)
    .slice(0, 100)
  const others = useStaffNamed(ids)
  for (const s of others.data ?? []) known.set(s.id, s.name)
  const customers = useCustomersNamed([
    ...new Set(
      all.filter((c) => ofCustomers(fields.get(c.field))).flatMap((c) => numbers(c.value)),
    ),
  ])
  const departments = useDepartments().data
  const tags = useTags(
    {},
    all.some((c) => typeOf(c.field) === 'tags'),
  ).data
  const audiences = useAudienceNames(
    all.filter((c) => typeOf(c.field) === 'audience').flatMap((c) => numbers(c.value)),
  )
  const divisions = useDivisions(all.some((c) => typeOf(c.field) === 'region')).data
  return {
    staff: known,
    customers,
    departments: new Map(departments?.map((d) => [d.id, d.name])),
    tags: new Map(tags?.map((x) => [x.id, x.name])),
    audiences,
    regions: new Map(divisions?.map((d) => [d.code, d.name])),
  }
}

type T = (key: string, params?: Record<string, unknown>) => string

/** One value of a field in words. */
export function valueText(
  field: FieldInfo | undefined,
  value: unknown,
  op: string,
  names: Names,
  f: Format,
  t: T,
): string {
  const text = String(value)
  if (!field || op.endsWith('_days')) return text
  switch (field.type) {
    case 'money':
      return f.money(Number(value))
    case 'number':
      return `${f.count(Number(value), field.scale)}${field.unit ? ` ${field.unit}` : ''}`
    case 'bool':
      return t(value === true ? 'common.yes' : 'common.no')
    case 'tags':
      return names.tags.get(Number(value)) ?? `#${text}`
    case 'audience':
      return names.audiences.get(Number(value)) ?? `#${text}`
    case 'department':
      return names.departments.get(Number(value)) ?? `#${text}`
    case 'region':
      return names.regions.get(text) ?? text
    case 'birthday':
      return t('ui_list.month', { n: text })
    case 'staff':
    case 'reference':
      if (value === 'me') return t('ui_list.me')
      return (ofStaff(field) ? names.staff : names.customers).get(Number(value)) ?? `#${text}`
    default:
      return field.options?.find((o) => o.value === text)?.label ?? text
  }
}

/** What puts a filter into words. */
export function useWords(root: Group, fields: Map<string, FieldInfo>): Words {
  const { t } = useTranslation()
  const f = useFormat()
  const names = useNames(root, fields)
  const said = useSaid(
    leaves(root)
      .filter(isAdvanced)
      .map((x) => x.node),
  )
  const type = (code: string) => fields.get(code)?.type ?? ''
  return {
    field: (code) => fields.get(code)?.label ?? code,
    type,
    op: (op, of) => t(opKey(op, of as FieldType)),
    value: (code, value, op) => valueText(fields.get(code), value, op, names, f, t as T),
    and: t('ui_list.and'),
    or: t('ui_list.or'),
    not: (inner) => t('ui_list.not', { inner }),
    paren: (inner) => t('ui_list.paren', { inner }),
    comma: t('ui_list.comma'),
    missing: '…',
    days: (op, n) => (dayOps.includes(op) ? t(`ui_list.days.${op}`, { n }) : null),
    condition: (field, op, value) =>
      t(value ? 'ui_list.condition' : 'ui_list.condition_bare', { field, op, value }),
    advanced: said,
  }
}
// i18n-keys: ui_list.days.*

/** The catalogue by code. */
export function useByCode(list: FieldInfo[] | undefined): Map<string, FieldInfo> {
  return useMemo(() => new Map(list?.map((f) => [f.code, f])), [list])
}
