import { ArrowDownUp } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { keyField, sortKeys } from './state'
import styles from './table.module.css'

/**
 * By what a list is sorted, in words: for what no head of a column tells. Keys
 * without a name are left out; without any nothing is shown.
 */
export function SortedBy({
  sort,
  name,
}: {
  /** "-field,other" */
  sort: string
  name: (field: string) => string | undefined
}) {
  const { t } = useTranslation()
  const said = sortKeys(sort).flatMap((key) => {
    const column = name(keyField(key))
    if (!column) return []
    return t(key.startsWith('-') ? 'ui.table.descending' : 'ui.table.ascending', { column })
  })
  const [first, second] = said
  if (!first) return null
  return (
    <p className={styles.sortedBy}>
      <ArrowDownUp size={14} aria-hidden="true" />
      {second ? t('ui_sort.sorted_two', { first, second }) : t('ui_sort.sorted', { first })}
    </p>
  )
}
