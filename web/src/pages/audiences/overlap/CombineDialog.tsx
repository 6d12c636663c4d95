import { useQueryClient } from '@tanstack/react-query'
import { Form, Radio } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { FormDrawer, useSay } from '@/kit'
import { addEntries, combine, createAudience, type FullAudience, type Kind, written } from '../api'
import styles from '../audiences.module.css'
import { AudiencePicker } from '../Picker'
import { NameFields } from '../static/StaticForm'

interface Values {
  ids: number[]
  op: 'union' | 'intersection' | 'difference'
  name: string
  description: string
  as: Kind
}

// i18n-keys: audiences.combine.*
/** Makes an audience of others, that follows them or keeps who is in it now; or the copy of a list. */
export function CombineDialog({
  first,
  ids = [],
  op = 'union',
  copying,
  onClose,
}: {
  first?: number
  ids?: number[]
  op?: Values['op']
  /** A static list of which a second one is made. */
  copying?: FullAudience
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const chosen = Form.useWatch('op', form) ?? op
  const choice = (name: string, code: string) => (
    <span className={styles.way}>
      {t(`audiences.combine.${name}.${code}`)}
      <small>{t(`audiences.combine.${name}.${code}_text`)}</small>
    </span>
  )
  return (
    <FormDrawer<Values>
      open
      form={form}
      title={t(copying ? 'audiences.copy' : 'audiences.combine')}
      initial={{
        ids: first ? [first, ...ids] : ids,
        op,
        name: copying ? t('audiences.copy_name', { name: copying.name }) : '',
        description: copying?.description ?? '',
        as: copying ? 'static' : 'dynamic',
      }}
      onClose={onClose}
      onSubmit={async ({ ids: of, ...values }) => {
        let made: FullAudience
        if (copying) {
          const { name, description } = values
          made = await createAudience({ name, description, kind: 'static' })
          await addEntries(made.id, {
            filter: { field: 'audience', op: 'any', value: [copying.id] },
          })
        } else {
          made = await combine({ ...values, ids: of })
        }
        written(client)
        done(t('audiences.saved', { name: made.name }))
        onClose()
        navigate(`/audiences/${made.id}`)
      }}
    >
      {!copying && (
        <>
          <Form.Item
            name="ids"
            label={t('audiences.combine.of')}
            rules={[{ required: true, type: 'array', min: 2, message: t('audiences.combine.two') }]}
            extra={chosen === 'difference' ? t('audiences.combine.order') : undefined}
          >
            <Ids />
          </Form.Item>
          <Form.Item name="op" required label={t('audiences.combine.how')}>
            <Radio.Group
              className={styles.choices}
              options={(['union', 'intersection', 'difference'] as const).map((value) => ({
                value,
                label: choice('op', value),
              }))}
            />
          </Form.Item>
        </>
      )}
      <NameFields />
      {!copying && (
        <Form.Item name="as" required label={t('audiences.combine.then')}>
          <Radio.Group
            className={styles.choices}
            options={(['dynamic', 'static'] as const).map((value) => ({
              value,
              label: choice('as', value),
            }))}
          />
        </Form.Item>
      )}
    </FormDrawer>
  )
}

// As a field of the form: it hands in id, value and onChange.
function Ids({
  id,
  value = [],
  onChange,
}: {
  id?: string
  value?: number[]
  onChange?: (ids: number[]) => void
}) {
  const { t } = useTranslation()
  return (
    <AudiencePicker
      id={id}
      label={t('audiences.combine.of')}
      max={5}
      value={value}
      onChange={(ids) => onChange?.(ids)}
    />
  )
}
