import { App, Button } from 'antd'
import { Copy } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Section } from '@/kit'
import styles from './record.module.css'

/** Words that the customer could be told, to be read out or copied. */
export function Told({ text }: { text: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      message.success(t('common.copied'))
    } catch {
      message.warning(t('ui.copy_by_hand'))
    }
  }
  return (
    <Section
      boxed
      title={t('ui_level.told')}
      extra={
        <Button size="small" icon={<Copy size={14} />} onClick={copy}>
          {t('common.copy')}
        </Button>
      }
    >
      <p className={styles.told}>{text}</p>
    </Section>
  )
}
