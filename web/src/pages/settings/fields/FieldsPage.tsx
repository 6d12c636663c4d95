import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown, Input, Segmented } from 'antd'
import { ArrowDown, ArrowUp, Ellipsis, LayoutTemplate, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import {
  EmptyState,
  FirstUse,
  Page,
  PageHeader,
  QueryView,
  StatusTag,
  useConfirmWithUndo,
  useSay,
} from '@/kit'
import { type Field, useFields, useLabel } from '@/pages/customers/record/fields'
import { FieldForm } from './FieldForm'
import styles from './fields.module.css'
import { PresetsDrawer } from './PresetsDrawer'

type State = 'active' | 'retired'

/** What the company keeps about customers beyond the shipped record. */
export default function FieldsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useFields()
  const [editing, setEditing] = useState<Field | 'new' | null>(null)
  const [presets, setPresets] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: ['custom-fields'] })
  return (
    <Page>
      <PageHeader
        title={t('nav.settings.fields')}
        purpose={t('field.purpose')}
        actions={
          <>
            <Button icon={<LayoutTemplate size={16} />} onClick={() => setPresets(true)}>
              {t('field.presets')}
            </Button>
            <Button type="primary" icon={<Plus size={16} />} onClick={() => setEditing('new')}>
              {t('field.new')}
            </Button>
          </>
        }
      />
      <QueryView query={query}>
        {(fields) =>
          fields.length === 0 ? (
            <FirstUse
              title={t('field.none')}
              text={t('field.none_text')}
              action={
                <Button type="primary" onClick={() => setPresets(true)}>
                  {t('field.preset_title')}
                </Button>
              }
            />
          ) : (
            <List fields={fields} onEdit={setEditing} onChanged={refresh} />
          )
        }
      </QueryView>
      <FieldForm
        target={editing}
        fields={query.data ?? []}
        onClose={() => setEditing(null)}
        onSaved={() => {
          setEditing(null)
          refresh()
        }}
      />
      <PresetsDrawer
        open={presets}
        fields={query.data ?? []}
        onClose={() => setPresets(false)}
        onSaved={() => {
          setPresets(false)
          refresh()
        }}
      />
    </Page>
  )
}

function List({
  fields,
  onEdit,
  onChanged,
}: {
  fields: Field[]
  onEdit: (field: Field) => void
  onChanged: () => unknown
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const client = useQueryClient()
  const { fail } = useSay()
  const [state, setState] = useState<State>('active')
  const [text, setText] = useState('')
  const word = text.trim().toLowerCase()
  const of = fields.filter((f) => f.retired === (state === 'retired'))
  const shown = of.filter((f) =>
    [f.name.zh, f.name.en ?? '', f.code].some((x) => x.toLowerCase().includes(word)),
  )

  // The order of all fields, the moved one at the place of the one it was moved to.
  const move = async (field: Field, to: Field) => {
    const rest = fields.filter((f) => f.id !== field.id)
    const at = fields.indexOf(to)
    const next = [...rest.slice(0, at), field, ...rest.slice(at)]
    client.setQueryData(['custom-fields'], next)
    try {
      await ok(api.PUT('/custom-fields/order', { body: { ids: next.map((f) => f.id) } }))
    } catch (error) {
      client.setQueryData(['custom-fields'], fields)
      fail(error)
    }
    onChanged()
  }
  return (
    <>
      <div className={styles.bar}>
        <Segmented<State>
          value={state}
          onChange={setState}
          options={[
            { value: 'active', label: t('field.state.active') },
            { value: 'retired', label: t('field.state.retired') },
          ]}
        />
        <Input.Search
          className={styles.search}
          allowClear
          placeholder={t('field.search')}
          aria-label={t('field.search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {shown.length === 0 ? (
        of.length === 0 ? (
          <EmptyState title={t(state === 'retired' ? 'field.none_retired' : 'field.none')} />
        ) : (
          <EmptyState title={t('field.none_found')} text={t('field.none_found_text')} />
        )
      ) : (
        <ul className={styles.list} aria-label={t('nav.settings.fields')}>
          {shown.map((field, i) => (
            <Row
              key={field.id}
              field={field}
              name={label(field.name)}
              before={shown[i - 1]}
              after={shown[i + 1]}
              first={shown[0]}
              last={shown[shown.length - 1]}
              onMove={move}
              onEdit={onEdit}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
    </>
  )
}

// i18n-keys: field.kind.*
function Row({
  field,
  name,
  before,
  after,
  first,
  last,
  onMove,
  onEdit,
  onChanged,
}: {
  field: Field
  name: string
  before: Field | undefined
  after: Field | undefined
  first: Field | undefined
  last: Field | undefined
  onMove: (field: Field, to: Field) => void
  onEdit: (field: Field) => void
  onChanged: () => unknown
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const act = useActs(field, name, onChanged)
  return (
    <li className={styles.row}>
      <span className={styles.moves}>
        <Button
          type="text"
          size="small"
          icon={<ArrowUp size={15} />}
          disabled={!before}
          aria-label={t('field.move_up', { name })}
          onClick={() => before && onMove(field, before)}
        />
        <Button
          type="text"
          size="small"
          icon={<ArrowDown size={15} />}
          disabled={!after}
          aria-label={t('field.move_down', { name })}
          onClick={() => after && onMove(field, after)}
        />
      </span>
      <span className={styles.name}>
        <button type="button" className={styles.open} onClick={() => onEdit(field)}>
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
        {field.unit && <span className="zk-muted">{field.unit}</span>}
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
            { key: 'first', label: t('field.move_first'), disabled: first === field },
            { key: 'last', label: t('field.move_last'), disabled: last === field },
            field.retired
              ? { key: 'restore', label: t('common.restore') }
              : { key: 'retire', label: t('field.retire') },
            { key: 'delete', label: t('common.delete'), danger: true, disabled: field.used },
          ],
          onClick: ({ key }) => {
            if (key === 'edit') onEdit(field)
            else if (key === 'first' && first) onMove(field, first)
            else if (key === 'last' && last) onMove(field, last)
            else if (key === 'retire') act.retire()
            else if (key === 'restore') act.restore()
            else if (key === 'delete') act.remove()
          },
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
    </li>
  )
}

function useActs(field: Field, name: string, onChanged: () => unknown) {
  const { t } = useTranslation()
  const confirm = useConfirmWithUndo()
  const { done, fail } = useSay()
  const params = { path: { id: field.id } }
  const setRetired = async (retired: boolean) => {
    await ok(api.PATCH('/custom-fields/{id}', { params, body: { retired } }))
    await onChanged()
  }
  const retire = async () => {
    try {
      const { values } = await ok(api.GET('/custom-fields/{id}', { params }))
      confirm({
        title: t('field.retire_title', { name }),
        text: t('field.retire_text', { count: values }),
        confirmText: t('field.retire'),
        done: t('field.retired_done', { name }),
        act: () => setRetired(true),
        undo: () => setRetired(false),
      })
    } catch (error) {
      fail(error)
    }
  }
  const restore = async () => {
    try {
      await setRetired(false)
      done(t('field.restored_done', { name }), () => setRetired(true))
    } catch (error) {
      fail(error)
    }
  }
  const remove = () =>
    confirm({
      title: t('field.delete_title', { name }),
      text: t('field.delete_text'),
      confirmText: t('common.delete'),
      danger: true,
      done: t('field.deleted', { name }),
      act: async () => {
        await ok(api.DELETE('/custom-fields/{id}', { params }))
        await onChanged()
      },
      undo: async () => {
        const { code, kind, scale, target, help, section, unit, required, options } = field
        await ok(
          api.POST('/custom-fields', {
            body: {
              code,
              kind,
              scale,
              target,
              name: field.name,
              help,
              section,
              unit,
              required,
              options,
            },
          }),
        )
        await onChanged()
      },
    })
  return { retire, restore, remove }
}
