package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"zhike/internal/platform/clock"
)

// ManifestFile is the name of the file that describes the others.
const ManifestFile = "manifest.json"

// Kinds of files.
const (
	KindOrders    = "orders"
	KindCustomers = "customers"
	KindBehaviour = "behaviour"
)

// Reasons for which a row is wrong on purpose.
const (
	BadPhone  = "phone_scientific" // "1.54E+10": the spreadsheet has lost the digits
	BadDate   = "impossible_date"  // 30 February, 31 June, hour 25
	BadBuyer  = "missing_buyer"    // no number, no name, no phone
	BadAmount = "bad_amount"       // a word where money belongs
	BadEmail  = "bad_email"        // no mailbox or no domain
	BadEvent  = "unknown_event"    // a kind of event that nobody knows
	BadRating = "bad_rating"       // a rating outside 1 … 5
)

// Kinds of cells that are written as people write them and mean the same.
const (
	CleanWidePhone   = "fullwidth_phone"  // "１５４０…"
	CleanFormPhone   = "formatted_phone"  // "+86 154-0000-0000"
	CleanSpacedName  = "spaced_name"      // " 王 芳"
	CleanMoney       = "currency_amount"  // "¥1,280.00"
	CleanWideMoney   = "fullwidth_amount" // "１２８.００"
	CleanDateForm    = "other_date_form"  // "2025/3/8 9:05:33", "2025年3月8日 09:05:33"
	CleanDateText    = "date_as_text"     // text in a column of date cells
	CleanMailCapital = "capital_email"    // "Li.Wei3@EXAMPLE.COM"
)

// Manifest says what Generate has written. Amounts are in 分 and days are
// calendar days of the company. Unless a field says otherwise, bad rows are not
// counted.
type Manifest struct {
	Company   string    `json:"company"`
	Seed      uint64    `json:"seed"`
	From      clock.Day `json:"from"`
	AsOf      clock.Day `json:"as_of"`
	Customers int       `json:"customers"` // persons + companies
	Persons   int       `json:"persons"`   // members + guests
	Members   int       `json:"members"`   // persons in customers.xlsx
	Guests    int       `json:"guests"`    // persons known from 天猫 alone
	Companies int       `json:"companies"`
	Buyers    int       `json:"buyers"` // customers with at least one order that was paid, refunded ones included

	Orders        int            `json:"orders"` // returns included
	Returns       int            `json:"returns"`
	OrdersByState map[string]int `json:"orders_by_state"` // without returns
	OrderLines    int            `json:"order_lines"`
	PaidFen       int64          `json:"paid_fen"`     // paid for goods, returns subtracted
	RefundFen     int64          `json:"refund_fen"`   // refunded, whole and part
	NetFen        int64          `json:"net_fen"`      // paid − refunded
	Net365Fen     int64          `json:"net_365d_fen"` // of orders made in the last 365 days
	Top20Share    float64        `json:"top20_share"`  // of net revenue, by the best fifth of the buyers
	Top20Share365 float64        `json:"top20_share_365d"`

	Events       int            `json:"events"`
	EventsByKind map[string]int `json:"events_by_kind"`

	Files   []FileInfo     `json:"files"`
	BadRows map[string]int `json:"bad_rows"` // all files together
}

// FileInfo says what one file holds.
type FileInfo struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`   // orders, customers or behaviour
	Source   string         `json:"source"` // the name under which the file is best imported
	Encoding string         `json:"encoding"`
	Rows     int            `json:"rows"`             // data rows with the bad ones, without the header
	Orders   int            `json:"orders,omitempty"` // distinct orders
	NetFen   int64          `json:"net_fen,omitempty"`
	BadRows  map[string]int `json:"bad_rows"`
	Cleaned  map[string]int `json:"cleaned"`
}

// Bad is the number of bad rows of the file.
func (f FileInfo) Bad() int {
	n := 0
	for _, v := range f.BadRows {
		n += v
	}
	return n
}

// File finds the description of a file by name.
func (m Manifest) File(name string) (FileInfo, bool) {
	i := slices.IndexFunc(m.Files, func(f FileInfo) bool { return f.Name == name })
	if i < 0 {
		return FileInfo{}, false
	}
	return m.Files[i], true
}

// write stores the manifest in dir.
func (m Manifest) write(dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ManifestFile), append(text, '\n'), 0o600)
}

// manifest counts the company that has been generated.
func (g *generator) manifest() Manifest {
	m := Manifest{
		Company: CompanyName, Seed: g.opt.Seed, From: g.first, AsOf: g.last,
		Persons: len(g.people), Companies: len(g.companies), Customers: len(g.people) + len(g.companies),
		Orders: len(g.orders), Events: len(g.behave.events),
		OrdersByState: map[string]int{}, EventsByKind: map[string]int{}, BadRows: map[string]int{},
	}
	for i := range g.people {
		if g.people[i].guest {
			m.Guests++
		} else {
			m.Members++
		}
	}
	for i := range g.orders {
		o := &g.orders[i]
		_, _, _, paid, refund := o.totals()
		m.PaidFen += paid
		m.RefundFen += refund
		m.OrderLines += len(o.lines)
		if o.origin >= 0 {
			m.Returns++
		} else {
			m.OrdersByState[stateKeys[o.state]]++
		}
		if o.day() > g.last-365 {
			m.Net365Fen += paid - refund
		}
	}
	m.NetFen = m.PaidFen - m.RefundFen
	for _, e := range g.behave.events {
		m.EventsByKind[eventKeys[e.kind]]++
	}
	var all, year []int64
	for _, b := range g.buyers() {
		if b.orders > 0 {
			all = append(all, b.spent)
		}
		if b.orders12 > 0 {
			year = append(year, b.spent12)
		}
	}
	m.Buyers = len(all)
	m.Top20Share, m.Top20Share365 = topShare(all), topShare(year)
	return m
}

// buyers lists all customers.
func (g *generator) buyers() []*buyer {
	out := make([]*buyer, 0, len(g.people)+len(g.companies))
	for i := range g.people {
		out = append(out, &g.people[i].buyer)
	}
	for i := range g.companies {
		out = append(out, &g.companies[i].buyer)
	}
	return out
}

// topShare is the share of the best fifth in the sum, rounded up to whole buyers.
func topShare(spent []int64) float64 {
	slices.SortFunc(spent, func(a, b int64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	top, sum := int64(0), int64(0)
	for i, v := range spent {
		sum += v
		if i < (len(spent)+4)/5 {
			top += v
		}
	}
	if sum <= 0 {
		return 0
	}
	return float64(top) / float64(sum)
}
