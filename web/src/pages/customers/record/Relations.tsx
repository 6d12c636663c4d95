import { Button, Checkbox, Dropdown, Form, Input, Select } from 'antd'
import { Link2, MoreHorizontal, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { FormDrawer, Section, useConfirmWithUndo, useSay } from '@/kit'
import {
  addRelation,
  type CustomerRecord,
  contactRoles,
  editRelation,
  type RelationIn,
  type RelationItem,
  removeRelation,
  useMayEdit,
} from './api'
import { CustomerPicker } from './CustomerPicker'
import styles from './record.module.css'
import { kindKey, kindsFor, splitKind } from './relation'
import { retrying } from './retry'
import { useEditor } from './useEditor'

// i18n-keys: record.relation.*, record.role.*
/** Who belongs to whom: contacts of a company, parents, households, introductions. */
export function Relations() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const may = useMayEdit(record, perm.customerEdit)
  const [form, setForm] = useState<RelationItem | 'new' | null>(null)
  const groups = new Map<string, RelationItem[]>()
  for (const one of record.relations) {
    const key = kindKey(one.kind, one.reverse)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return (
    <Section
      title={t('record.section.relations')}
      extra={
        may && (
          <Button size="small" icon={<Plus size={14} />} onClick={() => setForm('new')}>
            {t('common.add')}
          </Button>
        )
      }
    >
      {record.relations.length === 0 ? (
        <p className="zk-muted">
          {t(
            record.kind === 'person'
              ? 'record.relation.none_person'
              : 'record.relation.none_company',
          )}
        </p>
      ) : (
        [...groups].map(([key, list]) => (
          <div key={key} className={styles.group}>
            <h3 className={styles.groupTitle}>{t(`record.relation.${key}`)}</h3>
            <ul className={styles.items}>
              {list.map((one) => (
                <RelationRow key={one.id} relation={one} may={may} onEdit={() => setForm(one)} />
              ))}
            </ul>
          </div>
        ))
      )}
      {form && <RelationForm relation={form} record={record} onClose={() => setForm(null)} />}
    </Section>
  )
}

function RelationRow({
  relation,
  may,
  onEdit,
}: {
  relation: RelationItem
  may: boolean
  onEdit: () => void
}) {
  const { t } = useTranslation()
  const { record, take } = useEditor()
  const confirm = useConfirmWithUndo()
  const { other } = relation
  const remove = () =>
    confirm({
      title: t('record.relation.remove_title', { name: other.name }),
      text: t('record.relation.remove_text'),
      confirmText: t('common.remove'),
      danger: true,
      act: async () => take(await removeRelation(record.id, relation.id)),
      done: t('record.relation.removed'),
      undo: other.visible
        ? async () =>
            take(
              await addRelation(record.id, {
                kind: relation.kind,
                reverse: relation.reverse,
                other_id: other.id,
                role: relation.role as RelationIn['role'],
                title: relation.title,
                note: relation.note,
                is_primary: relation.is_primary,
              }),
            )
        : undefined,
    })
  return (
    <li className={styles.item}>
      <Link2 size={16} aria-hidden="true" className={styles.itemIcon} />
      <div className={styles.itemBody}>
        <div className={styles.itemMain}>
          {other.visible ? (
            <Link to={`/customers/${other.id}`}>{other.name || `#${other.id}`}</Link>
          ) : (
            <span>
              {other.name} <small className="zk-muted">{t('record.relation.hidden')}</small>
            </span>
          )}
        </div>
        <div className={styles.itemNote}>
          {relation.role && <span>{t(`record.role.${relation.role}`)}</span>}
          {relation.title && <span>{relation.title}</span>}
          {relation.is_primary && <span className={styles.primary}>{t('record.primary')}</span>}
          {relation.note && <span className="zk-break">{relation.note}</span>}
        </div>
      </div>
      {may && (
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: [
              { key: 'edit', label: t('common.edit'), onClick: onEdit },
              { key: 'remove', danger: true, label: t('common.remove'), onClick: remove },
            ],
          }}
        >
          <Button
            type="text"
            size="small"
            icon={<MoreHorizontal size={16} />}
            aria-label={t('record.relation.acts', { name: other.name })}
          />
        </Dropdown>
      )}
    </li>
  )
}

interface Values {
  as?: string
  other_id?: number
  role?: RelationIn['role']
  title?: string
  note?: string
  is_primary?: boolean
}

function RelationForm({
  relation,
  record,
  onClose,
}: {
  relation: RelationItem | 'new'
  record: CustomerRecord
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { take, reload } = useEditor()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const old = relation === 'new' ? null : relation
  const kinds = kindsFor(record.kind)
  const as = Form.useWatch('as', form) ?? kinds[0]
  const contact = old ? old.kind === 'contact' : as?.startsWith('contact')
  const submit = async ({ as: key, other_id, ...rest }: Values) => {
    if (old) {
      take(
        await retrying(record, 'relation', (version) =>
          editRelation(record.id, version, old.id, rest),
        ),
      )
    } else {
      take(
        await addRelation(record.id, {
          ...splitKind(key ?? 'contact'),
          other_id: other_id ?? 0,
          note: rest.note,
          ...(contact && { role: rest.role, title: rest.title, is_primary: rest.is_primary }),
        }),
      )
    }
    done(t('common.saved'))
    onClose()
  }
  return (
    <FormDrawer<Values>
      form={form}
      open
      title={old ? t('record.relation.edit') : t('record.relation.add')}
      note={old?.other.name}
      initial={
        old
          ? {
              role: (old.role || undefined) as Values['role'],
              title: old.title,
              note: old.note,
              is_primary: old.is_primary,
            }
          : { as: kinds[0], is_primary: false }
      }
      onClose={onClose}
      onSubmit={submit}
      onReload={reload}
    >
      {!old && (
        <>
          <Form.Item name="as" label={t('record.relation.as')} required>
            <Select options={kinds.map((k) => ({ value: k, label: t(`record.relation.${k}`) }))} />
          </Form.Item>
          <Form.Item
            name="other_id"
            label={t('common.customer')}
            rules={[{ required: true, message: t('record.relation.missing') }]}
          >
            <CustomerPicker except={record.id} />
          </Form.Item>
        </>
      )}
      {contact && (
        <>
          <Form.Item name="role" label={t('record.part.role')}>
            <Select
              allowClear
              options={contactRoles.map((r) => ({ value: r, label: t(`record.role.${r}`) }))}
            />
          </Form.Item>
          <Form.Item name="title" label={t('record.part.title')}>
            <Input autoComplete="off" maxLength={100} />
          </Form.Item>
          <Form.Item name="is_primary" valuePropName="checked">
            <Checkbox>{t('record.relation.primary_long')}</Checkbox>
          </Form.Item>
        </>
      )}
      <Form.Item name="note" label={t('common.note')}>
        <Input.TextArea rows={3} maxLength={200} className={styles.area} />
      </Form.Item>
    </FormDrawer>
  )
}
