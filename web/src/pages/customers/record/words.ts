// Names of fields and values of a record: for the history, for conflicts, and for reading.
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/kit'
import type { CustomerRecord } from './api'
import { useFields, useLabel } from './fields'

// i18n-keys: record.field.*, record.part.*
// i18n-keys: customer.kind.*, customer.stage.*, customer.gender.*, record.education.*, record.channel.*
// i18n-keys: record.validity.*, record.relation.*, record.role.*, record.team.*

/** "relation" of "relation.title", "phone" of "phone.label". */
const root = (field: string) => field.split('.')[0] ?? field

/** Readable names and values of fields, as the history and conflicts have them. */
export function useFieldWords() {
  const { t, i18n } = useTranslation()
  const label = useLabel()
  const f = useFormat()
  const fields = useFields().data ?? []
  const word = (key: string, code: string) => (i18n.exists(key) ? t(key) : code)
  const custom = (field: string) =>
    field.startsWith('f.') ? fields.find((x) => `f.${x.code}` === field) : undefined

  const name = (field: string): string => {
    const own = custom(field)
    if (own) return label(own.name)
    const key = `record.field.${field}`
    if (i18n.exists(key)) return t(key)
    const [base, what] = [root(field), field.slice(root(field).length + 1)]
    if (!i18n.exists(`record.field.${base}`)) return field
    const baseName = t(`record.field.${base}`)
    return what ? `${baseName} · ${word(`record.part.${what}`, what)}` : baseName
  }

  /** A value in the form of the history; "" for none. */
  const value = (field: string, text: string, named = ''): string => {
    if (text === '') return ''
    const own = custom(field)
    // The server says it in words; a conflict has the bare value only.
    if (own) {
      if (named && named !== text) return named
      const one = (code: string) => {
        const option = own.options.find((o) => o.code === code)
        return option ? label(option.label) : code
      }
      if (own.kind === 'choice') return one(text)
      if (own.kind === 'multi_choice') return text.split(';').map(one).join('、')
      if (own.kind === 'money') return f.money(Math.round(Number(text) * 100))
      if (own.kind === 'number')
        return [f.count(Number(text), own.scale), own.unit].filter(Boolean).join(' ')
      return named || text
    }
    switch (field) {
      case 'kind':
      case 'stage':
      case 'gender':
        return word(`customer.${field}.${text}`, text)
      case 'education':
        return word(`record.education.${text}`, text)
      case 'preferred_channel':
        return word(`record.channel.${text}`, text)
      case 'birthday_lunar':
        return t(text === 'true' ? 'record.birthday.lunar' : 'record.birthday.solar')
      case 'favourite_categories':
        return listOf(text).join('、')
      case 'owner_id':
      case 'adviser_id':
      case 'department_id':
        return named || `#${text}`
      case 'release_reason': {
        const days = /^no_contact:(\d+)$/.exec(text)?.[1]
        return days ? t('record.release.no_contact', { count: Number(days) }) : text
      }
      case 'team':
        return `${named || text} · ${word(`record.team.${text.split(':')[0]}`, '')}`
      case 'relation': {
        const [kind = '', id = ''] = text.split(':')
        const said = word(`record.relation.${kind}`, kind)
        return kind === 'deleted' ? said : `${said} · ${named || `#${id}`}`
      }
    }
    // What stands around a contact or a relation: "138****8000: valid".
    const cut = text.lastIndexOf(': ')
    if (field.includes('.') && cut >= 0) {
      const [about, what] = [text.slice(0, cut), text.slice(cut + 2)]
      const who = root(field) === 'relation' ? '' : about
      const said = field.endsWith('.validity')
        ? word(`record.validity.${what}`, what)
        : field.endsWith('.role')
          ? word(`record.role.${what}`, what)
          : field.endsWith('.is_primary')
            ? t(what === 'true' ? 'common.yes' : 'common.no')
            : what
      return [who, said].filter(Boolean).join(' · ')
    }
    return named || text
  }
  return { name, value }
}

function listOf(text: string): string[] {
  try {
    const list = JSON.parse(text)
    return Array.isArray(list) ? list.map(String) : [text]
  } catch {
    return [text]
  }
}

/** The names that a record has for the ids in its fields. */
export function namesOf(record: CustomerRecord | undefined): Record<string, string> {
  const out: Record<string, string> = {}
  if (record?.owner) out[`owner_id:${record.owner.id}`] = record.owner.name
  if (record?.adviser) out[`adviser_id:${record.adviser.id}`] = record.adviser.name
  if (record?.department) out[`department_id:${record.department.id}`] = record.department.name
  return out
}
