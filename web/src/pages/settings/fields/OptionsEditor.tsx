import { Button, Form, type FormInstance, Input } from 'antd'
import { Archive, ArchiveRestore, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FieldOption } from '@/pages/customers/record/fields'
import styles from './fields.module.css'
import { TonePicker } from './TonePicker'

/** The choices of a field: named, coloured, moved, retired; new ones can be removed again. */
export function OptionsEditor({ form, saved }: { form: FormInstance; saved: string[] }) {
  const { t } = useTranslation()
  return (
    <Form.List name="options">
      {(rows, { add, remove, move }) => (
        <div className={styles.options}>
          <span className={styles.optionsTitle}>{t('field.options')}</span>
          {rows.map((row, index) => {
            const option: FieldOption | undefined = form.getFieldValue(['options', row.name])
            const name = option?.label?.zh ?? ''
            return (
              <div
                key={row.key}
                className={`${styles.option} ${option?.retired ? styles.gone : ''}`}
              >
                <Form.Item
                  name={[row.name, 'label', 'zh']}
                  rules={[{ required: true, whitespace: true, message: t('field.name_missing') }]}
                >
                  <Input
                    maxLength={60}
                    placeholder={t('field.option_zh')}
                    aria-label={t('field.option_zh')}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'label', 'en']} className={styles.optionEn}>
                  <Input
                    maxLength={60}
                    placeholder={t('field.option_en')}
                    aria-label={t('field.option_en')}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'tone']}>
                  <TonePicker label={t('field.option_tone')} />
                </Form.Item>
                <span className={styles.optionActs}>
                  <Button
                    type="text"
                    icon={<ArrowUp size={15} />}
                    disabled={index === 0}
                    aria-label={t('field.option_up', { name })}
                    onClick={() => move(index, index - 1)}
                  />
                  {option?.code && saved.includes(option.code) ? (
                    <Form.Item noStyle shouldUpdate>
                      {() => {
                        const path = ['options', row.name, 'retired']
                        const retired = Boolean(form.getFieldValue(path))
                        const Icon = retired ? ArchiveRestore : Archive
                        return (
                          <Button
                            type="text"
                            icon={<Icon size={15} />}
                            aria-label={t(
                              retired ? 'field.option_restore' : 'field.option_retire',
                              { name },
                            )}
                            onClick={() => form.setFieldValue(path, !retired)}
                          />
                        )
                      }}
                    </Form.Item>
                  ) : null}
                  <Button
                    type="text"
                    icon={<Trash2 size={15} />}
                    aria-label={t('field.option_remove', { name })}
                    onClick={() => remove(row.name)}
                  />
                </span>
              </div>
            )
          })}
          <span>
            <Button
              type="dashed"
              icon={<Plus size={15} />}
              onClick={() => add({ label: { zh: '' }, tone: 0 })}
            >
              {t('field.option_add')}
            </Button>
          </span>
        </div>
      )}
    </Form.List>
  )
}
