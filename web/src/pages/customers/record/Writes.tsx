import { useTranslation } from 'react-i18next'
import { DateTime, useActorName } from '@/kit'
import { ChangeLine } from './ChangeLine'
import { lines, type Write } from './history'
import styles from './history.module.css'

// i18n-keys: timeline.origin.*
/** Writes of a record, the newest first: who, by which way, when, and what each changed. */
export function Writes({ writes, busy }: { writes: Write[]; busy?: boolean }) {
  const { t } = useTranslation()
  const actor = useActorName()
  return (
    <ol className={styles.history} aria-busy={busy}>
      {writes.map((write) => (
        <li key={write.key}>
          <div className={styles.write}>
            <strong>{actor(write.actor) || t('record.history.program')}</strong>
            <span className="zk-muted">{t(`timeline.origin.${write.origin}`)}</span>
            <span className="zk-muted">
              <DateTime at={write.at} />
            </span>
          </div>
          <ul>
            {lines(write.changes).map((line) => (
              <ChangeLine key={line.changes[0]?.id} line={line} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}
