package clean

import (
	"strings"
	"testing"
)

func TestPhone(t *testing.T) {
	for _, c := range []struct {
		in, want string
		kind     PhoneKind
		code     string
	}{
		{"13800138000", "13800138000", PhoneMobile, ""}, {"+86 138-0013-8000", "13800138000", PhoneMobile, ""}, {"0086 13800138000", "13800138000", PhoneMobile, ""},
		{"86-13800138000", "13800138000", PhoneMobile, ""}, {"8613800138000", "13800138000", PhoneMobile, ""}, {"(+86)13800138000", "13800138000", PhoneMobile, ""}, {"+86(0)13800138000", "13800138000", PhoneMobile, ""},
		{"１３８００１３８０００", "13800138000", PhoneMobile, ""}, {"138 0013 8000", "13800138000", PhoneMobile, ""}, {"013800138000", "13800138000", PhoneMobile, ""}, {"'13800138000", "13800138000", PhoneMobile, ""},
		{"13800138000.0", "13800138000", PhoneMobile, ""}, {`="13800138000"`, "13800138000", PhoneMobile, ""}, {"19912345678", "19912345678", PhoneMobile, ""},
		{"010-88886666", "010-88886666", PhoneLandline, ""}, {"01088886666", "010-88886666", PhoneLandline, ""}, {"(010)88886666", "010-88886666", PhoneLandline, ""}, {"+86 10 8888 6666", "010-88886666", PhoneLandline, ""},
		{"+86-755-88886666", "0755-88886666", PhoneLandline, ""}, {"010-88886666-123", "010-88886666-123", PhoneLandline, ""}, {"010-88886666转123", "010-88886666-123", PhoneLandline, ""}, {"0755 8888666 ext. 12", "0755-8888666-12", PhoneLandline, ""},
		{"0755-8888666-1", "0755-8888666-1", PhoneLandline, ""}, {"0755-8888-6666", "0755-88886666", PhoneLandline, ""}, {"01088886666-8001", "010-88886666-8001", PhoneLandline, ""}, {"010—88886666", "010-88886666", PhoneLandline, ""},
		{"400-888-9999", "4008889999", PhoneService, ""}, {"8008201234", "8008201234", PhoneService, ""}, {"95588", "95588", PhoneService, ""}, {"12345", "12345", PhoneService, ""}, {"400-888-9999转8", "4008889999-8", PhoneService, ""},
		{"+852 9123 4567", "+85291234567", PhoneInternational, ""}, {"00852-91234567", "+85291234567", PhoneInternational, ""}, {"+853 6612 3456", "+85366123456", PhoneInternational, ""}, {"+886 912 345 678", "+886912345678", PhoneInternational, ""}, {"+1 650-253-0000", "+16502530000", PhoneInternational, ""},
		{"1.38E+10", "", 0, "clean.phone_scientific"}, {"138****8000", "", 0, "clean.phone_masked"}, {"13800138000/13900139000", "", 0, "clean.phone_several"}, {"13800138000、010-88886666", "", 0, "clean.phone_several"}, {"88886666", "", 0, "clean.phone_no_area"},
		{"", "", 0, "clean.empty"}, {"无", "", 0, "clean.empty"}, {"12800138000", "", 0, "clean.bad_phone"}, {"1380013800", "", 0, "clean.bad_phone"}, {"138001380000", "", 0, "clean.bad_phone"}, {"abc", "", 0, "clean.bad_phone"}, {"+", "", 0, "clean.bad_phone"},
		{"+852 123", "", 0, "clean.bad_phone"}, {"+999123456789", "", 0, "clean.bad_phone"}, {"0000000000", "", 0, "clean.bad_phone"}, {"010-12345", "", 0, "clean.bad_phone"}, {"转123", "", 0, "clean.bad_phone"}, {"00", "", 0, "clean.bad_phone"}, {"+86", "", 0, "clean.bad_phone"}, {"86 ", "", 0, "clean.bad_phone"},
		{strings.Repeat("1", 2000), "", 0, "clean.too_long"},
	} {
		got, err := Phone(c.in)
		check(t, "Phone", c.in, got, err, PhoneNumber{c.want, c.kind}, c.code)
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"13800138000": "138****8000", "010-88886666": "010-****6666", "010-88886666-123": "010-****6666", "+85291234567": "+852****4567", "4008889999": "400****999", "95588": "****", "": "****", "12": "****",
	} {
		if got := MaskPhone(in); got != want {
			t.Errorf("MaskPhone(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"tom@example.com": "t***@example.com", "张@a.cn": "张***@a.cn", "x": "***", "@a": "***"} {
		if got := MaskEmail(in); got != want {
			t.Errorf("MaskEmail(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"张三": "张*", "张三丰": "张**", "欧阳娜娜": "欧阳**", "欧阳": "欧*", "Tom": "T**", "张": "*", "": ""} {
		if got := MaskName(in); got != want {
			t.Errorf("MaskName(%q) = %q, want %q", in, got, want)
		}
	}
	if got := MaskTail("91110000600037341L", 4, 4); got != "9111**********341L" {
		t.Error(got)
	}
}

func TestEmail(t *testing.T) {
	for _, c := range []struct{ in, want, code string }{
		{"tom@example.com", "tom@example.com", ""}, {" Tom.W@Example.COM ", "Tom.W@example.com", ""}, {"ｔｏｍ＠ｅｘａｍｐｌｅ．ｃｏｍ", "tom@example.com", ""}, {"mailto:a+b@c-d.cn", "a+b@c-d.cn", ""},
		{"客服@例子.中国", "客服@xn--fsqu00a.xn--fiqs8s", ""}, {"a@例子。中国", "a@xn--fsqu00a.xn--fiqs8s", ""}, {"a@XN--FSQU00A.xn--fiqs8s", "a@xn--fsqu00a.xn--fiqs8s", ""},
		{"", "", "clean.empty"}, {"tom", "", "clean.bad_email"}, {"tom@", "", "clean.bad_email"}, {"@a.cn", "", "clean.bad_email"}, {"a@b", "", "clean.bad_email"}, {"a@b.1", "", "clean.bad_email"}, {"a b@c.cn", "", "clean.bad_email"},
		{"a@b@c.cn", "", "clean.bad_email"}, {".a@b.cn", "", "clean.bad_email"}, {"a..b@c.cn", "", "clean.bad_email"}, {"a@-b.cn", "", "clean.bad_email"}, {"Tom <tom@x.com>", "", "clean.bad_email"}, {"a@b..cn", "", "clean.bad_email"}, {"a@b_c.cn", "", "clean.bad_email"}, {"a@1.2.3.4", "", "clean.bad_email"},
		{strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 93) + "com", strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 93) + "com", ""},
		{strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 94) + "com", "", "clean.bad_email"}, {strings.Repeat("a", 65) + "@b.cn", "", "clean.bad_email"},
	} {
		got, err := Email(c.in)
		check(t, "Email", c.in, got, err, c.want, c.code)
	}
}

func FuzzContact(f *testing.F) {
	for _, s := range []string{"+86 138-0013-8000", "010-88886666转123", "+852 9123 4567", "00", "+86", "a@例子.中国", "#1", "86", "0x1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := Phone(s); err == nil {
			again, err := Phone(p.Text)
			if err != nil || again != p {
				t.Fatalf("Phone(%q) = %v, again %v %v", s, p, again, err)
			}
			if m := MaskPhone(p.Text); p.Kind == PhoneMobile && (len(m) != 11 || m[3:7] != "****") {
				t.Fatalf("MaskPhone(%q) = %q", p.Text, m)
			}
		} else {
			coded(t, s, err)
		}
		if e, err := Email(s); err == nil {
			again, err := Email(e)
			if err != nil || again != e || len(e) > MaxEmail {
				t.Fatalf("Email(%q) = %q, again %q %v", s, e, again, err)
			}
		} else {
			coded(t, s, err)
		}
	})
}
