// What meanings are called, custom fields of the company included.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import type { Kind, Meaning } from './api'
import { type Group, grouped } from './mapping'

/** A custom field that a column may hold. */
export type FieldTarget = components['schemas']['ImporterFieldTarget']

/** What a column of a kind of file may hold. */
export const useTargets = (kind: Kind, wanted = true) =>
  useQuery({
    queryKey: ['imports', 'targets', kind],
    queryFn: ({ signal }) =>
      ok(api.GET('/imports/targets', { params: { query: { kind } }, signal })),
    enabled: wanted,
  })

/** The word for a meaning; of a custom field its name in the reader's language. */
export function useMeaningWord(fields: FieldTarget[]) {
  const { t, i18n } = useTranslation()
  const english = i18n.language.startsWith('en')
  // i18n-keys: import.meaning.*
  return (meaning: Meaning): string => {
    if (!meaning.startsWith('field.')) return t(`import.meaning.${meaning}`)
    const field = fields.find((f) => f.meaning === meaning)
    if (!field) return meaning.slice('field.'.length)
    return (english && field.name.en) || field.name.zh
  }
}

/** Meanings by group, custom fields last. */
export function groupsOf(
  meanings: Meaning[],
  fields: FieldTarget[],
): { group: Group | 'field'; meanings: Meaning[] }[] {
  const own = fields.map((f) => f.meaning as Meaning)
  return own.length > 0
    ? [...grouped(meanings), { group: 'field', meanings: own }]
    : grouped(meanings)
}
