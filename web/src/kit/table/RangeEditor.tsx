import { useTranslation } from 'react-i18next'
import { NumberInput } from '../typed/NumberInput'
import styles from './filters.module.css'
import type { FilterDef } from './types'

/** Two bounds, each may be open. Loaded when first opened. */
export default function RangeEditor({
  def,
  from,
  to,
  onChange,
  onEnter,
}: {
  def: Extract<FilterDef, { type: 'range' }>
  from: string
  to: string
  onChange: (from: string, to: string) => void
  onEnter: () => void
}) {
  const { t } = useTranslation()
  const bound = (text: string, label: string, put: (text: string) => void) => (
    <NumberInput<string>
      stringMode
      aria-label={`${def.label} ${label}`}
      placeholder={label}
      precision={def.unit === 'fen' ? 2 : undefined}
      value={text || null}
      onChange={(value) => put(value ?? '')}
      onPressEnter={onEnter}
    />
  )
  return (
    <div className={styles.editorRow}>
      {bound(from, t('ui.table.min'), (value) => onChange(value, to))}
      <span aria-hidden="true">–</span>
      {bound(to, t('ui.table.max'), (value) => onChange(from, value))}
    </div>
  )
}
