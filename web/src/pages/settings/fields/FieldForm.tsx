import { useQuery } from '@tanstack/react-query'
import { Alert, AutoComplete, Form, Input, Select, Switch } from 'antd'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { FormDrawer, NumberInput, useFormat, useSay } from '@/kit'
import {
  binds,
  bounded,
  type Field,
  type FieldKind,
  outsideHref,
} from '@/pages/customers/record/fields'
import styles from './fields.module.css'
import { OptionsEditor } from './OptionsEditor'

type FieldIn = components['schemas']['FieldIn']

export const kinds: FieldKind[] = [
  'text',
  'number',
  'money',
  'date',
  'choice',
  'multi_choice',
  'reference',
]

const fresh: FieldIn = {
  kind: 'text',
  scale: 0,
  target: 'staff',
  name: { zh: '' },
  help: { zh: '' },
  section: { zh: '' },
  required: false,
  options: [{ label: { zh: '' }, tone: 0 }],
}

/** Bounds as they are sent: an empty one is left out. */
const bounds = ({ least, greatest }: NonNullable<FieldIn['bounds']>) => ({
  least: least ?? undefined,
  greatest: greatest ?? undefined,
})

/** What of a form belongs to its kind: the rest is neither sent nor kept. */
export function fitting(values: FieldIn): FieldIn {
  const choice = values.kind === 'choice' || values.kind === 'multi_choice'
  return {
    ...values,
    scale: values.kind === 'number' ? (values.scale ?? 0) : 0,
    target: values.kind === 'reference' ? values.target : '',
    unit: values.kind === 'number' || values.kind === 'text' ? (values.unit ?? '') : '',
    help: { zh: values.help?.zh ?? '', en: values.help?.en ?? '' },
    section: { zh: values.section?.zh ?? '', en: values.section?.en ?? '' },
    options: choice ? values.options : [],
    bounds: bounded(values.kind) ? bounds(values.bounds ?? {}) : {},
  }
}

// i18n-keys: field.kind.*, field.target.*
/** Defines a field or changes one. */
export function FieldForm({
  target,
  fields,
  onClose,
  onSaved,
}: {
  target: Field | 'new' | null
  fields: Field[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const { done } = useSay()
  const [form] = Form.useForm<FieldIn>()
  const row = target === 'new' ? null : target
  const sections = [...new Set(fields.map((f) => f.section.zh).filter(Boolean))]
  const submit = async (values: FieldIn) => {
    // Codes of options and whether they are retired have no input of their own;
    // only the store of the form has them.
    const body = fitting({ ...values, options: form.getFieldValue('options') })
    if (row) {
      const { code: _, ...patch } = body
      await ok(api.PATCH('/custom-fields/{id}', { params: { path: { id: row.id } }, body: patch }))
    } else {
      await ok(api.POST('/custom-fields', { body: { ...body, code: body.code || undefined } }))
    }
    done(t('common.saved'))
    onSaved()
  }
  return (
    <FormDrawer<FieldIn>
      key={row ? `${row.id}-${row.updated_at}` : String(target)}
      open={target !== null}
      form={form}
      width={600}
      title={row ? t('field.edit_title', { name: row.name.zh }) : t('field.new')}
      initial={row ?? fresh}
      onClose={onClose}
      onSubmit={submit}
      onReload={onSaved}
      submitText={row ? undefined : t('common.create')}
    >
      <div className={styles.two}>
        <Form.Item
          name={['name', 'zh']}
          label={t('field.name_zh')}
          rules={[{ required: true, whitespace: true, message: t('field.name_missing') }]}
        >
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name={['name', 'en']}
          label={t('field.name_en')}
          extra={t('field.name_en_extra')}
        >
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="kind"
          required
          label={t('field.kind')}
          extra={row?.used ? t('field.kind_fixed') : undefined}
        >
          <Select
            disabled={row?.used}
            options={kinds.map((kind) => ({ value: kind, label: t(`field.kind.${kind}`) }))}
            onChange={(kind: FieldKind) => {
              const list = form.getFieldValue('options')
              if (kind.includes('choice') && !list?.length) {
                form.setFieldValue('options', fresh.options)
              }
            }}
          />
        </Form.Item>
        <Form.Item name="code" label={t('field.code')} extra={t('field.code_extra')}>
          <Input
            maxLength={40}
            disabled={Boolean(row)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </Form.Item>
      </div>
      <OfKind form={form} row={row} />
      <div className={styles.two}>
        <Form.Item name={['section', 'zh']} label={t('field.section_zh')}>
          <AutoComplete
            options={sections.map((value) => ({ value }))}
            maxLength={60}
            onSelect={(zh: string) => {
              const same = fields.find((f) => f.section.zh === zh)
              form.setFieldValue(['section', 'en'], same?.section.en ?? '')
            }}
          />
        </Form.Item>
        <Form.Item name={['section', 'en']} label={t('field.section_en')}>
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name={['help', 'zh']} label={t('field.help_zh')}>
          <Input maxLength={300} autoComplete="off" />
        </Form.Item>
        <Form.Item name={['help', 'en']} label={t('field.help_en')}>
          <Input maxLength={300} autoComplete="off" />
        </Form.Item>
      </div>
      <Form.Item
        name="required"
        required
        label={t('field.required')}
        extra={t('field.required_extra')}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
    </FormDrawer>
  )
}

/** What only some kinds have. */
function OfKind({
  form,
  row,
}: {
  form: ReturnType<typeof Form.useForm<FieldIn>>[0]
  row: Field | null
}) {
  const { t } = useTranslation()
  const kind = Form.useWatch('kind', form) ?? row?.kind ?? 'text'
  const saved = (row?.options ?? []).flatMap((o) => (o.code ? [o.code] : []))
  if (kind === 'choice' || kind === 'multi_choice') {
    return <OptionsEditor form={form as never} saved={row?.used ? saved : []} />
  }
  if (kind === 'reference') {
    return (
      <Form.Item name="target" required label={t('field.target')}>
        <Select
          disabled={row?.used}
          options={(['staff', 'customer'] as const).map((value) => ({
            value,
            label: t(`field.target.${value}`),
          }))}
        />
      </Form.Item>
    )
  }
  if (!bounded(kind) && kind !== 'text') return null
  return (
    <div className={styles.two}>
      {kind === 'number' && (
        <Form.Item name="scale" required label={t('field.scale')}>
          <NumberInput min={0} max={6} precision={0} disabled={row?.used} />
        </Form.Item>
      )}
      {kind !== 'money' && (
        <Form.Item name="unit" label={t('field.unit')}>
          <Input maxLength={20} autoComplete="off" />
        </Form.Item>
      )}
      {bounded(kind) && (
        <>
          <Form.Item
            name={['bounds', 'least']}
            label={t('field.least')}
            extra={t('field.bounds_extra')}
          >
            <BoundInput money={kind === 'money'} />
          </Form.Item>
          <Form.Item name={['bounds', 'greatest']} label={t('field.greatest')}>
            <BoundInput money={kind === 'money'} />
          </Form.Item>
          {row?.used && <Outside form={form} row={row} />}
        </>
      )}
    </div>
  )
}

/** How many values that are there would lie outside of the bounds in the form. */
function Outside({ form, row }: { form: ReturnType<typeof Form.useForm<FieldIn>>[0]; row: Field }) {
  const { t } = useTranslation()
  const f = useFormat()
  const bounds = useDeferredValue(Form.useWatch('bounds', form))
  const asked = {
    least: bounds?.least?.toString(),
    greatest: bounds?.greatest?.toString(),
  }
  const count = useQuery({
    queryKey: ['custom-fields', 'outside', row.id, row.updated_at, asked],
    queryFn: ({ signal }) =>
      ok(
        api.GET('/custom-fields/{id}/outside', {
          params: { path: { id: row.id }, query: asked },
          signal,
        }),
      ),
    // Bounds that are turned round are told by the form when it is saved.
    enabled: binds(bounds),
    retry: false,
  })
  if (!bounds || !binds(bounds) || !count.data || count.data.values === 0) return null
  const { values, capped } = count.data
  return (
    <Alert
      className={styles.across}
      type="warning"
      showIcon
      role="status"
      title={t(capped ? 'field.outside_capped' : 'field.outside', {
        count: values,
        shown: f.count(values),
      })}
      action={
        <Link to={outsideHref(row.code, bounds)} target="_blank">
          {t('field.outside_show')}
        </Link>
      }
    />
  )
}

/** A bound: of an amount it is typed in yuan and kept in 分. */
function BoundInput({
  money,
  value,
  onChange,
  id,
}: {
  money: boolean
  value?: number | null
  onChange?: (value: number | null) => void
  id?: string
}) {
  const unit = money ? 100 : 1
  return (
    <NumberInput
      id={id}
      className={styles.wide}
      prefix={money ? '¥' : undefined}
      precision={money ? 2 : undefined}
      value={typeof value === 'number' ? value / unit : null}
      onChange={(next) => onChange?.(next === null ? null : money ? Math.round(next * unit) : next)}
    />
  )
}
