import { Alert, Button, Form, Input } from 'antd'
import { Eye, EyeOff, Pencil, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Facts, FormDrawer, Section, useConfirmWithUndo, useMe, useSay } from '@/kit'
import { shownSeconds, useClear } from '../useClear'
import { type Invoice, revealInvoice, useMayEdit } from './api'
import styles from './record.module.css'
import { useEditor } from './useEditor'

const fields = ['title', 'tax_number', 'address', 'phone', 'bank', 'account'] as const

const limits = { title: 200, tax_number: 30, address: 300, phone: 40, bank: 100, account: 50 }

// i18n-keys: record.invoice.*
/** What an invoice is made out to: numbers masked, shown in clear on record, replaced as a whole. */
export function InvoiceData() {
  const { t } = useTranslation()
  const me = useMe()
  const { record, save } = useEditor()
  const { fail, done } = useSay()
  const confirm = useConfirmWithUndo()
  const may = useMayEdit(record, perm.customerEdit) && me.edits('invoice')
  const maySee = me.can(perm.customerReveal) && record.editable
  const { clear, setClear } = useClear<Invoice>()
  const [editing, setEditing] = useState<Partial<Invoice> | null>(null)
  const [busy, setBusy] = useState(false)

  const see = async (then: (invoice: Invoice) => void) => {
    setBusy(true)
    try {
      then(await revealInvoice(record.id))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const remove = () =>
    confirm({
      title: t('record.invoice.remove_title'),
      text: t('common.cannot_undo'),
      confirmText: t('common.delete'),
      danger: true,
      act: () => save({ invoice: null }),
      done: t('common.deleted'),
    })
  const shown = clear ?? record.invoice
  if (me.hides('invoice')) return null
  return (
    <Section
      title={t('record.section.invoice')}
      note={shown && maySee ? t('record.invoice.note', { seconds: shownSeconds }) : undefined}
      extra={
        <>
          {record.invoice && maySee && (
            <Button
              type="text"
              size="small"
              loading={busy}
              icon={clear ? <EyeOff size={14} /> : <Eye size={14} />}
              onClick={() => (clear ? setClear(null) : see(setClear))}
            >
              {t(clear ? 'record.invoice.hide' : 'customers.reveal.show')}
            </Button>
          )}
          {may && (
            <Button
              size="small"
              icon={record.invoice ? <Pencil size={14} /> : <Plus size={14} />}
              // The numbers that are kept must be seen to be kept: without the right they are typed anew.
              onClick={() => (record.invoice && maySee ? see(setEditing) : setEditing({}))}
            >
              {t(record.invoice ? 'common.edit' : 'common.add')}
            </Button>
          )}
          {may && record.invoice && (
            <Button size="small" type="text" danger onClick={remove}>
              {t('common.delete')}
            </Button>
          )}
        </>
      }
    >
      {shown ? (
        <Facts
          columns={2}
          items={fields
            .filter((f) => shown[f])
            .map((f) => ({
              key: f,
              label: t(`record.invoice.${f}`),
              value: <span className="zk-break">{shown[f]}</span>,
            }))}
        />
      ) : (
        <p className="zk-muted">{t('record.invoice.none')}</p>
      )}
      {editing && (
        <FormDrawer<{ invoice: Invoice }>
          open
          title={t('record.section.invoice')}
          initial={{ invoice: editing as Invoice }}
          onClose={() => setEditing(null)}
          onSubmit={async ({ invoice }) => {
            const kept = Object.entries(invoice).filter(([, v]) => v?.trim())
            await save({ invoice: { ...Object.fromEntries(kept), title: invoice.title } })
            setClear(null)
            setEditing(null)
            done(t('common.saved'))
          }}
        >
          {record.invoice && !maySee && (
            <Alert
              className={styles.alert}
              type="warning"
              showIcon
              title={t('record.invoice.anew')}
            />
          )}
          {fields.map((f) => (
            <Form.Item
              key={f}
              name={['invoice', f]}
              label={t(`record.invoice.${f}`)}
              rules={
                f === 'title'
                  ? [
                      {
                        required: true,
                        whitespace: true,
                        message: t('errors.customer.invoice_title'),
                      },
                    ]
                  : []
              }
            >
              <Input autoComplete="off" maxLength={limits[f]} />
            </Form.Item>
          ))}
        </FormDrawer>
      )}
    </Section>
  )
}
