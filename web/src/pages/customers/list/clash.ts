import { useTranslation } from 'react-i18next'
import type { Conflict } from '../record/conflict'
import { useFieldWords } from '../record/words'

/** Says beside a cell who changed the same value to what, and what a second save does. */
export function useClashText() {
  const { t } = useTranslation()
  const words = useFieldWords()
  return (conflict: Conflict, field: string): string => {
    const name = conflict.by || t('record.conflict.other')
    const theirs = conflict.fields.find((f) => f.field === field)?.theirs
    if (theirs === undefined) return t('ui_list.clash.changed', { name })
    const value = words.value(field, theirs) || t('record.empty')
    return t('ui_list.clash.became', { name, value })
  }
}
