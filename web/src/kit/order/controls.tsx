import { Button } from 'antd'
import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './order.module.css'

/** What a row is dragged by, see `useReorder`; not on a phone, where it would be scrolling. */
export function Grip() {
  return (
    <span className={styles.grip} data-grip aria-hidden="true">
      <GripVertical size={16} />
    </span>
  )
}

/** One place up, one place down: how the keyboard and the finger put things into order. */
export function MoveButtons({
  name,
  at,
  count,
  onMove,
}: {
  /** What is moved, for the label. */
  name: string
  /** Its place, from 0, of `count`. */
  at: number
  count: number
  onMove: (to: number) => void
}) {
  const { t } = useTranslation()
  // Not `disabled`: the first and the last would lose the focus on arriving there.
  const button = (to: number, label: string, icon: ReactNode) => {
    const end = to < 0 || to >= count
    return (
      <Button
        type="text"
        size="small"
        icon={icon}
        className={end ? styles.end : undefined}
        aria-disabled={end}
        aria-label={label}
        title={label}
        onClick={() => !end && onMove(to)}
      />
    )
  }
  return (
    <span className={styles.moves}>
      {button(at - 1, t('ui.move_up', { name }), <ArrowUp size={15} />)}
      {button(at + 1, t('ui.move_down', { name }), <ArrowDown size={15} />)}
    </span>
  )
}
