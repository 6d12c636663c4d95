import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'

interface Field {
  /** Whether what stands in it cannot be read; if so it says it from now on. */
  fault: () => boolean
  focus: () => void
  forget: () => void
  /** Whether it holds text that is no value, said yet or not. */
  unread: boolean
}

/** The fields of one form whose text has to be read: what is asked before anything is saved. */
export class TypedFields {
  private readonly fields = new Set<Pick<Field, 'fault' | 'focus' | 'forget'>>()
  private readonly open = new Set<object>()
  private readonly listeners = new Set<() => void>()

  /** Adds a field; gives what takes it away again. */
  add(field: Pick<Field, 'fault' | 'focus' | 'forget'>): () => void {
    this.fields.add(field)
    return () => this.fields.delete(field)
  }

  /** A field, known by a key, holds text that is no value, or no longer. */
  note(key: object, unread: boolean): void {
    if (unread === this.open.has(key)) return
    if (unread) this.open.add(key)
    else this.open.delete(key)
    for (const listener of this.listeners) listener()
  }

  /** Whether any field holds text that is no value: leaving now would lose it. */
  readonly unread = () => this.open.size > 0

  /** Calls when `unread` may have changed; gives what ends that. */
  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Whether all can be read. Those that cannot say so, and the first of them gets the focus. */
  readable(focus = true): boolean {
    const wrong = [...this.fields].filter((field) => field.fault())
    if (focus) wrong[0]?.focus()
    return wrong.length === 0
  }

  /** Throws away what could not be read: the fields show their values again. */
  forget(): void {
    for (const field of this.fields) field.forget()
  }
}

const Scope = createContext<TypedFields | null>(null)

/** For a form of its own: `Typed` around its fields, `readable()` before it saves. */
export function useTyped(): TypedFields {
  const [fields] = useState(() => new TypedFields())
  return fields
}

/**
 * Whether text stands in a form that cannot be read. Such a form is changed,
 * though its values are not: what was typed is not to be lost silently.
 */
export function useUnread(fields: TypedFields): boolean {
  return useSyncExternalStore(fields.subscribe, fields.unread)
}

export function Typed({ fields, children }: { fields: TypedFields; children: ReactNode }) {
  return <Scope value={fields}>{children}</Scope>
}

/** Makes a field part of the form that it stands in. */
export function useTypedField(field: Field) {
  const fields = useContext(Scope)
  const latest = useRef(field)
  latest.current = field
  useEffect(
    () =>
      fields?.add({
        fault: () => latest.current.fault(),
        focus: () => latest.current.focus(),
        forget: () => latest.current.forget(),
      }),
    [fields],
  )
  const { unread } = field
  useEffect(() => fields?.note(latest, unread), [fields, unread])
  useEffect(() => () => fields?.note(latest, false), [fields])
}
