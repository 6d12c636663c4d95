import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { EmptyState, Grip, MoveButtons, StatusTag, useSavedOrder, useSay } from '@/kit'
import { type Field, useBoundsText, useLabel } from '@/pages/customers/record/fields'
import { type Kept, StateBar } from '../StateBar'
import styles from './fields.module.css'
import { useFieldActs } from './useFieldActs'

/** The fields in their order: dragged or moved by one, edited, retired. */
export function FieldList({
  fields,
  onEdit,
  onChanged,
}: {
  fields: Field[]
  onEdit: (field: Field) => void
  onChanged: () => unknown
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { fail } = useSay()
  const [kept, setKept] = useState<Kept>('active')
  const [text, setText] = useState('')
  const word = text.trim().toLowerCase()
  const of = fields.filter((f) => f.retired === (kept === 'retired'))
  const shown = of.filter((f) =>
    [f.name.zh, f.name.en ?? '', f.code].some((x) => x.toLowerCase().includes(word)),
  )

  // The order of all fields, the moved one at the place of the one it was moved to.
  const move = async (from: number, to: number) => {
    const [field, place] = [shown[from], shown[to]]
    if (!field || !place) return
    const rest = fields.filter((f) => f !== field)
    const next = rest.toSpliced(fields.indexOf(place), 0, field)
    client.setQueryData(['custom-fields'], next)
    try {
      await ok(api.PUT('/custom-fields/order', { body: { ids: next.map((f) => f.id) } }))
    } catch (error) {
      client.setQueryData(['custom-fields'], fields)
      fail(error)
    }
    onChanged()
  }
  const { items, row, dragged } = useSavedOrder(shown, move)
  return (
    <>
      <StateBar
        kept={kept}
        onKept={setKept}
        search={t('field.search')}
        text={text}
        delay={0}
        onText={setText}
      />
      {shown.length === 0 ? (
        of.length === 0 ? (
          <EmptyState title={t(kept === 'retired' ? 'field.none_retired' : 'field.none')} />
        ) : (
          <EmptyState title={t('field.none_found')} text={t('field.none_found_text')} />
        )
      ) : (
        <ul className={styles.list} aria-label={t('nav.settings.fields')}>
          {items.map((field, at) => (
            <li
              key={field.id}
              className={`${styles.row} ${dragged === at ? styles.dragged : ''}`}
              {...row(at)}
            >
              <FieldRow
                field={field}
                at={at}
                count={items.length}
                onMove={(to) => move(at, to)}
                onEdit={() => onEdit(field)}
                onChanged={onChanged}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

// i18n-keys: field.kind.*
function FieldRow({
  field,
  at,
  count,
  onMove,
  onEdit,
  onChanged,
}: {
  field: Field
  at: number
  count: number
  onMove: (to: number) => void
  onEdit: () => void
  onChanged: () => unknown
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const name = label(field.name)
  const within = useBoundsText()(field)
  const act = useFieldActs(field, name, onChanged)
  const run: Record<string, () => unknown> = {
    edit: onEdit,
    first: () => onMove(0),
    last: () => onMove(count - 1),
    retire: act.retire,
    restore: act.restore,
    delete: act.remove,
  }
  return (
    <>
      <span className={styles.order}>
        <Grip />
        <MoveButtons name={name} at={at} count={count} onMove={onMove} />
      </span>
      <span className={styles.name}>
        <button type="button" className={styles.open} onClick={onEdit}>
          {name}
        </button>
        <span className={`${styles.code} zk-mono`}>{field.code}</span>
      </span>
      <span className={styles.kind}>
        <span>{t(`field.kind.${field.kind}`)}</span>
        {field.options.length > 0 && (
          <span className="zk-muted">
            {t('field.options_many', { count: field.options.length })}
          </span>
        )}
        {field.unit && !within && <span className="zk-muted">{field.unit}</span>}
        {within && <span className="zk-muted">{within}</span>}
        {field.required && <StatusTag kind="warning">{t('field.required')}</StatusTag>}
        {!field.used && <span className="zk-muted">{t('field.unused')}</span>}
      </span>
      <span className={styles.section}>{label(field.section)}</span>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          items: [
            { key: 'edit', label: t('common.edit') },
            { key: 'first', label: t('field.move_first'), disabled: at === 0 },
            { key: 'last', label: t('field.move_last'), disabled: at === count - 1 },
            field.retired
              ? { key: 'restore', label: t('common.restore') }
              : { key: 'retire', label: t('field.retire') },
            { key: 'delete', label: t('common.delete'), danger: true, disabled: field.used },
          ],
          onClick: ({ key }) => run[key]?.(),
        }}
      >
        <Button
          className={styles.acts}
          type="text"
          size="small"
          icon={<Ellipsis size={16} />}
          aria-label={t('field.actions', { name })}
        />
      </Dropdown>
    </>
  )
}
