package importer

import (
	"encoding/json"

	"zhike/internal/platform/money"
)

// Status is where an import stands.
type Status string

// The statuses.
const (
	StatusWaiting    Status = "waiting"
	StatusChecking   Status = "checking"  // first pass: reads everything, writes nothing
	StatusRunning    Status = "running"   // second pass
	StatusFinishing  Status = "finishing" // figures per customer
	StatusFinished   Status = "finished"
	StatusFailed     Status = "failed"
	StatusCancelling Status = "cancelling"
	StatusCancelled  Status = "cancelled"
)

var allStatuses = []Status{
	StatusWaiting, StatusChecking, StatusRunning, StatusFinishing, StatusFinished, StatusFailed, StatusCancelling, StatusCancelled,
}

// Over says whether nothing more happens to the import.
func (s Status) Over() bool {
	return s == StatusFinished || s == StatusFailed || s == StatusCancelled
}

// Record is an import as it is stored.
type Record struct {
	ID         int64
	Kind       Kind
	SourceID   int64
	SourceCode string
	SourceName string
	Status     Status
	FileName   string
	FileRef    string // "path:…" or "upload:12"
	FileSize   int64
	FileSHA256 string
	Mapping    Mapping
	Header     []byte // sealed
	Notes      []byte // sealed, see notes
	DryRun     bool
	Fresh      bool
	Cursor     int64 // rows of the file that are done with
	RowsTotal  int64 // 0 until checked
	Tally
	ErrorCode   string
	ErrorParams string // JSON
	Runner      string
	LeaseUntil  int64
	JobID       int64
	CreatedBy   int64
	CreatedAt   int64 // unix ms
	StartedAt   int64
	FinishedAt  int64
}

// Tally is what an import has done so far.
type Tally struct {
	RowsRead         int64
	Accepted         int64
	Rejected         int64
	Unchanged        int64
	CustomersCreated int64
	CustomersMatched int64 // known before, met in the file
	OrdersCreated    int64
	OrdersUpdated    int64
	Counts           Counts
}

// Counts tells more of what was in the file. All of them leave refused rows
// out, except WithoutBuyer, ExactDuplicates and FarApart.
type Counts struct {
	OrdersUnchanged     int64 `json:"orders_unchanged"`
	Returns             int64 `json:"returns" doc:"return documents"`
	Refunded            int64 `json:"refunded" doc:"orders refunded as a whole"`
	PartRefunded        int64 `json:"part_refunded"`
	Cancelled           int64 `json:"cancelled"`
	Unpaid              int64 `json:"unpaid"`
	ExactDuplicates     int64 `json:"exact_duplicates" doc:"rows that repeat an earlier row of the file in every column"`
	DuplicatesDropped   int64 `json:"duplicates_dropped" doc:"of these, left out by the rule duplicate_lines"`
	WithoutBuyer        int64 `json:"without_buyer" doc:"rows refused because nobody bought"`
	ZeroPrice           int64 `json:"zero_price" doc:"lines without an amount"`
	FarApart            int64 `json:"far_apart" doc:"rows of orders whose rows were not next to each other"`
	CustomersUpdated    int64 `json:"customers_updated"`
	ContactsAdded       int64 `json:"contacts_added"`
	ColumnsIgnored      int64 `json:"columns_ignored" doc:"columns of the file that mean nothing to the import"`
	TagsMade            int64 `json:"tags_made" doc:"tags that were not there before"`
	TagsLeftOut         int64 `json:"tags_left_out" doc:"names in a column of tags that are no tag, or one no longer given"`
	Compared            int64 `json:"compared" doc:"new customers that were compared with all others; 0 where there were too many"`
	Alike               int64 `json:"alike" doc:"of a dry run: new customers that look like others"`
	LinksOpen           int64 `json:"links_open" doc:"parents and companies named in files of the source that are not there yet"`
	OwnersLeftOut       int64 `json:"owners_left_out" doc:"rows whose owner is no member of staff by that name, or several are; not of a dry run"`
	StagesLeftOut       int64 `json:"stages_left_out" doc:"rows whose state of the business is none that is known"`
	BehavioursCreated   int64 `json:"behaviours_created"`
	BehavioursUpdated   int64 `json:"behaviours_updated"`
	BehavioursUnchanged int64 `json:"behaviours_unchanged"`

	// Sums over the orders, in thousandths of 分 exactly and in 分 as the sum
	// of the rounded orders.
	AmountsRounded int64 `json:"amounts_rounded"`
	GrossMilli     int64 `json:"gross_milli"`
	GrossFen       int64 `json:"gross_fen"`
	SalesMilli     int64 `json:"sales_milli"`
	SalesFen       int64 `json:"sales_fen"`
	NetMilli       int64 `json:"net_milli"`
	NetFen         int64 `json:"net_fen"`

	Reasons     map[string]int64 `json:"reasons,omitempty"`
	Approximate bool             `json:"approximate,omitempty" doc:"a dry run of a file with more new customers than it keeps apart"`
}

func (c *Counts) reason(code string, n int64) {
	if c.Reasons == nil {
		c.Reasons = map[string]int64{}
	}
	c.Reasons[code] += n
}

func (c *Counts) encode() string {
	b, _ := json.Marshal(c) // numbers, codes and a bool: cannot fail
	return string(b)
}

// Rounding explains what rounding did. Amounts are in yuan as decimal text.
type Rounding struct {
	Rule       string `json:"rule" doc:"half_even: to whole 分, half to even (GB/T 8170-2008), applied once to each order; exact sums keep the thousandths"`
	Amounts    int64  `json:"amounts" doc:"amounts in the file with more than two decimals"`
	GrossExact string `json:"gross_exact"`
	GrossOf    string `json:"gross_of_rounded" doc:"sum of the orders after rounding each"`
	SalesExact string `json:"sales_exact"`
	SalesOf    string `json:"sales_of_rounded"`
	NetExact   string `json:"net_exact"`
	NetOf      string `json:"net_of_rounded"`
	NetRounded string `json:"net_rounded" doc:"the exact net sum, rounded once at its end"`
	Difference string `json:"difference" doc:"net_of_rounded − net_exact"`
}

func (c *Counts) rounding() Rounding {
	return Rounding{
		Rule: "half_even", Amounts: c.AmountsRounded,
		GrossExact: milliText(c.GrossMilli), GrossOf: money.Format(c.GrossFen),
		SalesExact: milliText(c.SalesMilli), SalesOf: money.Format(c.SalesFen),
		NetExact: milliText(c.NetMilli), NetOf: money.Format(c.NetFen),
		NetRounded: money.Format(money.RoundMilli(c.NetMilli)),
		Difference: milliText(c.NetFen*money.SubPerFen - c.NetMilli),
	}
}

// milliText writes thousandths of 分 as yuan: two decimals, or as many more as
// are not zero.
func milliText(m int64) string {
	sign := ""
	u := uint64(m)
	if m < 0 {
		sign, u = "-", -u
	}
	b := []byte(money.Format(int64(u / money.SubPerFen)))
	r := u % money.SubPerFen
	b = append(b, byte('0'+r/100), byte('0'+r/10%10), byte('0'+r%10))
	n := len(b)
	for n > len(b)-3 && b[n-1] == '0' {
		n--
	}
	return sign + string(b[:n])
}

// Result is what an import came to: the contract of `zhike import --json`.
type Result struct {
	RowsRead         int64  `json:"rows_read"`
	Accepted         int64  `json:"accepted"`
	Rejected         int64  `json:"rejected"`
	Unchanged        int64  `json:"unchanged"`
	CustomersCreated int64  `json:"customers_created"`
	CustomersMatched int64  `json:"customers_matched"`
	OrdersCreated    int64  `json:"orders_created"`
	OrdersUpdated    int64  `json:"orders_updated"`
	ErrorFile        string `json:"error_file" doc:"\"\" where no row was refused, and where a dry run was not told where to write it"`

	ImportID int64            `json:"import_id"`
	Source   string           `json:"source"`
	Kind     Kind             `json:"kind"`
	DryRun   bool             `json:"dry_run"`
	Status   Status           `json:"status"`
	Counts   Counts           `json:"counts"`
	Rounding Rounding         `json:"rounding"`
	Reasons  map[string]int64 `json:"reasons" doc:"refused rows by reason"`
}

// Result gives the record's result.
func (r *Record) Result() Result {
	out := Result{
		RowsRead: r.RowsRead, Accepted: r.Accepted, Rejected: r.Rejected, Unchanged: r.Unchanged,
		CustomersCreated: r.CustomersCreated, CustomersMatched: r.CustomersMatched,
		OrdersCreated: r.OrdersCreated, OrdersUpdated: r.OrdersUpdated,
		ImportID: r.ID, Source: r.SourceCode, Kind: r.Kind, DryRun: r.DryRun, Status: r.Status,
		Counts: r.Counts, Rounding: r.Counts.rounding(), Reasons: r.Counts.Reasons,
	}
	if out.Reasons == nil {
		out.Reasons = map[string]int64{}
	}
	out.Counts.Reasons = nil
	return out
}
