import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'

interface Field {
  /** Whether what stands in it cannot be read; if so it says it from now on. */
  fault: () => boolean
  focus: () => void
  forget: () => void
}

/** The fields of one form whose text has to be read: what is asked before anything is saved. */
export class TypedFields {
  private readonly fields = new Set<Field>()

  /** Adds a field; gives what takes it away again. */
  add(field: Field): () => void {
    this.fields.add(field)
    return () => this.fields.delete(field)
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
}
