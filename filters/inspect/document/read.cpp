// SPDX-License-Identifier: GPL-3.0-or-later
#include <exception>
#include <new>

#include "filters/inspect/document/documents.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/signed_data.hpp"

namespace vanthu::inspect {
namespace {

Document read_by_format(const Task& task, std::string_view octets) {
  Document document;
  switch (task.format) {
    case Format::zip:
      return read_zip(octets, task.room);
    case Format::archive:
      return read_archive(octets, task.room);
    case Format::ole:
      return read_ole(octets, task.room);
    case Format::tnef:
      return read_tnef(octets, task.room);
    case Format::package:
      return read_package(octets, task.mime, task.room);
    case Format::pdf:
      return read_pdf_document(octets, task.room);
    case Format::picture:
      return read_picture(octets, task.mime, task.room);
    case Format::cms:
      return read_cms(octets, task.room);
    case Format::detached:
      document.signatures = verify_detached(task.aside, octets);
      for (const filters::Signature& one : document.signatures)
        if (const auto id = finding_of(one); !id.empty()) note(document.notes, id, one.kind);
      return document;
    case Format::rtf:
      return read_rtf_document(octets, task.room);
    default:
      note(document.notes, "inspect.unsupported-container", task.mime);
      return document;
  }
}

}  // namespace

Document read_document(const Task& task, std::string_view octets) {
  Document failed;
  failed.readable = false;
  try {
    return read_by_format(task, octets);
  } catch (const std::bad_alloc&) {
    note(failed.notes, "inspect.too-big", "memory");
  } catch (const std::exception&) {  // a library that throws where it should answer: we have not seen all of it
    note(failed.notes, "inspect.unreadable", task.mime);
  }
  return failed;
}

}  // namespace vanthu::inspect
