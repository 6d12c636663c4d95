import { Button } from 'antd'
import { Pencil } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ConditionLine } from './ConditionLine'
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
  return (
    <ConditionLine
      className={styles.advanced}
      fault={faults.get(item.id)}
      onRemove={() => change(item.id, () => null)}
    >
      <span className={styles.advancedText}>{text}</span>
      <Button
        type="text"
        icon={<Pencil size={15} />}
        aria-label={t('audiences.filter.edit', { text })}
        onClick={() => build(into, item)}
      />
    </ConditionLine>
  )
}
