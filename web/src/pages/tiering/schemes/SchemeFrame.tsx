import { Tag } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { Page, PageHeader, QueryView } from '@/kit'
import type { SchemeView } from '../api'
import { dimensionOf } from '../dimensions/groups'
import { schemePath } from '../links'
import { useDimensions, useScheme } from '../queries'
import { StartRun } from '../runs/StartRun'
import { SchemeMenu } from './SchemeMenu'
import { methodName } from './words'

/** Head and tabs of one scheme, around what the tab shows. */
export function SchemeFrame({
  tab,
  children,
}: {
  tab: 'edit' | 'versions'
  children: (view: SchemeView) => ReactNode
}) {
  const { t } = useTranslation()
  const { code = '' } = useParams()
  const query = useScheme(code)
  const view = query.data
  const dimension = useDimensions(true).data?.find(
    (d) => view && d.code === dimensionOf(view.scheme),
  )
  return (
    <Page>
      <PageHeader
        title={view?.scheme.name ?? code}
        trail={[{ label: t('nav.tiering.schemes'), to: '/tiering/schemes' }]}
        badge={
          view && (
            <>
              {dimension && <Tag>{dimension.name}</Tag>}
              <Tag>{methodName(t, view.scheme.method)}</Tag>
              <Tag>{t('tiers.version', { version: view.version })}</Tag>
              {view.default && <Tag color="processing">{t('ui_dimension.used')}</Tag>}
            </>
          )
        }
        actions={
          view && (
            <>
              <SchemeMenu view={view} />
              <StartRun scheme={code} plain />
            </>
          )
        }
        // A scheme that is not there has nothing to switch between.
        tabs={
          query.error && !view
            ? undefined
            : [
                { key: 'edit', label: t('tiers.scheme.content'), to: schemePath(code) },
                {
                  key: 'versions',
                  label: t('tiers.scheme.versions'),
                  to: `${schemePath(code)}/versions`,
                },
              ]
        }
        activeTab={tab}
      />
      <QueryView query={query}>{children}</QueryView>
    </Page>
  )
}
