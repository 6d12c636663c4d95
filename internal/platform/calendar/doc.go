// Package calendar knows the Chinese calendar: lunar dates of the years 1900
// to 2100, their days in the civil calendar and back, and when a birthday that
// was given by either calendar comes round.
//
// Days are clock.Day, days of company time; nothing here asks for the time.
package calendar
