import { Button } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { MoveButtons, moved, Section } from '@/kit'
import styles from './settings.module.css'

/** A list of the configuration in its order, and the way to one more. */
export function List({
  title,
  note,
  add,
  onAdd,
  children,
}: {
  title: string
  note: string
  add: string
  /** Null where the reader may not; "full" where there are as many as can be. */
  onAdd: (() => void) | 'full' | null
  children: ReactNode
}) {
  return (
    <Section
      title={title}
      note={note}
      extra={
        onAdd && (
          <Button
            size="small"
            icon={<Plus size={14} />}
            disabled={onAdd === 'full'}
            onClick={onAdd === 'full' ? undefined : onAdd}
          >
            {add}
          </Button>
        )
      }
    >
      <ol className={styles.list}>{children}</ol>
    </Section>
  )
}

/** Moves an entry up and down, and takes it away. */
export function EntryActs<T>({
  list,
  at,
  name,
  stays,
  onChange,
}: {
  list: T[]
  at: number
  name: string
  /** Why the entry cannot go; true where there is nothing to say. */
  stays?: string | boolean
  onChange: (list: T[]) => void
}) {
  const { t } = useTranslation()
  const remove = t('lifecycles.remove', { name })
  return (
    <span className={styles.acts}>
      <MoveButtons
        name={name}
        at={at}
        count={list.length}
        onMove={(to) => onChange(moved(list, at, to))}
      />
      <Button
        type="text"
        size="small"
        icon={<Trash2 size={15} />}
        disabled={Boolean(stays)}
        aria-label={remove}
        title={typeof stays === 'string' ? stays : remove}
        onClick={() => onChange(list.filter((_, i) => i !== at))}
      />
    </span>
  )
}
