package clean

import "testing"

func BenchmarkParsers(b *testing.B) {
	dates := Dates{Loc: shanghai, Now: today}
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"text-ascii", func() { _, _ = Text("viva la vida") }},
		{"text-han", func() { _, _ = Text("付款以后用户退款成功") }},
		{"text-wide", func() { _, _ = Text("付款以后用户退款成功，交易自动关闭") }},
		{"name", func() { _, _ = Name("做快淘饭") }},
		{"phone", func() { _, _ = Phone("13800138000") }},
		{"phone-landline", func() { _, _ = Phone("010-88886666") }},
		{"email", func() { _, _ = Email("tom@example.com") }},
		{"date", func() { _, _ = dates.Parse("2026-09-25 14:05:06") }},
		{"date-han", func() { _, _ = dates.Parse("2026年9月25日 14点05分") }},
		{"money", func() { _, _ = Money("22.32") }},
		{"money-sign", func() { _, _ = Money("¥1,234.50") }},
		{"quantity", func() { _, _ = Quantity("2") }},
		{"id", func() { _, _ = ID("2026092512345678901", false) }},
		{"status", func() { _, _ = Status("付款以后用户退款成功，交易自动关闭") }},
		{"province", func() { _, _ = Province("广东") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.run()
			}
		})
	}
}
