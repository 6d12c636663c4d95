import { useQueryClient } from '@tanstack/react-query'
import { Button, Form } from 'antd'
import { Pencil } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import { ApiError, isStatus } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  EmptyState,
  Facts,
  FormDrawer,
  joined,
  QueryView,
  Section,
  useMe,
  useSay,
} from '@/kit'
import { FieldHistory } from './FieldHistory'
import { FieldInput } from './FieldInput'
import { FieldValue } from './FieldValue'
import {
  bySection,
  changedValues,
  type Field,
  type FieldValues,
  isEmpty,
  outside,
  useBoundsText,
  useFields,
  useFieldText,
  useFieldValues,
  useLabel,
} from './fields'
import styles from './fields.module.css'

/**
 * The form items of all fields in use, by section. Their values stand under
 * `values.<code>`, so that errors of the server find their field.
 */
export function FieldInputs({
  fields,
  names,
  base = 'values',
}: {
  fields: Field[]
  names?: FieldValues['names']
  base?: string
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const within = useBoundsText()
  const me = useMe()
  const sections = bySection(fields.filter((f) => !f.retired && !me.hides(`f.${f.code}`)))
  return sections.map((section) => (
    <fieldset key={section.key} className={styles.section}>
      {(sections.length > 1 || section.key !== '') && (
        <legend>{section.key === '' ? t('field.no_section') : label(section.label)}</legend>
      )}
      {section.fields.map((field) => (
        <Form.Item
          key={field.id}
          name={[base, field.code]}
          label={label(field.name)}
          extra={label(field.help) || undefined}
          rules={
            me.edits(`f.${field.code}`)
              ? [
                  {
                    required: field.required,
                    message: t('errors.field.required', { field: label(field.name) }),
                  },
                  // What was there before the bounds stays until somebody types another value.
                  ({ isFieldTouched }) => ({
                    validator: async (_, value) => {
                      if (isFieldTouched([base, field.code]) && outside(field, value)) {
                        throw new Error(
                          t('field.outside', { field: label(field.name), bounds: within(field) }),
                        )
                      }
                    },
                  }),
                ]
              : undefined
          }
        >
          <FieldInput field={field} names={names} disabled={!me.edits(`f.${field.code}`)} />
        </Form.Item>
      ))}
    </fieldset>
  ))
}

/** The custom values of a customer: read, and changed in a drawer. */
export function CustomFields({ customerId }: { customerId: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const fields = useFields()
  const values = useFieldValues(customerId)
  // What the form began with: it stays while others change the customer.
  const [editing, setEditing] = useState<FieldValues | null>(null)
  const any = fields.data?.some((f) => !f.retired && me.edits(`f.${f.code}`))
  if (fields.data?.length && fields.data.every((f) => me.hides(`f.${f.code}`))) return null
  return (
    <Section
      title={t('field.values_title')}
      extra={
        any && me.can(perm.customerEdit) ? (
          <Button
            size="small"
            icon={<Pencil size={14} />}
            disabled={!values.data}
            onClick={() => setEditing(values.data ?? null)}
          >
            {t('common.edit')}
          </Button>
        ) : undefined
      }
    >
      <QueryView query={joined({ fields, values })} compact skeleton={<Bones rows={3} />}>
        {(data) => (
          <>
            <Shown {...data} />
            {editing && (
              <ValuesForm
                key={editing.version}
                fields={data.fields}
                values={editing}
                onClose={() => setEditing(null)}
                onReload={() => {
                  setEditing(null)
                  values.refetch()
                }}
              />
            )}
          </>
        )}
      </QueryView>
    </Section>
  )
}

function Shown({ fields, values }: { fields: Field[]; values: FieldValues }) {
  const { t } = useTranslation()
  const label = useLabel()
  const filled = fields.filter((f) => !isEmpty(values.values[f.code]))
  if (!fields.some((f) => !f.retired) && filled.length === 0) {
    return (
      <EmptyState
        compact
        title={t('field.values_undefined')}
        action={
          <Can permission={perm.fieldManage}>
            <Link to="/settings/fields">{t('field.values_define')}</Link>
          </Can>
        }
      />
    )
  }
  if (filled.length === 0) return <p className="zk-muted">{t('field.values_none')}</p>
  return bySection(filled).map((section) => (
    <div key={section.key} className={styles.group}>
      <h3 className={styles.groupTitle}>
        {section.key === '' ? t('field.no_section') : label(section.label)}
      </h3>
      <Facts
        columns={2}
        items={section.fields.map((f) => ({
          key: f.code,
          label: label(f.name),
          value: (
            <>
              <FieldValue field={f} value={values.values[f.code]} names={values.names} />
              <FieldHistory field={`f.${f.code}`} label={label(f.name)} />
            </>
          ),
        }))}
      />
    </div>
  ))
}

function ValuesForm({
  fields,
  values,
  onClose,
  onReload,
}: {
  fields: Field[]
  values: FieldValues
  onClose: () => void
  onReload: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const text = useFieldText()
  const { done } = useSay()
  // The version that the next try is made on: after a conflict, the one whose
  // differences were shown.
  const version = useRef(values.version)
  const params = { path: { id: values.customer_id } }
  const send = (changed: Record<string, unknown>) =>
    ok(
      api.PATCH('/customers/{id}/fields', {
        params: { ...params, header: { 'If-Match': `"${version.current}"` } },
        body: { values: changed },
      }),
    )
  const save = async (changed: Record<string, unknown>) => {
    try {
      return await send(changed)
    } catch (error) {
      if (!isStatus(error, 409)) throw error
      const now = await ok(api.GET('/customers/{id}/fields', { params }))
      version.current = now.version
      const theirs = changedValues(values.values, {
        ...Object.fromEntries(Object.keys(changed).map((code) => [code, null])),
        ...now.values,
      })
      const both = Object.keys(changed).filter((code) => code in theirs)
      // Nobody else touched these fields: what was typed goes onto what is there.
      if (both.length === 0) return send(changed)
      throw new ApiError({
        status: 409,
        code: 'customer.version_conflict',
        errors: both.map((code) => {
          const field = fields.find((f) => f.code === code)
          const shown = field ? text(field, theirs[code], now.names) : ''
          return {
            path: `values.${code}`,
            code: 'conflict',
            message: shown ? t('field.theirs', { value: shown }) : t('field.theirs_empty'),
          }
        }),
      })
    }
  }
  return (
    <FormDrawer<{ values: Record<string, unknown> }>
      open
      title={t('field.values_edit')}
      initial={{ values: values.values }}
      onClose={onClose}
      onReload={onReload}
      onSubmit={async (form) => {
        const changed = changedValues(values.values, form.values ?? {})
        if (Object.keys(changed).length > 0) {
          const after = await save(changed)
          client.setQueryData(['customers', 'fields', values.customer_id], after)
          client.invalidateQueries({ queryKey: ['customers'] })
          done(t('common.saved'))
        }
        onClose()
      }}
    >
      <FieldInputs fields={fields} names={values.names} />
    </FormDrawer>
  )
}
