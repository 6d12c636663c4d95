import type { ReactNode } from 'react'
import styles from './editor.module.css'

/** A form and what it comes to: beside it where there is room, below it elsewhere. */
export function Beside({ children, aside }: { children: ReactNode; aside?: ReactNode }) {
  return (
    <div className={aside ? styles.beside : undefined}>
      <div className={styles.main}>{children}</div>
      {aside}
    </div>
  )
}

/** The last thing of a page, always in sight: how it stands with what is typed, and the buttons. */
export function SaveBar({ status, children }: { status?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.save}>
      <span className={styles.status} role="status">
        {status}
      </span>
      {children}
    </div>
  )
}
