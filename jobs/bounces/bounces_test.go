package bounces

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cabinet/db"
)

// returned is a report as Postfix writes it.
func returned(action, status, recipient, diagnostic string) string {
	return strings.ReplaceAll(fmt.Sprintf(`Return-Path: <>
Date: Mon, 2 Mar 2026 11:00:00 +0300
From: MAILER-DAEMON@mx.example.test (Mail Delivery System)
To: post@cabinet.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

This is a MIME-encapsulated message.

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.test
X-Postfix-Queue-ID: 7A1B2C
Arrival-Date: Mon,  2 Mar 2026 10:59:58 +0300 (MSK)

Final-Recipient: rfc822; %s
Action: %s
Status: %s
Remote-MTA: dns; in.example.test
Diagnostic-Code: smtp; %s

--B1
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Cabinet <post@cabinet.example>
To: %s
Message-ID: <17.abc@cabinet.example>
Subject: x

y
--B1--
`, recipient, action, status, diagnostic, recipient), "\n", "\r\n")
}

const complaint = `From: feedback@mail.example.test
Date: Mon, 2 Mar 2026 11:00:00 +0300
Subject: FW: newsletter
Content-Type: multipart/report; report-type=feedback-report; boundary="B2"

--B2
Content-Type: text/plain

This is an email abuse report.

--B2
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Mail/1.0
Version: 1
%s
--B2
Content-Type: message/rfc822

From: Cabinet <post@cabinet.example>
To: Vera <vera@example.test>
Message-ID: <17.abc@cabinet.example>
Subject: x

y
--B2--
`

func TestRead(t *testing.T) {
	for _, want := range []struct {
		name, mail, seen string
	}{
		{"M02 an address that is not there", returned("failed", "5.1.1", "vera@example.test", "550 5.1.1 no such user"), "hard vera@example.test 5.1.1 smtp; 550 5.1.1 no such user"},
		{"one that is switched off", returned("failed", "5.2.1", "vera@example.test", "550 disabled"), "hard vera@example.test 5.2.1 smtp; 550 disabled"},
		{"M02 one that is full", returned("failed", "5.2.2", "Vera@Example.test", "552 full"), "soft Vera@Example.test 5.2.2 smtp; 552 full"},
		{"one whose server does not like us", returned("failed", "5.7.1", "vera@example.test", "550 spam"), "soft vera@example.test 5.7.1 smtp; 550 spam"},
		{"what is only late", returned("delayed", "4.4.1", "vera@example.test", "timeout"), ""},
		{"M02 a complaint that says whose", fmt.Sprintf(complaint, "Original-Rcpt-To: <boris@example.test>\n"), "complaint boris@example.test "},
		{"a complaint that leaves it to the mail", fmt.Sprintf(complaint, ""), "complaint vera@example.test "},
		{"an answer of a person", "From: vera@example.test\r\nTo: post@cabinet.example\r\nSubject: Re: x\r\n\r\nHello\r\n", ""},
		{"a report without its end", returned("failed", "5.1.1", "vera@example.test", "550")[:700], ""},
		{"no mail at all", "\x00\xff\x00 nothing", ""},
		{"a report in name only", "Content-Type: multipart/report\r\n\r\nx", ""},
	} {
		t.Run(want.name, func(t *testing.T) {
			reports, _, err := Read(strings.NewReader(want.mail))
			var seen []string
			for _, r := range reports {
				if r.MessageID != "<17.abc@cabinet.example>" {
					t.Errorf("about the mail %q", r.MessageID)
				}
				seen = append(seen, string(r.Kind)+" "+r.Address+" "+r.Detail)
			}
			if got := strings.Join(seen, "|"); err != nil || got != want.seen {
				t.Errorf("%q, not %q (%v)", got, want.seen, err)
			}
		})
	}
}

func TestReadLetterbox(t *testing.T) {
	var box strings.Builder
	for i := range 3 {
		fmt.Fprintf(&box, "From MAILER-DAEMON Mon Mar  2 11:00:00 2026\n%s\n", strings.ReplaceAll(returned("failed", "5.1.1", fmt.Sprintf("reader%d@example.test", i), "550"), "\r\n", "\n"))
	}
	fmt.Fprintf(&box, "From vera@example.test Mon Mar  2 12:00:00 2026\nFrom: vera@example.test\nSubject: Re: x\n\n>From here on I read\n\n")
	reports, others, err := Read(strings.NewReader(box.String()))
	if err != nil || len(reports) != 3 || others != 1 {
		t.Fatal(len(reports), others, err)
	}
	again, _, err := Read(strings.NewReader(box.String()))
	if err != nil || !slices.Equal(reports, again) {
		t.Error("read twice, a report has another key")
	}
	if reports[0].Key == reports[1].Key || reports[0].Source != db.FromMailbox || reports[0].At.UTC().Hour() != 8 {
		t.Errorf("%+v", reports[0])
	}
}

// FuzzRead reads what nobody would write.
func FuzzRead(f *testing.F) {
	f.Add(returned("failed", "5.1.1", "vera@example.test", "550"))
	f.Add("From x\n\nFrom y\n")
	f.Fuzz(func(t *testing.T, box string) {
		if _, _, err := Read(strings.NewReader(box)); err != nil {
			t.Error(err)
		}
	})
}
