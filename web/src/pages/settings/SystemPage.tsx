import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { CircleAlert, CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { Settings, SystemInfo } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  DateTime,
  ErrorState,
  Facts,
  FormDrawer,
  Page,
  PageHeader,
  QueryView,
  Section,
  useFormat,
  useSay,
} from '@/kit'
import { sessionKey } from '@/kit/session'
import styles from './settings.module.css'

// i18n-keys: system.check.*
/** Version, engine, company, and whether everything the program needs is well. */
export default function SystemPage() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => ok(api.GET('/system', { signal })),
    refetchInterval: 60_000,
  })
  return (
    <Page narrow>
      <PageHeader
        title={t('nav.settings.system')}
        purpose={t('system.purpose')}
        actions={
          <Button loading={query.isFetching} onClick={() => query.refetch()}>
            {t('system.check_again')}
          </Button>
        }
      />
      <QueryView query={query}>
        {(info) => (
          <>
            <Health info={info} />
            <Can permission={perm.settingsView}>
              <Company />
            </Can>
            <About info={info} />
          </>
        )}
      </QueryView>
    </Page>
  )
}

// Currencies with two decimals, as the server takes them.
const currencies = 'CNY HKD MOP TWD SGD MYR THB USD EUR GBP AUD CAD CHF NZD'.split(' ')

const marks = {
  ok: { Icon: CircleCheck, className: styles.ok },
  warning: { Icon: CircleAlert, className: styles.warning },
  failed: { Icon: CircleX, className: styles.failed },
}

function Health({ info }: { info: SystemInfo }) {
  const { t, i18n } = useTranslation()
  const bad = info.checks.filter((c) => c.status !== 'ok').length
  const name = (code: string) =>
    i18n.exists(`system.check.${code}`) ? t(`system.check.${code}`) : code
  const words = {
    ok: t('system.status.ok'),
    warning: t('system.status.warning'),
    failed: t('system.status.failed'),
  }
  return (
    <Section
      title={t('system.health')}
      note={bad === 0 ? t('system.all_well') : t('system.attention', { count: bad })}
      boxed
    >
      <ul className={styles.checks}>
        {info.checks.map((check) => {
          const { Icon, className } = marks[check.status]
          return (
            <li key={check.code}>
              <Icon size={18} className={className} aria-hidden="true" />
              <div>
                <div>
                  {name(check.code)}
                  <span className="zk-sr"> {words[check.status]}</span>
                </div>
                {check.detail && <div className={styles.checkDetail}>{check.detail}</div>}
                {check.fix && check.status !== 'ok' && (
                  <div className={styles.checkFix}>{check.fix}</div>
                )}
              </div>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function Company() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const [open, setOpen] = useState(false)
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => ok(api.GET('/settings', { signal })),
  })
  const save = async (values: Partial<Settings>) => {
    await ok(api.PUT('/settings', { body: values }))
    setOpen(false)
    done(t('common.saved'))
    await client.invalidateQueries({ queryKey: ['settings'] })
    await client.invalidateQueries({ queryKey: sessionKey })
  }
  return (
    <Section
      title={t('system.company')}
      boxed
      extra={
        <Can permission={perm.settingsManage}>
          <Button size="small" disabled={!query.data} onClick={() => setOpen(true)}>
            {t('common.edit')}
          </Button>
        </Can>
      }
    >
      {query.error ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : (
        <Facts
          columns={2}
          items={[
            { label: t('system.company_name'), value: query.data?.company_name },
            { label: t('system.time_zone'), value: query.data?.time_zone },
            { label: t('system.currency'), value: query.data?.currency },
            {
              label: t('system.locale'),
              value: query.data && (query.data.locale === 'en' ? 'English' : '中文'),
            },
          ]}
        />
      )}
      {query.data && (
        <FormDrawer<Settings>
          open={open}
          title={t('system.company')}
          note={t('system.company_note')}
          initial={query.data}
          onClose={() => setOpen(false)}
          onSubmit={save}
        >
          <Form.Item
            name="company_name"
            label={t('system.company_name')}
            rules={[{ required: true, whitespace: true, message: t('system.company_missing') }]}
          >
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item
            name="time_zone"
            label={t('system.time_zone')}
            extra={t('system.time_zone_extra')}
            rules={[{ required: true }]}
          >
            <Select
              showSearch
              options={Intl.supportedValuesOf('timeZone').map((zone) => ({
                value: zone,
                label: zone,
              }))}
            />
          </Form.Item>
          <Form.Item name="currency" label={t('system.currency')} rules={[{ required: true }]}>
            <Select options={currencies.map((code) => ({ value: code, label: code }))} />
          </Form.Item>
          <Form.Item
            name="locale"
            label={t('system.locale')}
            extra={t('system.locale_extra')}
            rules={[{ required: true }]}
          >
            <Select
              options={[
                { value: 'zh-CN', label: '中文' },
                { value: 'en', label: 'English' },
              ]}
            />
          </Form.Item>
        </FormDrawer>
      )}
    </Section>
  )
}

function About({ info }: { info: SystemInfo }) {
  const { t } = useTranslation()
  const f = useFormat()
  const engine = info.engine.name === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  return (
    <Section title={t('system.about')} boxed>
      <Facts
        columns={2}
        items={[
          {
            label: t('common.version'),
            value: [info.version, info.commit.slice(0, 10)].filter(Boolean).join(' · '),
          },
          { label: t('system.built'), value: <DateTime at={info.built_at || null} /> },
          { label: t('system.started'), value: <DateTime at={info.started_at} relative /> },
          { label: t('system.go'), value: info.go_version },
          { label: t('system.engine'), value: `${engine} ${info.engine.version}` },
          { label: t('system.size'), value: f.bytes(info.engine.size_bytes) },
          { label: t('system.data_dir'), value: <span className="zk-mono">{info.data_dir}</span> },
          { label: t('system.time_zone'), value: info.time_zone },
        ]}
      />
    </Section>
  )
}
