import { LoaderCircle } from 'lucide-react'
import styles from './live.module.css'

/** What an answer waits for, in words; it is asked for again by itself. */
export function Waiting({ children }: { children: string }) {
  return (
    <output className={styles.busy}>
      <LoaderCircle size={14} aria-hidden="true" />
      {children}
    </output>
  )
}
