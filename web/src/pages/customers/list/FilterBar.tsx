import { Button } from 'antd'
import { ListFilter, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldInfo } from './api'
import { FilterDrawer } from './FilterDrawer'
import styles from './list.module.css'
import { itemText } from './sentence'
import { type FilterNode, fromNode, replaced, toNode } from './tree'
import { useByCode, useWords } from './words'

interface Props {
  fields: FieldInfo[] | undefined
  filter: FilterNode | null
  onChange: (filter: FilterNode | null) => void
}

/** The set conditions as chips in words, and the button of the builder. */
export function FilterBar({ fields, filter, onChange }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const root = useMemo(() => fromNode(filter), [filter])
  const byCode = useByCode(fields)
  const words = useWords(root, byCode)
  // Under "not" the conditions do not stand for themselves.
  const chips = root.not ? [root] : root.items
  return (
    <>
      {fields &&
        chips.map((item, i) => {
          const text = itemText(item, words, false)
          return (
            <span key={item.id} className={styles.chipBox}>
              {i > 0 && (
                <span className="zk-muted">
                  {t(root.join === 'all' ? 'common.and' : 'common.or')}
                </span>
              )}
              <span className={styles.chip}>
                <button
                  type="button"
                  aria-haspopup="dialog"
                  onClick={() => setOpen(true)}
                  title={text}
                >
                  {text}
                </button>
                <button
                  type="button"
                  className={styles.chipClose}
                  aria-label={t('ui.table.remove_filter', { label: text })}
                  onClick={() =>
                    onChange(item === root ? null : toNode(replaced(root, item.id, () => null)))
                  }
                >
                  <X size={14} aria-hidden="true" />
                </button>
              </span>
            </span>
          )
        })}
      <Button icon={<ListFilter size={15} />} disabled={!fields} onClick={() => setOpen(true)}>
        {t('common.filter')}
      </Button>
      {open && fields && (
        <FilterDrawer
          fields={fields}
          filter={filter}
          onClose={() => setOpen(false)}
          onApply={(next) => {
            setOpen(false)
            onChange(next)
          }}
        />
      )}
    </>
  )
}
