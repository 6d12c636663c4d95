import type { ReactNode } from 'react'
import styles from './moves.module.css'

export interface Remark {
  key: string | number
  text: ReactNode
  /** Who said it, and when. */
  by: ReactNode
}

/** What was said or done, line by line, each with who did it. */
export function Remarks({ list }: { list: Remark[] }) {
  return (
    <ul className={styles.list}>
      {list.map(({ key, text, by }) => (
        <li key={key}>
          <p>{text}</p>
          <small>{by}</small>
        </li>
      ))}
    </ul>
  )
}
