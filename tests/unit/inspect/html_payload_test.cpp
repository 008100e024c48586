// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/html_payload.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/text/contact.hpp"
#include "samples.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

Document page(const std::string& html, bool attachment = true) {
  Document read;
  read.files = html_payloads(html, attachment, read.notes);
  return read;
}

std::string base64(std::string_view octets) {
  std::string text = samples::base64(octets);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }), text.end());
  return text;
}

const std::string zip = samples::zip_of({{"a.txt", std::string(300, 'x')}});
const std::string coded_png = base64("\x89PNG\r\n\x1A\n" + std::string(300, 'x'));

struct PageCase {
  const char* name;
  std::string html;
  std::string_view id, detail;
};
class Pages : public testing::TestWithParam<PageCase> {};
TEST_P(Pages, SayWhatTheyDo) {
  const Document read = page(GetParam().html);
  EXPECT_TRUE(samples::noted(read, GetParam().id, GetParam().detail)) << samples::notes_of(read);
}
INSTANTIATE_TEST_SUITE_P(
    Html, Pages,
    testing::Values(
        PageCase{"blob",
                 "<script>var b=new Blob([atob('QQ==')]);a.href=URL.createObjectURL(b);a.download='x.zip'</script>",
                 "content.smuggling", ""},
        PageCase{"pieces", "<script>u=window['URL']['create'+'ObjectURL'](new window['Bl'+'ob']([x]))</script>",
                 "content.smuggling", ""},
        PageCase{"old_explorer", "<script>navigator.msSaveOrOpenBlob(new Blob([x]), 'a.iso')</script>",
                 "content.smuggling", ""},
        PageCase{"by_attribute", "<script>s=atob(p);e.setAttribute('download','a.exe')</script>", "content.smuggling",
                 ""},
        PageCase{"link_without_script",
                 "<a download='a.zip' href='data:application/zip;base64," + base64(zip) + "'>x</a>",
                 "content.smuggling", ""},
        PageCase{"hidden_in_a_script", "<script>x=\"" + base64("MZ" + std::string(400, 'x')) + "\"</script>",
                 "content.active", "script"},
        PageCase{"event", "<img src=x onerror = 'alert(1)'>", "content.active", "script"},
        PageCase{"event_after_a_quote", "<body class=\"a>b\"onload=alert(1)>", "content.active", "script"},
        PageCase{"script_address", "<a href='java&#115;cript&colon;alert(1)'>x</a>", "content.active", "script"},
        PageCase{"script_address_with_blanks", "<a href=' jav\tascript:alert(1)'>x</a>", "content.active", "script"},
        PageCase{"svg", "<svg><animate attributeName=href to='javascript:alert(1)'/></svg>", "content.active",
                 "script"},
        PageCase{"password_form", "<form action='https://x.example/'><input type=password></form>", "content.active",
                 "form"},
        PageCase{"form", "<form action='https://x.example/'><input></form>", "content.external-link", "form"},
        PageCase{"refresh", "<meta http-equiv=refresh content='0; url=https://x.example/'>", "content.external-link",
                 "refresh"},
        PageCase{"refresh_to_a_script", "<meta http-equiv=refresh content='0;url=data:text/html,x'>", "content.active",
                 "refresh"},
        PageCase{"base", "<base href='https://x.example/'>", "content.external-link", "base"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HtmlPage, OfPlainWordsHasNothingToSay) {
  const Document read = page(
      "<!DOCTYPE html><html><head><meta "
      "charset=utf-8><title>Thư</title><style>p{background:url(data:image/png;base64," +
      coded_png +
      ")}</style></head><body><p class=\"on x=1\">Xin chào, data: a, b</p><a href=\"https://x.example/\">x</a>"
      "<img src=\"data:image/png;base64," +
      coded_png + "\"></body></html>");
  EXPECT_TRUE(read.notes.empty() && read.files.empty()) << samples::notes_of(read);
}

TEST(HtmlPage, InAMailRunsNoScripts) {
  const Document read = page("<body onload=x><form action='https://x.example'><input type=password></form>", false);
  EXPECT_TRUE(read.notes.empty()) << samples::notes_of(read);
}

TEST(HtmlPage, GivesBackWhatItCarries) {
  const std::string exe = "MZ" + std::string(400, 'x');
  for (const std::string& html :
       {"<a href=\"data:application/octet-stream;base64," + base64(exe) + "\">",
        "<a href='&#100;ata:image/png;base64," + base64(exe) + "'>", "<script>x='" + base64(exe) + "'</script>",
        "<!-- <object data=data:;base64," + base64(exe) + "> -->"}) {
    const Document read = page(html);
    ASSERT_EQ(read.files.size(), 1U) << html.substr(0, 60) << samples::notes_of(read);
    EXPECT_EQ(read.files[0].octets, exe);
  }
  const Document inner = page("<iframe srcdoc='&lt;p>MẬT&lt;/p>'></iframe>");
  ASSERT_EQ(inner.files.size(), 1U);
  EXPECT_EQ(inner.files[0].octets, "<p>MẬT</p>");
  const Document plain = page("<iframe src=\"data:text/html,%3Cp%3EMAT%3C/p%3E\">");
  ASSERT_EQ(plain.files.size(), 1U);
  EXPECT_EQ(plain.files[0].octets, "<p>MAT</p>");
}

TEST(HtmlPage, WhatItCarriesIsExamined) {
  const std::string html = "<html><a download=a.zip href=\"data:application/zip;base64," +
                           base64(samples::zip_of({{"b.exe", "MZ" + std::string(200, '\0')}})) + "\">x</a></html>";
  const filters::Facts facts = analyse(samples::with_file("a.html", html, "text/html"));
  EXPECT_TRUE(samples::has(facts, "content.smuggling")) << samples::ids(facts);
  EXPECT_TRUE(samples::has(facts, "content.executable")) << samples::ids(facts);
}

TEST(HtmlPage, IsReadInLinearTime) {
  for (const std::string& piece : {std::string("<a b=\""), std::string("<a b='"), std::string("data:a/b,"),
                                   std::string("<a "), std::string("data:;base64,QQ"), std::string("<a b=c")}) {
    std::string html;
    while (html.size() < (4U << 20)) html += piece;
    const auto begin = std::chrono::steady_clock::now();
    (void)page(html);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8)) << piece;
  }
}

// ---- calendars and contacts

TEST(Contact, FilesInPropertiesComeBack) {
  const std::string exe = "MZ" + std::string(100, 'x');
  const std::string text = samples::base64(exe);
  std::string folded;
  for (const char c : text)
    if (c == '\n')
      folded += "\n ";
    else
      folded += c;
  for (const std::string& property :
       {"ATTACH;FMTTYPE=application/x-msdownload;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=\"a.exe\":" + folded,
        "ATTACH;FILENAME=a.exe:data:application/octet-stream;base64," + base64(exe),
        "PHOTO;X-FILENAME=a.exe;ENCODING=b;TYPE=JPEG:" + folded, "item1.KEY;X-FILENAME=a.exe;BASE64:\r\n " + folded}) {
    Notes notes;
    const std::string card = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:a\r\n" + property + "\r\nEND:VCARD\r\n";
    ASSERT_TRUE(looks_like_contact(card));
    const auto files = contact_files(card, notes);
    ASSERT_EQ(files.size(), 1U) << property.substr(0, 40);
    EXPECT_EQ(files[0].octets, exe) << property.substr(0, 40);
    EXPECT_EQ(files[0].name, "a.exe");
  }
}

TEST(Contact, PicturesAndOrdinaryPropertiesAreNothing) {
  Notes notes;
  EXPECT_TRUE(contact_files("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Họp: 8h\r\nPHOTO;ENCODING=b:" + coded_png +
                                "\r\nURL:https://x.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                            notes)
                  .empty());
  EXPECT_TRUE(notes.empty());
  (void)contact_files("BEGIN:VCALENDAR\r\nATTACH:https://x.example/a.zip\r\n", notes);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].id, "content.external-link");
}

TEST(Contact, WhatItCarriesIsExamined) {
  const filters::Facts facts =
      analyse(samples::with_file("a.ics",
                                 "BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:" +
                                     base64("MZ" + std::string(100, '\0')) + "\r\nEND:VCALENDAR\r\n",
                                 "text/calendar"));
  EXPECT_TRUE(samples::has(facts, "content.executable")) << samples::ids(facts);
}

}  // namespace
}  // namespace vanthu::inspect
