import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { FormDrawer } from '@/kit'
import { dimensionOf } from '../dimensions/groups'
import { schemePath } from '../links'
import { useDimensions, usePresets, useSchemes } from '../queries'
import { toForm } from './model'
import { methodName, schemeSentence } from './words'

interface Values {
  dimension: string
  from: string
  name: string
  code: string
}

/** A new scheme begins as a copy: of one that is there, or of a preset of an industry. */
export function NewScheme({
  open,
  from,
  dimension,
  onClose,
}: {
  open: boolean
  from?: string
  /** Code; the source's where none is given. */
  dimension?: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const schemes = useSchemes(open)
  const [form] = Form.useForm<Values>()
  const presets = usePresets(open).data ?? []
  const list = schemes.data ?? []
  const chosen = Form.useWatch('from', { form, preserve: true })
  const dimensions = useDimensions(false, open).data ?? []
  const start =
    from ?? (list.find((s) => dimensionOf(s.scheme) === dimension) ?? list[0])?.scheme.code
  const pick = chosen ?? start
  const ready = presets.find((p) => ofPreset(p.scheme.code) === pick)
  const source = ready ?? list.find((s) => s.scheme.code === pick)
  if (!open || !start || !source || dimensions.length === 0) return null
  const own = dimension ?? dimensionOf(source.scheme)
  return (
    <FormDrawer<Values>
      open={open}
      form={form}
      title={from ? t('tiers.new.copy') : t('tiers.new.title')}
      note={t('tiers.new.note')}
      initial={{
        dimension: dimensions.some((d) => d.code === own) ? own : 'value',
        from: start,
        name: t('tiers.new.name_of', { name: source.scheme.name }),
        code: freeCode(
          start,
          list.map((s) => s.scheme.code),
        ),
      }}
      submitText={t('common.create')}
      onClose={onClose}
      onSubmit={async (body) => {
        const { dimension, name, code } = body
        const made = await ok(
          api.POST('/tiering/schemes', {
            body: ready ? { scheme: { ...ready.scheme, dimension, name, code } } : body,
          }),
        )
        await client.invalidateQueries({ queryKey: ['tiering', 'schemes'] })
        onClose()
        navigate(schemePath(made.scheme.code))
      }}
    >
      <Form.Item
        name="dimension"
        label={t('ui_dimension.one')}
        rules={[{ required: true, message: t('ui_dimension.missing') }]}
        extra={t('ui_dimension.fixed')}
      >
        <Select options={dimensions.map((d) => ({ value: d.code, label: d.name }))} />
      </Form.Item>
      <Form.Item
        name="from"
        label={t('tiers.new.from')}
        rules={[{ required: true, message: t('tiers.run.scheme_missing') }]}
        extra={schemeSentence(t, toForm(source.scheme))}
      >
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(value: string) => {
            const p = presets.find((x) => ofPreset(x.scheme.code) === value)
            if (!p) return
            const taken = list.map((s) => s.scheme.code)
            const code = taken.includes(p.scheme.code)
              ? freeCode(p.scheme.code, taken)
              : p.scheme.code
            form.setFieldsValue({ name: p.scheme.name, code, dimension: dimensionOf(p.scheme) })
          }}
          options={[
            {
              label: t('tiers.new.existing'),
              options: list.map((s) => ({
                value: s.scheme.code,
                label: `${s.scheme.name} · ${methodName(t, s.scheme.method)}`,
              })),
            },
            ...[...new Set(presets.map((p) => p.industry_name))].map((industry) => ({
              label: industry ? t('tiers.new.preset', { industry }) : t('tiers.new.preset_any'),
              options: presets
                .filter((p) => p.industry_name === industry)
                .map((p) => ({ value: ofPreset(p.scheme.code), label: p.scheme.name })),
            })),
          ]}
        />
      </Form.Item>
      <Form.Item
        name="name"
        label={t('tiers.field.name')}
        rules={[{ required: true, whitespace: true, message: t('tiers.check.name') }]}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item
        name="code"
        label={t('common.code')}
        extra={t('tiers.new.code_extra')}
        rules={[
          { required: true, message: t('tiers.check.code') },
          { pattern: /^[a-z][a-z0-9-]{1,39}$/, message: t('tiers.check.code') },
        ]}
      >
        <Input maxLength={40} className="zk-mono" autoComplete="off" spellCheck={false} />
      </Form.Item>
    </FormDrawer>
  )
}

// A preset may have the code of a scheme that is there.
const ofPreset = (code: string) => `preset:${code}`

/** "value-rules" → "value-rules-2", or the next that is free; at most 40 characters. */
export function freeCode(code: string, taken: string[]): string {
  const stem = code.replace(/-\d+$/, '').slice(0, 36)
  for (let n = 2; ; n++) {
    const next = `${stem}-${n}`
    if (!taken.includes(next)) return next
  }
}
