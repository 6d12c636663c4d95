import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Dropdown, Form, Input, Select } from 'antd'
import { CircleCheck, CircleX, MoreHorizontal, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Day, FormDrawer, Section, StatusTag, useConfirmWithUndo, useMe, useSay } from '@/kit'
import { reveal } from '../api'
import { contactIcons, Hidden } from '../Contacts'
import {
  addContact,
  type ContactIn,
  type ContactItem,
  type ContactKind,
  contactKinds,
  editContact,
  removeContact,
  useMayEdit,
  type Validity,
  verifyContact,
} from './api'
import { FieldHistory } from './FieldHistory'
import styles from './record.module.css'
import { retrying } from './retry'
import { useEditor } from './useEditor'

// i18n-keys: record.field.*, record.validity.*
/** Every phone, e-mail, address and identifier: masked, with where it is from and whether it works. */
export function ContactList() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const me = useMe()
  const edits = useMayEdit(record, perm.customerEdit)
  const may = edits && contactKinds.some(me.edits)
  const [form, setForm] = useState<ContactItem | 'new' | null>(null)
  const list = record.contacts.toSorted(
    (a, b) => contactKinds.indexOf(a.kind) - contactKinds.indexOf(b.kind),
  )
  return (
    <Section
      title={t('record.section.contacts')}
      extra={
        may && (
          <Button size="small" icon={<Plus size={14} />} onClick={() => setForm('new')}>
            {t('common.add')}
          </Button>
        )
      }
    >
      {list.length === 0 ? (
        <p className="zk-muted">
          {t(
            me.hides(...contactKinds)
              ? 'access.contacts_none'
              : may
                ? 'record.contact.none_text'
                : 'record.contact.none',
          )}
        </p>
      ) : (
        <ul className={styles.items}>
          {list.map((contact) => (
            <ContactRow
              key={contact.id}
              contact={contact}
              may={edits && me.edits(contact.kind)}
              onEdit={() => setForm(contact)}
            />
          ))}
        </ul>
      )}
      {form && <ContactForm contact={form} onClose={() => setForm(null)} />}
    </Section>
  )
}

function ContactRow({
  contact,
  may,
  onEdit,
}: {
  contact: ContactItem
  may: boolean
  onEdit: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const { record, take } = useEditor()
  const { done, fail } = useSay()
  const confirm = useConfirmWithUndo()
  const [busy, setBusy] = useState(false)
  const Icon = contactIcons[contact.kind]
  const label = t(`record.field.${contact.kind}`)
  const maySee = me.can(perm.customerReveal) && record.editable
  const source = record.sources.find((s) => s.id === contact.source_id)?.name

  const write = async (act: Promise<typeof record>, said: string) => {
    setBusy(true)
    try {
      take(await act)
      done(said)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const verify = (validity: Validity) =>
    write(verifyContact(record.id, contact.id, validity), t('record.contact.verified'))
  const remove = () =>
    confirm({
      title: t('record.contact.remove_title', { contact: contact.masked }),
      text: t('record.contact.remove_text'),
      confirmText: t('common.delete'),
      danger: true,
      act: async () => take(await removeContact(record.id, contact.id)),
      done: t('common.deleted'),
    })
  return (
    <li className={styles.item} aria-busy={busy}>
      <Icon size={16} aria-hidden="true" className={styles.itemIcon} />
      <div className={styles.itemBody}>
        <div className={styles.itemMain}>
          <Hidden
            label={label}
            masked={contact.masked}
            ask={maySee ? () => reveal(record.id, { contact_id: contact.id }) : undefined}
          />
          <FieldHistory field={contact.kind} label={label} />
        </div>
        <div className={styles.itemNote}>
          <span>{label}</span>
          {contact.label && <span>{contact.label}</span>}
          {contact.is_primary && <span className={styles.primary}>{t('record.primary')}</span>}
          {contact.validity === 'valid' && (
            <StatusTag kind="success">
              {t('record.validity.valid')} <Day at={contact.verified_at} />
            </StatusTag>
          )}
          {contact.validity === 'invalid' && (
            <StatusTag kind="danger">
              {t('record.validity.invalid')} <Day at={contact.verified_at} />
            </StatusTag>
          )}
          {source && <span>{t('record.contact.from', { source })}</span>}
        </div>
      </div>
      {may && (
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: [
              { key: 'edit', label: t('common.edit'), onClick: onEdit },
              ...(contact.is_primary
                ? []
                : [
                    {
                      key: 'primary',
                      label: t('record.contact.make_primary'),
                      onClick: () =>
                        write(
                          retrying(record, contact.kind, (version) =>
                            editContact(record.id, version, contact.id, { is_primary: true }),
                          ),
                          t('common.saved'),
                        ),
                    },
                  ]),
              { type: 'divider' as const },
              ...(contact.validity === 'valid'
                ? []
                : [
                    {
                      key: 'valid',
                      icon: <CircleCheck size={15} />,
                      label: t('record.contact.works'),
                      onClick: () => verify('valid'),
                    },
                  ]),
              ...(contact.validity === 'invalid'
                ? []
                : [
                    {
                      key: 'invalid',
                      icon: <CircleX size={15} />,
                      label: t('record.contact.fails'),
                      onClick: () => verify('invalid'),
                    },
                  ]),
              { type: 'divider' as const },
              { key: 'remove', danger: true, label: t('common.delete'), onClick: remove },
            ],
          }}
        >
          <Button
            type="text"
            size="small"
            loading={busy}
            icon={<MoreHorizontal size={16} />}
            aria-label={t('record.contact.acts', { contact: contact.masked })}
          />
        </Dropdown>
      )}
    </li>
  )
}

interface Values {
  kind: ContactKind
  value?: string
  label?: string
  is_primary?: boolean
}

// i18n-keys: record.contact.hint.*
function ContactForm({ contact, onClose }: { contact: ContactItem | 'new'; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { record, take, reload } = useEditor()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const old = contact === 'new' ? null : contact
  const kinds = contactKinds.filter(me.edits)
  const first = kinds[0] ?? 'phone'
  const kind = Form.useWatch('kind', form) ?? old?.kind ?? first
  const now = old && record.contacts.find((c) => c.id === old.id)
  const submit = async (values: Values) => {
    if (!old) {
      take(await addContact(record.id, values as ContactIn))
    } else {
      const body = {
        ...(values.value ? { value: values.value } : {}),
        ...(values.label !== undefined && values.label !== old.label && { label: values.label }),
        ...(values.is_primary !== undefined &&
          values.is_primary !== old.is_primary && { is_primary: values.is_primary }),
      }
      if (Object.keys(body).length > 0) {
        take(
          await retrying(record, old.kind, (version) =>
            editContact(record.id, version, old.id, body),
          ),
        )
      }
    }
    client.invalidateQueries({ queryKey: ['customers', 'changes', record.id] })
    done(t('common.saved'))
    onClose()
  }
  return (
    <FormDrawer<Values>
      form={form}
      open
      title={old ? t('record.contact.edit') : t('record.contact.add')}
      note={
        old
          ? t('record.contact.edit_note', { contact: now?.masked ?? t('record.contact.gone') })
          : undefined
      }
      initial={
        old
          ? { kind: old.kind, label: old.label, is_primary: old.is_primary }
          : { kind: first, is_primary: false }
      }
      onClose={onClose}
      onSubmit={submit}
      onReload={reload}
    >
      {!old && (
        <Form.Item name="kind" label={t('common.type')}>
          <Select
            options={kinds
              .filter((k) => k !== 'code' || !record.contacts.some((c) => c.kind === 'code'))
              .map((k) => ({ value: k, label: t(`record.field.${k}`) }))}
          />
        </Form.Item>
      )}
      <Form.Item
        name="value"
        label={t(`record.field.${old?.kind ?? kind}`)}
        extra={t(`record.contact.hint.${old?.kind ?? kind}`)}
        rules={old ? [] : [{ required: true, whitespace: true, message: t('record.required') }]}
      >
        <Input
          autoComplete="off"
          maxLength={500}
          inputMode={kind === 'phone' ? 'tel' : kind === 'email' ? 'email' : 'text'}
          placeholder={old ? t('record.contact.keep') : undefined}
        />
      </Form.Item>
      <Form.Item name="label" label={t('record.contact.label')}>
        <Input autoComplete="off" maxLength={20} placeholder={t('record.contact.label_example')} />
      </Form.Item>
      <Form.Item name="is_primary" valuePropName="checked">
        <Checkbox disabled={old?.is_primary}>{t('record.contact.primary_long')}</Checkbox>
      </Form.Item>
    </FormDrawer>
  )
}
