import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { SearchField } from '@/kit'
import styles from './statebar.module.css'

/** Whether definitions in use are shown, or those that were retired. */
export type Kept = 'active' | 'retired'

/** Over a list of definitions (fields, tags): in use or retired, and a search. */
export function StateBar({
  kept,
  onKept,
  search,
  text,
  delay,
  onText,
}: {
  kept: Kept
  onKept: (kept: Kept) => void
  /** Says what the search looks in. */
  search: string
  text: string
  delay?: number
  onText: (text: string) => void
}) {
  const { t } = useTranslation()
  return (
    <div className={styles.bar}>
      <Segmented<Kept>
        aria-label={t('common.status')}
        value={kept}
        onChange={onKept}
        options={[
          { value: 'active', label: t('ui.kept.active') },
          { value: 'retired', label: t('ui.kept.retired') },
        ]}
      />
      <SearchField value={text} placeholder={search} delay={delay} onChange={onText} />
    </div>
  )
}
