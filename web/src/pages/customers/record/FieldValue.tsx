import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Count, Day, dash, Money, ToneTag } from '@/kit'
import { type Field, type FieldValues, isEmpty, useLabel } from './fields'
import styles from './fields.module.css'

/** One value as it is read. */
export function FieldValue({
  field,
  value,
  names,
}: {
  field: Field
  value: unknown
  names?: FieldValues['names']
}): ReactNode {
  const label = useLabel()
  if (isEmpty(value)) return <span className="zk-muted">{dash}</span>
  const choice = (code: string) => {
    const option = field.options.find((o) => o.code === code)
    const text = option ? label(option.label) : code
    return option?.tone ? <ToneTag tone={option.tone}>{text}</ToneTag> : text
  }
  switch (field.kind) {
    case 'number':
      return (
        <>
          <Count value={Number(value)} digits={field.scale} />
          {field.unit && <span className="zk-muted"> {field.unit}</span>}
        </>
      )
    case 'money':
      return <Money fen={value as number} />
    case 'date':
      return <Day at={value as string} />
    case 'choice':
      return choice(value as string)
    case 'multi_choice':
      return (
        <span className={styles.choices}>
          {(value as string[]).map((code) => (
            <span key={code} className={styles.choice}>
              {choice(code)}
            </span>
          ))}
        </span>
      )
    case 'reference': {
      const name = names?.[field.target]?.[String(value)]
      if (!name) return <span className="zk-muted">#{String(value)}</span>
      return field.target === 'customer' ? <Link to={`/customers/${value}`}>{name}</Link> : name
    }
    default:
      return <span className="zk-break">{String(value)}</span>
  }
}
