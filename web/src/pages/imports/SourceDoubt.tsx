import { Alert, Button, Flex } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Preview, useSources } from './api'

// i18n-keys: import.layout.*
/**
 * Asks whether another system's export belongs into a source that is there
 * already and never got such a file: a number means one customer within a
 * source, so those of a shop and those of another system would run together.
 */
export function SourceDoubt({
  preview,
  source,
  onChange,
}: {
  preview: Preview
  source: string
  onChange: () => void
}) {
  const { t } = useTranslation()
  const known = useSources().data?.find((s) => s.code === source)
  if (!preview.layout || preview.saved || !known) return null
  const [system = ''] = t(`import.layout.${preview.layout}`).split(' · ')
  if (known.name.includes(system)) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('imports.source.doubt', { source: known.name, system })}
      description={
        <Flex vertical gap={8} align="start">
          {t('imports.source.doubt_text', { source: known.name, system })}
          <Button size="small" onClick={onChange}>
            {t('imports.source.other')}
          </Button>
        </Flex>
      }
    />
  )
}
