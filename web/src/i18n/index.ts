import type { Locale as AntdLocale } from 'antd/es/locale'
import dayjs from 'dayjs'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { getPrefs } from '@/app/prefs'

export type Lang = 'zh-CN' | 'en'

/** The language to show: the person's choice, else the browser's, else Chinese. */
export function chooseLang(chosen: string, wanted: readonly string[]): Lang {
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'zh-CN'
}

export const currentLang = (): Lang => chooseLang(getPrefs().lang, navigator.languages)

const antdLocales = new Map<Lang, AntdLocale>()

async function load(lang: Lang) {
  if (antdLocales.has(lang)) return
  const [texts, antd] =
    lang === 'zh-CN'
      ? await Promise.all([
          import('./zh-CN'),
          import('antd/es/locale/zh_CN'),
          import('dayjs/locale/zh-cn'),
        ])
      : await Promise.all([import('./en'), import('antd/es/locale/en_US')])
  i18next.addResourceBundle(lang, 'translation', texts.default)
  antdLocales.set(lang, antd.default)
}

/** Shows a language; its texts are fetched the first time. */
export async function showLang(lang: Lang): Promise<void> {
  await load(lang)
  dayjs.locale(lang === 'zh-CN' ? 'zh-cn' : 'en')
  document.documentElement.lang = lang
  await i18next.changeLanguage(lang)
}

export const antdLocale = (lang: string): AntdLocale | undefined => antdLocales.get(lang as Lang)

/** Must be awaited before the first render. */
export async function startI18n(): Promise<void> {
  const lang = currentLang()
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // React escapes
    resources: {},
    partialBundledLanguages: true,
    react: { useSuspense: false },
  })
  await showLang(lang)
}
