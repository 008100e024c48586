// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/premis.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "gateway/exports/xml.hpp"
#include "gateway/openings/openings.hpp"

namespace vanthu::exports {
namespace json = boost::json;
namespace {
constexpr const char* software = "vanthu";

struct EventRow {
  std::string_view what, type;
};
// Whole names go before their beginnings.
constexpr auto types = std::to_array<EventRow>({
    {"record.accepted", "ingestion"},
    {"record.disposed", "deletion"},
    {"record.destroyed", "deletion"},
    {"record.spared", "appraisal"},
    {"record.opened", "access"},
    {"delivery.ended", "transfer"},
    {"receipt.sent", "transfer"},
    {"file.handed-over", "deaccession"},
    {"register.", "metadata modification"},
    {"file.", "metadata modification"},
    {"hold.", "policy assignment"},
    {"disposal.", "appraisal"},
    {"purge.", "deletion"},
    {"fixity.", "fixity check"},
    {"export.made", "dissemination"},
    {"append.", "ingestion"},
});

class Document {
 public:
  Document() : root_(document_.append_child("premis:premis")) {
    add_attribute(root_, "xmlns:premis", "http://www.loc.gov/premis/v3");
    add_attribute(root_, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    add_attribute(root_, "xsi:schemaLocation",
                  "http://www.loc.gov/premis/v3 https://www.loc.gov/standards/premis/v3/premis.xsd");
    add_attribute(root_, "version", "3.0");
  }

  /// Objects stand before events.
  pugi::xml_node object(const char* type, const std::string& id) {
    pugi::xml_node node = root_.append_child("premis:object");
    add_attribute(node, "xsi:type", std::string("premis:") + type);
    identify(node, "object", id);
    return node;
  }
  void event(const std::string& id, std::string_view type, const std::string& at, const std::string& detail,
             const std::string& outcome, const std::string& actor, const std::string& object) {
    pugi::xml_node node = root_.append_child("premis:event");
    identify(node, "event", id);
    add_text(node, "premis:eventType", type);
    add_text(node, "premis:eventDateTime", at);
    add_text(node.append_child("premis:eventDetailInformation"), "premis:eventDetail", detail);
    if (!outcome.empty()) add_text(node.append_child("premis:eventOutcomeInformation"), "premis:eventOutcome", outcome);
    std::vector<std::string> agents{software};
    if (!actor.empty() && actor != software) agents.insert(agents.begin(), actor);
    for (const std::string& agent : agents) {
      pugi::xml_node link = node.append_child("premis:linkingAgentIdentifier");
      add_text(link, "premis:linkingAgentIdentifierType", "local");
      add_text(link, "premis:linkingAgentIdentifierValue", agent);
      add_text(link, "premis:linkingAgentRole", agent == software ? "executing program" : "implementer");
      agents_.insert(agent);
    }
    pugi::xml_node link = node.append_child("premis:linkingObjectIdentifier");
    add_text(link, "premis:linkingObjectIdentifierType", "local");
    add_text(link, "premis:linkingObjectIdentifierValue", object);
  }
  std::string text() {
    for (const std::string& agent : agents_) {
      pugi::xml_node node = root_.append_child("premis:agent");
      identify(node, "agent", agent);
      add_text(node, "premis:agentName", agent);
      // Who "gateway" is, is the program, too; an account of the machine or a unit is neither a person nor a program.
      const bool person = agent.find('@') != std::string::npos;
      if (person || agent == software || agent == "gateway")
        add_text(node, "premis:agentType", person ? "person" : "software");
    }
    return printed(document_);
  }

 private:
  static void identify(pugi::xml_node node, const std::string& what, const std::string& value) {
    pugi::xml_node id = node.append_child(("premis:" + what + "Identifier").c_str());
    add_text(id, ("premis:" + what + "IdentifierType").c_str(), "local");
    add_text(id, ("premis:" + what + "IdentifierValue").c_str(), value);
  }
  pugi::xml_document document_;
  pugi::xml_node root_;
  std::set<std::string> agents_;
};

void add_history(Document& document, const std::vector<archive::Event>& events, const std::string& object) {
  std::size_t place = 0;
  for (const archive::Event& written : events) {
    const archive::Event event = openings::as_reported(written);
    std::string detail = event.what;
    if (!event.reason.empty()) detail += ": " + event.reason;
    if (!event.details.empty()) detail += ' ' + json::serialize(event.details);
    document.event("frame-" + std::to_string(event.sequence) + '.' + std::to_string(++place), premis_type(event.what),
                   rfc3339(event.time), detail, "", event.actor, object);
  }
}
}  // namespace

std::string_view premis_type(std::string_view what) {
  const auto row = std::find_if(types.begin(), types.end(), [&](const EventRow& one) {
    return one.what.ends_with('.') ? what.starts_with(one.what) : what == one.what;
  });
  return row == types.end() ? what : row->type;
}

std::string premis_of(const About& about, const Plan& plan, Time checked) {
  const mail::Accepted& accepted = about.record.accepted;
  const std::string object = std::to_string(about.record.number) + ".eml";
  Document document;
  pugi::xml_node file = document.object("file", object);
  pugi::xml_node traits = file.append_child("premis:objectCharacteristics");
  pugi::xml_node fixity = traits.append_child("premis:fixity");
  add_text(fixity, "premis:messageDigestAlgorithm", "SHA-256");
  add_text(fixity, "premis:messageDigest", accepted.sha256);
  add_text(traits, "premis:size", std::to_string(about.summary.octets));
  add_text(traits.append_child("premis:format").append_child("premis:formatDesignation"), "premis:formatName",
           "message/rfc822");
  document.event("record-" + std::to_string(about.record.number), premis_type("record.accepted"),
                 rfc3339(accepted.received), "accepted by the gateway and written to the record log of " + plan.origin,
                 "archived", software, object);
  std::size_t place = 0;
  for (const filters::Signature& one : about.facts.signatures)
    document.event("signature-" + std::to_string(++place), "digital signature validation", rfc3339(accepted.received),
                   one.kind + (one.signer.empty() ? "" : ", " + one.signer) +
                       (one.signed_at.empty() ? "" : ", signed " + one.signed_at),
                   one.state, software, object);
  add_history(document, about.history, object);
  document.event("fixity-" + plan.id, "fixity check", rfc3339(checked),
                 "its octets were read and held against the SHA-256 that it was accepted with", "pass", software,
                 object);
  return document.text();
}

std::string premis_of_gone(std::uint64_t record, const std::vector<archive::Event>& history, std::string_view state,
                           const std::string& why) {
  const std::string object = std::to_string(record) + ".eml";
  Document document;
  pugi::xml_node entity = document.object("intellectualEntity", object);
  pugi::xml_node property = entity.append_child("premis:significantProperties");
  add_text(property, "premis:significantPropertiesType", state);
  add_text(property, "premis:significantPropertiesValue", why);
  add_history(document, history, object);
  return document.text();
}

std::string premis_of_package(const Plan& plan) {
  Document document;
  document.object("intellectualEntity", plan.id);
  document.object("representation", plan.id + "/representations/rep1");
  document.event("export-" + plan.id, "information package creation", plan.began,
                 "purpose: " + plan.purpose + "; what: " + plan.what, "", plan.actor,
                 plan.id + "/representations/rep1");
  return document.text();
}

}  // namespace vanthu::exports
