import { Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useLevelsInForce } from './api'
import type { About } from './LevelMenu'

/** Which dimension, and which other level: two fields of a form, `dimension` and `level`. */
export function LevelFields({ about, name, label }: { about: About; name: string; label: string }) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  const dimension: string | undefined = Form.useWatch('dimension', form)
  const now = about.levels.find((d) => d.code === dimension)?.level
  const levels = useLevelsInForce(dimension)
  return (
    <>
      <Form.Item
        name="dimension"
        label={t('ui_dimension.one')}
        rules={[{ required: true, message: t('ui_dimension.missing') }]}
      >
        <Select
          options={about.levels.map((d) => ({ value: d.code, label: d.name }))}
          onChange={() => form.setFieldValue(name, undefined)}
        />
      </Form.Item>
      <Form.Item
        name={name}
        label={label}
        extra={
          dimension &&
          (levels.length === 0
            ? t('ui_level.no_levels')
            : t('ui_level.now', { level: now?.name ?? t('ui_review.no_level') }))
        }
        rules={[{ required: true, message: t('ui_level.level_missing') }]}
      >
        <Select
          disabled={!dimension || levels.length === 0}
          options={levels
            .filter((l) => l.value !== now?.code)
            .map((l) => ({ value: l.value, label: l.label }))}
        />
      </Form.Item>
    </>
  )
}

/** Where a form about levels begins: with the first dimension, that of value as a rule. */
export const firstDimension = (about: About) => about.levels[0]?.code
