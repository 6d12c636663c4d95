import { App, Button } from 'antd'
import { Copy } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import styles from './secret.module.css'

/** A secret that is shown once, with a button to copy it. */
export function Secret({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      message.success(t('common.copied'))
    } catch {
      message.warning(t('ui.copy_by_hand'))
    }
  }
  return (
    <div className={styles.secret}>
      <div>
        <div className="zk-muted">{label}</div>
        <code className={styles.value}>{value}</code>
      </div>
      <Button icon={<Copy size={15} />} onClick={copy}>
        {t('common.copy')}
      </Button>
    </div>
  )
}
