package log

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type person struct{ Name, Phone string }

type opaque struct{ v string }

func (o opaque) LogValue() slog.Value { return slog.GroupValue(slog.String("phone", o.v)) }

type nilStringer struct{ v string }

func (n *nilStringer) String() string { return n.v }

// What may never come out, in whatever way it goes in.
const (
	phone    = "13812345678"
	mail     = "wang.fang@example.com.cn"
	fullName = "王芳"
	token    = "s3cr3t-T0ken-value"
	idCard   = "110101199003071234"
)

// TestNothingPersonalComesOut logs personal data by every road there is and greps.
func TestNothingPersonalComesOut(t *testing.T) {
	roads := []struct {
		name string
		log  func(l *slog.Logger)
	}{
		{"message", func(l *slog.Logger) { l.Info("called " + phone + " and " + mail) }},
		{"message with separators", func(l *slog.Logger) { l.Info("tel 138-1234-5678, 138 1234 5678, +86 13812345678, +86-138-1234-5678") }},
		{"full width", func(l *slog.Logger) {
			l.Info("电话１３８１２３４５６７８，邮箱 wang.fang＠example.com.cn")
		}},
		{"glued to text", func(l *slog.Logger) { l.Info("手机号13812345678已存在", "v", "tel:13812345678;") }},
		{"identity number", func(l *slog.Logger) { l.Info("id " + idCard) }},
		{"string attribute", func(l *slog.Logger) { l.Info("x", "value", phone, "other", mail) }},
		{"named attribute", func(l *slog.Logger) {
			l.Info("x", "name", fullName, "phone", "anything "+fullName, "buyer_name", fullName, "customerName", fullName, "file_name", fullName, "phone2", fullName)
		}},
		{"secret attribute", func(l *slog.Logger) {
			l.Info("x", "token", token, "Authorization", "Bearer "+token, "set-cookie", token, "password", token, "master_key", token, "session_id", token)
		}},
		{"credential in text", func(l *slog.Logger) {
			l.Error("dial postgres://zhike:" + token + "@10.0.0.1:5432/crm failed; Authorization: Bearer " + token + " password=" + token)
		}},
		{"error", func(l *slog.Logger) { l.Error("x", "err", fmt.Errorf("insert: %w", errors.New("phone "+phone))) }},
		{"struct", func(l *slog.Logger) { l.Info("x", "row", person{fullName, phone}, "ptr", &person{fullName, phone}) }},
		{"map and slices", func(l *slog.Logger) {
			l.Info("x", "m", map[string]string{"a": phone + fullName}, "s", []string{phone, mail}, "p", []person{{fullName, phone}}, "b", []byte(phone))
		}},
		{"group", func(l *slog.Logger) { l.Info("x", slog.Group("g", "phone", fullName, slog.Group("h", "v", phone))) }},
		{"secret group", func(l *slog.Logger) { l.Info("x", slog.Group("contact", "v", fullName)) }},
		{"logvaluer", func(l *slog.Logger) { l.Info("x", "c", opaque{fullName}) }},
		{"with", func(l *slog.Logger) { l.With("email", fullName, "v", phone).WithGroup("g").Info("x", "v", mail) }},
		{"context", func(l *slog.Logger) {
			ctx := With(context.Background(), slog.String("phone", fullName), slog.String("v", phone))
			l.InfoContext(WithRequestID(ctx, mail), "x")
		}},
		{"raw json", func(l *slog.Logger) { l.Info("x", "body", json.RawMessage(`{"phone":"`+phone+`"}`)) }},
		{"nil stringer", func(l *slog.Logger) { var n *nilStringer; l.Info("x", "n", n) }},
		{"long", func(l *slog.Logger) { l.Info(strings.Repeat("文", 5000) + phone) }},
	}
	for _, format := range []Format{Text, JSON} {
		for _, r := range roads {
			t.Run(string(format)+"/"+r.name, func(t *testing.T) {
				var out bytes.Buffer
				r.log(New(&out, Options{Format: format}))
				if out.Len() == 0 {
					t.Fatal("nothing was logged")
				}
				for _, secret := range []string{phone, "138-1234-5678", "138 1234 5678", "１３８", mail, "example.com", fullName, token, idCard} {
					if strings.Contains(out.String(), secret) {
						t.Errorf("%q came out: %s", secret, out.String())
					}
				}
			})
		}
	}
}

func TestHarmlessValuesStay(t *testing.T) {
	var out bytes.Buffer
	l := New(&out, Options{Format: JSON})
	at := time.Date(2026, 9, 25, 14, 5, 0, 0, time.FixedZone("CST", 8*3600))
	l.InfoContext(WithRequestID(context.Background(), "req-1"), "listening on 127.0.0.1:8780",
		"unix_ms", "1790316300000", "at", at.String(), "job_name", "tier.run", "customer_id", int64(13812345678),
		"phone_count", 3, "took", time.Second, "ids", []int64{1, 2}, "err", errors.New("disk full"),
		"token", "", "digest", "9f86d081884c7d659a2feaa0c55ad015", "amount", "1501873.78", "cause", nil)
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"msg": "listening on 127.0.0.1:8780", "unix_ms": "1790316300000", "at": at.String(), "job_name": "tier.run",
		"customer_id": 13812345678.0, "phone_count": 3.0, "ids": "[1 2]", "err": "disk full", "token": "",
		"digest": "9f86d081884c7d659a2feaa0c55ad015", "amount": "1501873.78", "request_id": "req-1", "cause": nil,
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s = %v, want %v", k, got[k], v)
		}
	}
}

func TestLevelsAndFormats(t *testing.T) {
	var out bytes.Buffer
	l := New(&out, Options{Level: slog.LevelWarn})
	l.Info("quiet")
	l.Warn("loud", "n", 1)
	if s := out.String(); strings.Contains(s, "quiet") || !strings.Contains(s, "level=WARN msg=loud n=1") {
		t.Errorf("got %q", s)
	}
	for in, want := range map[string]slog.Level{"debug": -4, "INFO": 0, "warn": 4, "error": 8} {
		if got, err := ParseLevel(in); err != nil || got != want {
			t.Errorf("ParseLevel(%q) = %v, %v", in, got, err)
		}
	}
	if _, err := ParseLevel("verbose"); err == nil {
		t.Error("ParseLevel took verbose")
	}
}

func TestSplitKey(t *testing.T) {
	for in, want := range map[string]string{
		"buyerPhone": "buyer phone", "X-API-Key": "x api key", "http.request.header": "http request header",
		"phone2": "phone", "userID": "user id", "": "",
	} {
		if got := strings.Join(splitKey(in), " "); got != want {
			t.Errorf("splitKey(%q) = %q, want %q", in, got, want)
		}
	}
}

// Any mobile number between anything but digits is taken out.
func TestScrubFindsEveryMobile(t *testing.T) {
	re := regexp.MustCompile(`1[3-9]\d{9}`)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.StringMatching(`1[3-9][0-9]{9}`).Draw(t, "phone")
		before := rapid.StringMatching(`[a-zA-Z\p{Han}:;,.="' -]{0,20}`).Draw(t, "before")
		after := rapid.StringMatching(`[a-zA-Z\p{Han}:;,.="' -]{0,20}`).Draw(t, "after")
		if got := Scrub(before + p + after); re.MatchString(got) {
			t.Fatalf("%q became %q", before+p+after, got)
		}
	})
}

func TestScrubIsBounded(t *testing.T) {
	if got := Scrub(strings.Repeat("好", 1_000_000)); len(got) > maxText+len("…") {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("call 138-1234-5678 or a@b.cn")
	f.Fuzz(func(t *testing.T, s string) { Scrub(s) })
}

func BenchmarkPlainRecord(b *testing.B) {
	var out bytes.Buffer
	l := New(&out, Options{Format: JSON})
	for b.Loop() {
		out.Reset()
		l.Info("request", "method", "GET", "path", "/api/customers", "status", 200, "took_ms", 12)
	}
}
