import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { type Column, Count, DateTime, Day, dash, LevelTag, Money, ToneTag } from '@/kit'
import { TagChips } from '../record/TagEditor'
import { KindMark, useName } from '../words'
import type { FieldInfo, ListRow } from './api'
import styles from './list.module.css'

const nothing = <span className="zk-muted">{dash}</span>

interface Named {
  id: number
  name: string
}

/** A value of a row; what the server did not send is nothing. */
export const shownValue = (row: ListRow, code: string): unknown => row.values?.[code]

/** One value as a list shows it. */
export function Cell({ field, row }: { field: FieldInfo; row: ListRow }): ReactNode {
  const value = shownValue(row, field.code)
  const { t } = useTranslation()
  if (value === null || value === undefined || value === '') return nothing
  const choice = (code: string) => {
    const option = field.options?.find((o) => o.value === code)
    return option?.tone ? (
      <ToneTag tone={option.tone}>{option.label}</ToneTag>
    ) : (
      (option?.label ?? code)
    )
  }
  switch (field.type) {
    case 'money':
      return <Money fen={Number(value)} />
    case 'number':
      return (
        <>
          <Count value={Number(value)} digits={field.scale} />
          {field.unit && <span className="zk-muted"> {field.unit}</span>}
        </>
      )
    case 'date':
      return <Day at={String(value)} />
    case 'time':
      return <DateTime at={Number(value)} />
    case 'bool':
      return t(value ? 'common.yes' : 'common.no')
    case 'level':
      return <LevelTag level={value as { code: string; name: string; rank: number }} />
    case 'tags': {
      const tags = value as { id: number; name: string; tone: number }[]
      return tags.length > 0 ? <TagChips tags={tags} /> : nothing
    }
    case 'choice':
      return choice(String(value))
    case 'multi_choice': {
      const codes = value as string[]
      if (codes.length === 0) return nothing
      return (
        <span className={styles.choices}>
          {codes.map((code) => (
            <span key={code}>{choice(code)}</span>
          ))}
        </span>
      )
    }
    case 'reference':
    case 'staff':
    case 'department':
    case 'source': {
      const { id, name } = value as Named
      if (!name) return <span className="zk-muted">#{id}</span>
      return field.target === 'customer' ? <Link to={`/customers/${id}`}>{name}</Link> : name
    }
    default:
      if (Array.isArray(value)) return value.length > 0 ? value.join(t('ui_list.comma')) : nothing
      return <span className={field.code === 'phone' ? 'zk-num' : undefined}>{String(value)}</span>
  }
}

// i18n-keys: customers.hint.*
const hints: Record<string, string> = {
  level: 'customers.hint.level',
  net_365: 'customers.hint.net_365',
  net_all: 'customers.hint.net_all',
  orders_365: 'customers.hint.orders_365',
  aov_365: 'customers.hint.aov_365',
  days_since: 'customers.hint.days_since',
  favourite_category: 'customers.hint.category',
}

/** The columns of a list, in the order chosen; the name is always the first. */
export function useColumns(
  codes: string[],
  fields: FieldInfo[] | undefined,
  cell: (field: FieldInfo, row: ListRow) => ReactNode,
): Column<ListRow>[] {
  const { t } = useTranslation()
  const name = useName()
  return useMemo(() => {
    const of = new Map(fields?.map((f) => [f.code, f]))
    const chosen = ['name', ...codes.filter((c) => c !== 'name')]
    return chosen.flatMap((code): Column<ListRow>[] => {
      const field = of.get(code)
      if (code === 'name') {
        return [
          {
            key: 'name',
            title: field?.label ?? t('customer.column.name'),
            required: true,
            sort: field?.sortable ? 'name' : undefined,
            render: (c) => (
              <>
                {name(c)} <KindMark kind={c.kind} />
              </>
            ),
          },
        ]
      }
      // A field that was retired since the view was saved leaves the list.
      if (!field?.column) return []
      const right = field.type === 'money' || field.type === 'number'
      return [
        {
          key: code,
          title: field.label,
          hint: hints[code] && t(hints[code]),
          align: right ? 'right' : undefined,
          sort: field.sortable ? code : undefined,
          sortLeads: field.type === 'level' || code === 'id' || code.startsWith('f.'),
          sortFirst: right || field.type === 'date' || field.type === 'time' ? 'desc' : 'asc',
          phone: code === 'level' ? 'aside' : field.type === 'tags' ? 'wide' : 'line',
          render: (row) => cell(field, row),
        },
      ]
    })
  }, [t, name, codes, fields, cell])
}
