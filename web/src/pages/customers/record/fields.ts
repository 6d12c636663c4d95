// What forms and lists know of custom fields: definitions, and values as the API has them.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { useFormat } from '@/kit'

type Schemas = components['schemas']

export type Field = Schemas['FieldDefinition']
export type FieldKind = Field['kind']
export type FieldOption = Schemas['FieldOption']
export type FieldLabel = Schemas['FieldLabel']
export type FieldValues = Schemas['FieldValuesView']

/** Every field in its order, retired ones too. */
export function useFields() {
  return useQuery({
    queryKey: ['custom-fields'],
    queryFn: async ({ signal }) => (await ok(api.GET('/custom-fields', { signal }))).items,
    staleTime: 60_000,
  })
}

export function useFieldValues(customerId: number) {
  return useQuery({
    queryKey: ['customers', 'fields', customerId],
    queryFn: ({ signal }) =>
      ok(api.GET('/customers/{id}/fields', { params: { path: { id: customerId } }, signal })),
  })
}

/** A text that stands in two languages, in the reader's. */
export function useLabel() {
  const { i18n } = useTranslation()
  const english = i18n.language.startsWith('en')
  return (label: FieldLabel) => (english && label.en) || label.zh
}

/** Fields by section, in the order in which sections first appear; "" last. */
export function bySection(fields: Field[]): { key: string; label: FieldLabel; fields: Field[] }[] {
  const out: { key: string; label: FieldLabel; fields: Field[] }[] = []
  for (const field of fields) {
    const have = out.find((s) => s.key === field.section.zh)
    if (have) have.fields.push(field)
    else out.push({ key: field.section.zh, label: field.section, fields: [field] })
  }
  return [...out.filter((s) => s.key !== ''), ...out.filter((s) => s.key === '')]
}

/** The options to choose from: those in use, and retired ones that the value has. */
export function choosable(field: Field, value: unknown): FieldOption[] {
  const has = (code: string | undefined) =>
    Array.isArray(value) ? value.includes(code) : value === code
  return field.options.filter((o) => !o.retired || has(o.code))
}

/** Whether values of a kind may have bounds. */
export const bounded = (kind: FieldKind) => kind === 'number' || kind === 'money'

export type Bounds = Field['bounds']

/** Whether it binds anything. */
export const binds = (bounds: Bounds | undefined) =>
  typeof bounds?.least === 'number' || typeof bounds?.greatest === 'number'

/** Whose value of a field lies outside of bounds, as lists filter. */
export function outsideFilter(code: string, { least, greatest }: NonNullable<Bounds>) {
  const field = `f.${code}`
  const any = [
    ...(typeof least === 'number' ? [{ field, op: 'lt', value: least }] : []),
    ...(typeof greatest === 'number' ? [{ field, op: 'gt', value: greatest }] : []),
  ]
  return { any }
}

/** The list of customers whose value of a field lies outside of bounds, with the value beside the name. */
export function outsideHref(code: string, bounds: NonNullable<Bounds>): string {
  const at = new URLSearchParams({
    view: 'all',
    f: JSON.stringify(outsideFilter(code, bounds)),
    cols: ['name', `f.${code}`, 'level', 'phone', 'owner'].join(),
    sort: '-id',
  })
  return `/customers?${at}`
}

/** Whether a value lies outside of the bounds of its field. */
export function outside(field: Field, value: unknown): boolean {
  if (!bounded(field.kind) || isEmpty(value)) return false
  const { least, greatest } = field.bounds
  const n = Number(value)
  return (least != null && n < least) || (greatest != null && n > greatest)
}

/** The bounds of a field in words; "" where it has none. */
export function useBoundsText() {
  const { t } = useTranslation()
  const text = useFieldText()
  return (field: Field): string => {
    const { least, greatest } = field.bounds
    if (least != null && greatest != null) {
      return t('field.bounds', { least: text(field, least), greatest: text(field, greatest) })
    }
    if (least != null) return t('field.bounds_least', { least: text(field, least) })
    if (greatest != null) return t('field.bounds_greatest', { greatest: text(field, greatest) })
    return ''
  }
}

/** Whether there is no value. */
export const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)

/** A value as plain text, for messages. */
export function useFieldText() {
  const label = useLabel()
  const format = useFormat()
  return (field: Field, value: unknown, names?: FieldValues['names']): string => {
    if (isEmpty(value)) return ''
    const choice = (code: string) => {
      const option = field.options.find((o) => o.code === code)
      return option ? label(option.label) : code
    }
    switch (field.kind) {
      case 'number':
        return [format.count(Number(value), field.scale), field.unit].filter(Boolean).join(' ')
      case 'money':
        return format.money(value as number)
      case 'choice':
        return choice(value as string)
      case 'multi_choice':
        return (value as string[]).map(choice).join(' / ')
      case 'reference':
        return names?.[field.target]?.[String(value)] ?? `#${value}`
      default:
        return String(value)
    }
  }
}

/** What differs between two sets of values; what went is null. */
export function changedValues(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const code of Object.keys(after)) {
    const a = isEmpty(before[code]) ? null : before[code]
    const b = isEmpty(after[code]) ? null : after[code]
    if (JSON.stringify(a) !== JSON.stringify(b)) out[code] = b
  }
  return out
}
