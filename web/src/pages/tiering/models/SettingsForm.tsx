import { Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { FormDrawer, NumberInput, useSay } from '@/kit'
import { useFields, useLabel } from '../../customers/record/fields'
import { type Settings, type State, useActs } from './api'

const learnable = ['number', 'money', 'date', 'choice']

/** How a model is fitted and when. */
export function SettingsForm({ state, onClose }: { state: State; onClose: () => void }) {
  const { t } = useTranslation()
  const { done } = useSay()
  const acts = useActs()
  const [form] = Form.useForm<Settings>()
  const churn = state.kind === 'churn'
  return (
    <FormDrawer<Settings>
      open
      form={form}
      title={t('models.settings_of', { kind: t(`models.kind.${state.kind}`) })}
      note={t(churn ? 'models.settings_note.churn' : 'models.settings_note.purchases')}
      initial={state.settings}
      submitText={t('common.save')}
      onClose={onClose}
      onSubmit={async (values) => {
        const body = { ...state.settings, ...values }
        await acts.save(state.kind, body, state.settings_version)
        done(t('models.saved'))
        onClose()
      }}
    >
      {churn && <ChurnFields />}
      <Form.Item name="every_days" label={t('models.every')} extra={t('models.every_extra')}>
        <NumberInput min={0} max={366} precision={0} suffix={t('tiers.unit.days')} />
      </Form.Item>
      {!churn && (
        <Form.Item
          name="holdout_days"
          label={t('models.holdout')}
          extra={t('models.holdout_extra')}
        >
          <NumberInput min={0} max={1100} precision={0} suffix={t('tiers.unit.days')} />
        </Form.Item>
      )}
    </FormDrawer>
  )
}

function ChurnFields() {
  const { t } = useTranslation()
  const form = Form.useFormInstance<Settings>()
  const label = Form.useWatch('label', { form, preserve: true })
  const defs = useFields()
  const name = useLabel()
  const list = (defs.data ?? []).filter((d) => !d.retired)
  const choices = list.filter((d) => d.kind === 'choice')
  const options = choices.find((d) => d.code === label)?.options ?? []
  return (
    <>
      <Form.Item
        name="label"
        label={t('models.label')}
        extra={t('models.label_extra')}
        rules={[{ required: true, message: t('models.label_missing') }]}
      >
        <Select
          loading={defs.isLoading}
          showSearch={{ optionFilterProp: 'label' }}
          options={choices.map((d) => ({ value: d.code, label: name(d.name) }))}
          onChange={() => form.setFieldsValue({ positive: '' })}
          notFoundContent={t('models.no_choices')}
        />
      </Form.Item>
      <Form.Item
        name="positive"
        label={t('models.positive')}
        rules={[{ required: true, message: t('models.positive_missing') }]}
      >
        <Select options={options.map((o) => ({ value: o.code, label: name(o.label) }))} />
      </Form.Item>
      <Form.Item
        name="fields"
        label={t('models.fields')}
        extra={t('models.fields_extra')}
        rules={[{ required: true, message: t('models.fields_missing') }]}
      >
        <Select
          mode="multiple"
          maxCount={60}
          showSearch={{ optionFilterProp: 'label' }}
          options={list
            .filter((d) => learnable.includes(d.kind) && d.code !== label)
            .map((d) => ({ value: d.code, label: name(d.name) }))}
        />
      </Form.Item>
    </>
  )
}
