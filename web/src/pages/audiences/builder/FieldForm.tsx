import { Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { DateInput } from '@/kit'
import type { FieldInfo } from '../../customers/list/api'
import { changedOp, isShiftOp, opKey } from '../../customers/list/words'
import styles from './builder.module.css'
import { ChangedValue } from './ChangedValue'
import { Spot, useBuilder } from './context'
import type { Changed, Shift } from './model'
import { sameShape } from './ops'
import { ShiftValue } from './ShiftValue'
import { FieldValue } from './values'

export interface FieldPart {
  op: string
  value: unknown
  at?: string
}

/** A field's operator and value, and the day that is meant where a history is kept. */
export function FieldForm({
  field,
  value,
  except,
  onChange,
}: {
  field: FieldInfo
  value: FieldPart
  except?: number
  onChange: (value: FieldPart) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const { op, at } = value
  // A change has days of its own.
  const past = k.at_fields.includes(field.code) && op !== changedOp
  return (
    <>
      {past && (
        <Spot at="at" className={styles.hold}>
          <Select<'now' | 'day'>
            aria-label={t('ui_audience_builder.at')}
            popupMatchSelectWidth={false}
            value={at === undefined ? 'now' : 'day'}
            options={[
              { value: 'now', label: t('ui_audience_builder.at.now') },
              { value: 'day', label: t('ui_audience_builder.at.day') },
            ]}
            onChange={(when) =>
              onChange({ op, value: value.value, ...(when === 'day' && { at: '' }) })
            }
          />
          {at !== undefined && (
            <DateInput
              aria-label={t('ui_audience_builder.at.which')}
              maxDate={dayjs(k.as_of)}
              value={at ? dayjs(at) : null}
              onChange={(day) => onChange({ ...value, at: day?.format('YYYY-MM-DD') ?? '' })}
            />
          )}
        </Spot>
      )}
      <Spot at="op" className={styles.op}>
        <Select<string>
          aria-label={t('ui_audience_builder.op_of', { name: field.label })}
          popupMatchSelectWidth={false}
          value={op || undefined}
          options={field.operators.map((o) => ({ value: o, label: t(opKey(o, field.type)) }))}
          onChange={(next) =>
            onChange({
              op: next,
              value: sameShape(op, next)
                ? value.value
                : next === changedOp
                  ? { days: 30 }
                  : isShiftOp(next)
                    ? { days: 180 }
                    : undefined,
              ...(at !== undefined && next !== changedOp && { at }),
            })
          }
        />
      </Spot>
      <Spot at="value" className={styles.value}>
        <div className={styles.first}>
          {op === changedOp ? (
            <ChangedValue
              field={field}
              value={value.value as Changed | undefined}
              onChange={(v) => onChange({ ...value, value: v })}
            />
          ) : isShiftOp(op) ? (
            <ShiftValue
              field={field}
              value={value.value as Partial<Shift> | undefined}
              onChange={(v) => onChange({ ...value, value: v })}
            />
          ) : (
            <FieldValue
              field={field}
              op={op}
              value={value.value}
              except={except}
              onChange={(v) => onChange({ ...value, value: v })}
            />
          )}
        </div>
      </Spot>
    </>
  )
}
