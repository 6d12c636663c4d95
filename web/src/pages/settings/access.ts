// What a role may do with fields of customers, as the form keeps it. Pure; tested.
import type { AccessField } from '@/api/types'

export type Access = 'edit' | 'read' | 'hidden'

/** Only what differs from the default of its field. */
export type Restrictions = Record<string, string>

const strictness: Access[] = ['edit', 'read', 'hidden']

/** What holds for a field: what was chosen, else the first of its choices. */
export const accessOf = (value: Restrictions, field: AccessField): string =>
  value[field.key] ?? field.choices[0] ?? 'edit'

export function setOne(value: Restrictions, field: AccessField, access: string): Restrictions {
  const { [field.key]: _, ...rest } = value
  return access === field.choices[0] ? rest : { ...rest, [field.key]: access }
}

/**
 * All fields at once. A field that cannot have it gets what comes nearest: one
 * that cannot be hidden becomes read-only, one that nobody edits stays shown.
 */
export function setAll(value: Restrictions, fields: AccessField[], access: Access): Restrictions {
  const want = strictness.indexOf(access)
  return fields.reduce((out, field) => {
    const places = field.choices.map((choice) => strictness.indexOf(choice as Access))
    const below = places.filter((place) => place <= want)
    const place = below.length > 0 ? Math.max(...below) : Math.min(...places)
    return setOne(out, field, strictness[place] ?? 'edit')
  }, value)
}

/** Fields by group, in the server's order. */
export function groupsOf(fields: AccessField[]): [string, AccessField[]][] {
  const groups = new Map<string, AccessField[]>()
  for (const f of fields) groups.set(f.group, [...(groups.get(f.group) ?? []), f])
  return [...groups]
}
