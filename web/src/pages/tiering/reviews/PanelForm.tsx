import { useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Dropdown, Form, Radio, Select } from 'antd'
import { Plus, Trash2, Users } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import { Bones, Can, FormDrawer, NumberInput, QueryView, useIsPhone, useSay } from '@/kit'
import { StaffInput } from '../../customers/list/StaffInput'
import { departmentOptions, useDepartments } from '../../settings/org'
import type { Dimension } from '../api'
import { useDimensions } from '../queries'
import { type Panel, type Seat, usePanel } from './api'
import styles from './reviews.module.css'

const mostSeats = 50
type Values = Pick<Panel, 'members' | 'reach' | 'rule' | 'quorum' | 'days' | 'on_deadline'>

/** The button for the panels of the dimensions, with their form. */
export function PanelSettings() {
  const { t } = useTranslation()
  const dimensions = useDimensions()
  const [of, setOf] = useState<Dimension | null>(null)
  const list = dimensions.data ?? []
  return (
    <Can permission={perm.tierScheme}>
      <Dropdown
        trigger={['click']}
        disabled={list.length === 0}
        menu={{
          items: list.map((d) => ({ key: d.code, label: d.name })),
          onClick: ({ key }) => setOf(list.find((d) => d.code === key) ?? null),
        }}
      >
        <Button icon={<Users size={16} />}>{t('ui_review.panel')}</Button>
      </Dropdown>
      {of && <PanelDrawer dimension={of} onClose={() => setOf(null)} />}
    </Can>
  )
}

function PanelDrawer({ dimension, onClose }: { dimension: Dimension; onClose: () => void }) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const query = usePanel(dimension.code)
  if (query.data)
    return (
      <PanelForm
        // A reload after somebody else's change begins with what is there now.
        key={query.data.version}
        dimension={dimension}
        panel={query.data}
        onReload={query.refetch}
        onClose={onClose}
      />
    )
  return (
    <Drawer
      open
      onClose={onClose}
      size={phone ? '100%' : 640}
      title={t('ui_review.panel_of', { name: dimension.name })}
    >
      <QueryView query={query} compact skeleton={<Bones rows={6} />}>
        {() => null}
      </QueryView>
    </Drawer>
  )
}

// i18n-keys: ui_review.reach.*, ui_review.rule.*, ui_review.on_deadline.*
function PanelForm({
  dimension,
  panel,
  onReload,
  onClose,
}: {
  dimension: Dimension
  panel: Panel
  onReload: () => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  const departments = useDepartments()
  const known = new Map(
    panel.members.flatMap((m): [number, string][] => [
      [m.staff_id, m.name],
      [m.deputy_id, m.deputy_name],
    ]),
  )
  const submit = async (values: Values) => {
    await ok(
      api.PUT('/tiering/dimensions/{code}/panel', {
        params: { path: { code: dimension.code } },
        body: {
          ...values,
          members: values.members.map((m) => ({
            staff_id: m.staff_id ?? 0,
            department_id: m.department_id ?? 0,
            deputy_id: m.deputy_id ?? 0,
          })) as Seat[],
          dimension: dimension.code,
          version: panel.version,
          updated_at: panel.updated_at,
        },
      }),
    )
    await client.invalidateQueries({ queryKey: ['tiering', 'panel'] })
    done(t('common.saved'))
    onClose()
  }
  const choice = (name: 'reach' | 'rule' | 'on_deadline', options: readonly string[]) => (
    <Form.Item name={name} label={t(`ui_review.${name}`)} required>
      <Radio.Group
        vertical
        options={options.map((o) => ({ value: o, label: t(`ui_review.${name}.${o}`) }))}
      />
    </Form.Item>
  )
  return (
    <FormDrawer<Values>
      open
      width={640}
      title={t('ui_review.panel_of', { name: dimension.name })}
      note={t('ui_review.panel_note')}
      initial={{
        members: panel.members.length > 0 ? panel.members : [{} as Seat],
        reach: panel.reach || 'all',
        rule: panel.rule || 'majority',
        quorum: panel.quorum || 1,
        days: panel.days || 7,
        on_deadline: panel.on_deadline || 'keep',
      }}
      onReload={onReload}
      onClose={onClose}
      onSubmit={submit}
    >
      <Form.List name="members">
        {(fields, { add, remove }) => (
          <fieldset className={styles.seats}>
            <legend>{t('ui_review.seats')}</legend>
            {fields.map(({ key, name }, i) => (
              <div key={key} className={styles.seat}>
                <Form.Item
                  name={[name, 'staff_id']}
                  label={t('ui_review.seat.person')}
                  rules={[{ required: true, message: t('ui_review.seat.missing') }]}
                >
                  <Person
                    known={known}
                    label={t('ui_review.seat.nth', { n: i + 1, part: t('ui_review.seat.person') })}
                  />
                </Form.Item>
                <Form.Item name={[name, 'department_id']} label={t('ui_review.seat.department')}>
                  <Select
                    aria-label={t('ui_review.seat.nth', {
                      n: i + 1,
                      part: t('ui_review.seat.department'),
                    })}
                    placeholder={t('ui_review.seat.company')}
                    options={[
                      { value: 0, label: t('ui_review.seat.company') },
                      ...departmentOptions(departments.data),
                    ]}
                  />
                </Form.Item>
                <Form.Item name={[name, 'deputy_id']} label={t('ui_review.seat.deputy')}>
                  <Person
                    known={known}
                    label={t('ui_review.seat.nth', { n: i + 1, part: t('ui_review.seat.deputy') })}
                  />
                </Form.Item>
                <Button
                  type="text"
                  className={styles.out}
                  icon={<Trash2 size={16} />}
                  aria-label={t('ui_review.seat.remove', { n: i + 1 })}
                  disabled={fields.length === 1}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button
              icon={<Plus size={16} />}
              disabled={fields.length >= mostSeats}
              onClick={() => add({})}
            >
              {t('ui_review.seat.add')}
            </Button>
          </fieldset>
        )}
      </Form.List>
      {choice('reach', ['department', 'all'])}
      {choice('rule', ['majority', 'unanimity'])}
      <div className={styles.numbers}>
        <Form.Item
          name="quorum"
          label={t('ui_review.quorum')}
          extra={t('ui_review.quorum_extra')}
          rules={[{ required: true, message: t('ui_review.number_missing') }]}
        >
          <NumberInput min={1} max={mostSeats} precision={0} />
        </Form.Item>
        <Form.Item
          name="days"
          label={t('ui_review.days')}
          extra={t('ui_review.days_extra')}
          rules={[{ required: true, message: t('ui_review.number_missing') }]}
        >
          <NumberInput min={1} max={365} precision={0} />
        </Form.Item>
      </div>
      {choice('on_deadline', ['keep', 'agree'])}
    </FormDrawer>
  )
}

/** One person by name; 0 and nothing mean nobody. */
function Person({
  id,
  value,
  onChange,
  known,
  label,
}: {
  id?: string
  value?: number
  onChange?: (value: number | undefined) => void
  known: Map<number, string>
  label: string
}) {
  return (
    <StaffInput
      id={id}
      label={label}
      known={known}
      value={value ? [value] : []}
      onChange={([who]) => onChange?.(typeof who === 'number' ? who : undefined)}
    />
  )
}
