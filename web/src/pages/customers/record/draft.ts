// What a change makes of a record before the server has answered, and the fields
// that belong together. Pure; tested.
import type { CustomerRecord, Named, Patch } from './api'

/** What is edited as one: names of fields of the patch. */
export const parts = {
  kind: ['kind'],
  stage: ['stage'],
  name: ['name'],
  gender: ['gender'],
  birthday: ['birthday', 'birthday_lunar'],
  education: ['education'],
  company: ['company'],
  industry: ['industry'],
  region: ['region_code', 'province', 'city', 'district'],
  registered_at: ['registered_at'],
  preferred_channel: ['preferred_channel'],
  favourite_categories: ['favourite_categories'],
  remark: ['remark'],
  owner: ['owner_id'],
  adviser: ['adviser_id'],
  department: ['department_id'],
  invoice: ['invoice'],
} as const

export type Part = keyof typeof parts

/** The part that a field of the patch or of the history belongs to. */
export function partOf(field: string): Part | undefined {
  return (Object.keys(parts) as Part[]).find((p) => (parts[p] as readonly string[]).includes(field))
}

/** Names that a record shows for what a patch sends as ids and codes. */
export interface Names {
  owner?: Named | null
  adviser?: Named | null
  department?: Named | null
  /** Province, city, district. */
  region?: string[]
}

/** The record as it will be: shown at once, and taken back where the server refuses. */
export function applied(record: CustomerRecord, patch: Patch, names: Names = {}): CustomerRecord {
  const { owner_id, adviser_id, department_id, invoice, ...plain } = patch
  const out: CustomerRecord = { ...record }
  for (const [field, value] of Object.entries(plain)) {
    if (value !== undefined) Object.assign(out, { [field]: value })
  }
  if (patch.birthday !== undefined || patch.birthday_lunar !== undefined) out.birthday_info = null
  if (names.region) {
    const [province = '', city = '', district = ''] = names.region
    Object.assign(out, { province, city, district })
  }
  if (owner_id !== undefined) out.owner = owner_id === null ? null : (names.owner ?? record.owner)
  if (adviser_id !== undefined) {
    out.adviser = adviser_id === null ? null : (names.adviser ?? record.adviser)
  }
  if (department_id !== undefined) {
    out.department = department_id === null ? null : (names.department ?? record.department)
  }
  if (invoice !== undefined) out.invoice = invoice
  return out
}

/** Whether a patch would change anything that the record shows. */
export function changes(record: CustomerRecord, patch: Patch): boolean {
  return Object.entries(patch).some(([field, value]) => {
    switch (field) {
      case 'owner_id':
        return value !== (record.owner?.id ?? null)
      case 'adviser_id':
        return value !== (record.adviser?.id ?? null)
      case 'department_id':
        return value !== (record.department?.id ?? null)
      case 'invoice':
        return true
      default:
        return JSON.stringify(value) !== JSON.stringify(record[field as keyof CustomerRecord])
    }
  })
}

/** "浙江省 杭州市 西湖区"; a municipality is named once. */
export const regionText = (r: Pick<CustomerRecord, 'province' | 'city' | 'district'>) =>
  [...new Set([r.province, r.city, r.district])].filter(Boolean).join(' ')

export interface BirthdayParts {
  lunar: boolean
  /** null where the year is not known. */
  year: number | null
  month: number | null
  day: number | null
}

/** "1990-02-28" or "02-28" in its parts. */
export function birthdayParts(text: string, lunar: boolean): BirthdayParts {
  const found = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/.exec(text)
  if (!found) return { lunar, year: null, month: null, day: null }
  return {
    lunar,
    year: found[1] ? Number(found[1]) : null,
    month: Number(found[2]),
    day: Number(found[3]),
  }
}

/** The text of a birthday; "" for none, undefined while something is missing. */
export function birthdayText({ year, month, day }: BirthdayParts): string | undefined {
  if (!month && !day) return year ? undefined : ''
  if (!month || !day) return undefined
  const two = (n: number) => String(n).padStart(2, '0')
  const tail = `${two(month)}-${two(day)}`
  return year ? `${String(year).padStart(4, '0')}-${tail}` : tail
}
