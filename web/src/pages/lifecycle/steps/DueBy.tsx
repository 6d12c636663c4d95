import { useTranslation } from 'react-i18next'
import { DateTime, Day, StatusTag } from '@/kit'
import type { Owed } from '../api'
import styles from './steps.module.css'

/** Who owes something, until when, and whether that is over. */
export function DueBy({
  owed,
  named,
}: {
  owed?: Owed
  /** Says what is owed, too. */
  named?: boolean
}) {
  const { t } = useTranslation()
  if (!owed) return null
  return (
    <small className={styles.due}>
      {named && owed.item && <span>{t('steps.next', { text: owed.text })}</span>}
      <span className="zk-muted">{owed.who_name || t('steps.nobody')}</span>
      <Until owed={owed} />
    </small>
  )
}

/** Until when, and whether that is over. */
export function Until({ owed }: { owed: Owed }) {
  const { t } = useTranslation()
  if (!owed.due_at) return <span className="zk-muted">{t('steps.no_due')}</span>
  return (
    <span className={styles.until}>
      <span title={owed.guessed ? t('steps.guessed') : undefined}>
        {owed.by_hour ? <DateTime at={owed.due_at} /> : <Day at={owed.due_at} />}
        {owed.guessed && ' *'}
      </span>
      {owed.overdue && <StatusTag kind="danger">{t('steps.overdue')}</StatusTag>}
    </span>
  )
}
