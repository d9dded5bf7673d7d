package views

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"cabinet/db"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// exampleSheet is an invoice of so many items, a third of it paid.
func exampleSheet(items int) db.InvoiceSheet {
	order, roubles := db.OrderID(10001), db.Money(24_093_30)
	sheet := db.InvoiceSheet{
		Invoice: db.Invoice{ID: 501, AccountID: 1001, OrderID: &order, Kind: db.GoodsInvoice, Version: 2, Status: db.InvoicePartial, Currency: db.EUR,
			Total: 260_75, Paid: 60_75, RubTotal: &roubles, Reference: db.CreditorReference("100100000501"), DueOn: db.Day{Year: 2026, Month: 3, Day: 9},
			IssuedAt: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)},
		IssuedOn: db.Day{Year: 2026, Month: 3, Day: 2},
		Customer: db.Account{Name: "Вера Орлова"},
		Details: []db.PaymentDetail{
			{Currency: db.EUR, Payee: "E2R Demo GmbH", Account: "DE19999999990000123456", Bank: "Demo-Bank Berlin", Bic: "DEMODEFFXXX"},
			{Currency: db.RUB, Payee: "ООО «Демо Кабинет»", Account: "40702810038000000042", Bank: "АО «Демо-Банк», г. Москва",
				Bic: "044525999", CorrAccount: "30101810600000000999", Inn: "7700000016", Kpp: "770001001"},
		},
	}
	for i := range items {
		line := db.InvoiceLine{Kind: db.ItemLine, Description: fmt.Sprintf("Ботинки Meindl Civetta, размер %d, коричневые, с очень длинным названием, которое в одну строку не войдёт", i), Quantity: 1, Amount: 189_95}
		sheet.Lines = append(sheet.Lines, db.ChargedOnInvoiceRow{InvoiceLine: line})
	}
	sheet.Lines = append(sheet.Lines, db.ChargedOnInvoiceRow{InvoiceLine: db.InvoiceLine{Kind: db.CommissionLine, Quantity: 1, Amount: 10_00}})
	return sheet
}

var moduleRun = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)

// photograph draws the SVG of a code as large as a phone sees it, and reads it.
func photograph(t *testing.T, svg string) string {
	t.Helper()
	side, err := strconv.Atoi(regexp.MustCompile(`viewBox="0 0 (\d+)`).FindStringSubmatch(svg)[1])
	if err != nil {
		t.Fatal(err)
	}
	const scale = 6
	picture := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for _, run := range moduleRun.FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(run[1])
		y, _ := strconv.Atoi(run[2])
		width, _ := strconv.Atoi(run[3])
		for px := x * scale; px < (x+width)*scale; px++ {
			for py := y * scale; py < (y+1)*scale; py++ {
				picture.SetGray(px, py, color.Gray{})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		t.Fatal(err)
	}
	return read.GetText()
}

func TestPaymentCodes(t *testing.T) {
	sheet := exampleSheet(1)
	for currency, wants := range map[db.Currency][]string{
		db.EUR: {"BCD\n002\n1\nSCT\n", "DE19999999990000123456\nEUR200.00\n", sheet.Reference},
		db.RUB: {"ST00012|Name=ООО «Демо Кабинет»|PersonalAcc=40702810038000000042|", "|Sum=1848000|", "Purpose=Оплата счёта № 501-2 по заказу № 10001-4", "|DocNo=501-2|", "|PersAcc=1001-9|", "DocDate=02.03.2026"},
	} {
		t.Run("D06 a phone reads the code and the rest that is to be paid in "+string(currency), func(t *testing.T) {
			svg, err := drawQR(paymentCode(sheet, currency))
			if err != nil {
				t.Fatal(err)
			}
			read := photograph(t, svg)
			for _, want := range wants {
				if !strings.Contains(read, want) {
					t.Errorf("%q is not in %q", want, read)
				}
			}
		})
	}
	t.Run("D06 a paid invoice has no code", func(t *testing.T) {
		sheet := exampleSheet(1)
		sheet.Paid, sheet.Status = sheet.Total, db.InvoicePaid
		if code := paymentCode(sheet, db.EUR); code != "" {
			t.Errorf("%q", code)
		}
	})
}

func TestInvoicePDF(t *testing.T) {
	for _, locale := range Locales {
		for items, pages := range map[int]int{1: 1, 60: 4} {
			t.Run(fmt.Sprintf("D06 the PDF of %d items in %s", items, locale), func(t *testing.T) {
				ctx := WithLocale(context.Background(), locale)
				file, err := InvoicePDF(ctx, exampleSheet(items))
				if err != nil {
					t.Fatal(err)
				}
				if got := bytes.Count(file, []byte("/Type /Page\n")); got != pages || !bytes.HasPrefix(file, []byte("%PDF-")) {
					t.Errorf("%d pages, not %d", got, pages)
				}
				if again, err := InvoicePDF(ctx, exampleSheet(items)); err != nil || !bytes.Equal(file, again) {
					t.Errorf("the same invoice is another file, %v", err)
				}
				if dir := os.Getenv("SHOTS"); dir != "" {
					os.WriteFile(filepath.Join(dir, fmt.Sprintf("invoice-%d-%s.pdf", items, locale)), file, 0o644)
				}
			})
		}
	}
}

func TestHarmless(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "за ботинки": "за ботинки", "=1+1": "'=1+1", "+7 903": "'+7 903", "-5": "'-5", "@sum": "'@sum", "\tx": "'\tx", "a=b": "a=b",
	} {
		if got := harmless(typed); got != want {
			t.Errorf("D01 %q becomes %q", typed, got)
		}
	}
}
