import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { Bones, Day, ErrorState, FormDrawer } from '@/kit'
import { dimensionOf } from '../dimensions/groups'
import { useDimensions, useSchemes } from '../queries'
import { type Assessment, parts, useLastAssessment } from './api'
import styles from './assessments.module.css'

const mostText = 10_000
type Values = Pick<Assessment, 'dimension' | 'scheme' | (typeof parts)[number]>

/**
 * Files an impact assessment: what it is about and four parts, each with the
 * questions that it has to answer.
 */
export function AssessForm({
  about,
  note,
  submitText,
  onClose,
  onFiled,
}: {
  /** What the assessment is about, where the page knows; else it is chosen. */
  about?: { dimension: string; scheme: string }
  note?: string
  submitText?: string
  onClose: () => void
  /** After it is filed; throws what the API threw. */
  onFiled: (filed: Assessment) => unknown
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const dimension = Form.useWatch('dimension', form) ?? about?.dimension
  const dimensions = useDimensions()
  const schemes = useSchemes()
  const failed = dimensions.error ?? schemes.error
  const of = (schemes.data ?? []).filter((s) => dimensionOf(s.scheme) === dimension)
  return (
    <FormDrawer<Values>
      open
      width={760}
      form={form}
      title={t('ui_assess.file')}
      note={note ?? t('ui_assess.file_note')}
      initial={about ?? {}}
      submitText={submitText ?? t('ui_assess.file_now')}
      onClose={onClose}
      onSubmit={async (values) => {
        const filed = await ok(api.POST('/tiering/assessments', { body: values }))
        await client.invalidateQueries({ queryKey: ['tiering', 'assessments'] })
        await onFiled(filed)
      }}
    >
      {failed ? (
        <ErrorState
          compact
          error={failed}
          onRetry={() => {
            dimensions.refetch()
            schemes.refetch()
          }}
        />
      ) : !dimensions.data || !schemes.data ? (
        <Bones rows={2} />
      ) : null}
      <div className={styles.two}>
        <Form.Item
          name="dimension"
          label={t('ui_dimension.one')}
          rules={[{ required: true, message: t('ui_dimension.missing') }]}
        >
          <Select
            disabled={about !== undefined}
            options={(dimensions.data ?? []).map((d) => ({ value: d.code, label: d.name }))}
            onChange={(code) =>
              // The one in use is what mostly is assessed.
              form.setFieldValue('scheme', dimensions.data?.find((d) => d.code === code)?.scheme)
            }
          />
        </Form.Item>
        <Form.Item
          name="scheme"
          label={t('tiers.head.scheme')}
          rules={[{ required: true, message: t('ui_assess.scheme_missing') }]}
        >
          <Select
            disabled={about !== undefined}
            options={of.map((s) => ({ value: s.scheme.code, label: s.scheme.name }))}
          />
        </Form.Item>
      </div>
      <Before
        dimension={dimension}
        onTake={(last) => form.setFieldsValue(Object.fromEntries(parts.map((p) => [p, last[p]])))}
      />
      {parts.map((part) => (
        <Part key={part} part={part} />
      ))}
    </FormDrawer>
  )
}

// i18n-keys: ui_assess.part.*, ui_assess.ask.*
function Part({ part }: { part: (typeof parts)[number] }) {
  const { t } = useTranslation()
  const hint = `ask-${part}`
  return (
    <div className={styles.part}>
      <Form.Item
        name={part}
        label={t(`ui_assess.part.${part}`)}
        rules={[
          { required: true, whitespace: true, message: t('ui_assess.part_missing') },
          { max: mostText, message: t('ui_assess.part_long', { max: mostText }) },
        ]}
      >
        <Input.TextArea rows={4} aria-describedby={hint} />
      </Form.Item>
      <ul id={hint} className={styles.questions}>
        {t(`ui_assess.ask.${part}`)
          .split('\n')
          .map((question) => (
            <li key={question}>{question}</li>
          ))}
      </ul>
    </div>
  )
}

/** Offers the texts of the assessment before: one of three years ago mostly still says it. */
function Before({
  dimension,
  onTake,
}: {
  dimension: string | undefined
  onTake: (last: Assessment) => void
}) {
  const { t } = useTranslation()
  const last = useLastAssessment(dimension).data
  if (!last) return null
  return (
    <p className={styles.before}>
      <span>
        {t('ui_assess.before')} <Day at={last.filed_at} />
      </span>
      <Button size="small" onClick={() => onTake(last)}>
        {t('ui_assess.take')}
      </Button>
    </p>
  )
}
