import { Button } from 'antd'
import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useConfirmWithUndo } from './confirm'
import { DateTime } from './text'
import styles from './versions.module.css'

export interface VersionEntry {
  version: number
  title: ReactNode
  /** When it was made, unix ms. */
  at: number
  /** Who made it, and why. */
  by: ReactNode
}

/** Versions beside the one that is shown: the newest first, each a button. */
export function VersionList({
  label,
  list,
  shown,
  onShow,
  children,
}: {
  label: string
  list: VersionEntry[]
  shown: number | undefined
  onShow: (version: number) => void
  children: ReactNode
}) {
  return (
    <div className={styles.versions}>
      <ul className={styles.list} aria-label={label}>
        {list.map((v) => (
          <li key={v.version}>
            <button
              type="button"
              className={styles.version}
              aria-pressed={v.version === shown}
              onClick={() => onShow(v.version)}
            >
              <b>{v.title}</b>
              <small>
                <DateTime at={v.at} />
              </small>
              <small>{v.by}</small>
            </button>
          </li>
        ))}
      </ul>
      {children}
    </div>
  )
}

export interface Difference {
  what: ReactNode
  /** Null where there was nothing. */
  before: string | null
  after: string | null
}

/** What differs between two versions. */
export function DiffTable({ label, rows }: { label: string; rows: Difference[] }) {
  const { t } = useTranslation()
  return (
    <section
      className={styles.scroll}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
    >
      <table className={styles.diff}>
        <thead>
          <tr>
            <th scope="col">{t('ui.diff.what')}</th>
            <th scope="col">{t('ui.diff.before')}</th>
            <th scope="col">{t('ui.diff.after')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((d, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list of one comparison never changes order
            <tr key={i}>
              <th scope="row">{d.what}</th>
              <td>{d.before !== null && <del>{d.before}</del>}</td>
              <td>{d.after !== null && <ins>{d.after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Makes an earlier version the newest one; nothing is deleted. */
export function RestoreVersion<V extends { version: number }>({
  of,
  newest,
  words,
  put,
  onDone,
}: {
  of: V
  newest: V
  /** What the button says, what is asked, and what is told when it is done. */
  words: { act: string; title: string; text: string; done: string }
  /** Saves what a version says on top of another, and tells the number it got. */
  put: (from: V, base: number) => Promise<number>
  onDone?: () => void
}) {
  const confirm = useConfirmWithUndo()
  return (
    <Button
      size="small"
      icon={<History size={14} />}
      onClick={() => {
        let made = newest.version + 1
        confirm({
          title: words.title,
          text: words.text,
          confirmText: words.act,
          done: words.done,
          act: async () => {
            made = await put(of, newest.version)
            onDone?.()
          },
          undo: () => put(newest, made),
        })
      }}
    >
      {words.act}
    </Button>
  )
}
