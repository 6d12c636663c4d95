import { Button } from 'antd'
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './list.module.css'

/** A condition of the filter on a line of its own: its parts, the way to take it out, and what is wrong. */
export function ConditionLine({
  className,
  fault,
  onRemove,
  children,
}: {
  className?: string
  fault?: string
  onRemove: () => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <div>
      <div className={className}>
        {children}
        <Button
          type="text"
          icon={<Trash2 size={15} />}
          aria-label={t('ui_list.filter.remove')}
          onClick={onRemove}
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
