// SPDX-License-Identifier: GPL-3.0-or-later
// Reading MIME beside other people's readers, on the same octets in the same run: all parts found, decoded and hashed.
// Ours does more: several readings, true types, text, markings. With --pool also the way through the sandbox and back,
// one message at a time. Prints, judges nothing.
//   mime_bench [--pool VANTHU-INSPECTOR] [--seconds N]
#include <gmime/gmime.h>
#include <libetpan/libetpan.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/base/digest.hpp"
#include "tests/bench/letter.hpp"
#include "tests/unit/inspect/samples.hpp"

namespace {

using namespace vanthu;
namespace samples = inspect::samples;
using Clock = std::chrono::steady_clock;

/// MIME alone: documents are not opened.
class NoDocuments final : public inspect::Documents {
 public:
  inspect::Document read(const inspect::Task&, std::string_view) override { return {}; }
};

std::string noise(std::size_t size) {
  std::mt19937 random{20161};
  std::string octets(size, '\0');
  for (char& one : octets) one = static_cast<char>(random() & 0xFFU);
  return octets;
}

std::string two_files(std::size_t octets_of_each) {
  std::string message = samples::head(
      "Content-Type: multipart/mixed; boundary=\"=_k\"\r\n\r\n--=_k\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n\r\nXin gui hai tep.\r\n");
  for (const char* name : {"a.bin", "b.bin"})
    message +=
        std::string("--=_k\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"") +
        name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + samples::base64(noise(octets_of_each)) + "\r\n";
  return message + "--=_k--\r\n";
}

void walk(const mailmime* mime) {
  if (mime->mm_type == MAILMIME_MULTIPLE) {
    for (clistiter* at = clist_begin(mime->mm_data.mm_multipart.mm_mp_list); at != nullptr; at = clist_next(at))
      walk(static_cast<const mailmime*>(clist_content(at)));
  } else if (mime->mm_type == MAILMIME_MESSAGE) {
    if (mime->mm_data.mm_message.mm_msg_mime != nullptr) walk(mime->mm_data.mm_message.mm_msg_mime);
  } else if (mime->mm_data.mm_single != nullptr) {
    const mailmime_data* data = mime->mm_data.mm_single;
    std::size_t at = 0;
    char* decoded = nullptr;
    std::size_t length = 0;
    if (mailmime_part_parse(data->dt_data.dt_text.dt_data, data->dt_data.dt_text.dt_length, &at, data->dt_encoding,
                            &decoded, &length) == MAILIMF_NO_ERROR) {
      (void)sha256(std::string_view(decoded, length));
      mailmime_decoded_part_free(decoded);
    }
  }
}

void by_libetpan(const std::string& octets) {
  std::size_t at = 0;
  mailmime* mime = nullptr;
  if (mailmime_parse(octets.data(), octets.size(), &at, &mime) != MAILIMF_NO_ERROR) std::abort();
  walk(mime);
  mailmime_free(mime);
}

void by_gmime(const std::string& octets) {
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(octets.data(), octets.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
  g_mime_message_foreach(
      message,
      [](GMimeObject*, GMimeObject* part, void*) {
        if (!GMIME_IS_PART(part)) return;
        GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
        if (content == nullptr) return;
        GMimeStream* out = g_mime_stream_mem_new();
        g_mime_data_wrapper_write_to_stream(content, out);
        const GByteArray* array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out));
        (void)sha256(std::string_view(reinterpret_cast<const char*>(array->data), array->len));
        g_object_unref(out);
      },
      nullptr);
  g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
}

/// Median microseconds of one call.
double median(double seconds, const std::function<void()>& call) {
  call();
  std::vector<double> times;
  const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (times.size() < 3 || Clock::now() < until) {
    const auto begun = Clock::now();
    call();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begun).count());
  }
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

double by_python(const std::string& octets, double seconds) {
  std::string file = "/tmp/vanthu-mime-XXXXXX";
  ::close(::mkstemp(file.data()));
  std::ofstream(file, std::ios::binary) << octets;
  const std::string command =
      "/usr/bin/python3 -c \"import sys,time,hashlib,email.policy,email.parser as p\n"
      "o=open('" +
      file +
      "','rb').read()\n"
      "def one():\n"
      " for part in p.BytesParser(policy=email.policy.SMTP).parsebytes(o).walk():\n"
      "  if not part.is_multipart(): hashlib.sha256(part.get_payload(decode=True)).digest()\n"
      "one(); t=[]; end=time.perf_counter()+" +
      std::to_string(seconds) +
      "\n"
      "while len(t)<3 or time.perf_counter()<end:\n"
      " b=time.perf_counter(); one(); t.append(time.perf_counter()-b)\n"
      "print(sorted(t)[len(t)//2]*1e6)\"";
  std::FILE* out = ::popen(command.c_str(), "r");
  double microseconds = 0;
  if (out == nullptr || std::fscanf(out, "%lf", &microseconds) != 1) microseconds = 0;
  if (out != nullptr) ::pclose(out);
  ::unlink(file.c_str());
  return microseconds;
}

}  // namespace

int main(int count, char** arguments) {
  std::string program;
  double seconds = 2;
  for (int i = 1; i + 1 < count; i += 2) {
    if (std::string_view(arguments[i]) == "--pool") program = arguments[i + 1];
    if (std::string_view(arguments[i]) == "--seconds") seconds = std::atof(arguments[i + 1]);
  }
  g_mime_init();
  inspect::warm_up();
  std::unique_ptr<inspect::Pool> pool;
  if (!program.empty()) {
    auto started = inspect::Pool::start({program, 1, std::chrono::seconds(60), {}});
    if (!started) {
      std::fprintf(stderr, "%s\n", started.error().detail.c_str());
      return 1;
    }
    pool = *std::move(started);
  }
  struct Case {
    const char* name;
    std::string octets;
  };
  const Case cases[] = {{"4 KiB text", bench::text_letter("a@example.vn", "b@example.vn", 4096)},
                        {"50 KiB, two attachments", two_files(18000)},
                        {"1 MiB, two attachments", two_files(380'000)},
                        {"40 MiB base64", samples::with_file("a.bin", noise(29U << 20))}};
  std::printf("%-26s %10s %10s %10s %10s %10s %10s\n", "microseconds (median)", "octets", "ours", "through", "libetpan",
              "gmime", "Python");
  for (const Case& one : cases) {
    NoDocuments none;
    const double ours = median(seconds, [&] { (void)inspect::analyse(one.octets, none); });
    double through = 0;
    if (pool) {
      const auto sealed = std::make_shared<const Octets>(*Octets::of(one.octets));
      through = median(seconds, [&] {
        if (!pool->inspect_and_wait(sealed)) std::abort();
      });
    }
    const double etpan = median(seconds, [&] { by_libetpan(one.octets); });
    const double gmime = median(seconds, [&] { by_gmime(one.octets); });
    const double python = by_python(one.octets, seconds);
    std::printf("%-26s %10zu %10.0f %10.0f %10.0f %10.0f %10.0f\n", one.name, one.octets.size(), ours, through, etpan,
                gmime, python);
    const auto rate = [&](double microseconds) { return static_cast<double>(one.octets.size()) / microseconds; };
    std::printf("%-26s %10s %10.0f %10.0f %10.0f %10.0f %10.0f\n", "  MB/s", "", rate(ours), pool ? rate(through) : 0.0,
                rate(etpan), rate(gmime), rate(python));
    std::fflush(stdout);
  }
  return 0;
}
