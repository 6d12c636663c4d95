import { createContext, type ReactNode, useContext } from 'react'
import styles from './editor.module.css'

/** Texts of what is wrong by the path of the field. */
export const Errors = createContext<ReadonlyMap<string, string>>(new Map())

export function useFieldError(path: string): string | undefined {
  return useContext(Errors).get(path)
}

/** antd's status of a field with an error. */
export const statusOf = (error: string | undefined) => (error ? ('error' as const) : undefined)

/** What is wrong at a place, for the reader and the screen reader. */
export function FieldError({ path }: { path: string }) {
  const error = useFieldError(path)
  return error ? (
    <div className={styles.error} role="alert">
      {error}
    </div>
  ) : null
}

/** What is wrong at a place or anywhere inside it, each text once. */
export function ErrorsBelow({ path }: { path: string }) {
  const all = useContext(Errors)
  const inside = [...all].filter(
    ([at]) => at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`),
  )
  const texts = [...new Set(inside.map(([, text]) => text))]
  return texts.map((text) => (
    <div key={text} className={styles.error} role="alert">
      {text}
    </div>
  ))
}

/** A name above a control; the control carries the name again for screen readers. */
export function Field({
  label,
  path,
  extra,
  children,
}: {
  label: ReactNode
  path?: string
  extra?: ReactNode
  children: ReactNode
}) {
  return (
    <div className={styles.field}>
      <div className={styles.label}>{label}</div>
      {children}
      {extra && <div className={styles.extra}>{extra}</div>}
      {path && <FieldError path={path} />}
    </div>
  )
}
