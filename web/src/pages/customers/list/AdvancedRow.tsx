import { Button } from 'antd'
import { Pencil, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import styles from './list.module.css'
import type { Advanced, FilterNode, Item } from './tree'

interface Props {
  item: Advanced
  /** The group that it belongs to. */
  into: number
  faults: Map<number, string>
  said: (node: FilterNode) => string
  build: (into: number, item?: Advanced) => void
  change: (id: number, to: (item: Item) => Item | null) => void
}

/** A condition on facts, on others or on a sample: said in words, edited in the builder. */
export function AdvancedRow({ item, into, faults, said, build, change }: Props) {
  const { t } = useTranslation()
  const text = said(item.node)
  const fault = faults.get(item.id)
  return (
    <div>
      <div className={styles.advanced}>
        <span className={styles.advancedText}>{text}</span>
        <Button
          type="text"
          icon={<Pencil size={15} />}
          aria-label={t('audiences.filter.edit', { text })}
          onClick={() => build(into, item)}
        />
        <Button
          type="text"
          icon={<Trash2 size={15} />}
          aria-label={t('ui_list.filter.remove')}
          onClick={() => change(item.id, () => null)}
        />
      </div>
      {fault && (
        <div className={styles.fault} role="alert">
          {fault}
        </div>
      )}
    </div>
  )
}
