import type { ReactNode } from 'react'
import { Bone } from '../states'
import styles from './cards.module.css'
import { Opener } from './TableView'
import type { Column, RowKey } from './types'

/** The rows of a table on a phone: one card each, the whole card opens the row. */
export function Cards<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowHref,
  onOpen,
  rowActions,
}: {
  label: string
  columns: Column<Row>[]
  rows: Row[] | undefined
  rowKey: (row: Row) => RowKey
  rowHref?: (row: Row) => string
  onOpen?: (row: Row) => void
  rowActions?: (row: Row) => ReactNode
}) {
  const place = (column: Column<Row>, i: number) => column.phone ?? (i === 0 ? 'title' : 'line')
  const at = (where: string) => columns.filter((c, i) => place(c, i) === where)
  const opens = rowHref || onOpen
  return (
    <ul className={styles.cards} aria-label={label} aria-busy={rows === undefined}>
      {rows
        ? rows.map((row) => {
            const title = at('title').map((c) => <span key={c.key}>{c.render(row)} </span>)
            return (
              <li key={rowKey(row)} className={styles.card} data-row={rowKey(row)}>
                <div className={styles.head}>
                  {opens ? (
                    <Opener row={row} rowHref={rowHref} onOpen={onOpen}>
                      {title}
                    </Opener>
                  ) : (
                    <div>{title}</div>
                  )}
                  {(at('aside').length > 0 || rowActions) && (
                    <div className={styles.aside}>
                      {at('aside').map((c) => (
                        <span key={c.key}>{c.render(row)}</span>
                      ))}
                      {rowActions && <span className={styles.actions}>{rowActions(row)}</span>}
                    </div>
                  )}
                </div>
                {at('wide').map((c) => (
                  <div key={c.key} className={styles.wide}>
                    {c.render(row)}
                  </div>
                ))}
                <dl className={styles.lines}>
                  {at('line').map((c) => (
                    <div key={c.key}>
                      <dt>{c.title}</dt>
                      <dd>{c.render(row)}</dd>
                    </div>
                  ))}
                </dl>
              </li>
            )
          })
        : Array.from({ length: 5 }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
            <li key={i} className={styles.card}>
              <div className={styles.head}>
                <Bone width="45%" />
              </div>
              <div className={styles.lines}>
                <Bone width="80%" />
                <Bone width="60%" />
              </div>
            </li>
          ))}
    </ul>
  )
}
