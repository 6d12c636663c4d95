import { Button, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Bones, ErrorState, Section } from '@/kit'
import { useChanges } from './api'
import { useFields, useLabel } from './fields'
import { byWrite, fieldsOf, historyChoices } from './history'
import styles from './history.module.css'
import { useEditor } from './useEditor'
import { Writes } from './Writes'
import { useFieldWords } from './words'

/** Who changed which field, when, from what to what. */
export function History() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const words = useFieldWords()
  const label = useLabel()
  const custom = useFields().data ?? []
  const [params, setParams] = useSearchParams()
  const chosen = params.get('field') ?? ''
  const fields = fieldsOf(chosen)
  const query = useChanges(record.id, fields)
  const choose = (field: string | undefined) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (field) next.set('field', field)
        else next.delete('field')
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  const writes = byWrite(query.data?.pages.flatMap((page) => page.items) ?? [])
  return (
    <Section
      title={t('record.section.history')}
      extra={
        <Select<string>
          size="small"
          allowClear
          className={styles.filter}
          aria-label={t('record.history.filter')}
          placeholder={t('record.history.all')}
          value={chosen || undefined}
          onChange={choose}
          showSearch={{ optionFilterProp: 'label' }}
          options={[
            ...historyChoices.map((c) => ({ value: c.key, label: words.name(c.key) })),
            ...custom.map((f) => ({ value: `f.${f.code}`, label: label(f.name) })),
          ]}
        />
      }
    >
      {query.isPending ? (
        <Bones rows={4} />
      ) : query.error && !query.data ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : writes.length === 0 ? (
        <p className="zk-muted">
          {t(chosen ? 'record.history.none_of' : 'record.history.none')}
          {chosen && (
            <Button type="link" size="small" onClick={() => choose(undefined)}>
              {t('record.history.all')}
            </Button>
          )}
        </p>
      ) : (
        <Writes writes={writes} busy={query.isPlaceholderData} />
      )}
      {query.hasNextPage && (
        <Button
          className={styles.moreButton}
          loading={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {t('common.load_more')}
        </Button>
      )}
    </Section>
  )
}
