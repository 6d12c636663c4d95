import { Button, Form, type FormInstance, Input } from 'antd'
import { Archive, ArchiveRestore, Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Grip, MoveButtons, useReorder } from '@/kit'
import type { FieldOption } from '@/pages/customers/record/fields'
import styles from './fields.module.css'
import { TonePicker } from './TonePicker'

/** The choices of a field: named, coloured, moved, retired; new ones can be removed again. */
export function OptionsEditor({ form, saved }: { form: FormInstance; saved: string[] }) {
  return (
    <Form.List name="options">
      {(rows, acts) => <Options form={form} saved={saved} rows={rows} {...acts} />}
    </Form.List>
  )
}

function Options({
  form,
  saved,
  rows,
  add,
  remove,
  move,
}: {
  form: FormInstance
  saved: string[]
  rows: { key: number; name: number }[]
  add: (option: FieldOption) => void
  remove: (at: number) => void
  move: (from: number, to: number) => void
}) {
  const { t } = useTranslation()
  const reorder = useReorder(move)
  return (
    <div className={styles.options}>
      <span className={styles.optionsTitle}>{t('field.options')}</span>
      {rows.map((row, at) => {
        const option: FieldOption | undefined = form.getFieldValue(['options', row.name])
        const name = option?.label?.zh ?? ''
        const state = [option?.retired && styles.gone, reorder.dragged === at && styles.dragged]
        return (
          <div
            key={row.key}
            className={[styles.option, ...state].filter(Boolean).join(' ')}
            {...reorder.row(at)}
          >
            <Grip />
            <Form.Item
              name={[row.name, 'label', 'zh']}
              rules={[{ required: true, whitespace: true, message: t('field.option_missing') }]}
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
              <MoveButtons name={name} at={at} count={rows.length} onMove={(to) => move(at, to)} />
              {option?.code && saved.includes(option.code) ? (
                <Form.Item noStyle shouldUpdate>
                  {() => {
                    const path = ['options', row.name, 'retired']
                    const retired = Boolean(form.getFieldValue(path))
                    const Icon = retired ? ArchiveRestore : Archive
                    return (
                      <Button
                        type="text"
                        size="small"
                        icon={<Icon size={15} />}
                        aria-label={t(retired ? 'field.option_restore' : 'field.option_retire', {
                          name,
                        })}
                        onClick={() => form.setFieldValue(path, !retired)}
                      />
                    )
                  }}
                </Form.Item>
              ) : null}
              <Button
                type="text"
                size="small"
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
  )
}
