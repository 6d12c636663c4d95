import { useQuery } from '@tanstack/react-query'
import { Button, Dropdown, Form, Input, Radio, Switch } from 'antd'
import { ChevronDown, Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { AccessField, Role } from '@/api/types'
import { EmptyState, FormDrawer, QueryView, useSay } from '@/kit'
import { type Access, accessOf, groupsOf, type Restrictions, setAll, setOne } from './access'
import styles from './access.module.css'

interface Values {
  field_access: Restrictions
}

/** What a role may do with single fields of customers: a table of fields by group. */
export function FieldAccess({
  role,
  onClose,
  onSaved,
}: {
  role: Role | null
  onClose: () => void
  onSaved: () => void
}) {
  const { t, i18n } = useTranslation()
  const { done } = useSay()
  const fields = useQuery({
    queryKey: ['roles', 'fields', i18n.language],
    enabled: role !== null,
    queryFn: async ({ signal }) => (await ok(api.GET('/roles/fields', { signal }))).items,
    staleTime: 60_000,
  })
  return (
    <FormDrawer<Values>
      key={role?.id ?? 'none'}
      open={role !== null}
      title={t('access.title', { name: role?.name ?? '' })}
      note={role?.staff_count ? t('roles.edit_note', { count: role.staff_count }) : null}
      initial={{ field_access: role?.field_access ?? {} }}
      width={680}
      onClose={onClose}
      onReload={onSaved}
      onSubmit={async ({ field_access }) => {
        if (!role) return
        await ok(
          api.PATCH('/roles/{id}', {
            params: { path: { id: role.id } },
            body: { field_access: onlyKnown(field_access, fields.data ?? []) },
          }),
        )
        done(t('common.saved'))
        onSaved()
      }}
    >
      <p className={styles.purpose}>{t('access.purpose')}</p>
      <QueryView query={fields} compact>
        {(list) => (
          <Form.Item name="field_access" className={styles.item}>
            <Picker fields={list} />
          </Form.Item>
        )}
      </QueryView>
    </FormDrawer>
  )
}

/** A field that was deleted since leaves the role with the next change. */
const onlyKnown = (value: Restrictions, fields: AccessField[]): Restrictions =>
  Object.fromEntries(Object.entries(value).filter(([key]) => fields.some((f) => f.key === key)))

// i18n-keys: access.group.*, access.choice.*
function Picker({
  fields,
  value = {},
  onChange,
}: {
  fields: AccessField[]
  value?: Restrictions
  onChange?: (value: Restrictions) => void
}) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [only, setOnly] = useState(false)
  const differs = fields.filter((f) => value[f.key] !== undefined).length
  const shown = fields.filter(
    (f) =>
      f.label.toLowerCase().includes(text.trim().toLowerCase()) &&
      (!only || value[f.key] !== undefined),
  )
  return (
    <>
      <div className={styles.tools}>
        <Input
          allowClear
          prefix={<Search size={15} aria-hidden="true" />}
          aria-label={t('access.search')}
          placeholder={t('access.search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control */}
        <label className={styles.only}>
          <Switch size="small" checked={only} onChange={setOnly} />
          {t('access.only', { count: differs })}
        </label>
      </div>
      {shown.length === 0 && <EmptyState compact icon={null} title={t('common.no_result')} />}
      {groupsOf(shown).map(([group, items]) => (
        <section key={group} className={styles.group} aria-label={t(`access.group.${group}`)}>
          <div className={styles.groupHead}>
            <h3>{t(`access.group.${group}`)}</h3>
            <Dropdown
              trigger={['click']}
              menu={{
                items: (['edit', 'read', 'hidden'] as const).map((key) => ({
                  key,
                  label: t(`access.choice.${key}`),
                })),
                onClick: ({ key }) => onChange?.(setAll(value, items, key as Access)),
              }}
            >
              <Button type="text" size="small">
                {t('access.set_all')} <ChevronDown size={14} aria-hidden="true" />
              </Button>
            </Dropdown>
          </div>
          <ul className={styles.rows}>
            {items.map((field) => (
              <li key={field.key} className={value[field.key] ? styles.differs : undefined}>
                <span className={styles.label}>
                  {field.label}
                  {value[field.key] && <span className="zk-sr">{t('access.differs')}</span>}
                </span>
                <Radio.Group
                  size="small"
                  optionType="button"
                  aria-label={field.label}
                  value={accessOf(value, field)}
                  onChange={(event) => onChange?.(setOne(value, field, event.target.value))}
                  options={field.choices.map((choice) => ({
                    value: choice,
                    label: t(
                      // What nobody edits is shown or not.
                      choice === 'read' && !field.choices.includes('edit')
                        ? 'access.choice.shown'
                        : `access.choice.${choice}`,
                    ),
                  }))}
                />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}
