import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import { AudiencePicker } from '../Picker'
import styles from './builder.module.css'
import { figureKey, type Known } from './catalogue'
import { Spot, useBuilder } from './context'
import { moved, Where, WindowInput } from './FactsChoice'
import { FigureSelect, put } from './FactsForm'
import type { Facts, Relative } from './node'

export interface ComparedWithOthers {
  relative: Relative
  op: string
  value: unknown
}

/** Fields that can be compared between customers. */
export const comparable = (k: Known) =>
  k.fields.filter((f) => f.type === 'money' || f.type === 'number')

const share = (op: string) => op === 'top_percent' || op === 'bottom_percent'
const place = (op: string) => op === 'top' || op === 'bottom'

/** A number with no more decimals than the server takes. */
export const rounded = (n: number | null, digits: number) =>
  n === null ? undefined : Number(n.toFixed(digits))

/** "近 365 天净消费 在全部客户中 前 20 %". */
export function RelativeForm({
  value,
  except,
  onChange,
}: {
  value: ComparedWithOthers
  /** The audience that is being edited. */
  except?: number
  onChange: (value: ComparedWithOthers) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const { relative, op } = value
  const facts = relative.facts
  const options = useMemo(
    () => [
      {
        label: t('ui_audience_builder.relative.facts'),
        options: k.streams.map((s) => ({ value: `@${s.code}`, label: s.label })),
      },
      {
        label: t('ui_audience_builder.relative.fields'),
        options: comparable(k).map((f) => ({ value: f.code, label: f.label })),
      },
    ],
    [k, t],
  )
  const of = (part: Pick<Relative, 'facts' | 'field'>) => {
    const next: Relative = { ...part }
    if (relative.audience) next.audience = relative.audience
    onChange({ ...value, relative: next })
  }
  const set = (next: Facts) => of({ facts: next })
  const kind = (o: string) => (share(o) ? 'share' : place(o) ? 'place' : 'factor')
  return (
    <>
      <div className={styles.line}>
        {facts && (
          <WindowInput
            at="relative.facts.window"
            value={facts.window}
            onChange={(window) => {
              const { window: _, ...rest } = facts
              set(window ? { ...rest, window } : rest)
            }}
          />
        )}
        <Spot at={facts ? 'relative.facts.stream' : 'relative.field'} className={styles.what}>
          <Select<string>
            aria-label={t('ui_audience_builder.relative.what')}
            placeholder={t('ui_audience_builder.relative.what')}
            popupMatchSelectWidth={false}
            showSearch={{ optionFilterProp: 'label' }}
            value={facts ? `@${facts.stream}` : relative.field || undefined}
            options={options}
            onChange={(code) =>
              code.startsWith('@')
                ? of({
                    facts: {
                      ...moved(
                        facts ?? { stream: '' },
                        code.slice(1),
                        facts?.window ?? { last: 365 },
                      ),
                      agg: 'count',
                    },
                  })
                : of({ field: code })
            }
          />
        </Spot>
        {facts && (
          <FigureSelect
            numbers
            facts={facts}
            shown={figureKey(facts)}
            onPick={(_, figure) => {
              if (!figure) return
              const { agg: __, of: ___, ...rest } = facts
              set({ ...rest, agg: figure.agg, ...(figure.of && { of: figure.of }) })
            }}
          />
        )}
      </div>
      {facts && (
        <Where facts={facts} at="relative.facts" onChange={(where) => set(put(facts, where))} />
      )}
      <div className={styles.line}>
        <span className={styles.word}>{t('ui_audience_builder.relative.within')}</span>
        <Spot at="relative.audience" className={styles.among}>
          <AudiencePicker
            max={1}
            placeholder={t('ui_audience_builder.relative.everybody')}
            label={t('ui_audience_builder.relative.among')}
            value={relative.audience ? [relative.audience] : []}
            except={except}
            onChange={([id]) => {
              const { audience: _, ...rest } = relative
              onChange({ ...value, relative: id ? { ...rest, audience: id } : rest })
            }}
          />
        </Spot>
        <Spot at="op" className={styles.op}>
          <Select<string>
            aria-label={t('ui_list.filter.op')}
            popupMatchSelectWidth={false}
            value={op || undefined}
            options={k.relative_operators.map((o) => ({ value: o.code, label: o.label }))}
            onChange={(next) =>
              onChange({
                ...value,
                op: next,
                value: kind(next) === kind(op) ? value.value : undefined,
              })
            }
          />
        </Spot>
        <Spot at="value" className={styles.amount}>
          <NumberInput
            aria-label={t('ui_audience_builder.value')}
            min={share(op) ? 0.01 : place(op) ? 1 : 0}
            max={share(op) ? 100 : place(op) ? 10_000_000 : 1000}
            step={op && !share(op) && !place(op) ? 0.1 : 1}
            suffix={t(
              share(op)
                ? 'ui_audience_builder.percent'
                : place(op)
                  ? 'ui_audience_builder.relative.people'
                  : 'ui_audience_builder.relative.times',
            )}
            value={typeof value.value === 'number' ? value.value : null}
            onChange={(n) => onChange({ ...value, value: rounded(n, place(op) ? 0 : 2) })}
          />
        </Spot>
      </div>
    </>
  )
}
