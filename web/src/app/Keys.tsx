import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import styles from './shell.module.css'
import { isMac } from './TopBar'

/** The keys one can press, opened by "?". */
export default function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const mod = isMac() ? '⌘' : 'Ctrl'
  const rows: [string[], string][] = [
    [[mod, 'K'], t('ui.keys.palette')],
    [['/'], t('ui.keys.search')],
    [['j', 'k'], t('ui.keys.move')],
    [['Enter'], t('ui.keys.open')],
    [['x'], t('ui.keys.select')],
    [['e'], t('ui.keys.edit')],
    [[mod, 'Enter'], t('ui.keys.save')],
    [['Esc'], t('ui.keys.close')],
    [['?'], t('ui.keys.help')],
  ]
  return (
    <Modal open title={t('ui.keys.title')} footer={null} onCancel={onClose} width={420}>
      <dl className={styles.keys}>
        {rows.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
