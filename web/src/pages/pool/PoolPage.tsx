import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Switch } from 'antd'
import { Hand, Settings2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  Can,
  type Column,
  Count,
  DataTable,
  DateTime,
  Day,
  EmptyState,
  type FilterDef,
  FormDrawer,
  LevelTag,
  Money,
  NumberInput,
  Page,
  PageHeader,
  type Selection,
  useFormat,
  useMe,
  useSay,
} from '@/kit'
import { keyOfCode } from '../customers/access'
import { type Customer, type CustomerOptions, listCustomers, useOptions } from '../customers/api'
import { CustomerDrawer } from '../customers/CustomerDrawer'
import { ClaimButton } from '../customers/record/Actions'
import { claim, type PoolRules, setPoolRules, usePoolRules } from '../customers/record/api'
import { KindMark, region, useName } from '../customers/words'
import { sumUp } from './claims'
import styles from './pool.module.css'

const nobody = { owner: -1, columns: 'last_contact' }

/** Customers without an owner (公海): who they are, and how they get one. */
export default function PoolPage() {
  const { t } = useTranslation()
  const rules = usePoolRules()
  const options = useOptions()
  const [editing, setEditing] = useState(false)
  const [open, setOpen] = useState<Customer | null>(null)
  const me = useMe()
  const columns = useColumns().filter((c) => !me.hides(keyOfCode(c.key)))
  const filters = useFilters(options.data).filter((f) => !me.hides(keyOfCode(f.key)))
  return (
    <Page>
      <PageHeader
        title={t('nav.customers.pool')}
        purpose={rules.data ? <Rules rules={rules.data} /> : t('pool.purpose')}
        actions={
          <Can permission={perm.customerAssign}>
            <Button
              icon={<Settings2 size={16} />}
              disabled={!rules.data}
              onClick={() => setEditing(true)}
            >
              {t('pool.rules')}
            </Button>
          </Can>
        }
      />
      <DataTable<Customer>
        id="pool"
        label={t('nav.customers.pool')}
        queryKey={['customers', 'pool']}
        load={listCustomers}
        fixed={nobody}
        search={t('customers.search')}
        defaultSort={me.hides('spend') ? '-id' : '-net_all'}
        filters={filters}
        columns={columns}
        rowHref={(c) => `/customers/${c.id}`}
        onOpen={setOpen}
        openKey={open?.id ?? null}
        rowActions={(c) => <ClaimButton small id={c.id} name={c.name} />}
        bulk={(selection) => <ClaimSome selection={selection} />}
        empty={<EmptyState title={t('pool.empty')} text={t('pool.empty_text')} />}
      />
      <CustomerDrawer
        id={open?.id ?? null}
        known={open ?? undefined}
        onClose={() => setOpen(null)}
      />
      {editing && rules.data && <RulesForm rules={rules.data} onClose={() => setEditing(false)} />}
    </Page>
  )
}

function Rules({ rules }: { rules: PoolRules }) {
  const { t } = useTranslation()
  const f = useFormat()
  const parts = [
    rules.claim_limit > 0
      ? t('pool.limit', { count: rules.claim_limit, shown: f.count(rules.claim_limit) })
      : t('pool.no_limit'),
    rules.recover ? t('pool.recovers', { count: rules.recover_days }) : t('pool.no_recover'),
  ]
  return t('pool.purpose_rules', { rules: parts.join(t('pool.and')) })
}

/** Claims one after the other; says how many were got and how many others were quicker at. */
function ClaimSome({ selection }: { selection: Selection<Customer> }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const act = async () => {
    setBusy(true)
    const codes: string[] = []
    let stopped: unknown
    for (const row of selection.rows) {
      try {
        await claim(row.id)
        codes.push('ok')
      } catch (thrown) {
        const error = asApiError(thrown)
        codes.push(error.code)
        // Every further one would be refused for the same reason.
        if (error.code !== 'customer.already_owned' && error.code !== 'customer.not_found') {
          stopped = error
          break
        }
      }
    }
    const { got, lost } = sumUp(codes)
    setBusy(false)
    selection.clear()
    client.invalidateQueries({ queryKey: ['customers'] })
    if (got > 0 || lost > 0) {
      done(lost > 0 ? t('pool.claimed_some', { got, lost }) : t('pool.claimed_all', { count: got }))
    }
    if (stopped) fail(stopped)
  }
  return (
    <Button type="primary" icon={<Hand size={15} />} loading={busy} onClick={act}>
      {t('pool.claim')}
    </Button>
  )
}

function RulesForm({ rules, onClose }: { rules: PoolRules; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const [form] = Form.useForm<PoolRules>()
  const recover = Form.useWatch('recover', form) ?? rules.recover
  return (
    <FormDrawer<PoolRules>
      form={form}
      open
      title={t('pool.rules')}
      initial={rules}
      onClose={onClose}
      onSubmit={async (values) => {
        const after = await setPoolRules({ ...rules, ...values })
        client.setQueryData(['pool', 'rules'], after)
        done(t('common.saved'))
        onClose()
      }}
    >
      <Form.Item
        name="claim_limit"
        label={t('pool.rule.limit')}
        extra={t('pool.rule.limit_hint')}
        rules={[{ required: true, message: t('record.required') }]}
      >
        <NumberInput className={styles.wide} min={0} max={1_000_000} precision={0} />
      </Form.Item>
      <Form.Item
        name="recover"
        required
        label={t('pool.rule.recover')}
        extra={t('pool.rule.recover_hint')}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
      <Form.Item
        name="recover_days"
        label={t('pool.rule.days')}
        rules={[{ required: true, message: t('record.required') }]}
      >
        <NumberInput className={styles.wide} disabled={!recover} min={1} max={3650} precision={0} />
      </Form.Item>
    </FormDrawer>
  )
}

function useColumns(): Column<Customer>[] {
  const { t } = useTranslation()
  const name = useName()
  return useMemo<Column<Customer>[]>(
    () => [
      {
        key: 'name',
        title: t('common.name'),
        required: true,
        render: (c) => (
          <>
            {name(c)} <KindMark kind={c.kind} />
          </>
        ),
      },
      {
        key: 'level',
        title: t('customer.column.level'),
        phone: 'aside',
        render: (c) => <LevelTag level={c.level} />,
      },
      {
        key: 'phone',
        title: t('customer.column.phone'),
        render: (c) => <span className="zk-num">{c.phone ?? '–'}</span>,
      },
      {
        key: 'region',
        title: t('customers.region'),
        width: 150,
        render: (c) => region(c) || <span className="zk-muted">–</span>,
      },
      {
        key: 'net_all',
        title: t('customer.column.net_all'),
        align: 'right',
        sort: 'net_all',
        sortFirst: 'desc',
        render: (c) => <Money fen={c.net_all_fen} />,
      },
      {
        key: 'orders_all',
        title: t('customer.column.orders_all'),
        align: 'right',
        phone: 'none',
        render: (c) => <Count value={c.orders_all} />,
      },
      {
        key: 'last_day',
        title: t('customer.column.last_day'),
        sort: 'last_day',
        sortFirst: 'desc',
        render: (c) => <Day at={c.last_day} />,
      },
      {
        key: 'last_contact',
        title: t('record.last_contact_at'),
        phone: 'none',
        render: (c) => <DateTime at={c.values?.last_contact as number | null | undefined} />,
      },
    ],
    [t, name],
  )
}

// i18n-keys: customer.kind.*
function useFilters(options: CustomerOptions | undefined): FilterDef[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const defs: FilterDef[] = [
      {
        key: 'kind',
        label: t('customer.column.kind'),
        type: 'select',
        options: (['person', 'company', 'org'] as const).map((value) => ({
          value,
          label: t(`customer.kind.${value}`),
        })),
      },
      { key: 'last_day', label: t('customer.column.last_day'), type: 'dates' },
    ]
    if (options && options.levels.length > 0) {
      defs.unshift({
        key: 'level',
        label: t('customer.column.level'),
        type: 'select',
        multiple: true,
        options: options.levels.map((l) => ({ value: l.code, label: l.name })),
      })
    }
    if (options && options.regions.length > 0) {
      defs.push({
        key: 'province',
        label: t('customer.column.province'),
        type: 'select',
        options: options.regions.map((r) => ({ value: r.province, label: r.province })),
      })
    }
    return defs
  }, [t, options])
}
