import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown, Form, Input } from 'antd'
import { Hand, MoreHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { perm } from '@/app/permissions'
import { FormDrawer, useConfirmWithUndo, useMe, useSay } from '@/kit'
import { useCustomer } from '../api'
import { type CustomerRecord, claim, deleteCustomer, recordKey, release, useRecord } from './api'
import styles from './record.module.css'

/** Takes a customer out of the pool: of two who press at once one gets it, and the other hears who. */
export function ClaimButton({
  id,
  name,
  small,
  onDone,
}: {
  id: number
  name: string
  small?: boolean
  onDone?: (record: CustomerRecord) => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const act = async () => {
    setBusy(true)
    try {
      const record = await claim(id)
      client.setQueryData(recordKey(id), record)
      done(t('pool.claimed', { name }))
      onDone?.(record)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
      client.invalidateQueries({ queryKey: ['customers'] })
      client.invalidateQueries({ queryKey: ['pool'] })
    }
  }
  return (
    <Button
      type={small ? 'default' : 'primary'}
      size={small ? 'small' : 'middle'}
      loading={busy}
      icon={<Hand size={small ? 14 : 16} />}
      aria-label={t('pool.claim_named', { name })}
      onClick={act}
    >
      {t('pool.claim')}
    </Button>
  )
}

/** What can be done with the customer as a whole: claim, release, delete. For the head of the page. */
export function RecordActions({ id }: { id: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const record = useRecord(id).data
  const [releasing, setReleasing] = useState(false)
  const remove = useDelete(record)
  if (!record) return null
  const mine = record.owner?.id === me.staff.id
  const releases =
    record.owner !== null &&
    record.editable &&
    (me.can(perm.customerAssign) || (me.can(perm.customerPool) && mine))
  const deletes = record.editable && me.can(perm.customerDelete)
  return (
    <>
      {record.owner === null && me.can(perm.customerPool) && (
        <ClaimButton id={id} name={record.name} />
      )}
      {(releases || deletes) && (
        <Dropdown
          trigger={['click']}
          placement="bottomRight"
          menu={{
            items: [
              ...(releases
                ? [
                    {
                      key: 'release',
                      label: t('record.release'),
                      onClick: () => setReleasing(true),
                    },
                  ]
                : []),
              ...(deletes
                ? [{ key: 'delete', danger: true, label: t('record.delete'), onClick: remove }]
                : []),
            ],
          }}
        >
          <Button icon={<MoreHorizontal size={16} />} aria-label={t('record.acts')} />
        </Dropdown>
      )}
      {releasing && <Release record={record} onClose={() => setReleasing(false)} />}
    </>
  )
}

// i18n-keys: record.release.why.*
const reasons = ['no_need', 'no_answer', 'wrong', 'area'] as const

function Release({ record, onClose }: { record: CustomerRecord; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const [form] = Form.useForm<{ reason: string }>()
  return (
    <FormDrawer<{ reason: string }>
      form={form}
      open
      title={t('record.release')}
      note={t('record.release.note')}
      submitText={t('record.release')}
      initial={{}}
      onClose={onClose}
      onSubmit={async ({ reason }) => {
        await release(record.id, reason)
        done(t('record.released', { name: record.name }))
        onClose()
        client.invalidateQueries({ queryKey: ['customers'] })
        client.invalidateQueries({ queryKey: ['pool'] })
      }}
    >
      <div className={styles.quick}>
        {reasons.map((code) => (
          <Button
            key={code}
            size="small"
            onClick={() => form.setFieldValue('reason', t(`record.release.why.${code}`))}
          >
            {t(`record.release.why.${code}`)}
          </Button>
        ))}
      </div>
      <Form.Item
        name="reason"
        label={t('common.reason')}
        rules={[{ required: true, whitespace: true, message: t('errors.customer.reason_missing') }]}
      >
        <Input.TextArea rows={3} maxLength={200} className={styles.area} />
      </Form.Item>
    </FormDrawer>
  )
}

/** Deletes after saying what goes with the customer, or says why it cannot be. */
function useDelete(record: CustomerRecord | undefined) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  const { modal } = App.useApp()
  const detail = useCustomer(record?.id ?? null).data
  return () => {
    if (!record) return
    const orders = detail?.figures.windows.find((w) => w.days === 0)?.orders ?? 0
    if (orders > 0 || (detail?.orders?.length ?? 0) > 0) {
      modal.info({
        title: t('record.delete_blocked', { name: record.name || `#${record.id}` }),
        content: t('errors.customer.has_orders'),
        okText: t('common.close'),
        icon: null,
      })
      return
    }
    const name = record.name || `#${record.id}`
    confirm({
      title: t('record.delete_title', { name }),
      text: (
        <ul className={styles.goes}>
          <li>{t('record.delete_contacts', { count: record.contacts.length })}</li>
          <li>{t('record.delete_relations', { count: record.relations.length })}</li>
          <li>{t('record.delete_notes')}</li>
          <li>{t('record.delete_values')}</li>
          <li>{t('record.delete_final')}</li>
        </ul>
      ),
      confirmText: t('record.delete'),
      danger: true,
      act: async () => {
        await deleteCustomer(record.id, record.version)
        navigate('/customers', { replace: true })
        // Nothing more is asked of the customer while the page leaves; lists are read anew.
        const of = (key: readonly unknown[]) => key[2] === record.id
        client.invalidateQueries({
          queryKey: ['customers'],
          predicate: (q) => of(q.queryKey),
          refetchType: 'none',
        })
        client.invalidateQueries({ queryKey: ['customers'], predicate: (q) => !of(q.queryKey) })
      },
      done: t('record.deleted', { name }),
    })
  }
}
