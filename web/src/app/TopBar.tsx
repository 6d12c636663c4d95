import { Button, Dropdown, type MenuProps } from 'antd'
import { Keyboard, Languages, LogOut, Monitor, Moon, Search, Sun, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { type Lang, showLang } from '@/i18n'
import { useSay } from '@/kit/confirm'
import { useIsPhone } from '@/kit/media'
import { useMe, useSignOut } from '@/kit/session'
import { JobsButton } from './JobsButton'
import { Mark } from './Mark'
import { NoticesButton } from './NoticesButton'
import { type Prefs, setPrefs, usePrefs } from './prefs'
import styles from './shell.module.css'

export const themeIcons = { light: Sun, dark: Moon, system: Monitor }

export function chooseLanguage(lang: Lang) {
  // Texts that do not come leave the language as it is.
  showLang(lang).then(
    () => setPrefs({ lang }),
    () => {},
  )
}

export const isMac = () => /mac|iphone|ipad/i.test(navigator.userAgent)

// i18n-keys: common.theme_*
/** Search, news, jobs at work, language, theme, person. */
export function TopBar({ onSearch, onKeys }: { onSearch: () => void; onKeys: () => void }) {
  const { t, i18n } = useTranslation()
  const phone = useIsPhone()
  const { theme } = usePrefs()
  const ThemeIcon = themeIcons[theme]

  const languages: MenuProps['items'] = [
    { key: 'zh-CN', label: '中文' },
    { key: 'en', label: 'English' },
  ]
  const themes: MenuProps['items'] = (['light', 'dark', 'system'] as const).map((key) => {
    const Icon = themeIcons[key]
    return { key, label: t(`common.theme_${key}`), icon: <Icon size={15} /> }
  })

  return (
    <header className={`${styles.top} zk-noprint`}>
      {phone && (
        <Link to="/" className={styles.topMark} aria-label={t('common.app_name')}>
          <Mark size={26} />
          <strong>{t('common.app_name')}</strong>
        </Link>
      )}
      {phone ? (
        <Button
          type="text"
          className={styles.topEnd}
          icon={<Search size={19} />}
          aria-label={t('ui.search')}
          onClick={onSearch}
        />
      ) : (
        <button type="button" className={styles.find} onClick={onSearch}>
          <Search size={16} aria-hidden="true" />
          <span>{t('ui.search')}</span>
          <kbd>{isMac() ? '⌘' : 'Ctrl'} K</kbd>
        </button>
      )}
      <div className={phone ? undefined : styles.topEnd}>
        <NoticesButton />
        <JobsButton />
        {!phone && (
          <>
            <Dropdown
              trigger={['click']}
              menu={{
                items: languages,
                selectedKeys: [i18n.language],
                onClick: ({ key }) => chooseLanguage(key as Lang),
              }}
            >
              <Button
                type="text"
                icon={<Languages size={18} strokeWidth={1.75} />}
                aria-label={t('common.language')}
                title={t('common.language')}
              />
            </Dropdown>
            <Dropdown
              trigger={['click']}
              menu={{
                items: themes,
                selectedKeys: [theme],
                onClick: ({ key }) => setPrefs({ theme: key as Prefs['theme'] }),
              }}
            >
              <Button
                type="text"
                icon={<ThemeIcon size={18} strokeWidth={1.75} />}
                aria-label={t('common.theme')}
                title={t('common.theme')}
              />
            </Dropdown>
          </>
        )}
        <PersonMenu languages={languages} themes={themes} phone={phone} onKeys={onKeys} />
      </div>
    </header>
  )
}

function PersonMenu({
  languages,
  themes,
  phone,
  onKeys,
}: {
  languages: MenuProps['items']
  themes: MenuProps['items']
  phone: boolean
  onKeys: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { fail } = useSay()
  const onClick: MenuProps['onClick'] = ({ key, keyPath }) => {
    if (key === 'me') navigate('/me')
    else if (key === 'keys') onKeys()
    else if (key === 'out') signOut().catch(fail)
    else if (keyPath[1] === 'language') chooseLanguage(key as Lang)
    else if (keyPath[1] === 'theme') setPrefs({ theme: key as Prefs['theme'] })
  }
  const items: MenuProps['items'] = [
    {
      key: 'who',
      type: 'group',
      label: (
        <span className={styles.who}>
          <strong>{me.staff.name}</strong>
          <span>{me.staff.department_name}</span>
        </span>
      ),
    },
    { type: 'divider' },
    { key: 'me', label: t('ui.person.me'), icon: <UserRound size={15} /> },
    ...(phone
      ? [
          {
            key: 'language',
            label: t('common.language'),
            icon: <Languages size={15} />,
            children: languages,
          },
          { key: 'theme', label: t('common.theme'), icon: <Monitor size={15} />, children: themes },
        ]
      : [{ key: 'keys', label: t('ui.keys.title'), icon: <Keyboard size={15} /> }]),
    { type: 'divider' },
    { key: 'out', label: t('common.sign_out'), icon: <LogOut size={15} /> },
  ]
  return (
    <Dropdown trigger={['click']} placement="bottomRight" menu={{ items, onClick }}>
      <button
        type="button"
        className={styles.person}
        aria-label={t('ui.person', { name: me.staff.name })}
      >
        <span aria-hidden="true">{initial(me.staff.name)}</span>
      </button>
    </Dropdown>
  )
}

/** The letter on the person's button: the family name's character, or a Latin initial. */
export const initial = (name: string) => [...name.trim()][0]?.toUpperCase() ?? '·'
