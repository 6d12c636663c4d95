import { Button, Dropdown } from 'antd'
import { MoreHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './editor.module.css'
import { useIsPhone } from './media'

/** A form and what it comes to: beside it where there is room, below it elsewhere. */
export function Beside({ children, aside }: { children: ReactNode; aside?: ReactNode }) {
  return (
    <div className={aside ? styles.beside : undefined}>
      <div className={styles.main}>{children}</div>
      {aside}
    </div>
  )
}

interface SaveBarProps {
  status?: ReactNode
  /** An input beside the buttons. */
  field?: ReactNode
  /** What can be done besides: buttons, on a phone in a menu. */
  more?: { key: string; label: string; disabled?: boolean; onClick: () => void }[]
  /** The button that saves. */
  children: ReactNode
}

/**
 * The last thing of a page, always in sight: how it stands with what is typed, and
 * the buttons. On a phone it is one row: with a field the state is only read out,
 * the button that saves shows it as well.
 */
export function SaveBar({ status, field, more = [], children }: SaveBarProps) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  return (
    <div className={styles.save}>
      <span className={phone && field ? 'zk-sr' : styles.status} role="status">
        {status}
      </span>
      {field}
      {phone && more.length > 0 ? (
        <Dropdown trigger={['click']} placement="topRight" menu={{ items: more }}>
          <Button icon={<MoreHorizontal size={16} />} aria-label={t('common.actions')} />
        </Dropdown>
      ) : (
        more.map(({ key, label, ...act }) => (
          <Button key={key} {...act}>
            {label}
          </Button>
        ))
      )}
      {children}
    </div>
  )
}
