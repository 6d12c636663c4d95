import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { perm } from '@/app/permissions'
import { Can, LinkButton, QueryView, Section, ToneTag, useFormat, useMe } from '@/kit'
import type { Import } from './api'
import styles from './check.module.css'
import shared from './imports.module.css'

type Alike = components['schemas']['ImporterAlike']
type Pair = components['schemas']['DuplicatePair']
type Reason = components['schemas']['DedupeReason']

/** What an import says beside its counts: tags that nobody was given, customers that may be there already. */
export function Findings({ of }: { of: Import }) {
  return (
    <>
      <LeftTags of={of} />
      {of.dry_run ? <Likely of={of} /> : <Pairs of={of} />}
    </>
  )
}

/** Names in the column of tags that are no tag. */
function LeftTags({ of }: { of: Import }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (of.counts.tags_left_out === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t(of.dry_run ? 'imports.tags_left_dry' : 'imports.tags_left', {
        count: of.counts.tags_left_out,
      })}
      description={
        <>
          {of.left_tags.length > 0 && (
            <div className={styles.leftTags}>
              {of.left_tags.slice(0, 12).map((x) => (
                <ToneTag key={x.name} tone={0}>
                  {x.name} {f.count(x.rows)}
                </ToneTag>
              ))}
            </div>
          )}
          <div>{t('imports.tags_left_text')}</div>
        </>
      }
    />
  )
}

/** Of a dry run: new customers that look like others. */
function Likely({ of }: { of: Import }) {
  const { t } = useTranslation()
  if (of.counts.alike === 0) return <TooMany of={of} />
  return (
    <Section
      boxed
      title={t('imports.alike', { count: of.counts.alike })}
      note={t('imports.alike.note', { count: of.counts.compared })}
    >
      <ul className={styles.alike}>
        {of.alike.map((a) => (
          <li key={a.line}>
            <Likeness a={a} />
            <Why reasons={a.reasons} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Likeness({ a }: { a: Alike }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <div className={styles.alikeHead}>
      <span>
        <span className="zk-muted">{t('imports.alike.line', { line: a.line })}</span> {a.name}
      </span>
      <span aria-hidden="true">≈</span>
      <span>
        {a.other_line > 0 && (
          <span className="zk-muted">{t('imports.alike.line', { line: a.other_line })} </span>
        )}
        {a.visible ? (
          <Link to={`/customers/${a.other_id}`} target="_blank">
            {a.other_name}
          </Link>
        ) : (
          a.other_name
        )}
        {a.other_id > 0 && !a.visible && (
          <span className="zk-muted"> {t('duplicates.not_visible')}</span>
        )}
      </span>
      <span className="zk-muted">{f.percent(a.score, 0)}</span>
    </div>
  )
}

// i18n-keys: dedupe.field.*, dedupe.level.*
function Why({ reasons }: { reasons: Reason[] }) {
  const { t, i18n } = useTranslation()
  const words = reasons
    .filter((r) => r.bits > 0 && r.field)
    .slice(0, 4)
    .map((r) => {
      const field = `dedupe.field.${r.field.replaceAll('.', '_')}`
      const level = `dedupe.level.${r.level}`
      return `${i18n.exists(field) ? t(field) : r.field} ${i18n.exists(level) ? t(level) : r.level}`
    })
  return <div className={shared.hint}>{words.join(' · ')}</div>
}

/** So many new customers that they are for a scan of the whole base. */
function TooMany({ of }: { of: Import }) {
  const { t } = useTranslation()
  if (of.customers_created === 0 || of.counts.compared > 0) return null
  return (
    <Alert
      type="info"
      showIcon
      title={t('imports.alike.many')}
      description={t('imports.alike.many_text')}
      action={
        !of.dry_run && (
          <Can permission={perm.customerMerge}>
            <LinkButton size="small" to="/duplicates">
              {t('imports.alike.scan')}
            </LinkButton>
          </Can>
        )
      }
    />
  )
}

/** Of an import: the pairs of the work list that have a customer it made. */
function Pairs({ of }: { of: Import }) {
  const me = useMe()
  const wanted = of.customers_created > 0 && of.status === 'finished' && me.can(perm.importRun)
  const query = useQuery({
    queryKey: ['duplicates', 'import', of.id],
    queryFn: ({ signal }) =>
      ok(api.GET('/imports/{id}/duplicates', { params: { path: { id: of.id } }, signal })),
    enabled: wanted,
  })
  if (!wanted) return null
  return (
    <QueryView query={query} compact>
      {(data) =>
        data.open === 0 ? (
          <TooMany of={of} />
        ) : (
          <Found of={of} open={data.open} list={data.examples} />
        )
      }
    </QueryView>
  )
}

function Found({ of, open, list }: { of: Import; open: number; list: Pair[] }) {
  const { t } = useTranslation()
  const f = useFormat()
  return (
    <Section
      boxed
      title={t('imports.pairs', { count: open })}
      note={t('imports.pairs.note')}
      extra={
        <Can permission={perm.customerMerge}>
          <LinkButton to={`/duplicates?state=open&import=${of.id}`}>
            {t('imports.pairs.show')}
          </LinkButton>
        </Can>
      }
    >
      <ul className={styles.alike}>
        {list.map((p) => (
          <li key={p.id}>
            <div className={styles.alikeHead}>
              <Side of={p.a} />
              <span aria-hidden="true">≈</span>
              <Side of={p.b} />
              <span className="zk-muted">{f.percent(p.score, 0)}</span>
            </div>
            <Why reasons={p.reasons} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Side({ of }: { of: Pair['a'] }) {
  return of.visible ? <Link to={`/customers/${of.id}`}>{of.name}</Link> : <span>{of.name}</span>
}
