package handlers_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

const newcomer = "lena@example.test"

// newest is the mail that was put into the outbox last.
func (s *site) newest() db.Mail {
	s.t.Helper()
	mails, err := s.Mails(context.Background(), 1<<62, 1)
	if err != nil || len(mails) != 1 {
		s.t.Fatal(len(mails), err)
	}
	return mails[0]
}

// registered is a site where somebody has just registered, and the mail about it.
func registered(t *testing.T, options ...func(*handlers.Config)) (*site, db.Mail) {
	t.Helper()
	site := open(t, options...)
	_, err := site.Register(t.Context(), db.Registration{Email: newcomer, Password: dbtest.Password, Consent: "on"}, db.Russian, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return site, site.newest()
}

func TestLetterbox(t *testing.T) {
	site, mail := registered(t)
	site.Work()
	secret, code, _ := strings.Cut(site.newest().Secret, " ")
	t.Run("a mail of a trial can be read, and its link works", func(t *testing.T) {
		reader := site.Guest().With(t).Visit("/dev/mail").Sees(newcomer).Click("Спасибо за регистрацию!").Sees(code)
		reader.Click(site.URL + "/verification?token=" + secret).At("/verification?token=" + secret).Wants(200).Press("Подтвердить адрес").Wants(200)
		if account, err := site.ProvedAccount(t.Context(), newcomer); err != nil || !account.Verified() {
			t.Error(err)
		}
	})
	t.Run("it can be seen as its reader sees it, under a policy of its own", func(t *testing.T) {
		site.Guest().With(t).Visit("/dev/mail").Click("Спасибо за регистрацию!").Sees("Как его видит получатель")
		body := site.Guest().Do("GET", "/dev/mail/"+number(mail.ID)+"/body", "", nil)
		if !strings.Contains(body.Body, "Подтвердить адрес") || !strings.Contains(body.Body, secret) || !strings.Contains(body.Body, code) {
			t.Error(body.Body)
		}
		if policy := body.Header("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script") {
			t.Error(policy)
		}
	})
	t.Run("in production there is no letterbox", func(t *testing.T) {
		site, mail := registered(t, func(c *handlers.Config) { c.Development = false })
		site.Work()
		anna := site.As(dbtest.Anna).With(t)
		for _, path := range []string{"/dev/mail", "/dev/mail/" + number(mail.ID), "/dev/mail/" + number(mail.ID) + "/body"} {
			anna.Visit(path).Wants(404)
		}
	})
}

func number(id db.MailID) string { return strconv.FormatInt(int64(id), 10) }

func TestMailToUnproved(t *testing.T) {
	site, _ := registered(t)
	secret, err := site.OpenSession(t.Context(), site.newest().AccountID, "test", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	lena, err := site.Recognise(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	browser := site.Guest().Holds("sid", secret)
	t.Run("B06 the copy of an order and its invoice go to an address that is not proved yet", func(t *testing.T) {
		for kind, write := range map[db.MailKind]func(){
			db.MailOrderReceived: func() { site.PlacedOrder(t, lena, dbtest.Boots) },
			db.MailInvoice:       func() { site.PricedOrder(t, lena, dbtest.Mug) },
		} {
			if write(); site.newest().Kind != kind || site.newest().Address != newcomer {
				t.Errorf("%s to %s", site.newest().Kind, site.newest().Address)
			}
		}
	})
	t.Run("B06 once mails bounce, the banner says so on every page", func(t *testing.T) {
		browser.With(t).Visit("/").Sees("Подтвердите электронную почту").SeesNot("Письма не доходят")
		if err := site.MailBounced(t.Context(), site.newest(), "550 5.1.1 no such user"); err != nil {
			t.Fatal(err)
		}
		browser.With(t).Visit("/").Sees("Письма не доходят").Sees(newcomer)
	})
}

func TestMailLog(t *testing.T) {
	site, mail := registered(t)
	site.Work()
	secret, code, _ := strings.Cut(site.newest().Secret, " ")
	sveta := site.As(dbtest.Sveta)
	t.Run("B02 the support sees what was sent, to whom, and what became of it", func(t *testing.T) {
		sveta.With(t).Visit("/staff/mails").Sees("Спасибо за регистрацию!").Sees(newcomer).Sees("Отправлено").Sees("Подтверждение адреса")
	})
	t.Run("a mail opens in its place and closes again, what opens an account being covered", func(t *testing.T) {
		page := sveta.With(t).Visit("/staff/mails").Click("Спасибо за регистрацию!").Sees("?token=•••").SeesNot(code)
		if strings.Contains(page.Body(), secret) {
			t.Error("staff can read the secret")
		}
		body := sveta.Do("GET", "/staff/mails/"+number(mail.ID)+"/body", "", nil).Body
		if strings.Contains(body, secret) || strings.Contains(body, code) || !strings.Contains(body, "•••") {
			t.Error("staff can read the secret in the HTML")
		}
		page.Click("Спасибо за регистрацию!").SeesNot("•••")
	})
	t.Run("a mail that failed is found, says why, and is sent again once", func(t *testing.T) {
		if err := site.MailRefused(t.Context(), mail, "554 <b>спам</b>"); err != nil {
			t.Fatal(err)
		}
		sveta.With(t).Visit("/staff/mails").Click("Не отправлены").Sees("554 <b>спам</b>").Press("Отправить ещё раз").
			At("/staff/mails").Sees("Письмо снова в очереди").Sees("Ждёт повтора")
		if got := sveta.Do("POST", "/staff/mails/"+number(mail.ID)+"/sending", "", nil); got.Status != 422 {
			t.Errorf("a second click: %d", got.Status)
		}
		site.Work()
		sveta.With(t).Visit("/staff/mails?status=failed").Sees("Писем нет").Click("Все").Sees("Отправлено")
	})
	t.Run("all that were refused leave again with one button, which says before what it would send", func(t *testing.T) {
		sveta.With(t).Visit("/staff/mails?status=failed").SeesNot("Отправить все ещё раз")
		if got := sveta.Do("POST", "/staff/mails/sending", "", nil); got.Status != 422 || !strings.Contains(got.Body, "Неотправленных писем больше нет") {
			t.Errorf("with nothing to send: %d", got.Status)
		}
		if err := site.MailRefused(t.Context(), mail, "554 спам"); err != nil {
			t.Fatal(err)
		}
		looks(site.Window(t, dbtest.Sveta).Visit("/staff/mails?status=failed").Sees("554"), "mails-failed")
		sveta.With(t).Visit("/staff/mails?status=failed").Click("Отправить все ещё раз").Sees("Снова уйдёт 1 письмо: Подтверждение адреса – 1.").
			Press("Отправить все ещё раз").At("/staff/mails?status=waiting").Sees("Письма снова в очереди").Sees("Ждёт повтора")
		site.Work()
		sveta.With(t).Visit("/staff/mails?status=failed").Sees("Писем нет")
	})
	t.Run("mails that stand still are seen above the list", func(t *testing.T) {
		if err := site.MailDelayed(t.Context(), mail, "421 позже"); err != nil {
			t.Fatal(err)
		}
		sveta.With(t).Visit("/staff/mails").SeesNot("Письма стоят")
		site.Clock.Pass(20 * time.Minute)
		sveta.With(t).Visit("/staff/mails").Sees("Письма стоят: первое ждёт уже 20 мин")
		if err := site.MailSent(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("the mails of one customer", func(t *testing.T) {
		if err := site.MailRecoveryLinks(t.Context(), site.Account(dbtest.Boris).Email); err != nil {
			t.Fatal(err)
		}
		sveta.With(t).Visit("/staff/mails").Fill("q", newcomer).Press("Найти").Sees(newcomer).SeesNot(dbtest.Boris.Email)
		sveta.With(t).Visit("/staff/mails").Click("Ждут отправки").Sees(dbtest.Boris.Email).SeesNot(newcomer)
	})
	t.Run("pages follow each other without a gap", func(t *testing.T) {
		for range 60 {
			site.Clock.Pass(25 * time.Hour)
			if err := site.MailRecoveryLinks(t.Context(), dbtest.Boris.Email); err != nil {
				t.Fatal(err)
			}
		}
		page := site.As(dbtest.Sveta).With(t).Visit("/staff/mails")
		if rows := len(page.Find("article")); rows != 50 {
			t.Errorf("%d rows", rows)
		}
		if rows := len(page.Click("Раньше").Find("article")); rows != 12 {
			t.Errorf("then %d rows", rows)
		}
		page.Click("К новым")
	})
}

// TestMailLogLive looks at the log in Chromium while mails are written, fail and are sent.
func TestMailLogLive(t *testing.T) {
	t.Parallel()
	site, mail := registered(t)
	sveta := site.Window(t, dbtest.Sveta).Visit("/staff/mails").Sees("В очереди")
	site.Work()
	sveta.Sees("Отправлено").Click("Спасибо за регистрацию!").Sees("?token=•••")
	if err := site.MailRecoveryLinks(t.Context(), site.Account(dbtest.Boris).Email); err != nil {
		t.Fatal(err)
	}
	sveta.Sees(dbtest.Boris.Email).Sees("?token=•••") // the open mail stays open
	if err := site.MailRefused(t.Context(), mail, "554 спам"); err != nil {
		t.Fatal(err)
	}
	sveta.Sees("554 спам").Press("Отправить ещё раз").Sees("Ждёт повтора").Clean()
	looks(sveta, "mails")
	sveta.Visit("/staff/mails/domain")
	looks(sveta, "domain")
	guest := webtest.Chromium(t, site.URL).Visit("/dev/mail").Click("Спасибо за регистрацию!").Sees("token=")
	looks(guest, "letterbox")
}

// looks checks a page in every size and scheme. With SHOTS=folder it leaves the pictures there.
func looks(window *webtest.Window, name string) {
	webtest.EveryLook(window, func(look string) {
		if folder := os.Getenv("SHOTS"); folder != "" {
			window.Screenshot(filepath.Join(folder, name+"-"+look+".png"))
		}
	})
}

func TestJobsPage(t *testing.T) {
	site, _ := registered(t)
	site.Clock.Pass(time.Since(site.Clock.Now()) + time.Hour) // River goes by the clock on the wall
	anna := site.As(dbtest.Anna)
	fail(t, site)
	t.Run("an admin sees what fails and why, and has it done", func(t *testing.T) {
		anna.With(t).Visit("/staff/jobs").Sees("send_mail").Sees("грозы").Sees("Ждёт повтора").Press("Выполнить сейчас").At("/staff/jobs").Sees("Таких заданий нет")
		site.Work()
		anna.With(t).Visit("/staff/jobs").Click("Выполнены").Sees("send_mail")
	})
	t.Run("it is a page like the others", func(t *testing.T) {
		fail(t, site)
		window := site.Window(t, dbtest.Anna).Visit("/staff/jobs").Sees("грозы")
		looks(window, "jobs")
		window.Press("Выполнить сейчас").Sees("Таких заданий нет").Clean()
		site.Work()
	})
	t.Run("a job that is done can neither be done again nor called off", func(t *testing.T) {
		for _, act := range []string{"retry", "cancellation"} {
			if got := anna.Do("POST", "/staff/jobs/1/"+act, "", nil); got.Status != 422 {
				t.Errorf("%s: %d", act, got.Status)
			}
			if got := anna.Do("POST", "/staff/jobs/999/"+act, "", nil); got.Status != 404 {
				t.Errorf("%s of nothing: %d", act, got.Status)
			}
		}
	})
	t.Run("a waiting job is called off", func(t *testing.T) {
		if err := site.MailRecoveryLinks(t.Context(), site.Account(dbtest.Boris).Email); err != nil {
			t.Fatal(err)
		}
		page := anna.With(t).Visit("/staff/jobs").Click("Ждут").Click("Отменить")
		page.Press("Отменить").At("/staff/jobs").Sees("Отменено")
		site.Work()
		if got := site.newest(); got.Status != db.MailQueued {
			t.Errorf("it was sent: %s to %s", got.Kind, got.Address)
		}
	})
	t.Run("a queue is paused and resumed", func(t *testing.T) {
		anna.With(t).Visit("/staff/jobs").Within("#queue-mail").Click("Остановить").Within("#queue-mail").Press("Остановить").
			Within("#queue-mail").Sees("Остановлена").Press("Продолжить").Within("#queue-mail").SeesNot("Остановлена")
	})
	t.Run("all that failed is done again with one button, which says before what it would do", func(t *testing.T) {
		fail(t, site)
		anna.With(t).Visit("/staff/jobs?group=waiting").SeesNot("Повторить все неудачные")
		page := anna.With(t).Visit("/staff/jobs").Click("Повторить все неудачные").Sees("Будут повторены 2 задания: send_mail – 2.")
		if got := anna.Do("GET", "/staff/jobs/retry", "", nil); got.Status != 404 {
			t.Errorf("by a GET: %d", got.Status)
		}
		page.Press("Повторить все неудачные").At("/staff/jobs").Sees("Неудачные задания будут выполнены сейчас").Sees("Таких заданий нет")
		if got := anna.Do("POST", "/staff/jobs/retry", "", nil); got.Status != 422 || !strings.Contains(got.Body, "Неудачных заданий больше нет") {
			t.Errorf("a second click: %d", got.Status)
		}
		site.Work()
	})
	t.Run("what was called off stays called off", func(t *testing.T) {
		fail(t, site)
		anna.With(t).Visit("/staff/jobs").Within("#job-2").Click("Отменить").Within("#job-2").Press("Отменить")
		if retried, err := site.RetryFailedJobs(t.Context()); err != nil || retried != 1 {
			t.Fatal(retried, err)
		}
		site.Work()
		anna.With(t).Visit("/staff/jobs").Sees("Отменено").SeesNot("Повторить все неудачные")
	})
	t.Run("the page says how long the oldest job waits, and that nobody is at work", func(t *testing.T) {
		if err := site.MailRecoveryLinks(t.Context(), site.Account(dbtest.Sveta).Email); err != nil {
			t.Fatal(err)
		}
		if _, err := site.Pool.Exec(t.Context(), "UPDATE river_job SET state = 'available', scheduled_at = now() - interval '30 minutes' WHERE state IN ('scheduled', 'available')"); err != nil {
			t.Fatal(err)
		}
		anna.With(t).Visit("/staff/jobs").Sees("Ни один работник не запущен").Within("#queue-mail").Sees("1 ч")
		site.Work()
		anna.With(t).Visit("/staff/jobs").Within("#queue-mail").SeesNot("1 ч")
	})
	t.Run("D02 the audit can be asked for, and the page says what it found", func(t *testing.T) {
		anna.With(t).Visit("/staff/jobs").Sees("Сверки ещё не было").Press("Сверить сейчас").Sees("Сверка начнётся")
		anna.Do("POST", "/staff/audits", "", nil).Wants(303)
		site.Work()
		anna.With(t).Visit("/staff/jobs").Sees("Всё сходится")
		site.spoil("UPDATE wallets SET last_number = 9 WHERE id = (SELECT min(id) FROM wallets WHERE account_id IS NOT NULL)")
		if _, findings, err := site.KeepAudit(t.Context()); err != nil || len(findings) != 1 {
			t.Fatal(findings, err)
		}
		anna.With(t).Visit("/staff/jobs").Sees("1 расхождение").Sees("number 9").SeesNot("Всё сходится")
		looks(site.Window(t, dbtest.Anna).Visit("/staff/jobs").Sees("number 9"), "jobs-audit")
		site.spoil("UPDATE wallets SET last_number = 0 WHERE id = (SELECT min(id) FROM wallets WHERE account_id IS NOT NULL)")
	})
	t.Run("no page shows a secret", func(t *testing.T) {
		secret, _, _ := strings.Cut(site.newest().Secret, " ")
		for _, group := range []string{"failing", "waiting", "running", "completed"} {
			if page := anna.With(t).Visit("/staff/jobs?group=" + group).Wants(200); strings.Contains(page.Body(), secret) {
				t.Errorf("%s shows it", group)
			}
		}
	})
}

// fail has the job of the newest mail fail as it would in a thunderstorm.
func fail(t *testing.T, site *site) {
	t.Helper()
	_, err := site.Pool.Exec(t.Context(), `UPDATE river_job SET state = 'retryable', finalized_at = NULL, attempt = 1, scheduled_at = $1,
		errors = ARRAY[jsonb_build_object('at', $2::text, 'attempt', 1, 'error', 'связь пропала из-за грозы', 'trace', '')]`,
		site.Clock.Now().Add(time.Hour), site.Clock.Now().Format(time.RFC3339))
	if err != nil {
		t.Fatal(err)
	}
}

// names answers as a name system in which only these texts stand.
type names map[string][]string

func (n names) LookupTXT(_ context.Context, name string) ([]string, error) {
	if texts, known := n[name]; known {
		return texts, nil
	}
	if strings.HasSuffix(name, "silent.example") {
		return nil, &net.DNSError{Err: "timeout", Name: name, IsTimeout: true}
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// LookupMX knows the domains whose texts begin with "mx".
func (n names) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	texts, err := n.LookupTXT(ctx, name)
	var servers []*net.MX
	for _, text := range texts {
		if host, ok := strings.CutPrefix(text, "mx "); ok {
			servers = append(servers, &net.MX{Host: host})
		}
	}
	return servers, err
}

func TestDomainCheck(t *testing.T) {
	const key = "v=DKIM1; k=rsa; p=MIGf"
	for _, domain := range []struct {
		name   string
		sender string
		known  names
		says   []string
	}{
		{"B11 a domain in order", "post@cabinet.example", names{
			"cabinet.example": {"google-site-verification=x", "v=spf1 include:mail.example ~all"}, "s1._domainkey.cabinet.example": {key}, "_dmarc.cabinet.example": {"v=DMARC1; p=reject"},
		}, []string{"SPF: в порядке", "DKIM: в порядке", "DMARC: в порядке"}},
		{"B11 a domain without anything", "post@cabinet.example", names{}, []string{"SPF: записи нет", "DKIM: под обычными именами ключа нет", "DMARC: записи нет"}},
		{"B11 a domain in bad order", "post@cabinet.example", names{
			"cabinet.example": {"v=spf1 +all"}, "mail._domainkey.cabinet.example": {"v=DKIM1; p="}, "_dmarc.cabinet.example": {"v=DMARC1; p=none"},
		}, []string{"разрешено отправлять кому угодно", "DKIM: под обычными именами ключа нет", "поддельные письма не останавливаются"}},
		{"B11 too many records, and one without an end", "post@cabinet.example", names{"cabinet.example": {"v=spf1 a -all", "v=spf1 mx -all"}}, []string{"записей несколько"}},
		{"B11 a record without an end", "post@cabinet.example", names{"cabinet.example": {"v=spf1 a mx"}}, []string{"не сказано, что делать с остальными"}},
		{"B11 a domain under another", "post@mail.cabinet.example", names{"_dmarc.cabinet.example": {"v=DMARC1; p=quarantine"}}, []string{"DMARC: в порядке"}},
		{"B11 a name system that does not answer", "post@silent.example", names{}, []string{"SPF: система имён не ответила", "DKIM: система имён не ответила", "DMARC: система имён не ответила"}},
		{"B11 a sender of this machine alone", "cabinet@localhost", names{}, []string{"известен только этому компьютеру"}},
	} {
		t.Run(domain.name, func(t *testing.T) {
			site := open(t, func(c *handlers.Config) { c.Sender, c.Resolver = domain.sender, domain.known })
			page := site.As(dbtest.Sveta).With(t).Visit("/staff/mails").Click("Проверка домена")
			for _, words := range domain.says {
				page.Sees(words)
			}
		})
	}
	t.Run("B11 a key that was promised and is not there", func(t *testing.T) {
		site := open(t, func(c *handlers.Config) {
			c.Sender, c.Resolver, c.DKIMSelectors = "post@cabinet.example", names{}, []string{"march"}
		})
		site.As(dbtest.Anna).With(t).Visit("/staff/mails/domain").Sees("ключа нет ни под одним из имён").Sees("march")
	})
}
