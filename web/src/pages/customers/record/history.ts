// The history by what was written together. Pure; tested.
import type { ChangeItem } from './api'

export interface Write {
  key: string
  at: number
  actor: string
  origin: ChangeItem['origin']
  changes: ChangeItem[]
}

/** Changes, newest first, under the writes that made them: one person, one version. */
export function byWrite(list: ChangeItem[]): Write[] {
  const out: Write[] = []
  for (const change of list) {
    const key = `${change.version}-${change.change_set}-${change.actor_id ?? 0}`
    const last = out.at(-1)
    if (last?.key === key) last.changes.push(change)
    else
      out.push({
        key,
        at: change.at,
        actor: change.actor_name,
        origin: change.origin,
        changes: [change],
      })
  }
  return out
}

/** One line of a write: a field, or several that are read as one. */
export interface Line {
  field: string
  changes: ChangeItem[]
}

const joined: Record<string, string[]> = {
  region: ['province', 'city', 'district', 'region_code'],
  birthday: ['birthday', 'birthday_lunar'],
}

/** The changes of a write as they are read: a place and a birthday stand in one line. */
export function lines(changes: ChangeItem[]): Line[] {
  const out: Line[] = []
  for (const change of changes) {
    const [part] = Object.entries(joined).find(([, of]) => of.includes(change.field)) ?? []
    const have = part ? out.find((l) => l.field === part) : undefined
    if (have) have.changes.push(change)
    else out.push({ field: part ?? change.field, changes: [change] })
  }
  return out.map((line) => {
    const order = joined[line.field]
    if (!order) return line
    // A code says no more than the names beside it.
    const named = line.changes.filter((c) => c.field !== 'region_code')
    const shown = named.length > 0 ? named : line.changes
    return {
      field:
        shown.length === 1 && shown[0] && line.changes.length === 1 ? shown[0].field : line.field,
      changes: shown.toSorted((a, b) => order.indexOf(a.field) - order.indexOf(b.field)),
    }
  })
}

/** What can be asked for, in the order of the page; a part stands for all of its fields. */
export const historyChoices: { key: string; fields: string }[] = [
  { key: 'name', fields: 'name' },
  { key: 'phone', fields: 'phone,phone.label,phone.validity,phone.is_primary' },
  { key: 'email', fields: 'email,email.label,email.validity,email.is_primary' },
  { key: 'wecom', fields: 'wecom,wecom.label,wecom.validity,wecom.is_primary' },
  { key: 'address', fields: 'address,address.label,address.validity,address.is_primary' },
  { key: 'code', fields: 'code,code.label,code.validity,code.is_primary' },
  { key: 'company', fields: 'company' },
  { key: 'birthday', fields: 'birthday,birthday_lunar' },
  { key: 'region', fields: 'region_code,province,city,district' },
  { key: 'remark', fields: 'remark' },
  { key: 'owner_id', fields: 'owner_id,release_reason' },
  { key: 'adviser_id', fields: 'adviser_id' },
  { key: 'department_id', fields: 'department_id' },
  { key: 'team', fields: 'team' },
  {
    key: 'relation',
    fields: 'relation,relation.role,relation.title,relation.note,relation.is_primary',
  },
  { key: 'invoice', fields: 'invoice' },
]

/** The fields that the history of one is made of; of one that stands alone, itself. */
export const fieldsOf = (key: string) => historyChoices.find((c) => c.key === key)?.fields ?? key
