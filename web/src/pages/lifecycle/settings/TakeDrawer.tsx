import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { DetailDrawer, Typed, useTyped } from '@/kit'
import styles from './settings.module.css'

/** Edits one entry of the draft beside it: given up, or taken into the draft once all of it can be read. */
export function TakeDrawer({
  title,
  may,
  onTake,
  onClose,
  children,
}: {
  title: string
  may: boolean
  onTake: () => void
  onClose: () => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  const typed = useTyped()
  return (
    <DetailDrawer
      open
      title={title}
      width={860}
      onClose={onClose}
      footer={
        may && (
          <div className={styles.footer}>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" onClick={() => typed.readable() && onTake()}>
              {t('lifecycles.move.take')}
            </Button>
          </div>
        )
      }
    >
      <Typed fields={typed}>{children}</Typed>
    </DetailDrawer>
  )
}
